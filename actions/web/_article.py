"""The main text of a page, by trafilatura."""

from ._opening import arrived
from ._reading import is_html, page_of, tree_of


def main_text(url: str) -> str:
    """The main text of what is behind an address or in a file; all of it where it is no page."""
    fetched = arrived(url)
    if not is_html(fetched):
        return page_of(fetched).text
    from trafilatura import extract

    tree = tree_of(fetched)
    if tree is None:
        return ""
    found = extract(
        tree, url=fetched.url, output_format="markdown", include_tables=True, include_comments=False
    )
    return (found or "").strip()
