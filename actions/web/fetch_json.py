# /// script
# requires-python = ">=3.11"
# dependencies = ["httpx>=0.27", "protego>=0.3"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""JSON from an address."""

import json
from typing import Any
from urllib.parse import urlencode

from ._fetch import fetch

_MOST = 20_000_000


def fetch_json(url: str, parameters: dict[str, str] | None = None) -> Any:
    r"""JSON data that an API (web service) answers with.

    Args:
        url: The web address (URL).
        parameters: What is asked, added to the address as its query; None: nothing more.

    Returns:
        The data: dicts, lists, texts, numbers. json_value and json_rows look into it.

    Raises:
        ValueError: The address is none, or the answer is no JSON.
        ConnectionError: The service cannot be reached, or answers with an error.
        TimeoutError: It takes too long.

    Examples:
        >>> fetch_json("mailto:ann@example.org")
        Traceback (most recent call last):
        ...
        ValueError: 'mailto:ann@example.org' is no web address; write one such as https://example.org
    """
    query = urlencode(parameters or {})
    address = f"{url}{'&' if '?' in url else '?'}{query}" if query else url
    # What a service offers to programs is not what robots.txt is about.
    fetched = fetch(address, most=_MOST, headers={"Accept": "application/json"}, obey_robots=False)
    if fetched.cut:
        raise ValueError(f"the answer of {fetched.url} is not read: {fetched.cut}")
    try:
        return json.loads(fetched.body)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{fetched.url} does not answer with JSON: {error}") from error
