# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""The next part of the open page that holds the phrase."""

from ._pages import current


def find_next() -> str:
    r"""Next place on the open web page of the phrase that find_on_page looked for.

    Returns:
        The part with the next place; after the last place comes the first again.

    Raises:
        LookupError: No page is open, or nothing was looked for.

    Examples:
        >>> from ._pages import Page, opened
        >>> long = "first\n" + "more text\n" * 900 + "The last word.\n"
        >>> _ = opened(Page("https://example.org/tea", "Tea", long))
        >>> opened(Page("a.txt", "", long)).find("more").splitlines()[2]
        'Found 1 of 900: more text'
        >>> find_next().splitlines()[2]
        'Found 2 of 900: more text'
    """
    page = current()
    if not page.phrase:
        raise LookupError("nothing was looked for; find_on_page(phrase) does")
    return page.find(page.phrase, further=True)
