"""It quotes nothing that may not be passed on: the words of a gated problem, and of its data."""

from __future__ import annotations

from collections.abc import Iterator, Set

from dynasaur.checks.subject import ActionText, Finding
from dynasaur.source.decoding import constants, readings

WINDOW = 32
"""Letters and digits in a row that are too many to be alike by chance: six words or so."""

SHORTEST = 12
"""A text with fewer is no text that could be told again."""


def windows(text: str) -> set[str]:
    """All that counts as quoting a text: its letters and digits, so many in a row.

    Blanks, signs and capitals do not count, so that no line break hides a quotation. A short
    text is quoted as a whole; one that is too short gives none.
    """
    plain = _plain(text)
    if len(plain) <= WINDOW:
        return {plain} if len(plain) >= SHORTEST else set()
    return {plain[at : at + WINDOW] for at in range(len(plain) - WINDOW + 1)}


def quotes(text: str, private: Set[str]) -> bool:
    """Whether a text quotes one of those that the windows are of."""
    plain = _plain(text)
    if any(plain[at : at + WINDOW] in private for at in range(len(plain) - WINDOW + 1)):
        return True
    return any(len(short) < WINDOW and short in plain for short in private)


def check(subject: ActionText) -> Iterator[Finding]:
    """Neither its place, nor its text, nor what a constant says when decoded, quotes it."""
    private = subject.harvest.private if subject.harvest else frozenset()
    if not private:
        return
    said = (text for _, value in constants(subject.tree) for text in readings(value))
    written = subject.action.module, subject.action.text
    if any(quotes(text, private) for text in (*written, *said)):
        yield Finding("quoted", 1, "it quotes the task, which may not be passed on")


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
