"""Fingerprints of actions."""

from __future__ import annotations

import hashlib
import re
from typing import Literal, TypeAlias

from dynasaur.fingerprint.canonical import canonical

Level: TypeAlias = Literal["exact", "lifted"]

VERSION = 1
"""Of the canonical form and of what is made of it: fingerprints and features of another version
mean something else. It goes up with every change that gives any text another one."""

_CONSTANT = re.compile(
    r"""\('constant',\ '([\d.][^']*)'\)
      | \('string',\ ('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\)
      | \('bytes',\ (b(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))\)""",
    re.VERBOSE,
)


def fingerprint(source: str, level: Level = "exact", name: str = "", *, module: str = "") -> str:
    """The fingerprint of an action; equal fingerprints mean equal actions, up to the level.

    `exact`: equal up to layout, comments, docstrings, plain type hints, names of parameters,
    variables and the function itself, the spelling of imports, and rewrites that CPython runs
    alike. `lifted`: up to constants as well, but for bodies of one or two trivial statements. A
    text that cannot be read for certain is equal to itself alone.

    Args:
        source: A module, or one function.
        level: How much may differ.
        name: The function that is the action; without it the last public one.
        module: The module's full name; with it, relative imports of one module from two places
            are equal. Only fingerprints that were all made with it can be compared.

    Returns:
        32 hexadecimal digits.
    """
    found = canonical(source, name, module)
    if found is None:
        return _hashed("text", source)
    if level == "lifted" and not found.trivial:
        return _hashed("lifted", _CONSTANT.sub("?", found.text))
    return _hashed("tree", found.text)


def _hashed(kind: str, text: str) -> str:
    data = f"{kind}\0{text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def parameter_names(source: str, name: str = "") -> tuple[str, ...]:
    """The names of an action's parameters, in order; empty for a text that cannot be read.

    Of two actions with the same exact fingerprint, callers of one can be pointed at the other by
    position, and by keyword as well where these names are the same.

    Args:
        source: A module, or one function.
        name: The function that is the action; without it the last public one.
    """
    found = canonical(source, name)
    return () if found is None else found.parameters


def constants_apart(
    a: str, b: str, modules: tuple[str, str] = ("", "")
) -> tuple[tuple[str, str], ...]:
    """The constants in which two actions differ that are equal but for constants.

    Args:
        a: A module, or one function.
        b: Another, with the same lifted fingerprint.
        modules: The full names of both.

    Returns:
        Pairs of literals as Python source, each pair once, in the order of the canonical tree;
        none where the two differ in more.
    """
    one, other = canonical(a, module=modules[0]), canonical(b, module=modules[1])
    texts = zip((a, b), modules, strict=True)
    lifted = {fingerprint(text, "lifted", module=module) for text, module in texts}
    if one is None or other is None or len(lifted) > 1:
        return ()
    pairs = zip(_constants(one.text), _constants(other.text), strict=True)
    return tuple(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]))


def _constants(text: str) -> list[str]:
    return [next(part for part in found.groups() if part) for found in _CONSTANT.finditer(text)]
