"""No absolute paths of one machine: nobody else has them."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

from dynasaur.checks.subject import ActionText, Finding
from dynasaur.source.walk import nodes

_USERS = r"(?!(?:user|username|you|yourname|your[_-]?name|name|me|example|shared|public)[/\\])"
_HOME = re.compile(
    r"(?:(?<=file://)|(?<![\w.:/\\-]))"
    rf"(?:(?:/home/|/Users/|/var/home/){_USERS}[\w.-]+/|/root/)(?=[\w.-])"
    r"|(?:/?[\w.-]{1,64}/){0,16}/?\.dynasaur/(?:runs|cache)/(?=[\w.-])"
    rf"|(?<!\w)[A-Za-z]:[/\\]{{1,2}}Users[/\\]{{1,2}}{_USERS}[\w.-]+[/\\]"
)


def check(subject: ActionText) -> Iterator[Finding]:
    """No string and no comment holds a path under somebody's home."""
    here = os.environ.get("HOME", "")
    own = here if len(Path(here).parts) > 2 else ""  # `/root`, say, could be part of anything
    told: dict[tuple[int, str], None] = {}
    for line, text in _texts(subject):
        if "/" not in text and "\\" not in text:
            continue
        found = _HOME.search(text)
        shown = found.group() if found else own if own and f"{own}/" in text else ""
        if shown:
            told[line, shown] = None
    for line, shown in told:
        message = f"`{shown}...` exists on one machine; pass the path as a parameter"
        yield Finding("paths", line, message)


def without_homes(text: str) -> str:
    """The text with every home that a path in it begins with replaced by `~`."""
    return _HOME.sub("~/", text)


def _texts(subject: ActionText) -> Iterator[tuple[int, str]]:
    """The lines as written, and the strings as they are."""
    yield from enumerate(subject.lines, start=1)
    for node in nodes(subject.tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and "\n" not in node.value
        ):
            yield node.lineno, node.value
