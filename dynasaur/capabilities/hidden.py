"""Characters that a reader does not see, or sees as others."""

from __future__ import annotations

import io
import re
import tokenize
import unicodedata
import warnings
from collections.abc import Iterator

from dynasaur.capabilities.values import Capability, Confidence, Kind

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNSEEN = "\u00ad\u115f\u1160\u180e\u200b\u2060-\u2064\u3164\ufeff\uffa0\U000e0000-\U000e01ef"
_CONTROL = "\x00-\x08\x0b\x0e-\x1f\x7f-\x9f"
_JOINS = r"(?<=[\x00-\x7f])[\u200c\u200d\ufe00-\ufe0f](?=[\x00-\x7f])"
_HIDDEN = re.compile(f"(?P<bidi>[{_BIDI}]+)|(?P<unseen>[{_UNSEEN}{_CONTROL}]+|{_JOINS})")
_SCRIPTS = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")


def hidden(text: str) -> Iterator[Capability]:
    """What hides in a text: in code, strings and comments alike.

    Bidirectional controls show code in another order than it runs; characters without width hide
    what they are part of, but for those that join letters and emoji as writing needs them;
    letters of other scripts, or wide ones, pass for plain ones in names.

    Args:
        text: The module, line ends normal; it need not be Python.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if line.isascii() and line.isprintable():
            continue
        for found in _HIDDEN.finditer(line):
            yield _at(number, found.start(), found.end(), _named(found.group()[0]))
    if not text.isascii():
        yield from _disguised(text)


def _disguised(text: str) -> Iterator[Capability]:
    """Names that are not what they look like."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return
    for token in tokens:
        if token.type != tokenize.NAME or token.string.isascii():
            continue
        plain = unicodedata.normalize("NFKC", token.string)
        (line, start), (_, end) = token.start, token.end
        if plain != token.string and plain.isascii():
            yield _at(line, start, end, f"{token.string} is read as {plain}")
        elif _mixes_scripts(plain):
            yield _at(line, start, end, f"{token.string} mixes scripts", "medium")


def _mixes_scripts(name: str) -> bool:
    scripts = {unicodedata.name(char, "").partition(" ")[0] for char in name if char.isalpha()}
    return "LATIN" in scripts and not scripts.isdisjoint(_SCRIPTS)


def _at(line: int, start: int, end: int, name: str, confidence: Confidence = "high") -> Capability:
    return Capability(line, start + 1, Kind.OBFUSCATION, name, line, end + 1, confidence)


def _named(char: str) -> str:
    return f"U+{ord(char):04X} {unicodedata.name(char, 'control character')}"
