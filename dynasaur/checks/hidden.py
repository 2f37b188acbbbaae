"""What people read is what Python runs: no character hides, turns or stands for another."""

from __future__ import annotations

import io
import tokenize
import unicodedata
from collections.abc import Iterator

from dynasaur.checks.subject import ActionText, Finding

_LOOK_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK"})
"""Alphabets with letters that cannot be told apart."""


def check(subject: ActionText) -> Iterator[Finding]:
    """No invisible or turning character, and no name that is spelled otherwise than it is read.

    After "Trojan Source: Invisible Vulnerabilities" (Boucher and Anderson, 2021).
    """
    for line, text in enumerate(subject.lines, start=1):
        for character in dict.fromkeys(filter(_hides, text)):
            code = f"U+{ord(character):04X}"
            message = f"it holds the invisible character {code}; take it out, or write its escape"
            yield Finding("hidden", line, message)
    for line, name in _names("\n".join(subject.lines)):
        read = unicodedata.normalize("NFKC", name)
        if read != name:
            yield Finding("hidden", line, f"`{name}` is read as `{read}` by Python; write it so")
        elif len(mixed := sorted(_LOOK_ALIKE & set(map(_alphabet, name)))) > 1:
            said = " and ".join(one.capitalize() for one in mixed)
            yield Finding(
                "hidden", line, f"the name `{name}` mixes {said} letters that look alike; use one"
            )


def _hides(character: str) -> bool:
    """It is shown as nothing, or moves what is shown; a joiner between letters may be needed."""
    if character in "\t\f\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}":
        return False
    return unicodedata.category(character) in {"Cc", "Cf"}


def _names(text: str) -> Iterator[tuple[int, str]]:
    """The identifiers beyond ASCII."""
    if text.isascii():
        return
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NAME and not token.string.isascii():
                yield token.start[0], token.string
    except (tokenize.TokenError, SyntaxError):
        return


def _alphabet(character: str) -> str:
    return unicodedata.name(character, "").partition(" ")[0]
