"""Functions and tools of other packages that stay on the host: with state, with keys."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dynasaur.adopting.serving import served
from dynasaur.errors import ConfigError, FailureError
from dynasaur.toolbox.box import Toolbox
from dynasaur.toolbox.clients import Clients
from dynasaur.toolbox.servers import servers_of, tables
from tests.builders import tool_server
from tests.builders.cli import dynasaur, script

pytest.importorskip("mcp")

KEPT = '''
import os
from datetime import date

print("a word on stdout when it is imported")
_LINES = []


class Notes:
    """Something with state."""

    def keep(self, line: str, day: date | None = None) -> int:
        """Keep a line.

        Args:
            line: The line.
            day: Of which day.
        """
        print("kept", type(day).__name__)
        _LINES.append(line)
        return len(_LINES)


notes = Notes()


def key_length() -> int:
    """How long the key is."""
    return len(os.environ["TOOLS_KEY"])


async def later(word: str = "x") -> list[str]:
    """A list, later."""
    return [word]


def leave() -> None:
    """End the process."""
    raise SystemExit("no")


def lying() -> int:
    """Says that it gives a number."""
    return "none"


def tripled(number):
    return 3 * number


TOOLS = [
    {
        "name": "tripled",
        "description": "Three times a number.",
        "parameters": {
            "type": "object",
            "properties": {"number": {"type": "integer", "description": "The number."}},
            "required": ["number"],
        },
    }
]
'''
FRAMEWORKS = '''
from langchain_core.tools import StructuredTool
from smolagents import Tool

_SEEN = []


def remember(word: str) -> str:
    """Remember a word, and say all of them."""
    _SEEN.append(word)
    return " ".join(_SEEN)


chained = StructuredTool.from_function(remember)


class Counter(Tool):
    name = "count_up"
    description = "Counts its own calls."
    inputs = {"by": {"type": "integer", "description": "How much.", "nullable": True}}
    output_type = "integer"

    def setup(self):
        self.total = 100
        self.is_initialized = True

    def forward(self, by: int | None = None) -> int:
        self.total += by or 1
        return self.total
'''


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "kept_things.py").write_text(KEPT, "utf-8")
    (folder / "framework_things.py").write_text(FRAMEWORKS, "utf-8")
    (folder / "broken_things.py").write_text("1 / 0\n", "utf-8")
    monkeypatch.syspath_prepend(str(folder))
    return folder


def test_what_is_served_has_types_and_docs(modules: Path) -> None:
    found = served(["kept_things:notes.keep", "kept_things:TOOLS", "kept_things:later"])
    assert list(found) == ["keep", "tripled", "later"]
    keep = found["keep"]
    assert keep.words == "Keep a line."
    assert keep.inputs["properties"] == {
        "line": {"type": "string", "description": "The line."},
        "day": {
            "anyOf": [{"type": "string", "format": "date"}, {"type": "null"}],
            "description": "Of which day.",
            "default": None,
        },
    }
    assert keep.called({"line": "a", "day": "2026-01-02"}) == 1
    assert found["tripled"].called({"number": 4}) == 12


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("no_such_module", "no_such_module: ModuleNotFoundError: No module named"),
        ("kept_things:nothing", "kept_things: AttributeError: module 'kept_things' has no"),
        ("math:pi", "math: pi: it is a float, which is no tool"),
        ("broken_things", "broken_things: ZeroDivisionError: division by zero"),
    ],
)
def test_what_cannot_be_served_is_told(modules: Path, spec: str, said: str) -> None:
    with pytest.raises(FailureError) as caught:
        served([spec])
    assert str(caught.value).startswith(said)


def test_a_server_that_cannot_start_says_why_in_one_line(tmp_path: Path) -> None:
    (server,) = tables({"bad": {"python": ["no_such_thing:x"]}}, tmp_path, "user").values()
    clients = Clients(Toolbox(tmp_path, tmp_path / "data", {"bad": server}))
    said = "(it said: no_such_thing: ModuleNotFoundError: No module named 'no_such_thing')"
    try:
        with pytest.raises(ConnectionError, match=re.escape(said)):
            clients.refresh(server)
    finally:
        clients.close()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("python = ['a:b']\ncommand = 'c'\n", "has python, so command has no place"),
        ("python = ['a:b']\nurl = 'https://c'\n", "has python, so url has no place"),
        ("python = []\n", "python must name something"),
        ("python = 'a:b'\n", "python must be a list of texts"),
    ],
)
def test_settings_without_sense(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str, message: str
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "dynasaur").mkdir()
    (tmp_path / "dynasaur" / "config.toml").write_text(f"[mcp.x]\n{settings}", "utf-8")
    with pytest.raises(ConfigError, match=message):
        servers_of(tmp_path)


def test_a_library_cannot_have_something_imported_on_the_host(tmp_path: Path) -> None:
    settings = "[tool.dynasaur.mcp.x]\npython = ['evil:start']\n"
    (tmp_path / "pyproject.toml").write_text(settings, "utf-8")
    with pytest.raises(ConfigError, match="python stands in your own settings alone"):
        servers_of(tmp_path)


def test_the_command_prints_what_the_user_may_write(tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert dynasaur("init", library, cwd=tmp_path).code == 0
    words = ("import-tools", "--host", "mine", "kept_things:notes.keep", "math")
    done = dynasaur(*words, cwd=library)
    assert (done.code, done.out) == (
        0,
        '[mcp.mine]\npython = ["kept_things:notes.keep", "math"]\n',
    )
    assert "write this into " in done.err
    assert dynasaur(*words, "--json", cwd=library).json["server"] == "mine"
    for wrong in (("import-tools", "--host", "a b", "math"), ("import-tools", "--host", "m", "1")):
        done = dynasaur(*wrong, cwd=library)
        assert (done.code, done.out) == (2, ""), done.err


@pytest.mark.slow
def test_they_are_called_on_the_host_with_state_and_key(tmp_path: Path, modules: Path) -> None:
    pytest.importorskip("langchain_core")
    pytest.importorskip("smolagents")
    library = tmp_path / "library"
    assert dynasaur("init", library, cwd=tmp_path).code == 0
    specs = ["kept_things", "kept_things:notes.keep", "framework_things:chained"]
    entry: dict[str, object] = {
        "python": [*specs, "framework_things:Counter"],
        "cwd": str(modules),
        "env": {"TOOLS_KEY": "${MY_TOOLS_KEY}"},
    }
    servers = tool_server.configured(tmp_path, mine=entry)
    env = {"MY_TOOLS_KEY": "a-key-of-mine-123"}
    calls = (
        "print(mine_keep('a'), mine_keep('b', day='2026-01-02'))\n"
        "print(mine_remember('one'), '/', mine_remember('two'))\n"
        "print(mine_count_up(), mine_count_up(by=5))\n"
        "print(mine_key_length(), mine_later(word='y'), mine_tripled(4))"
    )
    steps = (
        calls,
        "mine_leave()",
        "mine_lying()",
        "mine_keep(5)",
        "import os\nsubmit_final_answer(['MY_TOOLS_KEY' in os.environ, mine_keep('c')])",
    )
    words = ("run", "A task", "--model", script(tmp_path, *steps), "--mcp-config", servers)
    done = dynasaur(*words, "--json", cwd=library, env=env)
    assert done.json["answer"] == [False, 3], done.err
    saved = library / ".dynasaur/runs" / done.json["run"] / "trajectory.json"
    seen = [step["observation"] for step in json.loads(saved.read_text("utf-8"))["trajectory"]]
    assert seen[0]["error"] is None, seen[0]["error"]
    assert seen[0]["output"] == "1 2\none / one two\n101 106\n17 ['y'] 12\n"
    assert seen[1]["error"]["message"] == "SystemExit: no"
    assert seen[2]["error"]["message"].startswith("lying: the result is not what it declares")
    assert "keep: " in seen[3]["error"]["message"]
