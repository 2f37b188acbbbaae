"""Gated data is in no repository and in no log: every file, every git object, all that is printed.

GAIA's terms forbid to pass its problems on; an action made on one may be shared.
"""

from __future__ import annotations

import json
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from dynasaur import source
from dynasaur.checks import rules
from dynasaur.checks.quoted import quotes, snippets, windows
from dynasaur.evals.attempt import Job
from dynasaur.evals.plan import Plan
from dynasaur.evals.private import repository_of, told
from dynasaur.evals.problem import Problem
from dynasaur.evals.results import Result
from dynasaur.evals.suites.table import SUITES
from dynasaur.record import Harvest, Private
from tests.builders import suites as made
from tests.builders.cli import Done, dynasaur, script
from tests.builders.repos import git

QUESTION = "Which xylophonist of the Zanzibar quintet wore the vermilion waistcoat twice?"
DATA = "Ottoline Quagmire wore vermilion on Tuesday, Barnaby Thistlewood on Friday and Sunday."
ANSWER = "Barnaby Thistlewood"
SPOKEN = ("vermilion", "waistcoat", "zanzibar", "quagmire", "thistlewood")
"""Words of the problem, its attachment and its answer; no one else has them."""

DOCS = '    """{0}\n\n    Args:\n        text: A text.\n\n    Returns:\n        A text.\n    """\n'
CODE = f"""
def doubled_words(text: str) -> str:
{DOCS.format("Every word of a text twice.")}
    words = [one for one in text.split() for _ in range(2)]
    return " ".join(words)

def named_asked(text: str) -> str:
{DOCS.format(QUESTION)}
    found = text.strip().split()
    return found[0]

def seen_before(text: str) -> str:
{DOCS.format("What the file says of a day.")}
    known = "wore vermilion on Tuesday, Barnaby Thistlewood on Friday"
    return known if text in known else ""

print(open("seen.txt").read())
doubled_words("the vermilion waistcoat")
named_asked("Zanzibar quintet")
seen_before("Friday")
submit_final_answer({ANSWER!r})
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository of the user's, with data outside of it."""
    data = tmp_path / "data" / "2023" / "validation"
    row = {"Level": 1, "Final answer": ANSWER, "Annotator Metadata": {"Steps": QUESTION}}
    rows = [
        {"task_id": "a", "Question": QUESTION, "file_name": "seen.txt", **row},
        {"task_id": "b", "Question": f"Again: {QUESTION}", "file_name": "", **row},
    ]
    made.write_jsonl(data / "metadata.jsonl", rows)
    (data / "seen.txt").write_text(DATA)
    project = tmp_path / "project"
    project.mkdir()
    git(project, "init", "-q")
    return project


def run(project: Path, *words: str | Path) -> Done:
    home = project.parent / "home"
    env = {
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_DATA_HOME": str(home / "data"),
    }
    return dynasaur("eval", *words, cwd=project, env=env, timeout=300)


def all_bytes(folder: Path) -> Iterator[tuple[str, bytes]]:
    """All files, and all objects of all repositories among them."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield str(path), path.read_bytes()
        if path.name == ".git":
            command = ["git", "cat-file", "--batch-all-objects", "--batch"]
            done = subprocess.run(command, cwd=path.parent, capture_output=True, check=True)
            yield f"objects of {path}", done.stdout


def check_silent(project: Path, *done: Done) -> None:
    printed = [("what was printed", (one.out + one.err).encode()) for one in done]
    for where, content in (*all_bytes(project), *printed):
        found = [word for word in SPOKEN if word.encode() in content.lower()]
        assert not found, f"{where} says {found}"


@pytest.mark.slow
def test_no_repository_and_no_log_has_the_problem(project: Path) -> None:
    give_up = f"give_up({QUESTION!r})"
    model = script(project.parent, CODE, "CATEGORIES = {'doubled_words': 'text'}")
    words = ("gaia", "--data", "../data", "--model", model, "--accept", "solved")
    done = run(project, *words, "--limit", "1", "-o", "out")
    assert (done.code, "(1 of 1) right" in done.out) == (0, True), done.err
    again = run(project, *words, "--limit", "1", "-o", "out", "--resume")
    assert (again.code, again.out, "right" in again.err) == (0, done.out, False), again.err
    model = script(project.parent, give_up)
    lost = run(project, *words[:4], model, "-o", "lost")
    assert "0.0%" in lost.out, lost.err
    assert "kept: doubled_words" in done.err
    (admitted,) = (project / "out" / "admissions.jsonl").read_text().splitlines()
    refused = json.loads(admitted)["refused"]
    assert refused["named_asked"].startswith("it quotes the task")
    assert refused["seen_before"].startswith("it quotes the task")
    kept = (project / "out/library").glob("actions/*/*.py")
    assert {path.stem for path in kept} - {"__init__"} == {"doubled_words"}
    assert "a problem of gaia" in git(project / "out/library", "log", "--format=%B")

    git(project, "add", "-A")
    git(project, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "all")
    reports = [
        run(project, "report", "out", "lost", *more)
        for more in ((), ("--json",), ("-o", "r.html"), ("-o", "r.md"))
    ]
    assert "answers and the pages of runs are left out" in reports[2].err
    assert not (project / "r-runs").exists()
    assert (project / "r.csv").exists()
    check_silent(project, done, again, lost, *reports)

    outside = run(project, "report", "out", "lost", "-o", "../r.html")
    assert "show problems of gaia, whose terms forbid" in outside.err
    assert outside.err.count("wrote: ") == 4
    pages = [path.read_text() for path in (project.parent / "r-runs").iterdir()]
    assert any(QUESTION in page for page in pages)
    assert ANSWER in (project.parent / "r.html").read_text()
    assert ANSWER in (project.parent / "r.csv").read_text()
    kept_apart = list((project.parent / "home" / "state").rglob("submission.jsonl"))
    assert [str(one.parent) in done.err + lost.err for one in kept_apart] == [True, True]


def test_records_do_not_go_into_a_repository_of_the_users_home(project: Path) -> None:
    git(project.parent, "init", "-q", "home")
    model = script(project.parent, CODE)
    done = run(project, "gaia", "--data", "../data", "--model", model, "-o", "out")
    assert done.code == 2
    assert "records of gated problems may lie in no repository" in done.err
    assert "XDG_STATE_HOME" in done.err
    assert not (project / "out").exists()


def test_what_workers_may_log_of_a_job_is_not_the_problem(project: Path) -> None:
    """Dask's workers print the arguments of what failed."""
    first = SUITES["gaia"].load(project.parent / "data")[0]
    job = repr(Job(first, Plan("gaia", "d", "all"), Path(), 0, 0, None, {}, make=id))  # type: ignore[arg-type]
    assert "gated=True" in job
    assert not [word for word in SPOKEN if word in job.lower()]


def test_an_answer_that_a_scorer_cannot_read_is_not_shown(project: Path) -> None:
    done = run(project, "gaia", "--data", "../data", "--scorer", "number", "-o", "out")
    assert (done.code, "its answer is not for the scorer number" in done.err) == (2, True)
    check_silent(project, done)


def test_what_is_told_of_a_failure() -> None:
    problem = Problem("1", QUESTION, ANSWER, "gaia", gated=True)
    reasons = {
        "the model is not there: connect to 10.0.0.1": "the model is not there",
        f"refused {QUESTION}": "",
        "HTTP 400 (of 'Zanzibar')": "HTTP",
    }
    for reason, said in reasons.items():
        failed = Result("1", "", 0, status="failed", reason=reason, answer="x", why="y")
        shown = told(failed, problem)
        assert (shown.reason, shown.answer, shown.why) == (said, None, "")
    gave_up = Result("1", "", 0, status="unsolved", end="gave-up", reason="I cannot")
    assert told(gave_up, problem).reason == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (QUESTION, True),
        (QUESTION.upper().replace(" ", "\n    # "), True),
        ("x" * 50 + QUESTION[20:60], True),
        (QUESTION[:30], False),
        ("The number of words in a text.", False),
        ("", False),
    ],
)
def test_quoting(text: str, found: bool) -> None:
    assert quotes(text, windows(QUESTION)) is found


@pytest.mark.parametrize(
    "code",
    [
        f"def f() -> str:\n    return {QUESTION[:40]!r}\n",
        f"def f() -> str:\n    return {QUESTION[:20]!r} {QUESTION[20:]!r}\n",
        f"# {QUESTION}\ndef f() -> str:\n    return ''\n",
        f"def f() -> bytes:\n    return {b64encode(QUESTION.encode())!r}\n",
        f"def f() -> str:\n    return {QUESTION[::-1]!r}\n",
        f"def f() -> str:\n    return {QUESTION[6:24]!r}\n",
        'def f() -> str:\n    """F.\n\n    >>> f("vermilion waistcoat")\n    """\n    return ""\n',
        'def f() -> str:\n    """F.\n\n    >>> f()\n    waistcoat twice\n    """\n    return ""\n',
        "def which_xylophonist_of_the_zanzibar_quintet_wore() -> str:\n    return ''\n",
    ],
)
def test_ways_to_quote(code: str) -> None:
    name = source.public_functions(source.tree_of(code, "x")).popitem()[0]
    action = source.read_action(
        code, path=Path(f"actions/text/{name}.py"), category="text", source="local", module=name
    )
    for text, found in ((QUESTION, True), ("Nothing of the kind is here", False)):
        private, cut = windows(text), frozenset(snippets(text))
        harvest = Harvest("r", "t", "m", (code,), private=Private(frozenset(private), cut))
        said = [one.message for one in rules.findings(action, harvest) if one.rule == "quoted"]
        assert said == (["it quotes the task, which may not be passed on"] if found else [])


def test_a_short_text_is_quoted_as_a_whole() -> None:
    assert quotes("a = 'How old is it, then?'", windows("How old is it")) is False
    assert quotes("a = 'How old is Ottoline, then?'", windows("How old is Ottoline"))
    assert windows("How old?") == set()


def test_repositories_are_seen_from_below(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "one")
    git(tmp_path, "init", "-q", "--bare", "bare")
    (tmp_path / "link").symlink_to(tmp_path / "one")
    assert repository_of(tmp_path / "one" / "not" / "there") == tmp_path / "one"
    assert repository_of(tmp_path / "link" / "x") == tmp_path / "one"
    assert repository_of(tmp_path / "bare" / "x") == tmp_path / "bare"
    assert repository_of(tmp_path / "two") is None
