"""What of a query may be the exact name of an action."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from dynasaur.index.words import terms

LONGEST_NAME = 6
"""Names of more words are recognised only when they are written as one."""

MOST_WORDS = 300
"""Among so many words of a text names are looked for that are written as plain words."""

_CONSTANTS = {"None", "True", "False"}
_WORD = re.compile(r"\w+")
_HUMP = re.compile(r"[a-z][A-Z]")
_PATH = re.compile(r"(?<!\w)\w++(?:[./]\w++)+")


class Name(NamedTuple):
    """What may be the exact name of an action.

    Attributes:
        text: Folded, as `folded` does.
        places: What stands before it, as in `base/tables/mean`: only an action is meant whose key
            has these among its parts, in this order.
    """

    text: str
    places: tuple[str, ...] = ()

    def means(self, key: str) -> bool:
        """Whether the document of a key lies where this name says; its name is not looked at."""
        parts = iter(re.split(r"[ ./]", key.casefold())[:-1])
        return all(place in parts for place in self.places)


def names(text: str) -> list[Name]:
    """What of a text may be the exact name of an action, each once.

    - A word that is joined by underscores or inner capitals, stands in backticks or before a
      bracket, or is all of the text.
    - A word after its source or category: `tables/mean`, `base.tables.mean`.
    - Three and more words that follow each other, as in "the mean of column b".
    - Two words that follow each other where one more is said at most, and one word where no other
      is: stop words are not counted, nor is a word that is said again.

    Any other plain word ("the mean of these prices") is none, but for what `mentions` is for:
    most of them that are names are not meant as such, as the figures in
    tests/benchmarks/README.md show. None, True and False are none, either.
    """
    alone = text.strip().strip("`")
    if alone.isidentifier():
        return [Name(folded(alone))]
    found = list(_WORD.finditer(text))
    written = (word[0] for word in found if _is_code(word))
    words = [word[0] for word in found[:MOST_WORDS]]
    plain = ("".join(some) for some in (*_several(words), *_most_of(words, text)))
    paths = (re.split("[./]", path[0].casefold()) for path in _PATH.finditer(text))
    placed = (Name(folded(name), tuple(places)) for *places, name in paths)
    return [*dict.fromkeys((*map(Name, map(folded, (*written, *plain))), *placed))]


def mentions(text: str) -> list[Name]:
    """What of a text's plain words may be the name of an action, each once: one word or two.

    Most such words are not meant as names, so they decide no rank. Stop words are none.
    """
    words = [found[0] for found in islice(_WORD.finditer(text), MOST_WORDS)]
    some = (*((word,) for word in words), *pairwise(words))
    told = ("".join(few) for few in some if any(map(terms, few)))
    return [*map(Name, dict.fromkeys(map(folded, told)))]


def folded(name: str) -> str:
    """A name without case and underscores: `parse_csv`, `parseCSV` and "parse csv" are one."""
    return name.replace("_", "").casefold()


def _several(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """Three and more words that follow each other."""
    for length in range(3, LONGEST_NAME + 1):
        for start in range(len(words) - length + 1):
            yield words[start : start + length]


def _most_of(words: Sequence[str], text: str) -> Iterator[Sequence[str]]:
    """One or two words beside which little is said: at most half as much as they say."""
    said = frozenset(terms(text))
    if len(said) > 3:
        return
    some: Iterable[Sequence[str]] = (*((word,) for word in words), *pairwise(words))
    for few in some:
        own = frozenset(terms(" ".join(few)))
        if own and 2 * len(said - own) <= len(own):
            yield few


def _is_code(found: re.Match[str]) -> bool:
    """A word that is written as a name in code."""
    word, text = found[0], found.string
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    if not word.isidentifier() or word in _CONSTANTS:
        return False
    written = after == "(" or (before == "`" and after == "`")
    return written or "_" in word.strip("_") or _HUMP.search(word) is not None
