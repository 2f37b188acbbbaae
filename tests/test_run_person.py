"""`dynasaur run` with a person at a terminal: approval, and a word after Ctrl-C."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from pathlib import Path

import pytest

from tests.builders.chat_server import ChatServer, Raw, Step
from tests.builders.cli import command, dynasaur, environment

SUBMIT = Step("I submit.", "submit_final_answer(2)")
SLEEPS = Step("I wait.", "x = 5\nimport time\nopen('asleep', 'w').close()\ntime.sleep(60)")
"""Leaves a file where the test sees that the cell has come so far."""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    assert dynasaur("init", folder, cwd=folder).code == 0
    return folder


def asleep(library: Path) -> int:
    """How many runs have fallen asleep."""
    return len([*library.glob(".dynasaur/runs/*/work/asleep")])


AGAIN = 5.0
"""Seconds without a word after which a person presses Ctrl-C again."""


def talk(
    library: Path, answers: list[Step | Raw], more: tuple[str, ...], keys: list[tuple[str, str]]
) -> tuple[int, str, ChatServer]:
    """Run on a terminal of its own; each key is typed once its text has been seen."""
    before = asleep(library)
    with ChatServer(answers) as server:
        main, child = pty.openpty()
        env = environment(
            library / ".home", {"OPENAI_BASE_URL": server.url, "TERM": "xterm", "EDITOR": "true"}
        )
        words = command("run", "Do it", "--model", "test", *more)
        process = subprocess.Popen(
            words,
            cwd=library,
            env=env,
            stdin=child,
            stdout=child,
            stderr=child,
            process_group=0,
            preexec_fn=None,
        )
        os.close(child)
        said, at, typed = "", 0, ""
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            if not select.select([main], [], [], AGAIN)[0]:
                if typed == "^C":  # Python may miss one just before it waits for a line
                    process.send_signal(2)
                continue
            try:
                said += os.read(main, 4096).decode("utf-8", "replace")
            except OSError:
                break
            while keys and (found := said.find(keys[0][0], at)) >= 0:
                at = found + len(keys[0][0])
                waits, typed = keys.pop(0)
                while waits == "running" and asleep(library) == before and time.monotonic() < ends:
                    time.sleep(0.01)
                if typed == "^C":
                    process.send_signal(2)
                else:
                    os.write(main, typed.encode())
        code = process.wait(10)
        os.close(main)
    return code, said, server


def test_what_is_refused_is_told_with_its_reason(library: Path) -> None:
    keys = [("Run it?", "use add instead\n"), ("Run it?", "y\n")]
    code, said, server = talk(library, [SUBMIT, SUBMIT], ("--approve", "always"), keys)
    assert code == 0, said
    told = server.chats[1].body["messages"][-1]["content"]
    assert told == "Note: The user did not let this code run: use add instead."


def test_ctrl_c_once_stops_the_cell_and_asks(library: Path) -> None:
    answer = Step("I go on.", "submit_final_answer(x)")
    keys = [("running", "^C"), ("Tell the model", "hurry up\n")]
    code, said, server = talk(library, [SLEEPS, answer], (), keys)
    assert code == 0, said
    told = server.chats[1].body["messages"][-1]["content"]
    assert "The user stopped you and says: hurry up" in told
    assert "Variables are kept." in told


@pytest.mark.parametrize("second", ["^C", "\n"])
def test_ctrl_c_twice_or_nothing_to_say_ends_the_run(library: Path, second: str) -> None:
    keys = [("running", "^C"), ("Tell the model", second)]
    code, said, _ = talk(library, [SLEEPS], (), keys)
    assert code == 130, said
    assert said.count("Tell the model") == 1, "it was asked again"
    assert dynasaur("runs", "--json", cwd=library).json[0]["status"] == "failed"
