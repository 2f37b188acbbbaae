"""The parts of the tool client: types, names, results, connections that leave nothing."""

from __future__ import annotations

import base64
import os
import sys
import threading
from pathlib import Path

import pytest

from dynasaur.kernel.usage import descendants
from dynasaur.source import read_action
from dynasaur.toolbox.box import Toolbox
from dynasaur.toolbox.clients import Clients
from dynasaur.toolbox.results import given_of
from dynasaur.toolbox.servers import filled
from dynasaur.toolbox.stubs import action_name, stubs
from dynasaur.toolbox.typed import type_of
from dynasaur.toolbox.values import Server, Tool
from dynasaur.types import Json
from tests.builders import tool_server
from tests.builders.kernel import PIXEL, wait_until_gone

LOOP: dict[str, object] = {"$defs": {"a": {"$ref": "#/$defs/a"}}}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, "str"),
        ({"type": "integer"}, "int"),
        ({"type": "number"}, "float"),
        ({"type": "boolean"}, "bool"),
        ({"type": "null"}, "None"),
        ({"type": "object"}, "dict[str, Any]"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "dict[str, int]"),
        ({"type": "array", "items": {"type": "string"}}, "list[str]"),
        ({"type": "array"}, "list[Any]"),
        ({"type": ["null", "string"]}, "str | None"),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "str | int"),
        ({"anyOf": [{"type": "string"}, {}]}, "Any"),
        ({"enum": ["a", "b"]}, "Literal['a', 'b']"),
        ({"enum": ["a\n", 1]}, "Literal['a\\n', 1]"),
        ({"enum": [{"a": 1}], "type": "object"}, "dict[str, Any]"),
        ({"const": "x"}, "Literal['x']"),
        ({"$ref": "#/$defs/a"}, "Any"),
        ({"$ref": "https://example.org/schema.json"}, "Any"),
        ({"type": "str); import os; ("}, "Any"),
        ("text", "Any"),
        (None, "Any"),
    ],
)
def test_types(schema: object, expected: str) -> None:
    assert type_of(schema, LOOP) == expected


@pytest.mark.parametrize(
    ("server", "tool", "name"),
    [
        ("time", "get_current_time", "time_get_current_time"),
        ("git", "git_log", "git_log"),
        ("fetch", "fetch", "fetch"),
        ("my-shop", "listAllItems", "my_shop_list_all_items"),
        ("print", "print", "print_tool"),
        ("x", "../../etc/passwd", "x_etc_passwd"),
        ("x", "", "x_tool"),
        ("x", "9lives", "x_t_9lives"),
        ("x", "a" * 300, "x_" + "a" * 62),
    ],
)
def test_names(server: str, tool: str, name: str) -> None:
    assert action_name(server, tool) == name


def test_tools_of_one_name_get_names_of_their_own() -> None:
    made = stubs(Server("s", command="x"), [Tool("a-b"), Tool("a_b"), Tool("aB")], {"s_a_b"})
    assert list(made) == ["s_s_a_b", "s_s_a_b_2", "s_s_a_b_3"]


def test_a_stub_is_an_action(tmp_path: Path) -> None:
    takes = {
        "type": "object",
        "properties": {
            "from": {"type": "string", "description": "Where it begins."},
            "size": {"type": "integer", "default": 3},
            "note": {"type": "string"},
        },
        "required": ["from"],
    }
    gives = {"type": "object", "properties": {"result": {"type": "array"}}}
    ((name, (_, text)),) = stubs(
        Server("s", command="x"), [Tool("cut", "Cut it.", takes, gives)]
    ).items()
    action = read_action(
        text, path=tmp_path / f"{name}.py", category="s", source="tools", module=f"actions.s.{name}"
    )
    assert action.signature == (
        "s_cut(from_: str, *, size: int = 3, note: str | None = None) -> list[Any]"
    )
    assert action.summary == "The tool cut of s: Cut it."
    assert action.parameters[0].doc == "Where it begins."


@pytest.mark.parametrize(
    ("result", "value"),
    [
        ({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, "a\nb"),
        ({"content": [], "structuredContent": {"result": [1]}}, [1]),
        ({"content": [], "structuredContent": {"other": 1}}, {"other": 1}),
        ({"content": [{"type": "image", "data": PIXEL, "mimeType": "image/png"}]},
         "[image image/png, shown]"),
        ({"content": [{"type": "image", "data": "!", "mimeType": "image/png"}]},
         "[image image/png: cannot be decoded]"),
        ({"content": [{"type": "resource_link", "uri": "x://y", "name": "z"}]},
         "[resource x://y: z]"),
        ({"content": [{"type": "resource", "resource": {"uri": "x://y", "text": "t"}}]}, "t"),
        ({"content": [{"type": "hologram"}]}, "[hologram: a kind of content that is not known]"),
        ({"content": "no list"}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_results(result: dict[str, Json], value: Json) -> None:
    assert given_of(result, "tool-1", wrapped=True).result == value


def test_files_of_results() -> None:
    sound = base64.b64encode(b"RIFF").decode()
    blob: dict[str, Json] = {"uri": "x://y", "blob": sound, "mimeType": "application/pdf"}
    big = base64.b64encode(bytes(7_999_999)).decode()
    given = given_of(
        {
            "content": [
                {"type": "audio", "data": sound, "mimeType": "audio/x-wav"},
                {"type": "resource", "resource": blob},
                {"type": "audio", "data": big, "mimeType": ""},
            ]
        },
        "tool-1",
        wrapped=False,
    )
    assert list(given.files) == ["tool-results/tool-1-1.wav", "tool-results/tool-1-2.pdf"]
    assert str(given.result).endswith("[audio , left out: 7,999,999 bytes are too many]")


def test_an_error_is_raised_with_its_text() -> None:
    told: dict[str, Json] = {"isError": True, "content": [{"type": "text", "text": "\x1b[1mno"}]}
    with pytest.raises(RuntimeError, match=r"^\[1mno$"):
        given_of(told, "x", wrapped=False)


def test_variables_are_filled_in() -> None:
    assert filled("${A}-${B:-b}-$C", {"A": "a"}, "here") == "a-b-$C"


@pytest.mark.slow
def test_connections_leave_nothing(tmp_path: Path) -> None:
    program = tool_server.program(tmp_path / "shop")
    server = Server("shop", command=sys.executable, arguments=(str(program),))
    box = Toolbox(tmp_path, tmp_path / "data", {"shop": server})
    others = set(descendants(os.getpid()))  # of tests before, in the same process

    def once() -> None:
        clients = Clients(box)
        clients.refresh(server)
        assert clients.call(server, "add", {"a": 1})["structuredContent"] == {"result": 3}
        with pytest.raises(ConnectionError):
            clients.call(server, "die", {})
        assert clients.call(server, "add", {"a": 2})["structuredContent"] == {"result": 4}
        clients.close()

    once()
    before = len(list(Path("/proc/self/fd").iterdir())), threading.active_count()
    once()
    after = len(list(Path("/proc/self/fd").iterdir())), threading.active_count()
    assert after == before
    assert not wait_until_gone([*set(descendants(os.getpid())) - others - {os.getpid()}])
