# /// script
# requires-python = ">=3.11"
# dependencies = ["charset-normalizer>=3", "httpx>=0.27", "lxml>=5", "protego>=0.3"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""An archived copy of a page."""

from ._archive import archived_address
from ._opening import open_address


def open_archived_page(url: str, date: str = "") -> str:
    r"""Open an archived copy of a web page (Internet Archive, Wayback Machine).

    Args:
        url: The web address (URL) of the page.
        date: The copy nearest to this date is opened, such as '2021-03-05'; empty: the newest.

    Returns:
        The title, the address, and the first part of the page, as open_page gives them.

    Raises:
        LookupError: There is no copy.
        ValueError: The address or the date is none, or what is there cannot be read.
        PermissionError: The site's robots.txt forbids it.
        ConnectionError: The site cannot be reached, or answers with an error.
        TimeoutError: It takes too long.
        ImportError: A document is there, and what reads it is missing.

    Examples:
        >>> open_archived_page("https://example.org", "last year")
        Traceback (most recent call last):
        ...
        ValueError: 'last year' is no date; write one such as 2021-03-05
    """
    return open_address(archived_address(url, date)).shown()
