# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Parts of a text that match a regular expression."""

import re


def find_matches(text: str, pattern: str) -> list[str]:
    r"""Parts of a text that match a regular expression (regex, pattern).

    Args:
        text: The text to search.
        pattern: The regular expression, in Python's syntax; '^' and '$' match at each line.

    Returns:
        The matches in their order; where the pattern has a group, what its first group matched.

    Raises:
        ValueError: The pattern is not a regular expression.

    Examples:
        >>> find_matches("id=17 id=4", r"\d+")
        ['17', '4']
        >>> find_matches("user=ann user=bo", r"user=(\w+)")
        ['ann', 'bo']
    """
    try:
        found = re.compile(pattern, re.MULTILINE)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
    group = 1 if found.groups else 0
    return [match[group] or "" for match in found.finditer(text)]
