# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Number of words in a text."""

from .words import words


def count_words(text: str) -> int:
    """Number of words in a text: how many there are.

    Args:
        text: The text.

    Returns:
        The count; "don't" and 'well-known' are one word each.

    Examples:
        >>> count_words("To be, or not to be.")
        6
    """
    return len(words(text))
