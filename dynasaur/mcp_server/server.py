"""The protocol's side: requests to the desk, notices of changes to the clients."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from mcp.server.lowlevel import Server
from mcp.server.lowlevel.server import NotificationOptions
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ToolsListChanged
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
)

from dynasaur import __version__
from dynasaur.mcp_server.desk import Desk

if TYPE_CHECKING:
    from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
    from mcp.server.models import InitializationOptions
    from mcp.server.session import ServerSession

LOOK_SECONDS = 1.0
"""How often the library is looked at, and at most a twentieth of the time is spent on that."""

MOST_SESSIONS = 1_000
_SHARE = 20
_log = logging.getLogger(__name__)

INSTRUCTIONS = (
    "Python functions that proved useful, called in a sandbox: every call has a fresh process "
    "and an empty folder. search_actions finds them by what they do."
)


class LibraryServer(Server[Any]):
    """An MCP server of a library.

    Args:
        desk: Answers requests.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._bus = InMemorySubscriptionBus()
        self._listeners = ListenHandler(self._bus)
        self._sessions: dict[str, ServerSession] = {}
        super().__init__(
            "dynasaur",
            version=__version__,
            title="dynasaur",
            instructions=INSTRUCTIONS,
            on_list_tools=self._list,
            on_call_tool=self._call,
            on_subscriptions_listen=self._listeners,
        )
        self.middleware.append(self._meet)

    def create_initialization_options(
        self,
        notification_options: NotificationOptions | None = None,
        experimental_capabilities: dict[str, dict[str, Any]] | None = None,
        extensions: dict[str, dict[str, Any]] | None = None,
    ) -> InitializationOptions:
        """What clients are told at the start: that the list of tools can change, too."""
        options = notification_options or NotificationOptions(tools_changed=True)
        return super().create_initialization_options(options, experimental_capabilities, extensions)

    async def watch(self) -> None:
        """Tell clients whenever the library has other actions; ends when cancelled."""
        await asyncio.to_thread(self._desk.catalogue.refresh)
        warming = asyncio.ensure_future(asyncio.to_thread(self._desk.warm))
        warming.add_done_callback(lambda one: one.cancelled() or one.exception())
        pause = LOOK_SECONDS
        while True:
            await asyncio.sleep(pause)
            began = time.monotonic()
            try:
                changed = await asyncio.to_thread(self._desk.catalogue.refresh)
            except Exception:  # noqa: BLE001 - it may be there again at the next look
                _log.exception("the library cannot be looked at")
                changed = False
            pause = max(LOOK_SECONDS, _SHARE * (time.monotonic() - began))
            if changed:
                await self._tell()

    def close(self) -> None:
        """End the streams of clients that listen for changes."""
        self._listeners.close()

    async def _tell(self) -> None:
        await self._bus.publish(ToolsListChanged())
        for session in list(self._sessions.values()):
            with suppress(Exception):
                await session.send_tool_list_changed()

    async def _meet(
        self, ctx: ServerRequestContext[Any, Any], call_next: CallNext
    ) -> HandlerResult:
        """Remember whom to tell of changes: clients of versions that need not ask for it."""
        if ctx.method == "notifications/initialized":
            headers = getattr(ctx.request, "headers", {})
            name = headers.get("mcp-session-id", "")
            self._sessions.pop(name, None)
            self._sessions[name] = ctx.session
            while len(self._sessions) > MOST_SESSIONS:
                self._sessions.pop(next(iter(self._sessions)))
        return await call_next(ctx)

    async def _list(
        self, ctx: ServerRequestContext[Any, Any], params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        del ctx
        cursor = params.cursor if params else None
        try:
            start = int(cursor) if cursor else 0
        except ValueError:
            start = -1
        if start < 0 or (cursor and len(cursor) > 9):
            raise MCPError(INVALID_PARAMS, "this cursor is none of ours")
        tools, after = await asyncio.to_thread(self._desk.tools, start)
        return ListToolsResult(tools=tools, next_cursor=None if after is None else str(after))

    async def _call(
        self, ctx: ServerRequestContext[Any, Any], params: CallToolRequestParams
    ) -> CallToolResult:
        last = -1.0

        async def progress(done: float, of: float | None, words: str) -> None:
            nonlocal last
            last = done = max(done, last + 0.001)  # it must grow
            await ctx.session.report_progress(done, of, words)

        return await self._desk.call(params.name, params.arguments or {}, progress)
