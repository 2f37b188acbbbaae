# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Number of times that a phrase occurs in a text."""

import re


def count_occurrences(text: str, phrase: str, whole_words: bool = False) -> int:
    """Number of times that a phrase (word, string) occurs or appears in a text, whatever its case.

    Args:
        text: The text to search.
        phrase: The words to count, as they are written.
        whole_words: Whether to pass over parts of longer words: "the" in "then".

    Returns:
        The count; occurrences do not overlap.

    Raises:
        ValueError: The phrase is empty.

    Examples:
        >>> count_occurrences("The cat then sat on the mat.", "the")
        3
        >>> count_occurrences("The cat then sat on the mat.", "the", whole_words=True)
        2
    """
    if not phrase:
        raise ValueError("there is no phrase to count")
    text, phrase = text.casefold(), phrase.casefold()
    if not whole_words:
        return text.count(phrase)
    before = r"(?<!\w)" if re.match(r"\w", phrase) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", phrase) else ""
    return len(re.findall(before + re.escape(phrase) + after, text))
