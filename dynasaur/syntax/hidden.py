"""Characters that a reader does not see, or sees as others.

After "Trojan Source: Invisible Vulnerabilities" (N. Boucher and R. Anderson, 2021).
"""

from __future__ import annotations

import io
import tokenize
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

_LOOK_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"})
"""Alphabets with letters that cannot be told apart."""

_LAYOUT = "\t\f"
_BLANK = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters by their category that are shown as nothing."""

_JOINERS = frozenset("\u200c\u200d")


@dataclass(frozen=True, slots=True)
class Disguised:
    """A name that is not what it looks like.

    Attributes:
        line: Its line, from 1.
        start: Its first column, from 0.
        end: The column after it.
        name: As it is written.
        read_as: What Python reads, where that is another name; else empty.
        alphabets: The alphabets with look-alike letters that it mixes, sorted.
    """

    line: int
    start: int
    end: int
    name: str
    read_as: str
    alphabets: tuple[str, ...]


def invisible(line: str) -> Iterator[tuple[int, int]]:
    """The runs of characters in a line that are shown as nothing or move what is shown.

    Joiners and variation selectors are let pass where writing or emoji need them: not between
    ASCII characters.

    Returns:
        First column of each run, from 0, and the column after it.
    """
    if line.isascii() and line.isprintable():
        return
    start = None
    for at in range(len(line) + 1):
        if at < len(line) and _hides(line, at):
            start = at if start is None else start
        elif start is not None:
            yield start, at
            start = None


def visible(text: str) -> str:
    """A text without what a reader does not see, line by line: a model would read it."""
    return "\n".join(map(_visible, text.split("\n")))


def _visible(line: str) -> str:
    for start, end in reversed(list(invisible(line))):
        line = line[:start] + line[end:]
    return line


def _hides(line: str, at: int) -> bool:
    char = line[at]
    if char in _JOINERS or "\ufe00" <= char <= "\ufe0f":
        return 0 < at < len(line) - 1 and line[at - 1].isascii() and line[at + 1].isascii()
    if char in _LAYOUT:
        return False
    selector = "\U000e0100" <= char <= "\U000e01ef"
    return selector or char in _BLANK or unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}


def disguised(text: str) -> Iterator[Disguised]:
    """The names in a module that pass for others; none where it is no Python."""
    if text.isascii():
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return
    for token in tokens:
        if token.type == tokenize.NAME and not token.string.isascii():
            name = token.string
            read = unicodedata.normalize("NFKC", name)
            alphabets = {unicodedata.name(char, "").partition(" ")[0] for char in read}
            mixed = tuple(sorted(_LOOK_ALIKE & alphabets))
            mixed = mixed if len(mixed) > 1 else ()
            if read != name or mixed:
                (line, start), (_, end) = token.start, token.end
                yield Disguised(line, start, end, name, read if read != name else "", mixed)
