"""JSON from a service on the web that a user has configured, bounded in bytes and time."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import urlencode, urlsplit

SECONDS = 20.0
"""Time for one read of an answer."""

_MOST = 5_000_000
_SAID = 200


@dataclass(frozen=True, slots=True)
class Ask:
    """One request.

    Attributes:
        url: The address, without its query.
        query: What is asked, in the address.
        headers: More headers; they may hold the key.
        body: What is posted, as JSON; None to get.
        key: The key, which no message shows.
    """

    url: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, object] | None = None
    key: str = field(default="", repr=False)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: the key is for one host."""

    def redirect_request(self, *_: object) -> None:
        return None


def fetched(ask: Ask) -> object:
    """The JSON that a service answers with.

    Raises:
        PermissionError: It refuses the key.
        ConnectionError: It cannot be reached, answers with an error or with no JSON.
        TimeoutError: It does not answer in time.
    """
    whom = urlsplit(ask.url).netloc
    body = None if ask.body is None else json.dumps(ask.body).encode()
    told = {"Accept": "application/json", "User-Agent": "dynasaur", **ask.headers}
    if body is not None:
        told["Content-Type"] = "application/json"
    address = f"{ask.url}?{urlencode(ask.query)}" if ask.query else ask.url
    try:
        request = urllib.request.Request(address, body, told)  # noqa: S310 - the user's own
        with urllib.request.build_opener(_Stay).open(request, timeout=SECONDS) as answer:
            text = answer.read(_MOST + 1)
    except urllib.error.HTTPError as error:
        said = _clean(error.read(_SAID * 4).decode("utf-8", "replace"), ask.key)
        error.close()
        if error.code in (401, 403):
            raise PermissionError(f"{whom} refuses the key ({error.code}): {said}") from None
        raise ConnectionError(f"{whom} answers {error.code}: {said}") from None
    except TimeoutError:
        raise TimeoutError(f"{whom} does not answer in {SECONDS:g} s") from None
    except (OSError, HTTPException, ValueError) as error:
        raise ConnectionError(f"{whom} cannot be asked: {_clean(str(error), ask.key)}") from None
    if len(text) > _MOST:
        raise ConnectionError(f"{whom} answers with more than {_MOST:,} bytes")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ConnectionError(f"{whom} does not answer with JSON") from None


def _clean(text: str, key: str) -> str:
    """What was said, on one line and without the key."""
    line = " ".join(text.split())
    return (line.replace(key, "[key]") if key else line)[:_SAID] or "nothing more is said"
