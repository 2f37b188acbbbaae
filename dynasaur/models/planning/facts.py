"""What the files of a task hold, as far as the task speaks of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_MARK = "look: "
_NUMBER = re.compile(r"\(?[-+]?[$€£]?\d[\d,]*(\.\d+)?([eE][-+]?\d+)?[%€]?\)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[/.]\d{1,2}[/.]\d{4}")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: Its header.
        at: The JSON path of the list whose records have it; empty in a table file.
        kind: number, date, flag or text: what its filled cells are.
        found: Its values that occur in the task's text.
        distinct: No two rows share a value: it may name the rows.
    """

    name: str
    at: str = ""
    kind: str = "text"
    found: tuple[str, ...] = ()
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What the look at one file showed.

    Attributes:
        file: The file's name.
        columns: The columns of its tables.
        keys: Paths of its values, if it is a JSON document, each with what is there: rows, list,
            object, number, date, flag or text.
        words: Words of the task that occur in its text.
    """

    file: str
    columns: tuple[Column, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Seen:
    """One line of a look: what lies at one path of a file."""

    file: str
    path: str
    types: frozenset[str]
    distinct: bool
    sample: tuple[str, ...]
    named: tuple[str, ...]

    @property
    def kind(self) -> str:
        types = self.types - {"NoneType"}
        if types == {"bool"}:
            return "flag"
        if types <= {"int", "float"} and types:
            return "number"
        for kind, form in (("number", _NUMBER), ("date", _DATE)):
            if self.sample and all(form.fullmatch(text) for text in self.sample):
                return kind
        return "text"


def read_facts(lines: Iterable[str]) -> tuple[Facts, ...]:
    """The facts that the first steps printed, one path of a file a line."""
    seen = [one for line in lines if (one := _seen(line)) is not None]
    files = dict.fromkeys(one.file for one in seen)
    return tuple(_facts(file, [one for one in seen if one.file == file]) for file in files)


def _seen(line: str) -> _Seen | None:
    if not line.startswith(_MARK):
        return None
    try:
        file, path, types, distinct, sample, named = json.loads(line.removeprefix(_MARK))
    except (ValueError, TypeError):
        return None
    return _Seen(
        str(file), str(path), frozenset(types), bool(distinct), tuple(sample), tuple(named)
    )


def _facts(file: str, seen: Sequence[_Seen]) -> Facts:
    lists = {one.path for one in seen if one.types == {"list"}}
    return Facts(
        file=file,
        columns=tuple(_columns(seen, lists)),
        keys=tuple(_keys(seen, lists)) if "" not in lists else (),
        words=next((one.named for one in seen if not one.path and one.types == {"str"}), ()),
    )


def _columns(seen: Sequence[_Seen], lists: set[str]) -> Iterator[Column]:
    """What lies in the records of a list: `.items[*].price` is the column `price` of `items`."""
    for one in seen:
        record, _, name = one.path.rpartition(".")
        if record.removesuffix("[*]") in lists and record.endswith("[*]"):
            at = record.removesuffix("[*]").removeprefix(".")
            yield Column(name, at, one.kind, one.named, one.distinct)


def _keys(seen: Sequence[_Seen], lists: set[str]) -> Iterator[tuple[str, str]]:
    for one in seen:
        path = one.path.removeprefix(".")
        if one.types == {"dict"}:
            kind = "object"
        elif one.path in lists:
            rows = any(other.path == f"{one.path}[*]" and other.types == {"dict"} for other in seen)
            kind = "rows" if rows else "list"
        else:
            kind = one.kind
        if path:
            yield path, kind
