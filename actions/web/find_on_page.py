# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""The part of the open page that holds a phrase."""

from ._pages import current


def find_on_page(phrase: str) -> str:
    r"""Part of the open web page that holds a phrase first (find, Ctrl+F).

    Args:
        phrase: Words to look for, in upper or lower case; '*' stands for any few characters.

    Returns:
        The part with the first place, and how many there are; a sentence that says so when the
        phrase is not on the page.

    Raises:
        LookupError: No page is open.
        ValueError: The phrase is empty, or has more than three '*'.

    Examples:
        >>> from ._pages import Page, opened
        >>> long = "first\n" + "more text\n" * 900 + "The last word.\n"
        >>> _ = opened(Page("https://example.org/tea", "Tea", long))
        >>> find_on_page("LAST w*d").splitlines()[2:4]
        ['Page 2 of 2', 'Found 1 of 1: last word.']
    """
    return current().find(phrase)
