"""Archived copies of pages, as the Internet Archive tells of them."""

import json
import re
from urllib.parse import urlencode

from ._address import web_address
from ._fetch import fetch

API = "https://archive.org/wayback/available"
"""Its interface for programs: the copy of a page that is nearest to a date."""


def archived_address(url: str, date: str) -> str:
    """The address of the copy nearest to a date; of the newest where none is given.

    Raises:
        ValueError: The address or the date is none.
        LookupError: There is no copy.
    """
    told = re.fullmatch(r"(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?", date.strip())
    if date.strip() and not told:
        raise ValueError(f"{date!r} is no date; write one such as 2021-03-05")
    asked = {"url": web_address(url)}
    if told:
        asked["timestamp"] = "".join(filter(None, told.groups()))
    fetched = fetch(f"{API}?{urlencode(asked)}", obey_robots=False)
    try:
        copy = json.loads(fetched.body)["archived_snapshots"]["closest"]
        if copy["available"]:
            # Within the archive, `http` is an old way to write the same address.
            return re.sub("^http:(?=//web.archive.org/)", "https:", str(copy["url"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise LookupError(f"the Internet Archive has no copy of {asked['url']}")
