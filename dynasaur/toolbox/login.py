"""Logging in to servers that want it, by OAuth: once in a browser, from then on by what is kept."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dynasaur.config import data_place
from dynasaur.errors import ConfigError
from dynasaur.toolbox.values import Server

SECONDS = 300.0
"""Time that a person has to log in."""

_PAGE = b"You are logged in. This window can be closed."
_REPLY = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s"
)


def login(server: Server) -> Any:
    """What logs the requests to a server in with what is kept; None where nothing would.

    Raises:
        ConfigError: Later, when the server wants a person to log in.
    """
    if not server.url or any(name.lower() == "authorization" for name in server.headers):
        return None

    async def refuse(_: str) -> None:
        raise ConfigError(
            f"the tool server {server.name} wants a login: dynasaur tools login {server.name}"
        )

    return _provider(server, "http://127.0.0.1/callback", refuse, None)


class Browser:
    """Logs in through the browser of the person who is there; a context manager.

    Args:
        tell: Given the address that is to be opened.
    """

    def __init__(self, tell: Callable[[str], object]) -> None:
        self._tell = tell
        self._socket = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def login(self, server: Server) -> Any:
        """What logs in to a server; what was kept of it before is forgotten."""
        with suppress(OSError):
            Kept(server).file.unlink()
        port = self._socket.getsockname()[1]
        return _provider(server, f"http://127.0.0.1:{port}/callback", self._open, self._wait)

    async def _open(self, address: str) -> None:
        self._tell(address)

    async def _wait(self) -> Any:
        """What the browser brings back."""
        from mcp.shared.auth import AuthorizationCodeResult

        came: asyncio.Future[dict[str, list[str]]] = asyncio.get_running_loop().create_future()

        async def heard(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            words = (await reader.readline()).decode("latin-1").split()
            query = parse_qs(urlsplit(words[1]).query) if len(words) > 1 else {}
            writer.write(_REPLY % (len(_PAGE), _PAGE))
            await writer.drain()
            writer.close()
            if not came.done() and ("code" in query or "error" in query):
                came.set_result(query)

        served = await asyncio.start_server(heard, sock=self._socket)
        try:
            found = await asyncio.wait_for(came, SECONDS)
        finally:
            served.close()
        if "code" not in found:
            raise ConfigError(f"the login was refused: {found['error'][0][:200]}")
        first = {name: values[0] for name, values in found.items()}
        return AuthorizationCodeResult(
            code=first["code"], state=first.get("state"), iss=first.get("iss")
        )


class Kept:
    """What is kept of a login, in a file of the user's data folder that only they can read.

    Args:
        server: The server.

    Attributes:
        context: The login's state in the SDK, which knows where tokens are renewed.
    """

    context: Any = None

    def __init__(self, server: Server) -> None:
        name = hashlib.sha256(f"{server.name} {server.url}".encode()).hexdigest()[:24]
        self.file: Path = data_place("tool-logins") / f"{name}.json"

    async def get_tokens(self) -> Any:
        """The tokens; None for none. Those that are too old are to be renewed first."""
        from mcp.shared.auth import OAuthMetadata, OAuthToken, ProtectedResourceMetadata

        tokens = self._made(OAuthToken, "tokens")
        ends = self._read().get("ends")
        if tokens is not None and self.context is not None:
            self.context.token_expiry_time = ends if isinstance(ends, int | float) else None
            self.context.oauth_metadata = self._made(OAuthMetadata, "where")
            resource = self._made(ProtectedResourceMetadata, "resource")
            self.context.protected_resource_metadata = resource
        return tokens

    async def set_tokens(self, tokens: Any) -> None:
        """Keep tokens."""
        self._keep("tokens", tokens)
        self._keep("ends", time.time() + tokens.expires_in if tokens.expires_in else None)
        if self.context is not None:
            self._keep("where", self.context.oauth_metadata)
            self._keep("resource", self.context.protected_resource_metadata)

    async def get_client_info(self) -> Any:
        """How we are registered there; None where we are not."""
        from mcp.shared.auth import OAuthClientInformationFull

        return self._made(OAuthClientInformationFull, "client")

    async def set_client_info(self, client_info: Any) -> None:
        """Keep how we are registered."""
        self._keep("client", client_info)

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def _made(self, kind: Any, name: str) -> Any:
        with suppress(ValueError):
            if (told := self._read().get(name)) is not None:
                return kind.model_validate(told)
        return None

    def _keep(self, name: str, value: Any) -> None:
        from dynasaur.repo.files import write_whole

        if hasattr(value, "model_dump"):
            value = value.model_dump(mode="json", exclude_none=True)
        told = {**self._read(), name: value}
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(self.file, json.dumps(told).encode())
            self.file.chmod(0o600)
        except OSError as error:
            raise ConfigError(f"{self.file} cannot be written: {error.strerror}") from error


def _provider(server: Server, callback: str, redirect: Any, wait: Any) -> Any:
    from mcp.client.auth import OAuthClientProvider
    from mcp.shared.auth import OAuthClientMetadata
    from pydantic import AnyUrl

    async def never() -> Any:
        raise ConfigError(f"the tool server {server.name} wants a login")

    metadata = OAuthClientMetadata(client_name="dynasaur", redirect_uris=[AnyUrl(callback)])
    kept = Kept(server)
    provider = OAuthClientProvider(server.url, metadata, kept, redirect, wait or never)
    kept.context = provider.context
    return provider
