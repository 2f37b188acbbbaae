# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Words of a text."""

import re
from unicodedata import normalize

_WORD = re.compile(r"[^\W_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}-][^\W_]+)*")


def words(text: str) -> list[str]:
    """Words of a text in lower case, without punctuation.

    Args:
        text: The text.

    Returns:
        The words in their order; "don't" and 'well-known' are one word each.

    Examples:
        >>> words("The cat, the well-known cat, doesn't care.")
        ['the', 'cat', 'the', 'well-known', 'cat', "doesn't", 'care']
    """
    # Composed, because a word's letter and an accent of its own would count as two words.
    return [word.lower() for word in _WORD.findall(normalize("NFC", text))]
