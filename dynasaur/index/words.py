"""Text to terms: identifiers split, words lower-cased, shortened and stemmed.

The same function serves documents and queries, so that `parseCSVFile`, "parsing csv files" and
`parse_csv` meet at the same terms.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from array import array
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b

from dynasaur.index.vocabulary import SHORT_FORMS, STOP_WORDS

_RUN = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_WIDE = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+"
)
_VOWEL = re.compile(r"[aeiouy]")

LONGEST_WORD = 40
"""Longer runs of letters are noise (keys, encoded bytes): they are cut to this length."""

# Endings that leave the sense alone, longest first: (ending, what stands in its place).
_ENDINGS = (
    ("ization", "ize"),
    ("isation", "ize"),
    ("ational", "ate"),
    ("fulness", "ful"),
    ("iveness", "ive"),
    ("ousness", "ous"),
    ("ability", "able"),
    ("ibility", "ible"),
    ("ation", "ate"),
    ("ement", ""),
    ("ment", ""),
    ("ness", ""),
    ("ator", "ate"),
    ("izer", "ize"),
    ("able", ""),
    ("ible", ""),
    ("ance", ""),
    ("ence", ""),
    ("ical", "ic"),
    ("tion", "t"),
    ("sion", "s"),
    ("ally", "al"),
    ("ful", ""),
    ("ize", ""),
    ("ise", ""),
    ("ate", ""),
    ("ive", ""),
    ("ity", ""),
    ("ous", ""),
    ("er", ""),
    ("or", ""),
    ("al", ""),
    ("ic", ""),
    ("ly", ""),
)


def terms(text: str) -> list[str]:
    """Cut text into the terms that the index stores, in order, stop words left out.

    Args:
        text: Prose, code or both, in any language.

    Returns:
        Stemmed English words, other words as they are, pairs of neighbours for scripts that
        write no spaces, and numbers.
    """
    found: list[str] = []
    for run in _RUN.findall(text):
        found += _terms_of_run(run)
    return found


@lru_cache(maxsize=1 << 16)
def hash_of(term: str) -> int:
    """A term's 64-bit hash, the same on every machine: two terms never share one in practice."""
    return int.from_bytes(blake2b(term.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def grams(text: str) -> array[int]:
    """Hashes of the triples of neighbouring letters of a text's words, ascending, each once.

    They tell how alike two texts look, across typos and words that stems keep apart. Where two
    of 65,536 hashes meet, texts look alike by a hair more.
    """
    found = {gram for run in _RUN.findall(text) for gram in _grams_of_run(run)}
    return array("H", sorted(found))


def grams_of_stem(word: str) -> frozenset[int]:
    """The same of one stemmed word, whose end is open."""
    return frozenset(_triples(f" {word}"))


@lru_cache(maxsize=1 << 16)
def _grams_of_run(run: str) -> tuple[int, ...]:
    whole = not run.isascii() or run.islower() or run.isupper() or run.isdigit()
    words = [run] if whole else _CAMEL.findall(run)
    return tuple(gram for word in words for gram in _triples(f" {word.lower()[:LONGEST_WORD]} "))


def _triples(text: str) -> Iterator[int]:
    """Hashes of a text's triples, of bytes: a triple of letters where they are plain."""
    data = text.encode("utf-8", "replace")
    return (zlib.crc32(data[i : i + 3]) & 0xFFFF for i in range(len(data) - 2))


@lru_cache(maxsize=1 << 16)
def _terms_of_run(run: str) -> tuple[str, ...]:
    if not run.isascii():
        return _foreign(run)
    whole = run.islower() or run.isupper() or run.isdigit()
    words = [run] if whole else _CAMEL.findall(run)
    return tuple(
        _term(word.lower()[:LONGEST_WORD]) for word in words if word.lower() not in STOP_WORDS
    )


def _foreign(run: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", run.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    if plain.isascii():
        return (_term(plain[:LONGEST_WORD]),) if plain and plain not in STOP_WORDS else ()
    if _WIDE.search(run) is None:
        return (plain[:LONGEST_WORD],)
    wide = unicodedata.normalize("NFKC", run)
    return tuple(wide[i : i + 2] for i in range(len(wide) - 1)) or (wide,)


def _term(word: str) -> str:
    word = SHORT_FORMS.get(word, word)
    return word if word.isdigit() else stem(word)


def stem(word: str) -> str:
    """Shorten an English word to what its inflections and close kin share.

    The result need not be a word: `calculate`, `calculating` and `calculation` all give
    `calcul`.
    """
    if len(word) <= 3:
        return word
    word = _without_inflection(_without_plural(word))
    for ending, instead in _ENDINGS:
        if word.endswith(ending):
            kept = word[: -len(ending)]
            if len(kept) >= 3 and _VOWEL.search(kept):
                word = kept + instead
            break
    return _without_tail(word)


def _without_plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_inflection(word: str) -> str:
    for ending in ("ing", "ed"):
        kept = word[: -len(ending)]
        if word.endswith(ending) and len(kept) >= 2 and _VOWEL.search(kept):
            if len(kept) > 2 and kept[-1] == kept[-2] and kept[-1] not in "lsz":
                return kept[:-1]
            return kept + "e" if kept.endswith("at") else kept
    return word


def _without_tail(word: str) -> str:
    if word.endswith("ate") and len(word) > 5:
        word = word[:-3]
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    if word.endswith("ll"):
        word = word[:-1]
    if word.endswith("y") and len(word) > 2:
        word = word[:-1] + "i"
    return word
