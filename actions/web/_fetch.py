"""What is behind a web address, bounded in bytes, time and redirects."""

import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ._address import further_address, web_address
from ._robots import check_robots, wait_turn
from ._visit import Pairs, Visit, reason_of

MOST = 50_000_000
"""Bytes that are taken, unpacked."""

SECONDS = 60.0
"""Time for one answer, with all redirects on the way."""

REDIRECTS = 10
_PATIENCE = 20.0
_PACKINGS = {"gzip": 47, "x-gzip": 47, "deflate": 47}

Take = Callable[[bytes], object]


@dataclass(frozen=True)
class Fetched:
    """An answer.

    Attributes:
        url: Where it came from in the end.
        kind: Its media type, in lower case; empty where the server names none.
        charset: Its encoding, as the server says; empty where it does not.
        disposition: The header `Content-Disposition`.
        body: Its bytes, unpacked; empty where they were taken as they came.
        cut: Why it is not whole; empty where it is.
    """

    url: str
    kind: str = ""
    charset: str = ""
    disposition: str = ""
    body: bytes = b""
    cut: str = ""


def fetch(
    url: str,
    *,
    most: int = 0,
    seconds: float = 0.0,
    form: Pairs | None = None,
    headers: Mapping[str, str] | None = None,
    obey_robots: bool = True,
    take: Take | None = None,
) -> Fetched:
    """Ask for what is behind an address.

    Args:
        url: The address.
        most: Bytes that are taken, unpacked; 0: the usual number.
        seconds: Time for all of it; 0: the usual time.
        form: Names and values to post; None to get.
        headers: More headers, such as what is accepted; never a secret.
        obey_robots: Leave alone what robots.txt forbids.
        take: Gets the bytes as they come, instead of `body`.

    Raises:
        ValueError: The address is none, or the server sends in a form that is not read.
        PermissionError: robots.txt forbids it.
        TimeoutError: It takes too long.
        ConnectionError: The server cannot be reached, fails, or answers with an error.
    """
    target, retried = web_address(url), False
    with Visit(seconds or SECONDS) as visit:
        for _ in range(REDIRECTS + 1):
            if obey_robots:
                check_robots(target, visit)
            wait_turn(target)
            with visit.ask(target, form, headers) as response:
                if further := redirected(response):
                    target = further_address(target, further)
                    form = form if response.status_code in (307, 308) else None
                    continue
                if not retried and (pause := _asked_to_wait(response)) is not None:
                    retried = True
                    time.sleep(pause)
                    continue
                return _taken(visit, response, target, most or MOST, take)
    raise ConnectionError(f"{url} is redirected more than {REDIRECTS} times")


def redirected(response: Any) -> str:
    """Where an answer sends on to; empty for nowhere."""
    if response.status_code in (301, 302, 303, 307, 308):
        return str(response.headers.get("location", ""))
    return ""


def _asked_to_wait(response: Any) -> float | None:
    """Seconds after which to ask again; None when that is not asked, or too long."""
    told = response.headers.get("retry-after", "")
    if response.status_code not in (429, 503) or not told.isdecimal():
        return None
    pause = float(told)
    return pause if pause <= _PATIENCE else None


def _taken(visit: Visit, response: Any, url: str, most: int, take: Take | None) -> Fetched:
    """The answer with its body, as far as it may go."""
    if not 200 <= response.status_code < 300:
        raise ConnectionError(_refusal(response, url))
    kind, _, rest = response.headers.get("content-type", "").partition(";")
    body, cut, size = bytearray(), "", 0
    parts = _unpacked(response)
    while True:
        try:
            part = next(parts, b"")
        except ValueError:
            raise
        except Exception as error:
            failed = visit.failed(url, error)
            if not size:
                raise failed from error
            cut = f"it is not whole: {reason_of(failed)}"
            break
        if not part:
            break
        part = part[: most - size]
        (take or body.extend)(part)
        size += len(part)
        if size >= most:
            cut = f"it is cut after {most:,} bytes"
            break
    return Fetched(
        url=url,
        kind=kind.strip().lower(),
        charset=rest.lower().partition("charset=")[2].partition(";")[0].strip("\"' "),
        disposition=response.headers.get("content-disposition", ""),
        body=bytes(body),
        cut=cut,
    )


def _unpacked(response: Any) -> Iterator[bytes]:
    """The body in parts of bounded size, however far they were packed; none of them is empty."""
    packings = [p.strip() for p in response.headers.get("content-encoding", "").lower().split(",")]
    packings = [packing for packing in packings if packing not in ("", "identity")]
    if len(packings) > 1 or not _PACKINGS.keys() >= set(packings):
        raise ValueError(f"{response.url} is packed as {', '.join(packings)}, which is not read")
    unpack: Any = None
    for raw in response.iter_raw():
        if not packings:
            yield raw
            continue
        if unpack is None:
            # Some send `deflate` without the header that the standard asks for.
            bare = packings[0] == "deflate" and (raw[0] & 15 != 8 or raw[0] >> 4 > 7)
            unpack = zlib.decompressobj(-15 if bare else _PACKINGS[packings[0]])
        while raw:
            if part := unpack.decompress(raw, 65_536):
                yield part
            raw = unpack.unconsumed_tail
    if unpack is not None and not unpack.eof:
        raise zlib.error("the packed body ends too soon")


def _refusal(response: Any, url: str) -> str:
    status = f"{response.status_code} {response.reason_phrase}".strip()
    later = response.headers.get("retry-after", "")
    return f"{url} answers {status}" + (
        f"; ask again in {later[:6]} s" if later.isdecimal() else ""
    )
