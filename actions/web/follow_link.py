# /// script
# requires-python = ">=3.11"
# dependencies = ["charset-normalizer>=3", "httpx>=0.27", "lxml>=5", "protego>=0.3"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""The page behind a link of the open page."""

from ._opening import open_address
from ._pages import current


def follow_link(number: int) -> str:
    r"""Open the web page behind a link of the page that is open, by the link's number.

    Args:
        number: The number behind the link's text, as in '[text][3]'.

    Returns:
        The title, the address, and the first part of the page, as open_page gives them.

    Raises:
        LookupError: No page is open, or it has no such link.
        ValueError: What is there cannot be read.
        PermissionError: The site's robots.txt forbids it.
        ConnectionError: The site cannot be reached, or answers with an error.
        TimeoutError: It takes too long.
        ImportError: A document is there, and what reads it is missing.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from ._pages import Page, opened
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     other = Path(folder, "b.html")
        ...     _ = other.write_text("<title>The other</title>")
        ...     _ = opened(Page("a.html", "", "[on][1]", links=[str(other)]))
        ...     follow_link(1).splitlines()[0]
        'The other'
    """
    page = current()
    if not 1 <= number <= len(page.links):
        raise LookupError(f"the page has no link {number}; it has {len(page.links)} links")
    return open_address(page.links[number - 1], render=page.rendered).shown()
