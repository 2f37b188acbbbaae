# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""E-mail addresses in a text."""

import re

_EMAIL = re.compile(r"(?<![\w.+-])[\w+-][\w.+-]*@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}")


def extract_emails(text: str) -> list[str]:
    """E-mail addresses (emails) in a text.

    Args:
        text: The text to search.

    Returns:
        The addresses in their order, repeated ones included.

    Examples:
        >>> extract_emails("Write to ann@example.org or <bo.li@mail.example.com>.")
        ['ann@example.org', 'bo.li@mail.example.com']
    """
    return _EMAIL.findall(text)
