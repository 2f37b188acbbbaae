"""`dynasaur chat`: several tasks, one kernel, one conversation."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
from pathlib import Path

import pytest

from dynasaur.agent.window import Window
from dynasaur.prompts import continued
from dynasaur.types import Message
from tests.builders.chat_server import ChatServer, Step
from tests.builders.cli import Done, command, dynasaur, environment


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chat") / "my library ö"
    assert dynasaur("init", folder, cwd=folder.parent).code == 0
    (folder / "my data.txt").write_text("seven", encoding="utf-8")
    return folder


def chat(library: Path, server: ChatServer, lines: str) -> Done:
    env = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "key-for-test"}
    return dynasaur("chat", "--model", "test", "-q", cwd=library, env=env, stdin=lines)


def test_tasks_share_a_kernel_and_a_conversation(library: Path) -> None:
    answers = [
        Step("One.", "x = 41\nsubmit_final_answer('first')"),
        Step("Two.", "submit_final_answer([x + 1, open('my data.txt').read()])"),
    ]
    with ChatServer(answers) as server:
        done = chat(
            library,
            server,
            "Remember 41\n\n/file 'my data.txt' none.txt\n/what\nOne more, and read\n/quit\nno\n",
        )
        talks = [request.body["messages"] for request in server.chats]
    assert (done.code, done.out) == (0, 'first\n[42, "seven"]\n'), done.err
    assert "with the next task: my data.txt" in done.err
    assert "none.txt: no such file" in done.err
    assert "there is no /what" in done.err
    assert talks[1][: len(talks[0])] == talks[0]
    assert "One more, and read" in talks[1][-1]["content"]
    listed = dynasaur("runs", "--json", cwd=library).json
    assert [one["status"] for one in listed] == ["solved", "solved"]
    assert {one["task"] for one in listed} == {"Remember 41", "One more, and read"}


def test_what_was_said_is_forgotten_and_the_kernel_is_not(library: Path) -> None:
    answers = [
        Step("One.", "x = 41\nsubmit_final_answer('first')"),
        Step("!", "submit_final_answer(x)"),
    ]
    with ChatServer(answers) as server:
        lines = "/cost\nRemember 41\n/clear\nWhich was it?\n/cost\n"
        done = chat(library, server, lines)
        talks = [request.body["messages"] for request in server.chats]
    assert (done.code, done.out) == (0, "first\n41\n"), done.err
    assert len(talks[1]) == len(talks[0])
    assert "Remember 41" not in str(talks[1])
    before, cleared, after = done.err.splitlines()
    assert before == "dynasaur: no tokens were counted"
    assert "forgets what was said" in cleared
    assert re.fullmatch(r"dynasaur: [\d,]+ tokens", after)


def test_a_task_that_fails_ends_no_conversation(library: Path) -> None:
    answers = [Step("?", ""), Step("?", ""), Step("?", ""), Step("!", "submit_final_answer(2)")]
    with ChatServer(answers) as server:
        done = chat(library, server, "one\ntwo\n")
    assert (done.code, done.out) == (1, "2\n"), done.err
    assert "no valid code 3 times in a row" in done.err


def wait_for(terminal: int, *words: bytes) -> None:
    """Read what is written to a terminal until a word is seen, after those that come before it."""
    seen = b""
    for word in reversed(words):
        while word not in seen:
            assert select.select([terminal], [], [], 60)[0], seen
            seen += os.read(terminal, 1024)
        seen = seen.partition(word)[2]


def test_on_a_terminal_lines_are_edited_and_remembered(library: Path) -> None:
    with ChatServer([Step("!", "submit_final_answer('done')")]) as server:
        env = {
            "OPENAI_BASE_URL": server.url,
            "OPENAI_API_KEY": "key-for-test",
            "TERM": "xterm",
            "PROMPT_TOOLKIT_NO_CPR": "1",
        }
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            command("chat", "--model", "test", "-q"),
            cwd=library,
            env=environment(library / ".home", env),
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=theirs,
        )
        os.close(theirs)
        wait_for(ours, b"task>")
        os.write(ours, b"wrogn\x7f\x7f\x7fong, but mended\r")
        assert process.stdout is not None
        assert process.stdout.readline() == b"done\n"
        wait_for(ours, b"task>", b"\x1b[?2004l")
        os.write(ours, b"\x04")
        assert process.wait(30) == 0
        process.stdout.close()
        os.close(ours)
        assert "wrong, but mended" in server.chats[0].body["messages"][-1]["content"]
    (history,) = (library / ".home").rglob("chat-history")
    assert "+wrong, but mended" in history.read_text()


def test_the_planner_works_on_the_task_that_was_asked_last(library: Path, tmp_path: Path) -> None:
    """Also after one that it gave up; what it was asked before is over."""
    (tmp_path / "y.csv").write_text("a,b\n1,20\n3,41\n")
    tasks = (
        "What is the greatest common divisor of 12 and 18?",
        f"/file {tmp_path / 'y.csv'}",
        "What is the total b?",
        "Who is the president of Mars?",
        "What is the median of 1, 2 and 9?",
    )
    done = dynasaur(
        "chat",
        "--model",
        "planner",
        "-q",
        "--library",
        library,
        cwd=tmp_path,
        stdin="\n".join(tasks),
    )
    assert done.out.split() == ["6", "61", "2"], done.err
    assert done.err.count("unsolved") == 1


def test_the_model_that_takes_over_is_given_the_last_task(library: Path) -> None:
    with ChatServer([Step("Two.", "submit_final_answer(2)")]) as server:
        env = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "k"}
        words = ("chat", "--model", "test", "--reuse", "-q")
        lines = "What is the greatest common divisor of 12 and 18?\nSay hello\n"
        done = dynasaur(*words, cwd=library, env=env, stdin=lines)
        (asked,) = server.chats
    assert done.out.split() == ["6", "2"], done.err
    assert "Task:\nSay hello" in asked.body["messages"][-1]["content"]


def test_a_long_conversation_is_shortened_but_for_the_task_that_is_worked_on() -> None:
    """Tasks that are over may go; what only looks like a task, in an observation, is none."""
    last = Message("user", f"Observation:\n{'x' * 4_000}")
    talk = [Message("system", "s"), Message("user", "Task:\nfirst", task_at=0)]
    talk += [Message("assistant", "a"), continued(last, "Task:\nsecond")]
    talk += [Message("assistant", "a"), continued(last, "Task:\nthird")]
    third = talk[-1]
    for number in range(4):
        talk += [Message("assistant", "a"), Message("user", f"{'y' * 4_000}\n\nTask:\n{number}")]
    whole = talk[-1]
    assert Window(tokens=1_000).refused(talk, None)
    assert talk[5] == third
    assert len(talk[3].content) < 1_000
    assert len(talk[7].content) < 1_000
    assert talk[-1] == whole
