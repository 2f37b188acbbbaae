# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""The previous part of the open page."""

from ._pages import current


def page_up() -> str:
    r"""Previous part of the web page that is open (scroll up).

    Returns:
        The part above the one shown last; the first one again where there is none.

    Raises:
        LookupError: No page is open.

    Examples:
        >>> from ._pages import Page, opened
        >>> long = "first\n" + "more text\n" * 900 + "The last word.\n"
        >>> _ = opened(Page("https://example.org/tea", "Tea", long))
        >>> page_up().splitlines()[3]
        'This is the first page.'
    """
    return current().move(-1)
