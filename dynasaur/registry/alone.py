"""Try modules, each in a plain process of its own: import, calls, examples.

Sent to the kernel as source and run there as a program, with a job in JSON on its standard input.
Each trial is a fork of this process, which imports little itself: what it has imported, a module
under trial could use without importing it.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

MESSAGE = 300
"""Characters of an error's message."""

REPLY = 48_000
"""Bytes that one trial may tell; a lot of trials has to fit into the output of a cell."""

HOST = "dynasaur.host"
"""The module by which an action asks the host of a run; here there is none."""

SHOWN = 200
"""Characters of a value as Python shows it; a longer one is no example."""

Tell = Callable[[dict[str, object]], None]


def main() -> None:
    """Do the job, and print what came of each trial."""
    job = json.load(sys.stdin)
    outcomes = [apart(job, number) for number in range(len(job["trials"]))]
    sys.stdout.write(json.dumps(outcomes))


def apart(job: dict[str, Any], number: int) -> dict[str, object]:
    """One trial, in a process and a folder of its own, for as long as it may take."""
    reading, writing = os.pipe()
    folder = os.path.abspath(f"trial{os.getpid()}_{number}")  # noqa: PTH100 - pathlib is not light
    os.mkdir(folder)  # noqa: PTH102
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            os.setsid()
            os.chdir(folder)
            silence()
            attempt(job, number, lambda line: tell(writing, line))
        finally:
            os._exit(0)
    os.close(writing)
    text, ended = listen(reading, child, job["trials"][number]["seconds"])
    os.close(reading)
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)
    return gather(text, ended)


def silence() -> None:
    """Nothing to read, and nobody who listens."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)


def tell(writing: int, line: dict[str, object]) -> None:
    """Send one line of the reply at once: whatever comes after may end the process."""
    data = json.dumps(line).encode() + b"\n"
    while data:
        data = data[os.write(writing, data) :]


def listen(reading: int, child: int, seconds: float) -> tuple[bytes, bool]:
    """What a child tells until it ends, and whether it ended in time."""
    until, data, alive = time.monotonic() + seconds, b"", True
    while time.monotonic() < until and len(data) < REPLY:
        if select.select([reading], [], [], 0.02 if alive else 0)[0]:
            part = os.read(reading, 65_536)
            if not part:
                return data, True
            data += part
        elif not alive:
            return data, True  # what it left behind holds the pipe open
        else:
            alive = os.waitpid(child, os.WNOHANG)[0] == 0
    return data, False


def gather(text: bytes, ended: bool) -> dict[str, object]:
    """The lines of a reply in one."""
    whole: dict[str, Any] = {"results": [], "failures": [], "tried": 0, "done": False}
    for line in text.splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            break
        for key, value in found.items() if isinstance(found, dict) else ():
            if isinstance(whole.get(key), list):
                whole[key].append(value)
            else:
                whole[key] = value
    if not whole["done"] and "error" not in whole:
        end = "it ended its own process" if ended else "it did not come to an end in time"
        whole["error" if "imported" not in whole else "stopped"] = end
    return whole


# --- in the process of its own ------------------------------------------------------------------


def attempt(job: dict[str, Any], number: int, say: Tell) -> None:
    """Import the module from its text and those that it requires; then calls, then examples."""
    trial = job["trials"][number]
    name: str = trial["module"]
    filename = name.replace(".", "/") + ".py"
    make_importable({n: job["texts"][key] for n, key in trial["texts"].items()}, job)
    try:
        __import__(name)
        module = sys.modules[name]
        function = getattr(module, name.rpartition(".")[2]) if trial["function"] else None
    except BaseException as error:  # noqa: BLE001 - a module may raise anything
        say({"error": describe(error), "line": line_in(error, filename)})
        return
    say({"imported": True})
    spell = loaded(job["literals"], "_literals").spell if trial["calls"] else repr
    for arguments in trial["calls"]:
        asked_of_host().clear()
        told = call(function, arguments, spell)
        say({"results": {**told, "host": "".join(asked_of_host()[:1])}})
    if trial["documents"]:
        for line in examples(module, trial["documents"]):
            say(line)
    say({"done": True})


def make_importable(texts: dict[str, str], job: dict[str, Any]) -> None:
    """Let modules be imported from their texts, and the host that they may ask."""
    finder = loaded(job["finder"], "_finder").Texts
    host = finder({HOST: job["host"]})
    # Whether this Python has the package or not: the module is ours, the package what is there.
    sys.meta_path[:] = [finder(texts), finder(host.texts, around=False), *sys.meta_path, host]


def describe(error: BaseException) -> str:
    """An error on one line."""
    try:
        message = " ".join(str(error).split())[:MESSAGE]
    except Exception:  # noqa: BLE001 - its own __str__ may raise anything
        message = ""
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def line_in(error: BaseException, file: str) -> int:
    """The line of a file that raised an error; 1 where none did."""
    line = (error.lineno or 1) if isinstance(error, SyntaxError) and error.filename == file else 1
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def loaded(text: str, name: str) -> ModuleType:
    """A module of ours, from its source."""
    module = ModuleType(name)
    exec(compile(text, f"<{name}>", "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    return module


def asked_of_host() -> list[str]:
    """The functions of the host that were called: the module's own list."""
    asked: list[str] = getattr(sys.modules.get(HOST), "_asked", [])
    return asked


class Heard(io.TextIOWrapper):
    """Goes nowhere, and knows whether anything was written."""

    heard = False

    def write(self, text: str) -> int:
        """Write a text."""
        self.heard = self.heard or bool(text)
        return super().write(text)


def call(
    function: Any, arguments: str, spell: Callable[[object], str | None]
) -> dict[str, str | None]:
    """Call the function as it was called before: the result as a literal and as Python shows it.

    What it prints Python would show, too, so that its value alone is no example.
    """
    out = Heard(open(os.devnull, "wb"), encoding="utf-8", errors="replace")  # noqa: PTH123, SIM115
    try:
        with contextlib.redirect_stdout(out):
            value = eval(f"_function({arguments})", {"_function": function})  # noqa: S307
            if type(value).__name__ == "coroutine":
                import asyncio

                value = asyncio.run(value)
        spelled = spell(value)
        is_example = spelled is not None and not out.heard
        shown = repr(value)[:SHOWN] if is_example else None
    except BaseException as error:  # noqa: BLE001 - the function may raise anything
        kinds = [kind.__name__ for kind in type(error).__mro__]
        return {"error": type(error).__name__, "file": "file" if _of_files(kinds) else ""}
    return {"spelled": spelled, "shown": shown}


def _of_files(kinds: Sequence[str]) -> bool:
    return not {
        "FileNotFoundError",
        "IsADirectoryError",
        "NotADirectoryError",
        "PermissionError",
        "FileExistsError",
    }.isdisjoint(kinds)


def examples(
    module: ModuleType, documents: Sequence[tuple[int, str]]
) -> Iterator[dict[str, object]]:
    """Run the examples of docstrings, each a (line, text); what failed, and how many were run."""
    import doctest

    failures: list[tuple[int, str]] = []

    class Runner(doctest.DocTestRunner):
        def report_failure(
            self, _: object, test: doctest.DocTest, example: doctest.Example, got: str
        ) -> None:
            self._fail(test, example, f"gave {short(got)}, not {short(example.want)}")

        def report_unexpected_exception(
            self, _: object, test: doctest.DocTest, example: doctest.Example, error: Any
        ) -> None:
            self._fail(test, example, f"raised {describe(error[1])}")

        def _fail(self, test: doctest.DocTest, example: doctest.Example, what: str) -> None:
            line = (test.lineno or 0) + example.lineno + 1
            failures.append((line, f"`{short(example.source)}` {what}"))

    runner, parser = Runner(verbose=False), doctest.DocTestParser()
    tried = 0
    for line, text in documents:
        try:
            test = parser.get_doctest(text, vars(module), module.__name__, "", line - 1)
            done = runner.run(test, out=lambda _: None)
            tried += done.attempted - getattr(done, "skipped", 0)  # counted since Python 3.13
        except ValueError as error:
            failures.append((line, f"its examples cannot be read: {describe(error)}"))
    yield {"tried": tried}
    for failure in failures[:20]:
        yield {"failures": failure}


def short(text: str) -> str:
    """A text on one line, cut."""
    line = " ".join(text.split()) or "nothing"
    return line if len(line) <= 80 else line[:77] + "..."


if __name__ == "__main__":
    main()
