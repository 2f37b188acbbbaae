"""Which domains may be reached, as the user names them: `example.org,files.example.net:8443`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dynasaur.errors import UsageError

ALLOW = "allow="
"""How a network setting begins that names domains."""

MOST = 100
"""Domains that one setting may name."""

_USUAL = (80, 443)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain with all below it.

    Attributes:
        name: Its name: lower case, ASCII, no dot at the end.
        port: The one port that is open; None: 80 and 443.
    """

    name: str
    port: int | None = None

    def __str__(self) -> str:
        return self.name if self.port is None else f"{self.name}:{self.port}"


@dataclass(frozen=True, slots=True)
class Allowed:
    """The domains that may be reached."""

    domains: tuple[Domain, ...] = ()

    @classmethod
    def parse(cls, network: str) -> Allowed:
        """Read a network setting that begins with `allow=`.

        Raises:
            UsageError: It names no domain, or something that is none.
        """
        listed = [part.strip() for part in network.removeprefix(ALLOW).split(",")]
        domains = tuple(dict.fromkeys(_domain(part) for part in listed if part))
        if not domains:
            raise UsageError(f"{network!r} names no domain; write {ALLOW}example.org")
        if len(domains) > MOST:
            raise UsageError(f"{ALLOW} names {len(domains)} domains; the most is {MOST}")
        return cls(domains)

    def permits(self, host: str, port: int) -> bool:
        """A host, as `host_name` gives it, is one of the domains or below one of them."""
        return any(
            (host == domain.name or host.endswith(f".{domain.name}"))
            and (port in _USUAL if domain.port is None else port == domain.port)
            for domain in self.domains
        )

    def __str__(self) -> str:
        return ",".join(map(str, self.domains))


def check_network(network: str) -> None:
    """Check a network setting: `none`, `full`, or `allow=` with domains.

    Raises:
        UsageError: It is none of that.
    """
    if network.startswith(ALLOW):
        Allowed.parse(network)
    elif network not in ("none", "full"):
        raise UsageError(f"no network {network!r}: choose none, full or {ALLOW}DOMAIN[,DOMAIN...]")


def host_name(text: str) -> str:
    """A host's name as it is compared: lower case, no dot at the end; empty where it is no name.

    Addresses are no names, in none of the ways to write one (`127.1`, `0x7f000001`, `[::1]`).
    """
    name = text.lower()
    name = name.removesuffix(".")
    labels = name.split(".")
    if not text.isascii() or len(name) > 253 or not all(map(_LABEL.fullmatch, labels)):
        return ""
    return "" if _NUMBER.fullmatch(labels[-1]) else name


def _domain(text: str) -> Domain:
    written, colon, port = text.rpartition(":") if ":" in text else (text, "", "")
    name = host_name(_ascii(written))
    if "." not in name:
        raise UsageError(
            f"{text!r} is no domain: write a name such as example.org, which covers all below it; "
            f"addresses, wildcards and names without a dot cannot be allowed"
        )
    if not colon:
        return Domain(name)
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65_536:
        raise UsageError(f"{text!r}: {port!r} is no port")
    return Domain(name, int(port))


def _ascii(name: str) -> str:
    """A name in other letters as it goes over the wire (`xn--...`); empty where it has no form."""
    if name.isascii():
        return name
    import idna

    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return ""
