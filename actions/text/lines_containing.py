# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Lines of a text that contain a phrase."""


def lines_containing(text: str, phrase: str) -> list[str]:
    r"""Lines of a text, such as a log, that contain (have, with, mention) a phrase, in any case.

    Args:
        text: The text to search.
        phrase: The words to look for, as they are written.

    Returns:
        The lines in their order, without their line ends.

    Examples:
        >>> lines_containing("INFO start\nERROR disk full\n", "error")
        ['ERROR disk full']
    """
    wanted = phrase.casefold()
    lines = text.removesuffix("\n").split("\n") if text else []
    return [line.removesuffix("\r") for line in lines if wanted in line.casefold()]
