"""Serves functions and tools of installed packages that cannot be copied: they have state, or keys.

This is the program of a tool server that a user names by `python = ["MODULE:NAME"]`. It runs with
that user's rights, outside of the sandbox; what it imports lives as long as it does.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import sys
from collections.abc import Awaitable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynasaur.adopting import probe
from dynasaur.adopting.core import free, parts
from dynasaur.adopting.docs import docs_of
from dynasaur.adopting.text import action_name, action_text
from dynasaur.agent.form import Form
from dynasaur.errors import ActionError, DynasaurError, FailureError
from dynasaur.kernel.inside.plain import to_json
from dynasaur.schemas import arguments_of, inputs_of, output_of
from dynasaur.source import read_action
from dynasaur.types import Action, Json

if TYPE_CHECKING:
    from mcp_types import CallToolResult, Tool


@dataclass(frozen=True, slots=True)
class Served:
    """One function or tool.

    Attributes:
        action: The action that would call it, had it been copied.
        space: The variables of the action's module, which holds the thing itself.
        words: What it is for.
        inputs: JSON schema of its arguments.
        output: JSON schema of what it gives: an object with the result under `result`.
    """

    action: Action
    space: dict[str, Any]
    words: str
    inputs: dict[str, Json]
    output: dict[str, Json]

    def called(self, given: Mapping[str, object]) -> Any:
        """What it gives; to be awaited where it is asynchronous."""
        source = f"{self.action.name}({arguments_of(self.action, named=given)})"
        return eval(source, self.space)  # noqa: S307 - literals that the schema has judged


def served(specs: Iterable[str]) -> dict[str, Served]:
    """What these name, by tool name; the modules are imported.

    Raises:
        UsageError: A spec has no sense.
        FailureError: A module cannot be imported, or what is named cannot be called.
    """
    found: dict[str, Served] = {}
    for module, name in map(parts, specs):
        for told in _looked(module, name):
            try:
                made = free(action_name(str(told.get("name"))), module, set(found))
                found[made] = _served(module, told, made)
            except ActionError as error:
                raise FailureError(f"{module}: {error}") from None
    return found


def _looked(module: str, name: str) -> list[dict[str, Any]]:
    try:
        return probe.look(module, name)
    except Exception as error:  # noqa: BLE001 - whatever a package raises
        what = f"{type(error).__name__}: {error}"
        raise FailureError(f"{module}: {' '.join(what.split())[:300]}") from None


def _served(module: str, told: Mapping[str, Any], name: str) -> Served:
    text = action_text(module, told, name)
    path = Path(f"{name}.py")
    action = read_action(text, path=path, category="", source="local", module=f"actions.{name}")
    space: dict[str, Any] = {}
    exec(compile(text, str(path), "exec"), space)  # noqa: S102 - what `import-tools` would write
    own, is_made, _ = str(told["path"]).partition("()")
    if is_made:  # a class of tools makes one, which keeps its state
        private = f"_{own.strip('_')}"
        space[private] = functools.cache(space[private])
    docs = docs_of(str(told.get("doc", "")))
    words = "\n\n".join(part for part in (docs.summary, docs.body) if part)
    output: dict[str, Json] = {
        "type": "object",
        "properties": {"result": output_of(action)},
        "required": ["result"],
    }
    return Served(action, space, words, inputs_of(action), output)


async def _call(one: Served, given: Mapping[str, Any]) -> CallToolResult:
    from mcp_types import CallToolResult, TextContent

    name = one.action.name
    if problem := Form(schema=one.inputs).problem(dict(given)):
        return _failed(f"{name}: {problem}")
    try:
        result = await asyncio.to_thread(one.called, given)
        result = to_json(await result if isinstance(result, Awaitable) else result)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a stranger's code raises
        return _failed(f"{type(error).__name__}: {error}")
    if problem := Form(schema=one.output).problem({"result": result}):
        return _failed(f"{name}: the result is not what it declares: {problem}")
    text = TextContent(text=result if isinstance(result, str) else json.dumps(result))
    return CallToolResult(content=[text], structured_content={"result": result})


def _failed(line: str) -> CallToolResult:
    from mcp_types import CallToolResult, TextContent

    return CallToolResult(content=[TextContent(text=line[:4_000])], is_error=True)


def _tools(found: Mapping[str, Served]) -> Iterator[Tool]:
    from mcp_types import Tool

    for name, one in found.items():
        yield Tool(
            name=name, description=one.words, input_schema=one.inputs, output_schema=one.output
        )


async def _serve(specs: Sequence[str]) -> None:
    from mcp.server.lowlevel import Server
    from mcp.server.stdio import stdio_server
    from mcp_types import ListToolsResult

    async with stdio_server() as (incoming, outgoing):  # what packages print goes to stderr now
        found = _found(specs)

        async def listed(_: Any, __: Any) -> ListToolsResult:
            return ListToolsResult(tools=list(_tools(found)))

        async def called(_: Any, params: Any) -> CallToolResult:
            if params.name not in found:
                return _failed(f"there is no tool {params.name!r}")
            return await _call(found[params.name], params.arguments or {})

        server = Server("python", on_list_tools=listed, on_call_tool=called)
        await server.run(incoming, outgoing, server.create_initialization_options())


def _found(specs: Sequence[str]) -> dict[str, Served]:
    """What these name; where they name nothing, the end, with why as the last line."""
    try:
        return served(specs)
    except DynasaurError as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        os._exit(error.exit_code)  # a thread waits for a line of stdin


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1:]))
