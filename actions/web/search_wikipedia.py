# /// script
# requires-python = ">=3.11"
# dependencies = ["charset-normalizer>=3", "httpx>=0.27", "lxml>=5", "protego>=0.3"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Articles of Wikipedia that fit words."""

from ._wikipedia import found


def search_wikipedia(query: str, k: int = 10, language: str = "en") -> list[dict[str, str]]:
    r"""Search Wikipedia, the encyclopedia, for articles.

    Args:
        query: Words to look for.
        k: How many articles to give at most.
        language: The edition's language: 'en', 'de', 'fr', ...

    Returns:
        One dict for each article, best first: 'title', 'url' and 'text', a few words of it.

    Raises:
        ValueError: The language is none, or the answer is no JSON.
        ConnectionError: Wikipedia cannot be reached, or answers with an error.
        TimeoutError: It takes too long.

    Examples:
        >>> search_wikipedia("tea", language="the English")
        Traceback (most recent call last):
        ...
        ValueError: 'the English' is no language of Wikipedia; write one such as en
    """
    return found(query, k, language)
