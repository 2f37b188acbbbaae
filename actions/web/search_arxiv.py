# /// script
# requires-python = ">=3.11"
# dependencies = ["httpx>=0.27", "lxml>=5", "protego>=0.3"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Papers of arXiv that fit words."""

from typing import Any

from ._arxiv import papers


def search_arxiv(query: str, k: int = 10) -> list[dict[str, Any]]:
    r"""Search arXiv for papers (preprints) by words, authors or dates.

    Args:
        query: Words that all must occur; or a query in arXiv's own form, such as
            'au:curie AND ti:radium AND submittedDate:[202001010000 TO 202012312359]'.
        k: How many papers to give at most.

    Returns:
        One dict for each paper, best first: 'title', 'authors', 'published', 'summary', 'url',
        'pdf', 'categories' and 'comment'.

    Raises:
        ValueError: The query is empty, or not understood.
        ConnectionError: arXiv cannot be reached, or answers with an error.
        TimeoutError: It takes too long.

    Examples:
        >>> search_arxiv("  ")
        Traceback (most recent call last):
        ...
        ValueError: the query is empty
    """
    return papers(query, k)
