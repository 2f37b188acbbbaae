"""The literals that a task's text spells out: files, quotes, numbers, dates, lists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dynasaur.models.planning.lexicon import MULTIPLES, NUMBERS
from dynasaur.models.planning.words import Token

Value = str | int | float | tuple["Value", ...]

_QUOTES = re.compile(
    r"\"([^\"]+)\"|`([^`]+)`|(?<!\w)'((?:[^']|'(?=\w))+)'(?!\w)"
    "|\N{LEFT DOUBLE QUOTATION MARK}(.+?)\N{RIGHT DOUBLE QUOTATION MARK}"
    "|\N{LEFT SINGLE QUOTATION MARK}(.+?)\N{RIGHT SINGLE QUOTATION MARK}"
)
_NUMBER = r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_BRACKETS = re.compile(r"\[[^\[\]]+\]|[{(][^{}()]*,[^{}()]*[})]")
_RUN = re.compile(
    r"(?<![\w.,-])-?\d+(?:\.\d+)?(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)-?\d+(?:\.\d+)?)+(?![\w-]|[.,]\d)"
)
_WORD_RUN = re.compile(r"[^\W\d]\w*(?:, [^\W\d]\w*)*(?:,? and [^\W\d]\w*)?")
_OPERAND = r"[-(]*\s*\d[\d.]*\)*"
_EXPRESSION = re.compile(rf"{_OPERAND}(?:\s*(?:\*\*|[-+*/%^\u00d7\u00f7])\s*{_OPERAND})+")
_WRITTEN = str.maketrans({"^": "**", "\N{MULTIPLICATION SIGN}": "*", "\N{DIVISION SIGN}": "/"})
_MONTHS = "january february march april may june july august september october november december"
_MONTH = "|".join(
    f"{name[:3]}(?:{name[3:]})?" if len(name) > 3 else name for name in _MONTHS.split()
)
_LONG_DATE = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})\.?,? (?P<year>\d{{4}})\b"
    rf"|\b(?P<month2>{_MONTH})\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year2>\d{{4}})\b",
    re.IGNORECASE,
)
_ISO_DATE = re.compile(
    r"\b\d{4}/\d{2}/\d{2}\b|\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?\b"
)
_FILE_NAME = re.compile(
    r"[\w-][\w./-]*\.(?:csv|tsv|txt|jsonl?|ndjson|xlsx?|md|log|ya?ml|html?|xml|pdf|docx?|zip|png|jpe?g|"
    r"parquet|db|sqlite|py|mp[34]|ini|toml|tex)\b",
    re.IGNORECASE,
)
_PARAGRAPHS = re.compile(r"\n\s*\n")
"""What follows them is no more of the same text: a table comes before its question so."""
_URL = re.compile(r"(?:https?://|www\.)\S+")


@dataclass(frozen=True, slots=True)
class Literal:
    """One literal of the task.

    Attributes:
        kind: What it is: file, url, number, quoted, date, numbers, strings, expression, column,
            cell, key, word or text.
        value: The value that the code will hold.
        span: Numbers of the tokens that it stands for; empty for a column that only its value
            gives away, and for a file that the text does not name.
        file: The file in which a column, a cell or a key was seen.
        column: The column in which a cell was seen.
        sort: What a column holds: number, date or text.
        at: The JSON path of the table that has the column; empty in a table file.
        distinct: A column in which no two rows share a value.
        weak: The words may as well mean something else.
        needs: A concept that the same words name, without which the literal is not meant.
    """

    kind: str
    value: Value
    span: frozenset[int] = frozenset()
    file: str = ""
    column: str = ""
    sort: str = ""
    at: str = ""
    distinct: bool = False
    weak: bool = False
    needs: str = ""

    @property
    def place(self) -> float:
        """The middle of its tokens, for distances; -1 when it has none."""
        return sum(self.span) / len(self.span) if self.span else -1.0


def spelled_out(text: str, parts: Sequence[Token], files: Iterable[str]) -> Iterator[Literal]:
    """The literals that can be read off the text alone."""
    places = Places(parts)
    names = set(files)
    for name in names:
        for match in re.finditer(rf"(?<![\w./-]){re.escape(name)}(?![\w/-])", text, re.IGNORECASE):
            yield Literal("file", name, places.of(match.start(), match.end()))
    for match in _URL.finditer(text):
        yield Literal("url", match.group().rstrip(".,;!?)"), places.of(*match.span()))
    for match in _QUOTES.finditer(text):
        value = next(group for group in match.groups() if group is not None)
        if value not in names:
            yield Literal("quoted", value, places.of(*match.span()))
    yield from _dates(text, places)
    yield from _lists(text, places)
    for match in _EXPRESSION.finditer(text):
        yield Literal("expression", _expression(match.group()), places.of(*match.span()))
    yield from _numbers(text, parts)
    colon = text.find(": ")
    rest = text[colon + 2 :].strip()
    if colon > 0 and rest and not _PARAGRAPHS.search(rest):
        yield Literal("text", rest, places.of(colon, len(text)))


def missing_files(text: str, files: Iterable[str]) -> list[str]:
    """Names of files in the text that did not come with the task."""
    known = {name.lower() for name in files} | {name.rpartition("/")[2].lower() for name in files}
    plain = _URL.sub(" ", text)
    return [name for name in _FILE_NAME.findall(plain) if name.lower() not in known]


class Places:
    """Finds the tokens that a stretch of the text touches."""

    def __init__(self, parts: Sequence[Token]) -> None:
        self._parts = parts

    def of(self, start: int, end: int) -> frozenset[int]:
        """The numbers of the tokens between two places of the text."""
        return frozenset(
            number
            for number, token in enumerate(self._parts)
            if token.start < end and token.end > start
        )


def _dates(text: str, places: Places) -> Iterator[Literal]:
    for match in _ISO_DATE.finditer(text):
        yield Literal("date", match.group().replace("/", "-"), places.of(*match.span()))
    for match in _LONG_DATE.finditer(text):
        day, month, year = (match[name] or match[name + "2"] for name in ("day", "month", "year"))
        number = [name[:3] for name in _MONTHS.split()].index(month[:3].lower()) + 1
        value = f"{int(year):04}-{number:02}-{int(day):02}"
        yield Literal("date", value, places.of(*match.span()))


def _lists(text: str, places: Places) -> Iterator[Literal]:
    for match in _BRACKETS.finditer(text):
        inner = [_item(part) for part in match.group()[1:-1].split(",") if part.strip()]
        yield _listed(inner, places.of(*match.span()))
    for match in _RUN.finditer(text):
        numbers = re.findall(r"-?\d+(?:\.\d+)?", match.group())
        yield _listed([number(one) for one in numbers], places.of(*match.span()))
    for match in _WORD_RUN.finditer(text):
        words = re.split(r", and |, | and ", match.group())
        if len(words) > 1:
            yield _listed(words, places.of(*match.span()))


def _listed(items: Sequence[str | int | float], span: frozenset[int]) -> Literal:
    kind = "strings" if any(isinstance(item, str) for item in items) else "numbers"
    return Literal(kind, tuple(items), span)


def _item(part: str) -> str | int | float:
    try:
        value = ast.literal_eval(part.strip())
    except (ValueError, SyntaxError):
        return part.strip()
    return value if isinstance(value, str | int | float) else part.strip()


def _numbers(text: str, parts: Sequence[Token]) -> Iterator[Literal]:
    for place, token in enumerate(parts):
        lower = token.text.lower()
        if lower in NUMBERS:
            yield Literal("number", NUMBERS[lower], frozenset({place}))
        elif match := re.fullmatch(rf"({_NUMBER})(?:st|nd|rd|th)?", lower):
            signed = place > 0 and _is_minus(text, parts[place - 1], token)
            value = number(match[1])
            span = {place - 1, place} if signed else {place}
            yield Literal("number", -value if signed else value, frozenset(span))
            following = parts[place + 1].text.lower() if place + 1 < len(parts) else ""
            if following in MULTIPLES:
                many = value * MULTIPLES[following]
                whole = int(many) if many == int(many) else many
                yield Literal("number", whole, frozenset({place, place + 1}))


def _is_minus(text: str, sign: Token, digits: Token) -> bool:
    """The sign belongs to the number, and is no dash or subtraction."""
    is_sign = sign.text in ("-", "\N{MINUS SIGN}") and sign.end == digits.start
    return is_sign and text[: sign.start][-1:] in ("", " ", "(", ",", "[")


def number(text: str) -> int | float:
    """The number that a text of digits spells."""
    plain = text.replace(",", "")
    return float(plain) if "." in plain else int(plain)


def _expression(text: str) -> str:
    return text.strip().translate(_WRITTEN)
