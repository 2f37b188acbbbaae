"""Characters that a reader does not see, or sees as others."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from dynasaur.capabilities.values import Capability, Confidence, Kind
from dynasaur.syntax.hidden import disguised, invisible


def hidden(text: str) -> Iterator[Capability]:
    """What hides in a text: in code, strings and comments alike.

    Args:
        text: The module, line ends normal; it need not be Python.
    """
    for number, line in enumerate(text.split("\n"), 1):
        for start, end in invisible(line):
            yield _at(number, start, end, _named(line[start]))
    for one in disguised(text):
        if one.read_as:
            yield _at(one.line, one.start, one.end, f"{one.name} is read as {one.read_as}")
        else:
            yield _at(one.line, one.start, one.end, f"{one.name} mixes scripts", "medium")


def _at(line: int, start: int, end: int, name: str, confidence: Confidence = "high") -> Capability:
    return Capability(line, start + 1, Kind.OBFUSCATION, name, line, end + 1, confidence)


def _named(char: str) -> str:
    return f"U+{ord(char):04X} {unicodedata.name(char, 'control character')}"
