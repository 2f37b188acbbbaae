# /// script
# requires-python = ">=3.11"
# dependencies = ["charset-normalizer>=3", "httpx>=0.27", "lxml>=5", "protego>=0.3"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""The tables of a page as rows."""

from typing import Any

from ._opening import arrived
from ._reading import is_html, tree_of
from ._tables import tables_of


def page_tables(url: str) -> list[list[dict[str, Any]]]:
    r"""Tables of a web page as rows, ready for the actions on tables.

    Args:
        url: The web address (URL); or an HTML file.

    Returns:
        For each table of more than one row and column its rows, each a dict from column name to
        text; the first row names the columns. Cells that span several rows or columns count for
        each.

    Raises:
        ValueError: The address is none, or no web page is there.
        PermissionError: The site's robots.txt forbids it.
        ConnectionError: The site cannot be reached, or answers with an error.
        TimeoutError: It takes too long.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "a.html")
        ...     _ = file.write_text("<table><tr><th>tea<th>price<tr><td>green<td>2.5</table>")
        ...     page_tables(str(file))
        [[{'tea': 'green', 'price': '2.5'}]]
    """
    fetched = arrived(url)
    if not is_html(fetched):
        raise ValueError(f"{fetched.url} is no web page but {fetched.kind or 'of another kind'}")
    tree = tree_of(fetched)
    return [] if tree is None else tables_of(tree)
