# /// script
# requires-python = ">=3.11"
# dependencies = ["charset-normalizer>=3", "httpx>=0.27", "lxml>=5", "protego>=0.3"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""A web page, opened to be read part by part."""

from ._opening import open_address


def open_page(url: str, render: bool = False, obey_robots: bool = True) -> str:
    r"""Open (visit, browse) a web page and give its first part as Markdown, its links numbered.

    Documents (PDF, Word, Excel, ...) are read as text; pictures, sound and other files are kept in
    the working folder, and told of. page_down, find_on_page, follow_link and fill_form go on
    from the page that is open. Cookies are kept.

    Args:
        url: The web address (URL, link), such as 'https://example.org'; or an HTML file. One that
            begins with '/', './', '../' or '?' goes on from the page that is open.
        render: Show the page in a browser, so that its scripts (JavaScript) run. Slower.
        obey_robots: Leave alone what the site's robots.txt asks programs to leave alone.

    Returns:
        The title, the address, and the first part of the page.

    Raises:
        ValueError: The address is none, or what is there cannot be read.
        PermissionError: The site's robots.txt forbids it.
        ConnectionError: The site cannot be reached, or answers with an error.
        TimeoutError: It takes too long.
        ImportError: A browser is asked for, or a document is there, and what it takes is missing.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "tea.html")
        ...     _ = file.write_text("<title>Tea</title><h1>Green</h1><p>See <a href=b.html>b</a>.")
        ...     print(open_page(str(file)).replace(folder, ""))
        Tea
        Address: /tea.html
        <BLANKLINE>
        # Green
        <BLANKLINE>
        See [b][1].
    """
    return open_address(url, render=render, obey_robots=obey_robots).shown()
