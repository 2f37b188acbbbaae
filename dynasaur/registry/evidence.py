"""What backs a candidate, from what the run recorded; and whether a replay agrees."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable

from dynasaur.record import Harvest
from dynasaur.types import Call, Evidence

REPLAYS = 5
"""Recorded calls of one candidate that are run again, at most."""


def level(name: str, harvest: Harvest) -> Evidence:
    """The strongest evidence that the run itself gives for the function `name`."""
    if not any(call.ok for call in _calls(name, harvest)):
        return Evidence.EXECUTED
    return Evidence.SOLVED if harvest.solved else Evidence.CALLED


def shortfall(found: Evidence, wanted: Evidence) -> str:
    """Why `found` does not reach `wanted`, in words; empty when it does."""
    if found.rank >= wanted.rank:
        return ""
    return {
        Evidence.EXECUTED: "it was never called in the run, or never returned",
        Evidence.CALLED: "the run was not solved",
        Evidence.SOLVED: "its calls could not be replayed with equal results",
    }[found]


def replayable(name: str, harvest: Harvest) -> tuple[Call, ...]:
    """Calls whose arguments and result are literals: the first few that differ."""
    seen: dict[str, Call] = {}
    for call in _calls(name, harvest):
        if call.ok and call.arguments is not None and call.result is not None:
            seen.setdefault(call.arguments, call)
    return tuple(seen.values())[:REPLAYS]


def same(one: str, other: str) -> bool:
    """Whether two literals, as Python source, are equal values; floats within 1e-9 relative."""
    try:
        return _same(ast.literal_eval(one), ast.literal_eval(other))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return one == other


def _same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9) or (math.isnan(one) and math.isnan(other))
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other


def _calls(name: str, harvest: Harvest) -> Iterable[Call]:
    return (call for call in harvest.calls if call.name == name and not call.module)
