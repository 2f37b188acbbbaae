"""Addresses of endpoints, and why one cannot be reached."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from dynasaur.errors import ConfigError
from dynasaur.models.failures import Asked, Failure


def no_connection(error: BaseException, asked: Asked) -> Failure:
    """Why a connection failed; one that was never made is not tried for long.

    Args:
        error: What the HTTP library raised.
        asked: What was asked of whom.
    """
    host = urlsplit(asked.endpoint).hostname
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Failure(f"the certificate of {host} is not trusted: {cause.verify_message}")
        if isinstance(cause, socket.gaierror):
            line = f"the name {host} cannot be resolved: check {asked.url_variable} and the network"
            return Failure(line, retry=True, attempts=3)
        if isinstance(cause, ConnectionRefusedError):
            line = f"{asked.endpoint} refuses connections: is the server running?"
            return Failure(line, retry=True, attempts=3)
    return Failure(f"the connection to {asked.endpoint} was lost", retry=True)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def plain_url(url: str, variable: str) -> str:
    """The URL as messages show it: without user, password and query.

    Args:
        url: The URL as it was given.
        variable: Where it was given, for the error.

    Raises:
        ConfigError: It is no URL of a web server.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ConfigError(f"{variable} is not a URL: {error}") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ConfigError(f"{variable} must be a URL that starts with http:// or https://")
    place = f"[{host}]" if ":" in host else host
    place += f":{port}" if port else ""
    return urlunsplit((parts.scheme, place, parts.path.rstrip("/"), "", ""))
