# /// script
# requires-python = ">=3.11"
# dependencies = ["charset-normalizer>=3", "httpx>=0.27", "lxml>=5", "protego>=0.3"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""The site that words name, opened."""

from dynasaur import host

from ._opening import open_address


def open_site(query: str) -> str:
    r"""Find the web site that words name (navigate to it) and open the first result of a search.

    Args:
        query: What the site or page is called, such as 'Python Package Index home page'.

    Returns:
        The title, the address, and the first part of the page, as open_page gives them.

    Raises:
        LookupError: Nothing was found.
        ValueError: The query is empty, or what is there cannot be read.
        RuntimeError: The user has configured no search engine.
        PermissionError: The site's robots.txt forbids it.
        ConnectionError: The site cannot be reached, or answers with an error.
        TimeoutError: It takes too long.
        ImportError: A document is there, and what reads it is missing.

    Examples:
        >>> open_site("  ")
        Traceback (most recent call last):
        ...
        ValueError: the query is empty
    """
    if not query.strip():
        raise ValueError("the query is empty")
    for hit in host.search_web(query, 1):
        return open_address(hit["url"]).shown()
    raise LookupError(f"the search engine finds nothing for {query!r}")
