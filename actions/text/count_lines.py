# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Number of lines in a text."""


def count_lines(text: str) -> int:
    r"""Number of lines in a text: how many there are.

    Args:
        text: The text.

    Returns:
        The count, blank lines included; a last line needs no line end to count.

    Examples:
        >>> count_lines("one\n\nthree\n")
        3
    """
    return text.count("\n") + (text != "" and not text.endswith("\n"))
