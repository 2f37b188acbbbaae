"""The literals that only a look at the files can tell: columns, cells, JSON keys, words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dynasaur.models.planning.facts import Column, Facts
from dynasaur.models.planning.lexicon import COLUMN_WORDS, HARMLESS, IDENTIFIERS, UNITS
from dynasaur.models.planning.literals import Literal
from dynasaur.models.planning.words import Token, name_words, stem

_CALLED = {stem(word): tuple(map(stem, others)) for word, others in COLUMN_WORDS.items()}
_TAILS = IDENTIFIERS | UNITS | {"name"}
"""Last words of a header that people leave out when they speak."""


def seen_in_files(parts: Sequence[Token], facts: Iterable[Facts]) -> Iterator[Literal]:
    """Literals of the task that name something in its files."""
    words = [_fold(token.text) for token in parts]
    for one in facts:
        for column, span, weak in _column_mentions(words, one.columns):
            yield column_literal(one, column, span, weak=weak)
        for column in one.columns:
            yield from _cells(parts, words, one, column)
            if column.kind == "date":
                yield column_literal(one, column, frozenset())
        yield from _keys(words, one)
        yield from _same_again(one)
        for place, token in enumerate(parts):
            if token.text.lower() in one.words and token.text.lower() not in HARMLESS:
                yield Literal("word", token.text, frozenset({place}), one.file)


def _same_again(facts: Facts) -> Iterator[Literal]:
    """The column of `amounts over 100`, which a filter and what follows it both need."""
    for column in facts.columns:
        if column.kind == "number":
            yield column_literal(facts, column, frozenset())


def column_literal(
    facts: Facts, column: Column, span: frozenset[int], *, weak: bool = False, needs: str = ""
) -> Literal:
    """A column as a literal of the task."""
    tail = name_words(column.name)[-1:]
    return Literal(
        "column",
        column.name,
        span,
        facts.file,
        sort="text" if column.kind == "number" and set(tail) & IDENTIFIERS else column.kind,
        at=column.at,
        distinct=column.distinct,
        weak=weak,
        needs=needs,
    )


def _column_mentions(
    words: Sequence[str], columns: Sequence[Column]
) -> Iterator[tuple[Column, frozenset[int], bool]]:
    """Columns that the words name: whole headers first, then parts that only one header has.

    The last is whether the words may as well mean something else.
    """
    taken: set[int] = set()
    whole = {column.name: _stems(column.name) for column in columns}
    for column in sorted(columns, key=lambda column: -len(whole[column.name])):
        for span in _runs(words, whole[column.name], taken):
            taken |= span
            yield column, span, False
    for place, word in enumerate(words):
        if place in taken:
            continue
        fitting = [column for column in columns if _names_part(word, whole[column.name])]
        if len({(column.name, column.at) for column in fitting}) == 1:
            header = whole[fitting[0].name]
            units = {n for n in range(place + 1, place + 4) if words[n : n + 1] == header[-1:]}
            yield fitting[0], frozenset({place} | units), word not in _body(header)[-1:]


def _names_part(word: str, header: Sequence[str]) -> bool:
    """The word is what people call the header for short: its last word, or all but the tail."""
    body = _body(header)
    meant = {word, *_CALLED.get(word, ())}
    return bool(meant & {body[-1], body[0] if len(body) < len(header) else body[-1]})


def _body(header: Sequence[str]) -> list[str]:
    """The words of a header without a tail such as `id` or a unit."""
    return [part for part in header if part not in _TAILS] or list(header)


def _cells(
    parts: Sequence[Token], words: Sequence[str], facts: Facts, column: Column
) -> Iterator[Literal]:
    years = [token.text for token in parts if token.text.isdigit() and len(token.text) == 4]
    for value in years if "year" in name_words(column.name) else column.found:
        if column.kind == "number" and value not in years:
            continue
        spans = [frozenset({n}) for n, token in enumerate(parts) if token.text == value]
        for span in spans or _runs(words, _stems(value), set()):
            said = " ".join(parts[place].text for place in sorted(span))
            if said.lower() not in HARMLESS or said == value:
                cell = int(value) if column.kind == "number" and value.isdigit() else value
                yield Literal(
                    "cell", cell, span, facts.file, column.name, sort=column.kind, at=column.at
                )
                yield column_literal(facts, column, frozenset())


def _keys(words: Sequence[str], facts: Facts) -> Iterator[Literal]:
    """JSON paths whose last name is in the task; names further up are covered, too."""
    for path, kind in facts.keys:
        names = [part for part in path.replace("[*]", "").split(".") if part]
        ends = list(_runs(words, _stems(names[-1]), set())) if names else []
        for end in ends[:1]:
            above = [span for name in names[:-1] for span in _runs(words, _stems(name), set())]
            yield Literal("key", path, end.union(*above), facts.file, sort=kind)
    for path in dict.fromkeys(column.at for column in facts.columns if column.at):
        yield Literal("key", path, frozenset(), facts.file, sort="rows")


def _runs(words: Sequence[str], wanted: Sequence[str], taken: set[int]) -> Iterator[frozenset[int]]:
    """Where the words follow each other in the task, free places only."""
    size = len(wanted)
    for start in range(len(words) - size + 1 if size else 0):
        span = frozenset(range(start, start + size))
        if list(words[start : start + size]) == list(wanted) and not span & taken:
            yield span
    joined = "_".join(wanted)
    for place, word in enumerate(words):
        if size > 1 and word == joined and place not in taken:
            yield frozenset({place})


def _stems(name: str) -> list[str]:
    return [stem(word) for word in name_words(name)]


def _fold(text: str) -> str:
    return "_".join(_stems(text)) if "_" in text else stem(text)
