"""Fingerprints of actions."""

from __future__ import annotations

import hashlib
import re
from typing import Literal

from dynasaur.fingerprint.canonical import canonical

_CONSTANT = re.compile(
    r"""\('constant',\ '[\d.][^']*'\)
      | \('string',\ (?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\)
      | \('bytes',\ b(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\)""",
    re.VERBOSE,
)


def fingerprint(source: str, level: Literal["exact", "lifted"] = "exact", name: str = "") -> str:
    """The fingerprint of an action; equal fingerprints mean equal actions, up to the level.

    `exact`: equal up to layout, comments, docstrings, plain type hints, names of parameters,
    variables and the function itself, the spelling of imports, and rewrites that CPython runs
    alike. `lifted`: up to constants as well, but for bodies of one or two trivial statements. A
    text that cannot be read for certain is equal to itself alone.

    Args:
        source: A module, or one function.
        level: How much may differ.
        name: The function that is the action; without it the last public one.

    Returns:
        32 hexadecimal digits.
    """
    found = canonical(source, name)
    if found is None:
        return _hashed("text", source)
    if level == "lifted" and not found.trivial:
        return _hashed("lifted", _CONSTANT.sub("?", found.text))
    return _hashed("tree", found.text)


def _hashed(kind: str, text: str) -> str:
    data = f"{kind}\0{text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=16).hexdigest()
