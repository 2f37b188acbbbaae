# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Number of times that a phrase occurs in a text."""


def count_occurrences(text: str, phrase: str) -> int:
    """Number of times that a phrase (word, string) occurs or appears in a text, whatever its case.

    Args:
        text: The text to search.
        phrase: The words to count, as they are written; parts of longer words count too.

    Returns:
        The count; occurrences do not overlap.

    Raises:
        ValueError: The phrase is empty.

    Examples:
        >>> count_occurrences("The cat sat on the mat.", "the")
        2
    """
    if not phrase:
        raise ValueError("there is no phrase to count")
    return text.casefold().count(phrase.casefold())
