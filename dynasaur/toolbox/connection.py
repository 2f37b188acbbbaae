"""A connection to one server: opened when it is needed, kept by a task of its own."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from dynasaur import __version__
from dynasaur.errors import DynasaurError
from dynasaur.toolbox.stubs import shown_text
from dynasaur.toolbox.values import Server, Tool
from dynasaur.toolbox.wire import BODY, Wire

PAGES = 50
"""Pages of a list of tools that are asked for."""

_GONE = -32000
_SESSION_GONE = "Session terminated"

for _name in ("mcp", "client", "httpx2"):
    # What they log is told by our errors; without a handler it would go to the terminal.
    logging.getLogger(_name).addHandler(logging.NullHandler())


class GoneError(ConnectionError):
    """The server is not there any more.

    Attributes:
        sent: What was asked may have reached it.
    """

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class Connection:
    """One connection, used from one event loop; see `Loop`.

    Args:
        server: The server.
        wire: Makes the way to it.
        changed: Told when the server says that its tools are others now.
    """

    def __init__(
        self, server: Server, wire: Callable[[], Wire], changed: Callable[[], None]
    ) -> None:
        self._server = server
        self._make = wire
        self._changed = changed
        self._wire: Wire | None = None
        self._client: Any = None
        self._keeper: asyncio.Task[None] | None = None
        self._done = asyncio.Event()
        self.heard = 0.0

    @property
    def is_open(self) -> bool:
        """It was opened, and the other side has not closed it."""
        keeper = self._keeper
        alive = keeper is not None and not keeper.done()
        return alive and self._wire is not None and not self._wire.ended

    async def open(self) -> None:
        """Connect, where that has not been done, or the server has gone since.

        Raises:
            ConnectionError: It cannot be reached, or does not become ready in time.
            DynasaurError: It is set up wrongly.
        """
        if self.is_open:
            return
        await self.close()
        self._wire, self._done = self._make(), asyncio.Event()
        seconds = self._server.start_seconds
        ready: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._keeper = asyncio.create_task(self._keep(self._wire, ready))
        try:
            self._client = await asyncio.wait_for(asyncio.shield(ready), seconds)
        except TimeoutError:
            await self.close()
            raise ConnectionError(
                self._told(f"did not answer within {seconds:g} seconds")
            ) from None
        except BaseException:
            await self.close()
            raise

    async def _keep(self, wire: Wire, ready: asyncio.Future[Any]) -> None:
        """Hold the connection open until it is to be closed: what opens it has to close it."""
        import jsonschema  # noqa: F401 - the first result is judged by it: that call is not to wait
        from mcp.client import Client
        from mcp_types import Implementation

        info = Implementation(name="dynasaur", version=__version__)
        try:
            client = Client(
                wire.streams(), client_info=info, message_handler=self._hear, cache=None
            )
            async with client:
                ready.set_result(client)
                listening = asyncio.create_task(self._listen(client))
                try:
                    await self._done.wait()
                finally:
                    listening.cancel()
        except BaseException as error:
            if not ready.done():
                ready.set_exception(self._as_ours(error))
                ready.exception()  # whoever waited may have left
            elif isinstance(error, asyncio.CancelledError):
                raise
        finally:
            wire.ended = True

    async def close(self) -> None:
        """Disconnect; a program that serves is ended, with all that it started."""
        keeper, client, self._keeper, self._client = self._keeper, self._client, None, None
        self._done.set()
        if keeper is not None:
            if client is None:
                keeper.cancel()  # it never became ready, and waits for what may never come
            done, _ = await asyncio.wait([keeper], timeout=10.0)
            if not done:
                keeper.cancel()
                await asyncio.wait([keeper], timeout=5.0)

    async def tools(self) -> list[Tool]:
        """The tools that the server has now.

        Raises:
            ConnectionError: It is gone.
        """
        found: list[Tool] = []
        cursor, size = None, 0
        for _ in range(PAGES):
            page = await self._asked(self._client.list_tools(cursor=cursor))
            found += [_tool(one) for one in page.tools]
            cursor = page.next_cursor
            size += sum(len(one.model_dump_json()) for one in page.tools)
            if cursor is None or size > BODY:
                break
        return found

    async def call(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Call a tool; the result as the protocol has it.

        Raises:
            GoneError: The server went away.
            RuntimeError: The server refuses, or gives what is no result.
        """

        async def progress(_: float, __: float | None, ___: str | None) -> None:
            self.heard = time.monotonic()

        self.heard = time.monotonic()
        result = await self._asked(
            self._client.call_tool(tool, arguments, progress_callback=progress)
        )
        told: dict[str, Any] = result.model_dump(mode="json", by_alias=True, exclude_none=True)
        return told

    async def _listen(self, client: Any) -> None:
        """Hear of changes from servers that speak of them only when they are asked to."""
        with suppress(Exception):  # older servers cannot be asked, and send them unasked
            async with client.listen(tools_list_changed=True) as events:
                async for _ in events:
                    self._changed()

    async def _hear(self, message: Any) -> None:
        if type(message).__name__ == "ToolListChangedNotification":
            self._changed()

    async def _asked(self, request: Any) -> Any:
        """What the server replies; its errors as ours."""
        from mcp.shared.exceptions import MCPError

        try:
            return await request
        except MCPError as error:
            if error.code == _GONE or error.message == _SESSION_GONE:
                said = self._told("went away")
                raise GoneError(said, sent=error.code == _GONE) from None
            raise RuntimeError(self._told(f"says: {shown_text(error.message, 2_000)}")) from None
        except (OSError, DynasaurError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - a server may make the SDK raise anything
            what = f"gave what is no result: {type(error).__name__}: {str(error)[:500]}"
            raise RuntimeError(self._told(shown_text(what, 700))) from None

    def _as_ours(self, error: BaseException) -> Exception:
        """What went wrong while it was opened, in one line."""
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        if isinstance(error, DynasaurError):
            return error
        if isinstance(error, asyncio.CancelledError):
            return ConnectionError(self._told("was not waited for"))
        said = " ".join(str(error).split()) or type(error).__name__
        return ConnectionError(self._told(f"cannot be reached: {shown_text(said, 500)}"))

    def _told(self, what: str) -> str:
        """A line about the server, with the last thing that its program said."""
        heard = self._wire.heard if self._wire is not None else ""
        lines = shown_text(heard, 4_000).strip().splitlines()
        last = f" (it said: {' '.join(lines[-1].split())[:300]})" if lines else ""
        return f"the tool server {self._server.name} {what}{last}"


def _tool(one: Any) -> Tool:
    """A tool as the server describes it, in the SDK's form."""
    hints = one.annotations
    return Tool(
        one.name,
        one.description or one.title or "",
        one.input_schema,
        one.output_schema,
        reads_only=bool(hints and hints.read_only_hint),
        repeatable=bool(hints and hints.idempotent_hint),
    )


async def closed(connections: list[Connection]) -> None:
    """Close all of them at once."""
    with suppress(Exception):
        await asyncio.gather(*(one.close() for one in connections))
