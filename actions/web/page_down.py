# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""The next part of the open page."""

from ._pages import current


def page_down() -> str:
    r"""Next part of the web page that is open (scroll down).

    Returns:
        The part below the one shown last; the last one again where there is none.

    Raises:
        LookupError: No page is open.

    Examples:
        >>> from ._pages import Page, opened
        >>> long = "first\n" + "more text\n" * 900 + "The last word.\n"
        >>> _ = opened(Page("https://example.org/tea", "Tea", long))
        >>> page_down().splitlines()[2]
        'Page 2 of 2'
    """
    return current().move(1)
