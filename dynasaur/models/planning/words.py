"""The words of tasks and actions, made comparable: tokens, stems and concepts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from dynasaur.models.planning.lexicon import SYNONYMS

_TOKEN = re.compile(
    r"https?://\S+"
    r"|\d{4}/\d{2}/\d{2}|(?:km|mi|m|ft)/(?:hr?|s)\b"
    r"|\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?"
    r"|[\w-][\w./-]*\.[A-Za-z]\w{1,5}\b"
    r"|\d+(?:st|nd|rd|th)\b|\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d+(?:\.\d+)?"
    r"|[^\W\d_]\w*|<=|>=|!=|==|\S"
)
_LONGEST_PHRASE = 5


@dataclass(frozen=True, slots=True)
class Token:
    """One token of the task and where it lies in the text."""

    text: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """It is a word or a sign that carries meaning, not punctuation."""
        return self.text[0].isalnum() or (self.text[0] in "_%<>=!+*/^" and self.text != "!")


@dataclass(frozen=True, slots=True)
class Mention:
    """One place in the task that names a concept.

    Attributes:
        concept: The concept's name.
        span: Numbers of the tokens that name it.
        shared: The same tokens also stand for a literal.
    """

    concept: str
    span: frozenset[int]
    shared: bool = False


def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a text, in order."""
    return tuple(Token(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text))


def name_words(name: str) -> list[str]:
    """The words of an identifier or a header: `unitPrice`, `unit_price`, `Unit price ($)`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.findall(r"[^\W_]+", spaced.lower())


@cache
def stem(word: str) -> str:
    """A word without its plural or verb ending, lower case; equal for words of one family."""
    word = word.lower()
    if len(word) <= 3 or not word.isalpha():
        return word
    word = re.sub(r"(?<=[^aeiou])(?:ies?|y)$", "i", word)
    word = singular(word)
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word.removesuffix("e") if len(word) > 3 else word


def singular(word: str) -> str:
    """A lower-case word without its plural ending."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@cache
def _phrases() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Stems of each phrase of the lexicon, to the names of its concepts."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for line in SYNONYMS.strip().splitlines():
        name, *others = line.split()
        for phrase in (name, *others):
            key = tuple(stem(word) for word in phrase.split("_"))
            found[key] = (*found.get(key, ()), stem(name))
    return found


@cache
def operators() -> frozenset[str]:
    """The concepts of the lexicon: words that say what to do, never mere description."""
    return frozenset(name for names in _phrases().values() for name in names)


def mentions(words: Sequence[str]) -> list[Mention]:
    """Every concept that a run of words names; a word inside a longer phrase names nothing."""
    stems = [stem(word) for word in words]
    known = _phrases()
    found: list[Mention] = []
    phrases: list[frozenset[int]] = []
    for length in range(min(_LONGEST_PHRASE, len(stems)), 0, -1):
        for start in range(len(stems) - length + 1):
            phrase = tuple(stems[start : start + length])
            named = known.get(phrase, phrase if length == 1 else ())
            span = frozenset(range(start, start + length)) if named else frozenset()
            if not named or any(span < longer for longer in phrases):
                continue
            found += [Mention(concept, span) for concept in named]
            phrases += [span] if length > 1 else []
    return sorted(found, key=lambda mention: (min(mention.span), -len(mention.span)))


def concepts(words: Iterable[str]) -> frozenset[str]:
    """The concepts that a few words name, in any order."""
    return frozenset(mention.concept for mention in mentions(list(words)))


def main_concepts(words: Sequence[str]) -> list[str]:
    """The concepts of a name: the longest phrase at each place, its words not named again."""
    found: list[str] = []
    taken: set[int] = set()
    for mention in mentions(words):
        if not mention.span & taken:
            taken |= mention.span
            found.append(mention.concept)
    return found
