"""One task as the search sees it: tokens, concepts that it names, literals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from dynasaur.models.planning.facts import Column, Facts
from dynasaur.models.planning.lexicon import QUALITIES, RATED, ROWS
from dynasaur.models.planning.literals import Literal, spelled_out
from dynasaur.models.planning.looking import file_kind
from dynasaur.models.planning.names import column_literal, seen_in_files
from dynasaur.models.planning.signatures import Offer
from dynasaur.models.planning.spoken import spoken_literals
from dynasaur.models.planning.words import Mention, Token, mentions, name_words, stem, tokens

_AFTER_MANY = frozenset({"most", "fewest", "least", "many", "more"})
_BEFORE_UNITS = frozenset({"to", "in", "into", "many", "degrees", "a", "an", "from"})
_ALGORITHM = re.compile(r"\b(md5|sha-?(?:1|224|256|384|512)|blake2[bs]|crc32)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class View:
    """One task as the search sees it.

    Attributes:
        text: The task's text.
        parts: Its tokens.
        stems: Their stems.
        mentions: The concepts that it names.
        literals: Its literals.
        files: The files that came with it.
    """

    text: str
    parts: tuple[Token, ...]
    stems: tuple[str, ...]
    mentions: tuple[Mention, ...]
    literals: tuple[Literal, ...]
    files: tuple[str, ...]


def view_task(
    text: str, files: Sequence[str], facts: Sequence[Facts], offers: Sequence[Offer]
) -> View:
    """Reads a task with what is known of its files and actions."""
    parts = tokens(text)
    stems = tuple(stem(token.text) for token in parts)
    named = mentions([token.text for token in parts])
    tables = {one.file for one in facts if any(not column.at for column in one.columns)}
    literals = [*_files(spelled_out(text, parts, files), files, tables)]
    literals += spoken_literals(text, parts)
    literals += seen_in_files(parts, facts)
    literals += _units(parts)
    literals += _algorithms(text, parts)
    literals += _flags(offers, named)
    extra, columns = _qualities(parts, facts)
    nouns = _row_nouns(stems, files, literals)
    literals += _named_rows(parts, nouns, facts, literals)
    return View(
        text=text,
        parts=parts,
        stems=stems,
        mentions=(*named, *extra, *_counted(parts, nouns)),
        literals=tuple(dict.fromkeys([*literals, *columns])),
        files=tuple(files),
    )


def _files(
    literals: Iterable[Literal], files: Sequence[str], tables: set[str]
) -> Iterator[Literal]:
    """The literals, each file with what it holds; every file where the text names none."""
    found = list(literals)
    if not any(literal.kind == "file" for literal in found):
        found += [Literal("file", name) for name in files]
    for literal in found:
        name = str(literal.value)
        kind = "table" if name in tables else file_kind(name)
        yield replace(literal, sort=kind) if literal.kind == "file" else literal


def row_nouns(view: View) -> frozenset[int]:
    """Tokens that name what the rows of a file are."""
    return frozenset(_row_nouns(view.stems, view.files, view.literals))


def _row_nouns(
    stems: Sequence[str], files: Sequence[str], literals: Sequence[Literal] = ()
) -> set[int]:
    names = {stem(word) for file in files for word in name_words(file.rpartition(".")[0])}
    for literal in literals:
        if literal.kind == "key":
            names |= {stem(word) for word in name_words(str(literal.value))}
        elif literal.kind == "column" and literal.distinct and literal.sort == "text":
            names |= {stem(word) for word in name_words(str(literal.value))} - {"name"}
    for group in ROWS.splitlines():
        alike = {stem(word) for word in group.split()}
        names |= alike if alike & names else set()
    return {place for place, word in enumerate(stems) if word in names}


def _named_rows(
    parts: Sequence[Token], nouns: set[int], facts: Sequence[Facts], literals: Sequence[Literal]
) -> Iterator[Literal]:
    """`which item`, `the oldest person` ask for the column that names the rows."""
    taken = {place for one in literals if one.kind == "column" for place in one.span}
    asked = {
        max(one.span) + 1
        for one in literals
        if one.kind == "cell" and one.span
        for place in [min(one.span)]
        if place and parts[place - 1].text.lower() == "which"
    }
    for one in facts:
        title = _title(one.columns)
        if title and asked:
            yield column_literal(one, title, frozenset(), weak=True)
        for place in nouns - taken if title else ():
            before = parts[place - 1].text.lower() if place else ""
            if title and before not in _AFTER_MANY | {"of", "per", "each"}:
                yield column_literal(one, title, frozenset({place}), weak=True)


def _title(columns: Sequence[Column]) -> Column | None:
    """The column that names the rows: called so, or the first whose texts are all different."""
    texts = [column for column in columns if column.kind == "text"]
    called = [column for column in texts if column.name.lower() in ("name", "title")]
    different = [column for column in texts if column.distinct]
    return next(iter([*called, *different]), None)


def _counted(parts: Sequence[Token], nouns: set[int]) -> Iterator[Mention]:
    """`the most orders` counts orders, though no word says so; `5!` names the factorial."""
    for place, token in enumerate(parts):
        if token.text == "!" and place and parts[place - 1].text.isdigit():
            yield Mention("factorial", frozenset({place}))
    for place in nouns:
        if place and parts[place - 1].text.lower() in _AFTER_MANY:
            yield Mention("count", frozenset({place}))


def _units(parts: Sequence[Token]) -> Iterator[Literal]:
    """Words where units stand: after a number, after `to` or `in`, after `how many`."""
    for place, token in enumerate(parts[1:], 1):
        before = parts[place - 1].text.lower()
        if before == "\N{DEGREE SIGN}":
            yield Literal("unit", token.text, frozenset({place - 1, place}))
        elif (token.text.isalpha() or "/" in token.text) and (
            before[0].isdigit() or before in _BEFORE_UNITS
        ):
            yield Literal("unit", token.text, frozenset({place}))


def _algorithms(text: str, parts: Sequence[Token]) -> Iterator[Literal]:
    for match in _ALGORITHM.finditer(text):
        span = {
            n
            for n, token in enumerate(parts)
            if match.start() < token.end and token.start < match.end()
        }
        yield Literal("algorithm", match[1].lower().replace("-", ""), frozenset(span))


def _flags(offers: Sequence[Offer], named: Sequence[Mention]) -> Iterator[Literal]:
    """Switches of actions that the task names, such as `descending`."""
    switches = {slot.name for offer in offers for slot in offer.slots if slot.type == "bool"}
    for name in sorted(switches):
        wanted = {stem(word) for word in name_words(name)}
        for mention in named:
            if mention.concept in wanted:
                yield Literal("flag", name, mention.span)


def _qualities(
    parts: Sequence[Token], facts: Sequence[Facts]
) -> tuple[list[Mention], list[Literal]]:
    """`the cheapest` names both what is sought and the column that it is about."""
    found: list[Mention] = []
    columns: list[Literal] = []
    for place, token in enumerate(parts):
        quality, headers = QUALITIES.get(token.text.lower(), ("", ""))
        concept = stem(quality)
        for one in facts:
            fitting = [
                column
                for column in one.columns
                if set(name_words(column.name)) & set(headers.split()) or column.kind == headers
            ]
            if concept and len(fitting) == 1:
                column = fitting[0]
                after = parts[place + 1].text.lower() if place + 1 < len(parts) else ""
                span = {place, place + 1} if after == "than" else {place}
                found.append(Mention(concept, frozenset(span), shared=True))
                columns.append(column_literal(one, column, frozenset({place}), needs=concept))
    found += [
        Mention({"best": "max", "worst": "min"}[token.text.lower()], frozenset({place}))
        for place, token in enumerate(parts)
        if token.text.lower() in ("best", "worst") and _is_rated(parts, facts)
    ]
    return found, columns


def _is_rated(parts: Sequence[Token], facts: Sequence[Facts]) -> bool:
    """The task names a column of which more is better."""
    words = {stem(token.text) for token in parts}
    headers = {
        header for one in facts for column in one.columns for header in name_words(column.name)
    }
    return any(stem(word) in words for word in headers & RATED)
