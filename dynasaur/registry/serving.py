"""Do what a trial asks for, in the process that runs the module; sent there as source."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import IO, Any

MESSAGE = 300
"""Characters of an error's message."""

SHOWN = 200
"""Characters of a value as Python shows it; a longer one is no example."""

OUTPUT = 20_000
"""Characters of what an example prints."""

HOST = "dynasaur.host"
"""The module by which an action asks the host of a run; here there is none."""


def serve(first: dict[str, Any], requests: IO[bytes], writing: int) -> None:
    """Import the module of the first request; then do what the others say, one after the other.

    Args:
        first: The module, the texts of all that it imports, and our own.
        requests: One JSON document a line.
        writing: Where to say what came of each, under its number.
    """

    def say(request: dict[str, Any], told: dict[str, object]) -> None:
        data = json.dumps({**told, "number": request["number"]}).encode() + b"\n"
        while data:
            data = data[os.write(writing, data) :]

    name: str = first["module"]
    make_importable(first["texts"], first["finder"], first["host"])
    try:
        __import__(name)
        module = sys.modules[name]
        function = getattr(module, name.rpartition(".")[2]) if first["function"] else None
    except BaseException as error:  # noqa: BLE001 - a module may raise anything
        line = line_in(error, name.replace(".", "/") + ".py")
        say(first, {"error": describe(error), "line": line})
        return
    say(first, {})
    spell = loaded(first["literals"], "_literals").spell
    variables: dict[int, dict[str, Any]] = {}
    for text in requests:
        request = json.loads(text)
        if "call" in request:
            asked_of_host().clear()
            told = call(function, request["call"], spell)
            say(request, {**told, "host": "".join(asked_of_host()[:1])})
        else:
            names = variables.setdefault(request["document"], dict(vars(module)))
            say(request, run_example(request["example"], names))


def make_importable(texts: dict[str, str], finder: str, host: str) -> None:
    """Let modules be imported from their texts, and the host that they may ask."""
    kind = loaded(finder, "_finder").Texts
    hosted = kind({HOST: host})
    # Whether this Python has the package or not: the module is ours, the package what is there.
    sys.meta_path[:] = [kind(texts), kind(hosted.texts, around=False), *sys.meta_path, hosted]


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


def run_example(source: str, names: dict[str, Any]) -> dict[str, object]:
    """What one example prints, and how the exception is shown that it raises."""
    import __future__

    flags = sum(
        getattr(__future__, name).compiler_flag
        for name in __future__.all_feature_names
        if names.get(name) is getattr(__future__, name)
    )
    out, hook = io.StringIO(), sys.displayhook
    sys.displayhook = sys.__displayhook__
    raised = described = None
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(source, "<example>", "single", flags, dont_inherit=True), names)  # noqa: S102
    except BaseException as error:  # noqa: BLE001 - it may raise anything
        import traceback

        described = describe(error)
        with contextlib.suppress(Exception):
            raised = traceback.format_exception_only(type(error), error)[-1][:OUTPUT]
    finally:
        sys.displayhook = hook
    return {"out": out.getvalue()[:OUTPUT], "raised": raised, "described": described}
