"""Google-style docstrings: summary and sections."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_SECTION = re.compile(
    r"(Args|Arguments|Parameters|Returns|Yields|Raises|Examples?|Notes?"
    r"|Attributes|Warns|Warnings?|See Also|References|Todo|Keyword Args):\s*\Z"
)
_SAME = {"Arguments": "Args", "Parameters": "Args", "Keyword Args": "Args", "Yields": "Returns"}
_ENTRY = re.compile(r"(\*{0,2}[^\W\d][\w.]*)\s*(?:\([^)]*\))?\s*:\s*(.*)\Z")


@dataclass(frozen=True, slots=True)
class Docs:
    """A docstring's parts.

    Attributes:
        summary: Its first line.
        args: Each documented parameter (without stars) and its words.
        returns: The words of `Returns:` (or `Yields:`).
        raises: Each documented exception and its words.
    """

    summary: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    returns: str = ""
    raises: Mapping[str, str] = field(default_factory=dict)


def read_docs(docstring: str) -> Docs:
    """Reads a docstring of any shape; sections that are not there are empty."""
    lines = inspect.cleandoc(docstring).split("\n")
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines[1:]:
        heading = _SECTION.match(line)
        if heading:
            current = sections.setdefault(_SAME.get(heading[1], heading[1]), [])
        elif line and not line[0].isspace():
            current = []  # text at the margin ends a section
        else:
            current.append(line)
    return Docs(
        lines[0].strip(),
        _entries(sections.get("Args", [])),
        _joined(sections.get("Returns", [])),
        _entries(sections.get("Raises", [])),
    )


def _entries(lines: list[str]) -> dict[str, str]:
    depth = next((_indent(line) for line in lines if line.strip()), 0)
    entries: dict[str, list[str]] = {}
    words: list[str] = []
    for line in lines:
        entry = _ENTRY.match(line.strip()) if _indent(line) <= depth else None
        if entry:
            words = entries.setdefault(entry[1].lstrip("*"), [])
            words.append(entry[2])
        else:
            words.append(line)
    return {name: _joined(said) for name, said in entries.items()}


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _joined(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())
