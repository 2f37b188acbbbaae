# /// script
# requires-python = ">=3.11"
# dependencies = ["charset-normalizer>=3", "httpx>=0.27", "lxml>=5", "protego>=0.3"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""A form of the open page, filled in and sent."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from ._opening import open_address
from ._pages import current


def fill_form(fields: dict[str, str], number: int = 1) -> str:
    r"""Fill in a form of the web page that is open, send it, and open what comes back.

    Args:
        fields: By name or label of each field what to write in it; of a checkbox 'on' or ''.
            Fields that are not named stay as they are.
        number: Which form of the page, as it says itself: '[form 1: ...]'.

    Returns:
        The title, the address, and the first part of the page that comes back.

    Raises:
        LookupError: No page is open, or it has no such form or field.
        ValueError: A choice has no such option, or the form cannot be sent.
        PermissionError: The site's robots.txt forbids it.
        ConnectionError: The site cannot be reached, or answers with an error.
        TimeoutError: It takes too long.
        ImportError: A document comes back, and what reads it is missing.

    Examples:
        >>> from ._pages import opened
        >>> from ._reading import html_page
        >>> form = "<form><input name=q><input name=where></form>"
        >>> _ = opened(html_page(form, "https://example.org/"))
        >>> fill_form({"author": "Ann"})
        Traceback (most recent call last):
        ...
        KeyError: "the form has no field 'author'; it has q, where"
    """
    page = current()
    if not 1 <= number <= len(page.forms):
        raise LookupError(f"the page has no form {number}; it has {len(page.forms)} forms")
    form = page.forms[number - 1]
    sent = form.filled(fields)
    if page.rendered:
        return open_address(page.url, render=True, filled=form.named(fields)).shown()
    if not form.address or form.multipart:
        raise ValueError("the form cannot be sent; open_page(url, render=True) may help")
    if form.method == "POST":
        return open_address(form.address, form=sent).shown()
    parts = urlsplit(form.address)
    return open_address(urlunsplit(parts._replace(query=urlencode(sent)))).shown()
