"""`dynasaur resume`: a run that was killed, stopped by its limits or interrupted goes on."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.builders.chat_server import ChatServer, Step
from tests.builders.cli import Done, command, dynasaur, environment, script


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("resume") / "my library ö"
    assert dynasaur("init", folder, cwd=folder.parent).code == 0
    (folder / "sales.csv").write_text("region,price\nNorth,1.5\nSouth,4\n", encoding="utf-8")
    return folder


def resume(library: Path, *words: str, **env: str) -> Done:
    return dynasaur("resume", "last", *words, "--json", cwd=library, env=env)


def saved(library: Path, run: str) -> dict[str, Any]:
    file = library / ".dynasaur" / "runs" / run / "trajectory.json"
    document: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return document


FIRST = (
    "rows = read_table('sales.csv')\n"
    "def twice(n: float) -> float:\n    return 2 * n\n"
    "generator = (n for n in rows)\nprint(len(rows))"
)


def test_a_killed_run_goes_on_with_its_variables(library: Path) -> None:
    """Killed without mercy in the middle of a cell."""
    model = script(library, FIRST, "import time; time.sleep(600)")
    process = subprocess.Popen(
        command("run", "The sum, twice?", "--model", model, "--file", "sales.csv", "-q"),
        cwd=library,
        env=environment(library / ".home"),
        stderr=subprocess.DEVNULL,
    )
    runs = library / ".dynasaur" / "runs"
    for _ in range(600):
        if any(p for p in runs.glob("*/trajectory.json") if '"number": 1' in p.read_text()) and (
            any(runs.glob("*/state")) or any(runs.glob("*/work/.dynasaur-state"))
        ):
            break
        time.sleep(0.05)
    time.sleep(0.3)
    process.kill()
    process.wait()
    (killed,) = dynasaur("runs", "--json", cwd=library).json
    assert (killed["status"], killed["steps"]) == ("killed", 1)
    answers = [Step("On.", "submit_final_answer(twice(sum(r['price'] for r in rows)))")]
    with ChatServer(answers) as server:
        done = resume(
            library, "--model", "test", OPENAI_BASE_URL=server.url, OPENAI_API_KEY="key-for-test"
        )
        assert (done.code, done.json["answer"]) == (0, 11.0), done.err
        told = [message["content"] for message in server.chats[0].body["messages"]]
    assert done.json["run"] == killed["run"]
    assert "The sum, twice?" in told[1]
    assert FIRST in told[2]
    assert "These names came back: " in told[-1]
    assert "such as an open web page, did not." in told[-1]
    assert "generator (" in told[-1]
    document = saved(library, done.json["run"])
    assert [step["number"] for step in document["trajectory"]] == [1, 2]
    assert not (runs / done.json["run"] / "state").exists()
    assert resume(library).code == 2  # it has its answer


def test_a_run_at_its_limit_goes_on(library: Path) -> None:
    model = script(library, "x = 20", "y = 1")
    first = dynasaur(
        "run", "Add.", "--model", model, "--max-steps", "2", "--json", cwd=library
    )  # fmt: skip
    assert (first.code, first.json["steps"]) == (4, 2)
    model = script(library, "submit_final_answer(x + y)")
    on = resume(library, "--model", model, "--expect-json", '{"type": "integer"}')
    assert (on.code, on.json["answer"], on.json["steps"]) == (0, 21, 3), on.err
    assert on.json["run"] == first.json["run"]


def test_without_saved_variables_the_model_is_told(library: Path) -> None:
    model = script(library, "x = 20", "y = 1")
    first = dynasaur("run", "Add.", "--model", model, "--max-steps", "1", "--json", cwd=library)
    folder = library / ".dynasaur" / "runs" / first.json["run"]
    (folder / "state").unlink(missing_ok=True)
    (folder / "work" / ".dynasaur-state").unlink(missing_ok=True)
    on = resume(library, "--model", script(library, "submit_final_answer('x' in globals())"))
    assert on.json["answer"] is False
    (note,) = [
        n for n in saved(library, first.json["run"])["trajectory"][0]["notes"] if "gone" in n
    ]
    assert "All variables, functions and imports are gone" in note


def test_what_cannot_go_on_is_one_line(library: Path) -> None:
    done = dynasaur("resume", "nope", cwd=library)
    assert (done.code, done.out) == (2, "")
    assert "no run 'nope'" in done.err
