# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Numbers in a text."""

import re

from ..tables.to_number import to_number

_NUMBER = re.compile(
    r"(?<![\w.])[-+\N{MINUS SIGN}]?"
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?"
    r"|[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+)",
)


def extract_numbers(text: str) -> list[float]:
    """Numbers in a text, such as '3', '-2.5' and '1,200'.

    Args:
        text: The text to search.

    Returns:
        The numbers in their order, whole ones as int; digits inside words ('A4') are not numbers.

    Examples:
        >>> extract_numbers("3 cups at -2.5 degrees for $1,200")
        [3, -2.5, 1200]
    """
    found = [to_number(match[0]) for match in _NUMBER.finditer(text)]
    return [number for number in found if number is not None]
