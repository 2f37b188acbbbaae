"""What a client asks, and who answers it."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynasaur.agent.form import Form
from dynasaur.calling import Arguments
from dynasaur.errors import DynasaurError
from dynasaur.mcp_server.catalogue import Catalogue, Offer
from dynasaur.mcp_server.own import CALL, OWN, RUN, SEARCH, own_tools
from dynasaur.mcp_server.pool import Find, Job, Pool
from dynasaur.mcp_server.replies import failed, reply, told
from dynasaur.mcp_server.runs import Runs
from dynasaur.types import Json

if TYPE_CHECKING:
    from mcp_types import CallToolResult, Tool

PAGE = 500
"""Tools on one page of the list."""

ARGUMENTS = 1_000_000
"""Characters that the arguments of one call may have as JSON."""

TELL_SECONDS = 2.0
"""How often a caller hears that its call goes on."""

_log = logging.getLogger(__name__)

Progress = Callable[[float, "float | None", str], Awaitable[None]]
"""Told how far a call is: so much, of so much where that is known, and words."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers requests.

    Attributes:
        catalogue: The served actions.
        pool: Where they are called.
        most_tools: Up to so many actions are tools of their own; more are called by name.
        runs: Runs tasks; None where clients may not.
        find: Finds files of this machine that callers may name.
        files: Callers may name some.
        max_steps: Steps that a run takes at most.
    """

    catalogue: Catalogue
    pool: Pool
    most_tools: int
    runs: Runs | None
    find: Find
    files: bool
    max_steps: int

    def warm(self) -> None:
        """Load beforehand what the first call would wait for."""
        Form(schema={}).problem(None)
        self.catalogue.search("what there is", 1)

    def tools(self, start: int) -> tuple[list[Tool], int | None]:
        """A page of the tools, and where the next one starts; None after the last."""
        self.catalogue.refresh()
        names = self._listed()
        own = [] if start else self._own()
        page = [self.catalogue.offer(name) for name in names[start : start + PAGE]]
        after = start + PAGE
        tools = [*own, *(_tool(one) for one in page if one is not None)]
        return tools, after if after < len(names) else None

    async def call(
        self, name: str, arguments: Mapping[str, Any], progress: Progress
    ) -> CallToolResult:
        """Answer a call of a tool; what is wrong with it is told as its result."""
        try:
            size = await asyncio.to_thread(_size, arguments)
            if size > ARGUMENTS:
                return failed(f"{name}: the arguments have {size:,} characters; {ARGUMENTS:,} may")
            if name not in OWN:
                return await self._action(name, dict(arguments), progress)
            return await self._own_tool(name, dict(arguments), progress)
        except DynasaurError as error:
            return failed(str(error))
        except Exception:  # noqa: BLE001 - a server goes on
            _log.exception("a call of %s failed", name)
            return failed(f"{name}: an internal error; the server's log has it")

    def _listed(self) -> list[str]:
        names = self.catalogue.names()
        return names if len(names) <= self.most_tools else []

    def _own(self) -> list[Tool]:
        all_listed = bool(self._listed()) or not len(self.catalogue)
        return own_tools(run=self.runs is not None, files=self.files, call=not all_listed)

    async def _own_tool(
        self, name: str, arguments: dict[str, Any], progress: Progress
    ) -> CallToolResult:
        tools = own_tools(run=self.runs is not None, files=self.files, call=True)
        tool = next((one for one in tools if one.name == name), None)
        if tool is None:
            return failed(f"{name} is switched off")
        if problem := Form(schema=tool.input_schema).problem(arguments):
            return failed(f"{name}: {problem}")
        if name == CALL:
            return await self._action(arguments["name"], arguments.get("arguments", {}), progress)
        if name == RUN:
            return await self._run(progress, **arguments)
        if name == SEARCH:
            return await asyncio.to_thread(self._search, **arguments)
        return await asyncio.to_thread(self._show, **arguments)

    def _search(self, query: str, k: int = 10) -> CallToolResult:
        found: list[Json] = [
            {
                "name": name,
                "signature": hit.action.signature,
                "summary": hit.action.summary,
                "score": round(hit.score, 4),
            }
            for name, hit in self.catalogue.search(query, k)
        ]
        return told({"actions": found})

    def _show(self, name: str) -> CallToolResult:
        offer = self._offer(name)
        if offer is None:
            return failed(_unknown(name))
        action = offer.action
        return told(
            {
                "name": offer.name,
                "signature": action.signature,
                "docstring": action.docstring,
                "source": action.source,
                "inputs": offer.inputs,
                "output": offer.output,
                "text": action.text,
            }
        )

    def _offer(self, name: str) -> Offer | None:
        offer = self.catalogue.meant(name)
        if offer is None and self.catalogue.refresh():
            offer = self.catalogue.meant(name)
        return offer

    async def _action(
        self, name: str, arguments: dict[str, Any], progress: Progress
    ) -> CallToolResult:
        offer = await asyncio.to_thread(self._offer, name)
        if offer is None:
            return failed(_unknown(name))
        if problem := Form(schema=offer.inputs).problem(arguments):
            return failed(f"{name}: {problem}")
        job = Job(offer.action, Arguments(named=arguments))
        self.pool.submit(job)
        try:
            finished = await _awaited(asyncio.wrap_future(job.done), progress)
        finally:
            if not job.done.done():
                self.pool.cancel(job)
        return await asyncio.to_thread(reply, offer, finished)

    async def _run(
        self,
        progress: Progress,
        task: str,
        max_steps: int | None = None,
        files: tuple[str, ...] = (),
    ) -> CallToolResult:
        assert self.runs is not None
        paths: list[Path] = []
        for text in files:
            path = self.find(text)
            if path is None:
                return failed(f"{RUN}: there is no file {text!r} to give along")
            paths.append(path)
        most = min(max_steps or self.max_steps, self.max_steps)

        async def step(number: int, words: str) -> None:
            await progress(number, most, words or f"step {number}")

        document = await self.runs.run(task, step, most, paths)
        if "error" in document:
            return failed(f"{RUN}: {document['error']}")
        if document.get("status") != "solved":
            answer = failed(f"{RUN}: {document.get('status')}: {document.get('reason')}")
            answer.structured_content = document
            return answer
        return told(document)


async def _awaited(future: asyncio.Future[Any], progress: Progress) -> Any:
    """What a future gives; meanwhile the caller hears that it goes on."""
    began = time.monotonic()
    future.add_done_callback(lambda one: one.cancelled() or one.exception())
    await progress(0.0, None, "started")
    while True:
        done, _ = await asyncio.wait([future], timeout=TELL_SECONDS)
        if done:
            return future.result()
        seconds = time.monotonic() - began
        await progress(seconds, None, f"{seconds:.0f} s")


def _tool(offer: Offer) -> Tool:
    from mcp_types import Tool, ToolAnnotations

    return Tool(
        name=offer.name,
        description=offer.description,
        input_schema=offer.inputs,
        output_schema=offer.output,
        annotations=ToolAnnotations(
            read_only_hint=offer.hints.read_only,
            destructive_hint=offer.hints.destructive,
            open_world_hint=offer.hints.open_world,
        ),
    )


def _size(arguments: Mapping[str, Any]) -> int:
    return len(json.dumps(arguments, ensure_ascii=False))


def _unknown(name: str) -> str:
    return f"there is no action {name[:100]!r}: {SEARCH} finds those that there are"
