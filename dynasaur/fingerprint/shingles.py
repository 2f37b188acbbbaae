"""The features by which near clones are found: short runs of a canonical tree's tokens."""

from __future__ import annotations

import re
import zlib

from dynasaur.fingerprint.canonical import canonical

_TOKEN = re.compile(r"""v\d+|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\W\d]\w*|\d+""")
_VARIABLE = re.compile(r"v\d+")
_WORDS = re.compile(r"\w+|[^\w\s]")
_RUN = 4


def shingles(source: str, name: str = "") -> frozenset[int]:
    """Hashes (32 bits) of every four neighbouring tokens of an action.

    Variables are all alike here, so a variable more does not change the others' features;
    brackets are left out, so neither does an `if` or a `try` around the body.

    Args:
        source: A module, or one function.
        name: The function that is the action; without it the last public one.
    """
    found = canonical(source, name)
    if found is None:
        tokens = _WORDS.findall(source)
    else:
        tokens = [
            _VARIABLE.sub("v", token) if token[0] == "v" else token
            for token in _TOKEN.findall(found.text)
        ]
    runs = (tokens[at : at + _RUN] for at in range(max(1, len(tokens) - _RUN + 1)))
    return frozenset(zlib.crc32("\0".join(run).encode("utf-8", "replace")) for run in runs)


def similarity(a: str, b: str) -> float:
    """How alike two actions are: 1 for the same features, 0 for none in common.

    Args:
        a: A module, or one function.
        b: Another.
    """
    one, other = shingles(a), shingles(b)
    return len(one & other) / len(one | other)
