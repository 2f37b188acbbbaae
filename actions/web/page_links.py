# /// script
# requires-python = ">=3.11"
# dependencies = ["charset-normalizer>=3", "httpx>=0.27", "lxml>=5", "protego>=0.3"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""The links of a page."""

from typing import Any

from ._opening import open_address
from ._pages import current


def page_links(url: str = "") -> list[dict[str, Any]]:
    r"""Links of a web page, with their numbers, texts and addresses (URLs).

    Args:
        url: The web address; empty: the page that is open.

    Returns:
        One dict for each link: 'number', 'text' and 'url'.

    Raises:
        LookupError: No page is open, and no address is given.
        ValueError: The address is none, or what is there cannot be read.
        PermissionError: The site's robots.txt forbids it.
        ConnectionError: The site cannot be reached, or answers with an error.
        TimeoutError: It takes too long.
        ImportError: A document is there, and what reads it is missing.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "a.html")
        ...     _ = file.write_text("<p><a href=https://example.org/b>Bread</a>")
        ...     page_links(str(file))
        [{'number': 1, 'text': 'Bread', 'url': 'https://example.org/b'}]
    """
    page = open_address(url) if url else current()
    labels = page.labels()
    return [
        {"number": number, "text": labels.get(number, ""), "url": link}
        for number, link in enumerate(page.links, 1)
    ]
