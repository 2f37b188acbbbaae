# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "charset-normalizer>=3", "httpx>=0.27", "lxml-html-clean>=0.4", "lxml>=5", "protego>=0.3",
#   "trafilatura>=2",
# ]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""The main text of a page."""

from ._article import main_text


def page_text(url: str) -> str:
    r"""Main text (article, story) of a web page as Markdown, without menus, notices and adverts.

    Args:
        url: The web address (URL) of an article; or an HTML file.

    Returns:
        The text; empty where the page has none that stands out, which open_page shows whole.

    Raises:
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
        ...     article = "<h1>Tea</h1>" + "<p>Tea is made of leaves, and drunk hot.</p>" * 9
        ...     _ = file.write_text(f"<nav>Home</nav><article>{article}</article>")
        ...     page_text(str(file))[:42]
        '# Tea\n\nTea is made of leaves, and drunk ho'
    """
    return main_text(url)
