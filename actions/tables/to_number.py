# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""The number that a cell holds."""

import math
import re
from typing import Any

_EMPTY = {"", "-", "na", "n/a", "#n/a", "nan", "none", "null"}
_NUMBER = re.compile(
    r"[$€£¥]?\s*(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)(?P<power>e[+-]?\d+)?"
    r"\s*[$€£¥%]?",
    re.ASCII | re.IGNORECASE,
)


def to_number(value: Any) -> float | None:
    """The number that a cell or a text holds, such as '$1,234.50', '45%' or '(12)'.

    A comma separates thousands and a point decimals. Currency and percent signs are dropped
    ('45%' is 45), and brackets around a number mean that it is negative.

    Args:
        value: The cell: a number, a text or None.

    Returns:
        The number; None where the cell is empty, NaN or says 'n/a', 'null', 'none' or '-'.

    Raises:
        ValueError: The cell holds something else.

    Examples:
        >>> to_number("$1,234.50")
        1234.5
        >>> to_number("(12)"), to_number("n/a"), to_number(7)
        (-12, None, 7)
        >>> to_number("abc")
        Traceback (most recent call last):
        ...
        ValueError: 'abc' is not a number
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = str(value).strip().replace("\N{MINUS SIGN}", "-")
    if text.casefold() in _EMPTY:
        return None
    bracketed = text.startswith("(") and text.endswith(")")
    unsigned = text[1:-1].strip() if bracketed else text.lstrip("+-")
    number = _NUMBER.fullmatch(unsigned)
    if number is None or len(text) - len(unsigned) > 1 + bracketed:
        raise ValueError(f"{value!r} is not a number")
    digits = number["digits"].replace(",", "")
    plain = digits.isdigit() and number["power"] is None
    amount = int(digits) if plain else float(digits + (number["power"] or ""))
    if amount == math.inf:
        raise ValueError(f"{value!r} is too large a number")
    return -amount if bracketed or text.startswith("-") else amount
