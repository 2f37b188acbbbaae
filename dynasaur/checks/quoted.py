"""It quotes nothing that may not be passed on: the words of a gated problem, and of its data."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set

from dynasaur.checks.subject import ActionText, Finding
from dynasaur.source.decoding import constants, readings

WINDOW = 32
"""Letters and digits in a row that are too many to be alike by chance: six words or so."""

SHORTEST = 12
"""A text with fewer is no text that could be told again."""


def snippets(text: str) -> set[str]:
    """The letters and digits of a text, as many in a row as could be told again at all."""
    plain = _plain(text)
    return {plain[at : at + SHORTEST] for at in range(len(plain) - SHORTEST + 1)}


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


def is_cut_from(text: str, private: Set[str]) -> bool:
    """Whether the whole of a text stands in one of those that the snippets are of."""
    cut = snippets(text)
    return bool(cut) and cut <= private


def check(subject: ActionText) -> Iterator[Finding]:
    """Neither its place, nor its text, nor what a constant says when decoded, quotes it.

    A constant, in code or in an example, is no quotation only where it is short, or new.
    """
    private = subject.harvest.private if subject.harvest else None
    if private is None:
        return
    docstrings = {id(node.value) for node in ast.walk(subject.tree) if isinstance(node, ast.Expr)}
    said = [
        (text, id(node) in docstrings)
        for tree in (subject.tree, *_examples(subject.action.docstring))
        for node, value in constants(tree)
        for text in readings(value)
    ]
    written = subject.action.module, subject.action.text, *(text for text, _ in said)
    short = (text for text, is_docstring in said if not is_docstring)
    if any(quotes(text, private.windows) for text in written) or any(
        is_cut_from(text, private.snippets) for text in short
    ):
        yield Finding("quoted", 1, "it quotes the task, which may not be passed on")


def _examples(docstring: str) -> Iterator[ast.AST]:
    """The code of a docstring's examples, and what it is said to give, as far as that is code."""
    import doctest

    try:
        examples = doctest.DocTestParser().get_examples(docstring)
    except ValueError:
        return
    for example in examples:
        for text in (example.source, example.want):
            try:
                yield ast.parse(text)
            except (SyntaxError, ValueError):
                yield ast.parse(repr(text))


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
