# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Web addresses in a text."""

import re

_URL = re.compile(r"https?://[^\s<>\"'`{}|\\^\[\]]+", re.IGNORECASE)


def extract_urls(text: str) -> list[str]:
    """Web addresses (URLs, links) in a text.

    Args:
        text: The text to search.

    Returns:
        The addresses that begin with http:// or https://, in their order, without the
        punctuation of the sentence around them.

    Examples:
        >>> extract_urls("See https://example.org/a?b=1, (http://example.com/x_(y)).")
        ['https://example.org/a?b=1', 'http://example.com/x_(y)']
    """
    return [_trimmed(match[0]) for match in _URL.finditer(text)]


def _trimmed(url: str) -> str:
    """The address without the punctuation and unmatched brackets at its end."""
    while url[-1] in ".,;:!?" or (url[-1] == ")" and url.count(")") > url.count("(")):
        url = url[:-1]
    return url
