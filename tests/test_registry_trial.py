"""Trials, each in a process of its own in one sandboxed kernel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from dynasaur.registry.trial import Outcome, Result, Sample, Trial
from dynasaur.types import Module
from tests.builders.gate import Shared, shared_kernel


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    with shared_kernel(tmp_path_factory.mktemp("kernel") / "work") as running:
        yield running


def sample(
    name: str,
    text: str,
    *calls: str,
    requires: tuple[Module, ...] = (),
    documents: tuple[tuple[int, str], ...] = (),
) -> Sample:
    return Sample((*requires, Module(f"actions.x.{name}", text)), calls, documents)


def run(kernel: Shared, *samples: Sample) -> list[Outcome]:
    with Trial(lambda folder, functions: kernel) as running:
        return running.run(samples)


def test_each_module_finds_its_own_requirements_and_no_others(kernel: Shared) -> None:
    base = Module("actions.x.low", "def low():\n    return 1\n")
    other = Module("actions.x.low", "def low():\n    return 2\n")
    text = "from .low import low\ndef high():\n    return low()\n"
    sneaky = "import importlib\nlow = importlib.import_module('actions.x.low')\ndef high(): ...\n"
    first, second, third = run(
        kernel,
        sample("high", text, "", requires=(base,)),
        sample("high", text, "", requires=(other,)),
        sample("high", sneaky),
    )
    assert (first.results, second.results) == ((Result("1", "1"),), (Result("2", "2"),))
    assert "No module named 'actions.x.low'" in third.problem
    assert third.line == 2


def test_what_one_imports_another_does_not_have(kernel: Shared) -> None:
    loads = sample("loads", "import xml.dom.minidom\nimport builtins\nbuiltins.odd = 1\n"
                   "def loads(): ...")  # fmt: skip
    uses = sample("uses", "import xml\nxml.dom\ndef uses(): ...")
    reads = sample("reads", "def reads(): return odd", "")
    assert [one.problem[:14] for one in run(kernel, loads, uses)] == ["", "AttributeError"]
    folder = sample(
        "folder", "import os, sys\ndef folder(): return os.listdir(), '' in sys.path", ""
    )
    assert run(kernel, folder)[0].results == (Result("([], False)", "([], False)"),)
    assert run(kernel, loads, reads)[1].results == (Result(error="NameError"),)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("def (", "SyntaxError: invalid syntax"),
        ("import sys\nsys.exit(3)", "SystemExit: 3"),
        ("import os\nos._exit(3)", "it ended its own process"),
        ("import os\nos.kill(os.getpid(), 9)", "it ended its own process"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("other = 1", "AttributeError: module 'actions.x.odd' has no attribute 'odd'"),
        ("class E(Exception):\n    __str__ = None\nraise E", "E"),
        ("print('x' * 10**6)\nraise ValueError('a\\nb')", "ValueError: a b"),
    ],
)
def test_however_a_module_fails_the_next_one_is_tried(
    kernel: Shared, text: str, problem: str
) -> None:
    bad, good = run(kernel, sample("odd", text), sample("good", "def good(): return 1", ""))
    assert bad.problem.startswith(problem)
    assert good.results == (Result("1", "1"),)


def test_what_does_not_end_is_ended(kernel: Shared) -> None:
    tried = (
        sample("hangs", "while True:\n    pass"),
        sample("calls", "def calls(x):\n    while x:\n        pass\n    return x", "0", "1"),
        sample("good", "def good(): return 1", ""),
    )
    hangs, calls, good = run(kernel, *(replace(one, seconds=1.0) for one in tried))
    assert hangs.problem == "it did not come to an end in time"
    assert (calls.problem, calls.results) == ("", (Result("0", "0"),))
    assert calls.stopped == "it did not come to an end in time"
    assert good.results == (Result("1", "1"),)


def test_processes_that_a_module_starts_end_with_its_trial(kernel: Shared) -> None:
    text = "import subprocess\nsubprocess.Popen(['sleep', '4321'])\ndef starts(): return 1\n"
    (done,) = run(kernel, sample("starts", text, ""))
    assert done.results == (Result("1", "1"),)
    left = kernel.execute(
        "import pathlib, time\ntime.sleep(0.3)\n"
        "[p.read_bytes() for p in pathlib.Path('/proc').glob('[0-9]*/cmdline')"
        " if b'4321' in p.read_bytes()]"
    )
    assert "sleep" not in left.output


def test_examples_are_run_with_the_modules_names(kernel: Shared) -> None:
    text = "LIMIT = 3\ndef shown(x):\n    return LIMIT + x\n"
    documents = (
        (10, "Say.\n\n>>> shown(1)\n4\n>>> shown(LIMIT)\n7\n>>> shown(2)  # doctest: +SKIP\n0\n"),
        (20, ">>> shown()\nTraceback (most recent call last):\nTypeError: other\n"),
        (30, ">>> shown('a')\n1\n>>> new = 1\n"),
        (40, ">>> new\n1\n"),
        (50, ">>> shown(1)\n 4\n>>>shown(2)\n"),
    )
    (done,) = run(kernel, sample("shown", text, documents=documents))
    assert [line for line, _ in done.failures] == [14, 20, 30, 40, 50]
    assert done.failures[0][1] == "`shown(LIMIT)` gave 6, not 7"
    assert done.failures[3][1] == "`new` raised NameError: name 'new' is not defined"
    assert done.tried == 6


FORGED = "it meddled with its own trial"

FORGE = """
import json, os, sys

def everywhere(*lines, end="\\n"):
    for descriptor in range(3, 64):
        for line in lines or ["x"]:
            try:
                os.write(descriptor, json.dumps(line).encode() + end.encode())
            except OSError:
                pass

def found(name):
    frame = sys._getframe()
    while frame:
        if name in frame.f_locals:
            return frame.f_locals[name]
        frame = frame.f_back
"""

ATTACKS = {
    "what the trial would say, and the end": """
everywhere({}, {"imported": True}, {"results": {"spelled": "4"}}, {"done": True})
os._exit(0)
""",
    "the first number, and what was not asked": """
number = found("first")["number"]
everywhere({"number": number}, {"number": number, "spelled": "4", "shown": "4"})
os._exit(0)
""",
    "twice what was asked": "everywhere({'number': found('first')['number']})",
    "no document": "everywhere('x', [], None)",
    "half a line": "everywhere(end='')",
}


@pytest.mark.parametrize("code", ATTACKS.values(), ids=ATTACKS)
def test_what_a_module_says_for_its_trial_voids_it(kernel: Shared, code: str) -> None:
    text = f"{FORGE}\n{code}\ndef odd(x):\n    return 3\n"
    documents = ((1, ">>> odd(1)\n4\n"),)
    bad, good = run(
        kernel, sample("odd", text, "1", documents=documents), sample("good", "def good(): ...", "")
    )
    assert (bad.problem, good.results) == (FORGED, (Result("None", "None"),))


def test_a_call_can_answer_for_itself_alone(kernel: Shared) -> None:
    """What it says of the call that runs is what it might return; for the next it says nothing."""
    code = """
def odd(x):
    number = found("request")["number"]
    everywhere(*[{"number": number, "spelled": str(y), "shown": str(y)} for y in range(3)])
    return 0
"""
    (bad,) = run(kernel, sample("odd", FORGE + code, "0", "1", "2"))
    assert (bad.problem, bad.results) == (FORGED, ())


def test_a_module_sees_nothing_of_other_trials(kernel: Shared) -> None:
    text = """
import gc, os
def looks(text):
    known = [one for one in gc.get_objects() if type(one) is dict and "trials" in one]
    fields = open(f"/proc/{os.getppid()}/cmdline").read() if not known else ""
    descriptors = [one for one in os.listdir("/proc/self/fd")]
    return len(known), "SECRET" + "HERE" in fields, len(descriptors)
"""
    other = sample("other", "def other(x): return x", "'SECRETHERE'")
    first, second = run(kernel, sample("looks", text, "1"), other)
    gave = "(0, False, 7)"  # no input, output, errors; two pipes; what it prints; the list itself
    assert first.results == (Result(gave, gave),)
    assert second.results == (Result("'SECRETHERE'", "'SECRETHERE'"),)


def test_a_module_cannot_reach_its_judge(kernel: Shared) -> None:
    text = """
import os
def reaches(x):
    found = []
    for what in ("fd", "mem", "environ"):
        try:
            place = f"/proc/{os.getppid()}/{what}"
            os.listdir(place) if what == "fd" else open(place, "rb").read(1)
            found.append(what)
        except OSError:
            pass
    return found
"""
    (done,) = run(kernel, sample("reaches", text, "1"))
    assert done.results == (Result("[]", "[]"),)
