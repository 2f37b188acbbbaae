"""What people read is what Python runs: no character hides, turns or stands for another."""

from __future__ import annotations

from collections.abc import Iterator

from dynasaur.checks.subject import ActionText, Finding
from dynasaur.syntax.hidden import disguised, invisible


def check(subject: ActionText) -> Iterator[Finding]:
    """No invisible or turning character, and no name that is spelled otherwise than it is read."""
    for line, text in enumerate(subject.lines, start=1):
        for character in dict.fromkeys(c for at, end in invisible(text) for c in text[at:end]):
            code = f"U+{ord(character):04X}"
            message = f"it holds the invisible character {code}; take it out, or write its escape"
            yield Finding("hidden", line, message)
    for one in disguised("\n".join(subject.lines)):
        if one.read_as:
            message = f"`{one.name}` is read as `{one.read_as}` by Python; write it so"
        else:
            said = " and ".join(name.capitalize() for name in one.alphabets)
            message = f"the name `{one.name}` mixes {said} letters that look alike; use one"
        yield Finding("hidden", one.line, message)
