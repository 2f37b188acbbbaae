# /// script
# requires-python = ">=3.11"
# dependencies = ["charset-normalizer>=3", "httpx>=0.27", "lxml>=5", "protego>=0.3"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""An article of Wikipedia."""

from ._wikipedia import article


def wikipedia_article(title: str, language: str = "en") -> str:
    r"""Open an article of Wikipedia, the encyclopedia, and give its first part.

    page_down, find_on_page and follow_link go on from there.

    Args:
        title: The article's title.
        language: The edition's language: 'en', 'de', 'fr', ...

    Returns:
        The title, the address, and the first part of the article as Markdown.

    Raises:
        LookupError: There is no such article.
        ValueError: The language is none, or the answer is no JSON.
        ConnectionError: Wikipedia cannot be reached, or answers with an error.
        TimeoutError: It takes too long.

    Examples:
        >>> wikipedia_article("Tea", "the English")
        Traceback (most recent call last):
        ...
        ValueError: 'the English' is no language of Wikipedia; write one such as en
    """
    return article(title, language).shown()
