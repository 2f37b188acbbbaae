"""The name: one that hides nothing, and that says what the function does to anyone."""

from __future__ import annotations

import builtins
import keyword
import re
import sys
from collections.abc import Iterator

from dynasaur.checks.subject import ActionText, Finding

LONGEST = 100
"""Bytes of a name: it is the name of a file, and of a module below others."""

_OF_THE_KERNEL = frozenset(
    {
        "find_actions",
        "submit_final_answer",
        "get_ipython",
        "display",
        "exit",
        "quit",
        "actions",
    }
)
_SAYS_NOTHING = re.compile(
    r"(?:my_?|the_?|new_?|a_)?(?:action|answer|bar|calc|calculate|code|compute|do|do_it|do_task"
    r"|do_work|example|execute|exercise|f|foo|fn|func|function|get|get_answer|get_data|get_result"
    r"|go|handle|helper|main|method|part|problem|process|process_data|program|question|result|run"
    r"|run_task|script|solution|solve|solve_it|solve_problem|solve_task|solver|step|task|temp|test"
    r"|thing|tmp|tool|util|utils|work)_?\d*"
)
_DEVICE = re.compile(r"(?:aux|con|nul|prn|com\d|lpt\d)", re.IGNORECASE)
_SNAKE = re.compile(r"[^\W\dA-Z][^\WA-Z]*")


def check(subject: ActionText) -> Iterator[Finding]:
    """The action's name is usable, lower case, and says something."""
    name, line = subject.action.name, subject.function.lineno
    problem = _problem(name)
    if problem:
        yield Finding("names", line, f"the name `{name}` {problem}")


def is_device(name: str) -> bool:
    """Windows takes files of this name for a device, whatever follows the dot."""
    return _DEVICE.fullmatch(name) is not None


def _problem(name: str) -> str:
    if name.startswith("_"):
        return "is private; take off the underscore"
    return _taken(name) or _spelling(name)


def _taken(name: str) -> str:
    if keyword.issoftkeyword(name):  # the others cannot name a function
        return "is a keyword of Python; choose another"
    if name in dir(builtins):
        return "hides a builtin; choose another"
    if name in sys.stdlib_module_names:
        return "is a module of the standard library; choose another"
    if name in _OF_THE_KERNEL:
        return "is taken by the kernel; choose another"
    if is_device(name):
        return "is that of a device on Windows, which cannot hold such a file; choose another"
    return "is that of a test; choose another" if name.startswith("test_") else ""


def _spelling(name: str) -> str:
    if len(name.encode()) > LONGEST:
        return f"takes {len(name.encode())} bytes; keep it under {LONGEST + 1}"
    if _SAYS_NOTHING.fullmatch(name) or len(name) < 3:
        return "says nothing of what it does; name the operation, as for any data"
    if not _SNAKE.fullmatch(name):
        return "is not in lower case with underscores; write it so"
    if "__" in name or name.endswith("_"):
        return "has a stray underscore; write it with single ones between words"
    return ""
