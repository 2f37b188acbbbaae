"""Addresses whose owner could be taken, misread or mistyped, for one that the person trusts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dynasaur.pins import Address

LEAST = 4
"""Characters of a name in which one mistake is told; shorter ones are all alike."""

_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"))


def lookalike(address: Address, known: Iterable[Address]) -> str:
    """The trusted owner (`github.com/acme`) that an address's owner could be taken for.

    Args:
        address: The address.
        known: Those that are trusted.

    Returns:
        The owner; empty where the address's own is trusted, or like none.
    """
    owners = {_owner(one) for one in known}
    own = _owner(address)
    if own in owners:
        return ""
    return min((one for one in owners if _alike(own, one)), default="")


def _owner(address: Address) -> str:
    """Whose it is: the machine, and the first part of the path where more than one follow."""
    first, _, rest = address.path.lower().partition("/")
    return f"{address.host}/{first}" if rest else address.host


def _alike(one: str, other: str) -> bool:
    if _shape(one) == _shape(other):
        return True
    pairs = list(zip(one.split("/"), other.split("/"), strict=False))
    apart = [pair for pair in pairs if pair[0] != pair[1]]
    return one.count("/") == other.count("/") and len(apart) == 1 and _one_mistake(*apart[0])


def _shape(text: str) -> str:
    """What a reader sees: what looks alike is written alike."""
    text = re.sub(r"[-_]", "", text)
    for seen, meant in _ALIKE:
        text = text.replace(seen, meant)
    return text


def _one_mistake(one: str, other: str) -> bool:
    """They differ in one character more, less or other, or in two that changed places."""
    if min(len(one), len(other)) < LEAST or abs(len(one) - len(other)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True
    rest, rest_of_other = one[start:], other[start:]
    if len(one) != len(other):
        longer, shorter = sorted((rest, rest_of_other), key=len, reverse=True)
        return longer[1:] == shorter
    swapped = rest[1::-1] + rest[2:] == rest_of_other
    return rest[1:] == rest_of_other[1:] or swapped
