# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Pages of the web that fit words."""

from dynasaur import host


def search_web(query: str, k: int = 10, year: int | None = None) -> list[dict[str, str]]:
    r"""Search the web for pages (information) by words, with the user's search engine.

    Args:
        query: Words to look for.
        k: How many results to give, at most 20.
        year: Only pages of this year; None: of all years.

    Returns:
        One dict for each result, best first: 'title', 'url', 'text' (a few words of it) and 'date'
        (empty where it is not known). open_page(url) opens one.

    Raises:
        ValueError: The query is empty, or the year is none.
        RuntimeError: The user has configured no search engine.
        PermissionError: The engine refuses the user's key, or the user does not want it.
        ConnectionError: The engine cannot be reached, or answers with an error.
        TimeoutError: It takes too long.

    Examples:
        >>> search_web("  ")
        Traceback (most recent call last):
        ...
        ValueError: the query is empty
    """
    if not query.strip():
        raise ValueError("the query is empty")
    found: list[dict[str, str]] = host.search_web(query, k, year)
    return found
