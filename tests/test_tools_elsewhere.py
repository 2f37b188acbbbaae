"""Tools of servers in a run that goes on, in an evaluation, and in an exported notebook."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.builders import tool_server
from tests.builders.cli import dynasaur, environment, script

pytest.importorskip("mcp")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A library, with the program of a server beside it."""
    assert dynasaur("init", tmp_path / "library", cwd=tmp_path).code == 0
    tool_server.program(tmp_path / "shop")
    return tmp_path


def shop(place: Path) -> Path:
    return tool_server.configured(place, shop=tool_server.started_by(place / "shop" / "server.py"))


def asked(place: Path, run: str) -> list[str]:
    """The arguments of the host calls of a run, in order."""
    file = place / "library/.dynasaur/runs" / run / "trajectory.json"
    steps = json.loads(file.read_text("utf-8"))["trajectory"]
    calls = [one for step in steps for one in step["asked"] if one["name"] == "call_tool"]
    return [one["arguments"] for one in calls]


@pytest.mark.slow
def test_a_run_that_goes_on_has_its_tools_again(place: Path) -> None:
    library = place / "library"
    config = ("--mcp-config", shop(place))
    first = script(place, "total = shop_add(1, b=4)")
    words = ("run", "A task", "--model", first, *config, "--max-steps", "1", "--json")
    stopped = dynasaur(*words, cwd=library)
    assert stopped.code == 4, stopped.err
    (started,) = [line for line in tool_server.noted(place / "shop") if "started" in line]
    code = "from dynasaur import host\nprint(host.call_tool('shop', 'add', {'a': total}))"
    rest = script(place, code, "submit_final_answer(shop_add(total, b=total))")
    words = ("resume", "last", "--model", rest, *config, "--max-steps", "3", "--json")
    done = dynasaur(*words, cwd=library)
    assert (done.code, done.json["answer"]) == (0, 10), done.err
    assert done.json["run"] == stopped.json["run"]
    assert [line.split(", ", 2)[2] for line in asked(place, done.json["run"])] == [
        '{"a": 1, "b": 4}]', '{"a": 5}]', '{"a": 5, "b": 5}]',
    ]  # fmt: skip
    assert started not in tool_server.noted(place / "shop")[1:]


@pytest.mark.slow
def test_an_evaluation_has_the_tools_in_every_task(place: Path) -> None:
    tasks = place / "tasks.jsonl"
    lines = [{"id": f"t{n}", "task": "What is the sum?", "answer": "5"} for n in range(2)]
    tasks.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    model = script(place, "submit_final_answer(shop_add(2, b=3))")
    words = ("eval", "tasks", tasks, "--model", model, "--mcp-config", shop(place))
    done = dynasaur(*words, "-o", "out", "--json", cwd=place, timeout=300)
    results = (place / "out" / "results.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["right"] for line in results] == [True, True], done.err
    started = [line for line in tool_server.noted(place / "shop") if "started" in line]
    assert len(started) >= 2


@pytest.mark.slow
def test_an_exported_notebook_is_given_what_the_run_was_given(place: Path) -> None:
    from nbclient import NotebookClient

    library = place / "library"
    config = shop(place)
    steps = (
        "total = shop_add(1, b=4)\nprint(total, shop_prices('fruit')['pear'])",
        "from dynasaur import host\nprint(host.call_tool('shop', 'buy', {'what': 'tea'}))",
        "submit_final_answer(shop_add(total))",
    )
    words = ("run", "A task", "--model", script(place, *steps), "--mcp-config", config, "--json")
    assert dynasaur(*words, cwd=library).json["answer"] == 7
    before = tool_server.noted(place / "shop")
    done = dynasaur("runs", "export", "last", "--to", "ipynb", "-o", "-", cwd=library)
    book: Any = nbformat.reads(done.out, as_version=4)  # type: ignore[no-untyped-call]
    kept = dict(os.environ)
    try:
        os.environ.clear()
        os.environ.update(environment(library / ".home", {"DYNASAUR_MCP_CONFIG": str(config)}))
        NotebookClient(book, timeout=120, kernel_name="python3").execute(cwd=str(library))
    finally:
        os.environ.clear()
        os.environ.update(kept)
    texts = [out.text for cell in book.cells if cell.cell_type == "code" for out in cell.outputs]
    assert texts == ["5 2.0\n", "bought tea\n", "answer: 7\n"]
    assert tool_server.noted(place / "shop") == before, "nothing is called again"
