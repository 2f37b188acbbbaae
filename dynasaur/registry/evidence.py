"""What backs a candidate, from what the run recorded; and whether a replay agrees."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from dynasaur.record import Harvest
from dynasaur.registry.docstring import Example
from dynasaur.registry.trial import Result
from dynasaur.types import Call, Evidence

REPLAYS = 5
"""Recorded calls of one candidate that are run again, at most."""

EXAMPLES = 3
"""Replayed calls that become examples, at most."""

LEAST_PATIENCE = 20.0
"""Seconds that a replay has at least, its imports included."""

_WIDTH = 72
_NON_DETERMINISTIC = "non-deterministic"


def level(name: str, harvest: Harvest) -> Evidence:
    """The strongest evidence that the run itself gives for the function `name`."""
    if not any(call.ok for call in _calls(name, harvest)):
        return Evidence.EXECUTED
    return Evidence.SOLVED if harvest.solved else Evidence.CALLED


def shortfall(found: Evidence, wanted: Evidence, replay: str = "") -> str:
    """Why `found` does not reach `wanted`, in words; empty when it does.

    Args:
        found: The evidence there is.
        wanted: The evidence asked for.
        replay: Why its calls could not be replayed, where that was tried.
    """
    if found.rank >= wanted.rank:
        return ""
    why = f" ({replay})" if replay else ""
    return {
        Evidence.EXECUTED: "it was never called in the run, or never returned",
        Evidence.CALLED: "the run was not solved",
        Evidence.SOLVED: f"its calls could not be replayed with equal results{why}",
    }[found]


def replayable(name: str, harvest: Harvest) -> tuple[Call, ...]:
    """Calls whose arguments and result are literals: the first few that differ."""
    seen: dict[str, Call] = {}
    for call in _calls(name, harvest):
        if call.ok and call.arguments is not None and call.result is not None:
            seen.setdefault(call.arguments, call)
    return tuple(seen.values())[:REPLAYS]


def patience(calls: Sequence[Call], most: float) -> float:
    """Seconds that replaying calls may take: far longer than they took, and no longer than `most`.

    A function that would not end is so found out in good time.
    """
    return min(most, LEAST_PATIENCE + 10 * sum(call.seconds for call in calls))


def unreplayed(calls: Sequence[Call], first: Sequence[Result], second: Sequence[Result]) -> str:
    """Why two replays do not give what was recorded, in a few words; empty when they do.

    Args:
        calls: What was recorded.
        first: What each call gave in one process; fewer when that came to an end before.
        second: The same, in a process that hashes strings otherwise.
    """
    if not calls:
        return "no literal calls"
    found = [_compared(*three) for three in zip_longest(calls, first, second)]
    return _NON_DETERMINISTIC if _NON_DETERMINISTIC in found else next(filter(None, found), "")


def examples(
    name: str,
    calls: Sequence[Call],
    first: Sequence[Result],
    second: Sequence[Result],
    *,
    awaited: bool,
) -> tuple[Example, ...]:
    """The few replayed calls that can stand in a docstring, as they are shown everywhere alike.

    Args:
        name: The function.
        calls: What was recorded.
        first: What each call gave in one process.
        second: What it gave in another.
        awaited: The function is a coroutine.
    """
    if unreplayed(calls, first, second) == _NON_DETERMINISTIC:
        return ()
    found: list[Example] = []
    for call, one, other in zip(calls, first, second, strict=False):
        shown = {one.shown, other.shown, call.result or ""}
        code = f"{name}({call.arguments})"
        example = Example(f"asyncio.run({code})" if awaited else code, one.shown)
        if len(shown) == 1 and _is_short(example) and _is_stable(call):
            found.append(example)
    start = (Example("import asyncio", ""),) if found and awaited else ()
    return (*start, *found[:EXAMPLES])


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


def _compared(call: Call, one: Result | None, other: Result | None) -> str:
    """What two replays of one call say against it; empty when both gave the recorded result."""
    if one is None or other is None:
        return "it did not come to an end"
    if one.error != other.error:
        return _NON_DETERMINISTIC
    if one.of_host and not _gave(one, call):
        return f"host-bound: {one.of_host}"
    if one.error:
        return f"{'file-bound' if one.of_files else 'raised'}: {one.error}"
    if one.spelled is None or other.spelled is None or call.result is None:
        return "other results"
    if not same(one.spelled, other.spelled):
        return _NON_DETERMINISTIC
    return "" if same(one.spelled, call.result) else "other results"


def _gave(one: Result, call: Call) -> bool:
    """It gave what was recorded."""
    if one.spelled is None or call.result is None:
        return False
    return same(one.spelled, call.result)


def _is_short(example: Example) -> bool:
    """Each part fits on a line, and looks the same in any docstring."""
    longest = max(len(example.code), len(example.shown))
    return longest <= _WIDTH and example.is_plain and example.shown not in {"", "None"}


def _is_stable(call: Call) -> bool:
    """Nothing in it is shown in another order, or with other digits, elsewhere."""
    try:
        trees = ast.parse(f"f({call.arguments})"), ast.parse(str(call.result))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    nodes = [node for tree in trees for node in ast.walk(tree)]
    calls = sum(isinstance(node, ast.Call) for node in nodes)  # `set()` is one
    if calls > 1 or any(isinstance(node, ast.Set) for node in nodes):
        return False
    floats = (node.value for node in ast.walk(trees[1]) if isinstance(node, ast.Constant))
    return all(float(f"{x:.12g}") == x for x in floats if isinstance(x, float))
