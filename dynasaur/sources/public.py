"""A public index of sources: a plain JSON file that anyone can host.

    {"version": 1, "sources": [{"url": "https://...", "summary": "...", "actions": ["text/clean"]}]}

It is searched, never trusted: what it names is added like any other source, by its full address.
"""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPResponse

from dynasaur.errors import FailureError, UsageError
from dynasaur.pins import Address
from dynasaur.sources.limits import MIB

LARGEST = 16 * MIB
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Entry:
    """One source of an index."""

    url: str
    summary: str
    actions: tuple[str, ...] = ()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def search(
    url: str, query: str, most: int, *, allow_insecure: bool = False, seconds: float = 30.0
) -> list[Entry]:
    """The sources of an index that fit a query, best first: by how many of its words they hold.

    Raises:
        UsageError: The address cannot be used.
        FailureError: It cannot be fetched, or is no index.
    """
    address = Address.parse(url)
    if address.scheme == "ssh" or (address.scheme == "http" and not allow_insecure):
        raise UsageError(f"{url}: an index is read over https, or with --allow-insecure over http")
    words = set(re.findall(r"\w+", query.lower()))
    scored = [(len(words & _words(one)), one) for one in _read(address.url, seconds)]
    scored.sort(key=lambda pair: (-pair[0], pair[1].url))
    return [one for score, one in scored if score][:most]


def _read(url: str, seconds: float) -> list[Entry]:
    opener = urllib.request.build_opener(_NoRedirect())
    try:
        with opener.open(url, timeout=min(seconds, 60.0)) as answer:
            data = _all_of(answer, url, time.monotonic() + seconds)
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        if getattr(error, "code", 0) in _REDIRECTS:
            reason = "it redirects to another address, which is not followed: give that one"
        raise FailureError(f"{url} cannot be read: {reason}") from error
    if len(data) > LARGEST:
        raise FailureError(f"{url} is larger than {LARGEST // MIB} MiB, which is too much")
    try:
        table = json.loads(data)
        if table["version"] != 1:
            raise FailureError(f"{url} is an index of a version that is not known here")
        return [_entry(one) for one in table["sources"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FailureError(f"{url} is no index of sources") from error


def _all_of(answer: HTTPResponse, url: str, until: float) -> bytes:
    """What a server sends, bounded in size and in time."""
    data = b""
    while len(data) <= LARGEST and (part := answer.read1(MIB)):
        data += part
        if time.monotonic() > until:
            raise FailureError(f"{url} is too slow: --timeout allows more")
    return data


def _entry(one: dict[str, object]) -> Entry:
    actions = one.get("actions", [])
    if not isinstance(actions, list):
        raise TypeError
    summary = " ".join(str(one.get("summary", "")).split())[:200]
    return Entry(str(one["url"])[:2000], summary, tuple(str(name) for name in actions))


def _words(one: Entry) -> set[str]:
    text = " ".join((one.url, one.summary, *one.actions))
    return set(re.findall(r"[a-z0-9]+", text.lower().replace("_", " ")))
