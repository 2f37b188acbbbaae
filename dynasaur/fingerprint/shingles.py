"""The features by which near clones are found: short runs of a canonical tree's tokens."""

from __future__ import annotations

import re
import zlib

from dynasaur.fingerprint.canonical import canonical

_TOKEN = re.compile(r"""v\d+|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\W\d]\w*|\d+""")
_VARIABLE = re.compile(r"v\d+")
_WORDS = re.compile(r"\w+|[^\w\s]")
_STRUCTURE = {"module", "global", "constant", "string", "normal", "expression", "attribute"}
_STRUCTURE |= {"tuple"}
"""Kinds of nodes that say next to nothing of what an action does."""

_RUN = 3


def shingles(source: str, name: str = "") -> frozenset[int]:
    """Hashes (32 bits) of an action's tokens and of every three neighbouring ones.

    Variables are all alike here, so a variable more does not change the others' features;
    brackets are left out, so neither does an `if` or a `try` around the body.

    Args:
        source: A module, or one function.
        name: The function that is the action; without it the last public one.
    """
    tokens = _tokens(source, name)
    runs = (tokens[at : at + _RUN] for at in range(len(tokens) - _RUN + 1))
    texts = {*tokens, *("\0".join(run) for run in runs)} or {""}
    return frozenset(zlib.crc32(text.encode("utf-8", "replace")) for text in texts)


def _tokens(source: str, name: str) -> list[str]:
    found = canonical(source, name)
    if found is None:
        return _WORDS.findall(source)
    tokens = _TOKEN.findall(found.text)
    plain = [_VARIABLE.sub("v", token) if token[0] == "v" else token for token in tokens]
    return [token for token in plain if token.strip("'") not in _STRUCTURE]


def blended(shared: float, one: float, other: float, unit: float) -> float:
    """How alike two sets of features are, from the weight of each and of what they share.

    An action that has got a line more still contains nearly all of the old one: so what counts
    is the share of the smaller one that is found in the larger, and a little the share of both.
    Small actions are contained in many by chance; the smaller, the more the share of both counts.

    Args:
        shared: The weight of the features in both.
        one: The weight of one set.
        other: The weight of the other.
        unit: The weight of a feature that nothing else has.
    """
    both = shared / (one + other - shared)
    smaller = min(one, other)
    contained = 0.9 * shared / smaller + 0.1 * both
    trust = smaller / (smaller + unit)
    return min(1.0, trust * contained + (1 - trust) * both)


def similarity(a: str, b: str) -> float:
    """How alike two actions are: 1 for the same features, 0 for none in common.

    An index knows which features are telling, and gives a better score.

    Args:
        a: A module, or one function.
        b: Another.
    """
    one, other = shingles(a), shingles(b)
    return blended(len(one & other), len(one), len(other), 1.0)
