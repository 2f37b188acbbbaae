"""What a request to the proxy is for: read strictly, since whoever wrote it may be hostile."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dynasaur.proxy.allowed import Allowed, host_name

_AUTHORITY = re.compile(r"([A-Za-z0-9._-]{1,254})(?::([0-9]{1,5}))?")
_ABSOLUTE = re.compile(r"http://([^/?#]*)([/?][\x21-\x7e]*)?", re.IGNORECASE)
_METHOD = re.compile(r"[A-Z]{1,20}")

WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
"""Methods whose body may come in chunks."""

HOP_BY_HOP = frozenset(
    {
        "connection",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that are between two neighbours; Host is written anew from the address."""


class Refused(Exception):  # noqa: N818 - an answer to the client, not a failure of ours
    """A request is not carried out.

    Attributes:
        status: The HTTP status that says so.
        reason: Why, on one line, for people.
        host: The host that was asked for, where it is one that a user could allow.
    """

    def __init__(self, status: int, reason: str, host: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.host = host


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is for.

    Attributes:
        host: The host's name.
        port: The port.
        path: Path and query; empty for a tunnel.
    """

    host: str
    port: int
    path: str = ""

    @property
    def tunnel(self) -> bool:
        """It asks for a connection (CONNECT) and speaks to the other side itself."""
        return not self.path

    @property
    def authority(self) -> str:
        """Host and port as a Host header has them."""
        return self.host if self.port == 80 else f"{self.host}:{self.port}"


def read_target(method: str, path: str) -> Target:
    """What a request line asks for.

    Args:
        method: Its method.
        path: What follows it: `host:port` for CONNECT, a whole `http://` address for the others.

    Raises:
        Refused: It is none of that.
    """
    if not _METHOD.fullmatch(method):
        raise Refused(400, "the method has no sense")
    if method == "CONNECT":
        found = _AUTHORITY.fullmatch(path)
        if found is None or found[2] is None:
            raise Refused(400, "CONNECT needs a host name and a port")
        return _target(found[1], found[2], "")
    absolute = _ABSOLUTE.fullmatch(path)
    if absolute is None:
        raise Refused(400, "a proxy needs a whole address that begins with http://")
    found = _AUTHORITY.fullmatch(absolute[1])
    if found is None:
        raise Refused(400, "the address has no plain host name")
    rest = absolute[2] or "/"
    return _target(found[1], found[2] or "80", rest if rest.startswith("/") else f"/{rest}")


def _target(host: str, port: str, path: str) -> Target:
    if not 0 < int(port) < 65_536:
        raise Refused(400, f"there is no port {int(port)}")
    name = host_name(host)
    if not name:
        raise Refused(403, "addresses cannot be reached, only domains by name")
    return Target(name, int(port), path)


def check(target: Target, allowed: Allowed) -> None:
    """Refuse a target that is not allowed.

    Raises:
        Refused: It is not; names the host.
    """
    if not allowed.permits(target.host, target.port):
        where = target.host if target.port in (80, 443) else f"{target.host}:{target.port}"
        raise Refused(403, f"{where} is not allowed", where)


def check_framing(method: str, headers: Iterable[tuple[str, str]]) -> None:
    """Refuse a body of which two readers could see different ends.

    Args:
        method: The request's method.
        headers: Its headers.

    Raises:
        Refused: It could be read in two ways.
    """
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(value)
    lengths, codings = found.get("content-length", []), found.get("transfer-encoding", [])
    if lengths and codings:
        raise Refused(400, "a request has a length or a transfer coding, not both")
    if len(lengths) > 1 or any(not re.fullmatch(r"[0-9]{1,15}", length) for length in lengths):
        raise Refused(400, "a request has one length, a number")
    if codings and ([coding.lower() for coding in codings] != ["chunked"]):
        raise Refused(400, "no transfer coding but chunked is understood")
    if codings and method not in WITH_BODY:
        raise Refused(400, f"a {method} request comes without chunks")
    if len(found.get("host", [])) > 1:
        raise Refused(400, "a request has one Host")
