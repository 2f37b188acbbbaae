"""The parts of the tool client: types, names, results, connections that leave nothing."""

from __future__ import annotations

import base64
import gzip
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from dynasaur.kernel.usage import descendants
from dynasaur.source import read_action
from dynasaur.toolbox import relay, wire
from dynasaur.toolbox.box import Toolbox
from dynasaur.toolbox.clients import Clients
from dynasaur.toolbox.results import given_of
from dynasaur.toolbox.servers import filled
from dynasaur.toolbox.stubs import action_name, stubs
from dynasaur.toolbox.typed import type_of
from dynasaur.toolbox.values import Server, Tool
from dynasaur.types import Json
from tests.builders import tool_server
from tests.builders.http import HttpServer, Quiet
from tests.builders.kernel import PIXEL, processes_in, wait_until_gone

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


def refreshed(folder: Path, server: Server) -> None:
    """Ask a server which tools it has."""
    clients = Clients(Toolbox(folder, folder / "data", {server.name: server}))
    try:
        clients.refresh(server)
    finally:
        clients.close()


def test_a_line_without_an_end_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "BODY", 1_000_000)
    program = tmp_path / "endless.py"
    program.write_text("import os\nwhile True:\n    os.write(1, b'x' * 65_536)\n", "utf-8")
    server = Server("endless", command=sys.executable, arguments=(str(program),))
    with pytest.raises(ConnectionError, match=r"\(it said: a line of more than 1,000,000 bytes\)$"):
        refreshed(tmp_path, server)
    assert not processes_in(program)


def test_lines_with_an_end_are_passed_on_whole(tmp_path: Path) -> None:
    program = "import sys; [print(n * 'x') for n in (0, 999, 1_000, 0, 400_000)]; sys.exit(7)"
    words = [relay.__file__, "400000", sys.executable, "-c", program]
    done = subprocess.run([sys.executable, "-I", "-S", *words], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (7, "")
    assert list(map(len, done.stdout.split("\n"))) == [0, 999, 1_000, 0, 400_000, 0]
    words[1] = "399999"
    done = subprocess.run([sys.executable, "-I", "-S", *words], capture_output=True, text=True)
    assert done.stderr == "a line of more than 399,999 bytes\n"


@pytest.mark.parametrize("packed", [True, False])
def test_a_body_without_an_end_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    monkeypatch.setattr(wire, "BODY", 1_000_000)
    body = bytes(5_000_000)

    class Large(Quiet, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            content = gzip.compress(body) if packed else body
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if packed:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(content)

    with HttpServer(Large) as http:
        server = Server("large", url=f"{http.host}/mcp", start_seconds=20)
        said = "packed" if packed else "more than 1,000,000 bytes"
        with pytest.raises(ConnectionError, match=said):
            refreshed(tmp_path, server)
