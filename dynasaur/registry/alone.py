"""Judge modules, each tried in a plain process of its own: import, calls, examples.

Sent to the kernel as source and run there as a program, with a job in JSON on its standard input.
This process never runs what it judges. The processes that do are forked before it reads the job,
so that nothing of it is in their memory; each is told one thing to do at a time, under a number
that cannot be foreseen. What it says unasked voids its trial. What this process imports before
the fork a module under trial could use without importing it: that is little.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import time
from types import ModuleType
from typing import Any

REPLY = 48_000
"""Bytes that one trial may tell; a lot of trials has to fit into the output of a cell."""

MOST_FAILURES = 20

FORGED = "it meddled with its own trial"
_LATE = "it did not come to an end in time"
_GONE = "it ended its own process"

Told = dict[str, Any]


def main() -> None:
    """Do the job, and print what came of each trial. The argument: how many trials it has."""
    subjects: list[Subject] = []
    for number in range(int(sys.argv[1])):
        subjects.append(Subject(number, subjects))
    close_to_others()
    job = json.load(sys.stdin)
    verdicts = loaded(job["verdicts"], "_verdicts")
    outcomes = []
    for subject, trial in zip(subjects, job["trials"], strict=True):
        trial["texts"] = {name: job["texts"][key] for name, key in trial["texts"].items()}
        own = {key: job[key] for key in ("serving", "finder", "literals", "host")}
        outcomes.append(judge(subject, trial, own, verdicts))
        subject.end()
    sys.stdout.write(json.dumps(outcomes))


def close_to_others() -> None:
    """Keep this process's memory and descriptors from those of the same user, on Linux."""
    with contextlib.suppress(Exception):
        import ctypes

        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE


def loaded(text: str, name: str) -> ModuleType:
    """A module of ours, from its source."""
    module = ModuleType(name)
    sys.modules[name] = module
    exec(compile(text, f"<{name}>", "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    return module


class EndedError(Exception):
    """A trial is over; why."""


class Subject:
    """A process in which one module is tried; it waits until it is told what to do.

    Args:
        number: Of the trial.
        others: Those that were made before, whose ends of pipes it must not have.
    """

    def __init__(self, number: int, others: list[Subject]) -> None:
        theirs, self.asking = os.pipe()
        self.hearing, ours = os.pipe()
        self._left, self._data = REPLY, b""
        self._until = 0.0
        folder = os.path.abspath(f"trial{os.getpid()}_{number}")  # noqa: PTH100 - pathlib is heavy
        os.mkdir(folder)  # noqa: PTH102
        self._child = os.fork()
        if self._child:
            os.close(theirs)
            os.close(ours)
            os.set_blocking(self.asking, False)
            return
        try:
            for one in (self, *others):
                os.close(one.asking)
                os.close(one.hearing)
            os.setsid()
            os.chdir(folder)
            silence()
            del others
            self._wait(theirs, ours)
        finally:
            os._exit(0)

    def _wait(self, reading: int, writing: int) -> None:
        """In the process of its own: hear what to do, one line each, and do it."""
        requests = os.fdopen(reading, "rb")
        first = json.loads(requests.readline())
        serving = loaded(first.pop("serving"), "_serving")
        serving.serve(first, requests, writing)

    def begin(self, seconds: float) -> None:
        """From now on it has so much time in all."""
        self._until = time.monotonic() + seconds

    def ask(self, request: Told) -> Told:
        """Have it do one thing; gives what it says of that.

        Raises:
            EndedError: It says nothing any more, or something else.
        """
        if self._data or select.select([self.hearing], [], [], 0)[0]:
            self._data += self._read()
            raise EndedError(FORGED if self._data else _GONE)
        number = os.urandom(16).hex()
        self._send(json.dumps({**request, "number": number}).encode() + b"\n")
        line, _, self._data = self._line().partition(b"\n")
        try:
            told = json.loads(line)
            if self._data or told.pop("number") != number:
                raise EndedError(FORGED)
        except (ValueError, LookupError, AttributeError, TypeError):
            raise EndedError(FORGED) from None
        return dict(told)

    def end(self) -> None:
        """End it, and what it has started."""
        os.close(self.asking)
        os.close(self.hearing)
        with contextlib.suppress(OSError):
            os.killpg(self._child, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.kill(self._child, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._child, 0)

    def _send(self, data: bytes) -> None:
        while data:
            if not select.select([], [self.asking], [], max(0.0, self._remaining()))[1]:
                raise EndedError(_LATE)
            try:
                data = data[os.write(self.asking, data[:65_536]) :]
            except BlockingIOError:
                time.sleep(0.001)
            except OSError:
                raise EndedError(_GONE) from None

    def _line(self) -> bytes:
        """What it tells, up to the end of a line."""
        data, alive = b"", True
        while b"\n" not in data:
            if self._remaining() <= 0 or self._left <= 0:
                raise EndedError(_LATE)
            if select.select([self.hearing], [], [], 0.02 if alive else 0)[0]:
                part = self._read()
                if not part:
                    raise EndedError(_GONE)
                data += part
            elif not alive:
                raise EndedError(_GONE)  # what it left behind holds the pipe open
            else:
                alive = os.waitpid(self._child, os.WNOHANG)[0] == 0
        return data

    def _read(self) -> bytes:
        part = os.read(self.hearing, 65_536)
        self._left -= len(part)
        return part

    def _remaining(self) -> float:
        return self._until - time.monotonic()


def silence() -> None:
    """Nothing to read, and nobody who listens."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def judge(subject: Subject, trial: Told, own: Told, verdicts: ModuleType) -> Told:
    """What comes of one trial."""
    whole: Told = {"results": [], "failures": [], "tried": 0}
    subject.begin(trial["seconds"])
    imported = False
    try:
        asked = {key: trial[key] for key in ("module", "texts", "function")}
        told = subject.ask({**own, **asked})
        if "error" in told:
            return {**whole, **told}
        imported = True
        for arguments in trial["calls"]:
            whole["results"].append(subject.ask({"call": arguments}))
        for failure in verdicts.failures(trial["documents"], subject.ask, whole):
            if len(whole["failures"]) < MOST_FAILURES:
                whole["failures"].append(failure)
    except EndedError as error:
        why = str(error)
        if why == FORGED:
            return {"results": [], "failures": [], "tried": 0, "error": why}
        whole["stopped" if imported else "error"] = why
    return whole


if __name__ == "__main__":
    main()
