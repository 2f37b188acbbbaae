"""Answers of services on the web that a user has configured, bounded in bytes and time."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import quote, urlencode, urlsplit

SECONDS = 20.0
"""Time for one read of an answer."""

_MOST = 5_000_000
_SAID = 200


@dataclass(frozen=True, slots=True)
class Ask:
    """One request.

    Attributes:
        url: The address, without its query.
        query: What is asked, in the address; it may hold the key.
        headers: More headers; they may hold the key.
        body: What is sent: bytes, or what becomes JSON; None for nothing.
        key: The key, which no message shows.
        method: How; empty to post where something is sent, else to get.
    """

    url: str
    query: Mapping[str, str] | Sequence[tuple[str, str]] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, object] | bytes | None = None
    key: str = field(default="", repr=False)
    method: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered.

    Attributes:
        content: Its bytes.
        kind: Its media type, as it says.
        charset: Of its text.
    """

    content: bytes
    kind: str = ""
    charset: str = "utf-8"


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
    try:
        return json.loads(answered(ask).content)
    except (ValueError, RecursionError):
        raise ConnectionError(f"{urlsplit(ask.url).netloc} does not answer with JSON") from None


def answered(ask: Ask) -> Answer:
    """What a service answers.

    Raises:
        PermissionError: It refuses the key.
        ConnectionError: It cannot be reached, or answers with an error.
        TimeoutError: It does not answer in time.
    """
    whom = urlsplit(ask.url).netloc
    sent = ask.body if isinstance(ask.body, bytes | None) else json.dumps(ask.body).encode()
    told = {"Accept": "application/json", "User-Agent": "dynasaur", **ask.headers}
    if sent is not None:
        told.setdefault("Content-Type", "application/json")
    address = f"{ask.url}?{urlencode(ask.query)}" if ask.query else ask.url
    try:
        request = urllib.request.Request(address, sent, told, method=ask.method or None)  # noqa: S310
        with urllib.request.build_opener(_Stay).open(request, timeout=SECONDS) as answer:
            content = answer.read(_MOST + 1)
            charset = answer.headers.get_content_charset("utf-8")
            found = Answer(content, answer.headers.get("Content-Type", ""), charset)
    except urllib.error.HTTPError as error:
        said = _clean(error.read(_SAID * 4).decode("utf-8", "replace"), ask.key)
        error.close()
        if error.code in (401, 403):
            what = "the key" if ask.key else "to answer"
            raise PermissionError(f"{whom} refuses {what} ({error.code}): {said}") from None
        raise ConnectionError(f"{whom} answers {error.code}: {said}") from None
    except TimeoutError:
        raise TimeoutError(f"{whom} does not answer in {SECONDS:g} s") from None
    except (OSError, HTTPException, ValueError) as error:
        raise ConnectionError(f"{whom} cannot be asked: {_clean(str(error), ask.key)}") from None
    if len(found.content) > _MOST:
        raise ConnectionError(f"{whom} answers with more than {_MOST:,} bytes")
    return found


def _clean(text: str, key: str) -> str:
    """What was said, on one line and without the key."""
    line = " ".join(text.split())
    for form in filter(None, (key, quote(key, safe=""))):
        line = line.replace(form, "[key]")
    return line[:_SAID] or "nothing more is said"
