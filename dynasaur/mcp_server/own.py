"""The server's own tools: find an action, show it, call it by name, solve a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynasaur.types import Json

if TYPE_CHECKING:
    from mcp_types import Tool

SEARCH = "search_actions"
SHOW = "show_action"
CALL = "call_action"
RUN = "run_task"
OWN = frozenset({SEARCH, SHOW, CALL, RUN})

MOST_HITS = 50

_TEXT: dict[str, Json] = {"type": "string"}


def own_tools(*, run: bool, files: bool, call: bool) -> list[Tool]:
    """Their descriptions.

    Args:
        run: Tasks may be run.
        files: Callers may name files of this machine.
        call: Actions may be called by a tool of its own, since not all are tools themselves.
    """
    tools = [_search(), _show()]
    tools += [_call()] if call else []
    return [*tools, _run(files=files)] if run else tools


def _search() -> Tool:
    from mcp_types import Tool, ToolAnnotations

    hit = _object(
        {"name": _TEXT, "signature": _TEXT, "summary": _TEXT, "score": {"type": "number"}}
    )
    return Tool(
        name=SEARCH,
        title="Search actions",
        description="Find actions of the library that fit a wish in words, best first. Their names "
        f"are those of tools, or of {CALL} where they are not listed.",
        input_schema=_object(
            {
                "query": {**_TEXT, "description": "What the action should do, or its name."},
                "k": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MOST_HITS,
                    "default": 10,
                    "description": "How many to give at most.",
                },
            },
            "k",
        ),
        output_schema=_object({"actions": {"type": "array", "items": hit}}),
        annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False),
    )


def _show() -> Tool:
    from mcp_types import Tool, ToolAnnotations

    schema: dict[str, Json] = {"type": "object"}
    return Tool(
        name=SHOW,
        title="Show an action",
        description="One action whole: its source, its documentation, the JSON schema of its "
        "arguments, where it comes from.",
        input_schema=_object({"name": {**_TEXT, "description": "Its name."}}),
        output_schema=_object(
            {
                "name": _TEXT,
                "signature": _TEXT,
                "docstring": _TEXT,
                "source": _TEXT,
                "inputs": schema,
                "output": schema,
                "text": _TEXT,
            }
        ),
        annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False),
    )


def _call() -> Tool:
    from mcp_types import Tool, ToolAnnotations

    return Tool(
        name=CALL,
        title="Call an action",
        description=f"Call an action of the library by its name, as {SEARCH} gives it. "
        f"{SHOW} tells which arguments it takes.",
        input_schema=_object(
            {
                "name": {**_TEXT, "description": "The action's name."},
                "arguments": {
                    "type": "object",
                    "default": {},
                    "description": "Its arguments, by name.",
                },
            },
            "arguments",
        ),
        output_schema={"type": "object", "properties": {"result": {}}, "required": ["result"]},
        annotations=ToolAnnotations(
            read_only_hint=False, destructive_hint=True, open_world_hint=True
        ),
    )


def _run(*, files: bool) -> Tool:
    from mcp_types import Tool, ToolAnnotations

    properties: dict[str, Json] = {
        "task": {**_TEXT, "minLength": 1, "description": "What is to be done, in words."},
        "max_steps": {
            "type": "integer",
            "minimum": 1,
            "description": "Steps that may be taken at most.",
        },
    }
    if files:
        properties["files"] = {
            "type": "array",
            "items": _TEXT,
            "description": "Files that come with the task.",
        }
    nothing: dict[str, Json] = {}
    return Tool(
        name=RUN,
        title="Run a task",
        description="Have an agent solve a task by writing and running Python in a sandbox, with "
        "the library's actions. Functions that prove useful are kept in the library. It takes "
        "minutes.",
        input_schema=_object(properties, "max_steps", "files"),
        output_schema={
            "type": "object",
            "properties": {"status": _TEXT, "answer": nothing, "reason": _TEXT, "run": _TEXT},
            "required": ["status", "answer"],
        },
        annotations=ToolAnnotations(
            read_only_hint=False, destructive_hint=False, open_world_hint=True
        ),
    )


def _object(properties: dict[str, Json], *optional: str) -> dict[str, Json]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }
