"""The connections of one kernel to its servers."""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from dynasaur.errors import StoreError
from dynasaur.toolbox.box import Toolbox
from dynasaur.toolbox.connection import Connection, GoneError, closed
from dynasaur.toolbox.login import login
from dynasaur.toolbox.loop import Loop
from dynasaur.toolbox.values import Server
from dynasaur.toolbox.wire import Wire, missing

T = TypeVar("T")

_CLOSING = 20.0
"""Seconds that all connections together have to be closed."""


class Wait(Protocol):
    """Waits for what is done in the event loop."""

    def __call__(
        self, future: Future[T], seconds: float, heard: Callable[[], float] | None = None
    ) -> T:
        """Its result; cancelled when that takes too long."""


def patient(future: Future[T], seconds: float, heard: Callable[[], float] | None = None) -> T:
    """Waits where no run is under way."""
    del heard
    try:
        return future.result(seconds)
    except TimeoutError:
        if future.done():
            raise
        raise TimeoutError(f"it took longer than {seconds:.0f} seconds") from None
    finally:
        future.cancel()


class Clients:
    """Connects to servers when they are first needed, and keeps that up.

    Args:
        toolbox: The servers.
        environ: The environment, for the variables that settings name.
        login: Gives what logs requests to a server in; None for nothing.

    Attributes:
        wait: Waits for what the event loop does.
    """

    def __init__(
        self,
        toolbox: Toolbox,
        environ: Mapping[str, str] = os.environ,
        login: Callable[[Server], Any] = login,
    ) -> None:
        self._toolbox = toolbox
        self._environ = environ
        self._login = login
        self.wait: Wait = patient
        self._loop = Loop()
        self._connections: dict[str, Connection] = {}
        self._stale: set[str] = set()

    def refresh(self, server: Server) -> bool:
        """Ask a server which tools it has, and keep that.

        Returns:
            Whether they differ from what was known.

        Raises:
            ConnectionError: It cannot be reached.
            DynasaurError: It is set up wrongly, or what it says cannot be kept.
        """
        connection = self._connection(server)
        self._open(connection, server)
        found = self._do(connection.tools(), server)
        self._stale.discard(server.name)
        return self._toolbox.catalogue.keep(server, found)

    def call(self, server: Server, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Call a tool; the result as the protocol has it.

        A server that has gone since it was last used is started or connected to anew, once. A
        call that may have reached it is not made again, unless the tool says that it may be.

        Raises:
            ConnectionError: It cannot be reached, or went away.
            RuntimeError: It refuses.
        """
        known = self._toolbox.catalogue.tools(server).get(tool)
        again = known is not None and (known.reads_only or known.repeatable)
        connection = self._connection(server)
        fresh = not connection.is_open
        self._open(connection, server)
        work = self._called(connection, tool, arguments, again=again)
        result = self._do(work, server, lambda: connection.heard)
        if fresh or server.name in self._stale:
            with suppress(ConnectionError, RuntimeError, TimeoutError, StoreError):
                self.refresh(server)
        return result

    def close(self) -> None:
        """Disconnect from all servers; programs that were started are ended."""
        if self._connections:
            with suppress(Exception):
                self._loop.submit(closed(list(self._connections.values()))).result(_CLOSING)
        self._connections = {}
        self._loop.close()

    @staticmethod
    async def _called(
        connection: Connection, tool: str, arguments: dict[str, Any], *, again: bool
    ) -> dict[str, Any]:
        try:
            return await connection.call(tool, arguments)
        except GoneError as error:
            if error.sent and not again:
                raise ConnectionError(
                    f"{error}; whether {tool} did anything is not known, so it is not called again"
                ) from None
        await connection.close()
        await connection.open()
        return await connection.call(tool, arguments)

    def _open(self, connection: Connection, server: Server) -> None:
        if not connection.is_open:
            # The connection itself gives up before that, and says so.
            self.wait(self._loop.submit(connection.open()), server.start_seconds + _CLOSING)

    def _do(
        self,
        work: Coroutine[Any, Any, T],
        server: Server,
        heard: Callable[[], float] | None = None,
    ) -> T:
        return self.wait(self._loop.submit(work), server.seconds, heard)

    def _connection(self, server: Server) -> Connection:
        if problem := missing():
            raise problem
        if server.name not in self._connections:
            self._connections[server.name] = Connection(
                server,
                lambda: Wire(server, self._environ, self._toolbox.root, self._login(server)),
                lambda: self._stale.add(server.name),
            )
        return self._connections[server.name]
