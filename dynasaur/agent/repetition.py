"""Notices a model that goes round in circles: first a nudge, then a stop.

Steps are the same when their code and what came of it are. One that waits for something sees
something new in the end; what repeats itself to the letter never will.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dynasaur.record import Step

NUDGE, STOP = 3, 5
"""Equal steps, one after the other."""

NUDGE_PAIRS, STOP_PAIRS = 2, 4
"""Equal pairs of two different steps, one after the other."""

_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")


def nudge(steps: Sequence[Step]) -> str:
    """What to tell a model that begins to repeat itself; empty while it does not."""
    if _equal(steps) >= NUDGE:
        return (
            f"This is the {_nth(_equal(steps))} time in a row that the same code gives the same "
            "result. Do something else."
        )
    if _pairs(steps) >= NUDGE_PAIRS:
        return "The last steps go back and forth between the same two. Do something else."
    return ""


def stuck(steps: Sequence[Step]) -> str:
    """Why there is no use in going on; empty while there may be."""
    if (times := _equal(steps)) >= STOP:
        return f"the model repeats itself: the same code with the same result {times} times"
    if (times := _pairs(steps)) >= STOP_PAIRS:
        return f"the model repeats itself: it went back and forth between two steps {times} times"
    return ""


def _equal(steps: Sequence[Step]) -> int:
    """How many of the last steps are the same."""
    if not steps or not (last := _key(steps[-1])):
        return 0
    count = 0
    for step in reversed(steps):
        if _key(step) != last:
            break
        count += 1
    return count


def _pairs(steps: Sequence[Step]) -> int:
    """How many times the last two steps, which differ, stand there one after the other."""
    if len(steps) < 2:
        return 0
    pair = [_key(steps[-2]), _key(steps[-1])]
    if pair[0] == pair[1] or not all(pair):
        return 0
    count = 0
    for end in range(len(steps), 1, -2):
        if [_key(steps[end - 2]), _key(steps[end - 1])] != pair:
            break
        count += 1
    return count


def _key(step: Step) -> tuple[str, ...]:
    """What is compared; empty for a step that ran nothing."""
    seen = step.observation
    if seen is None:
        return ()
    error = f"{seen.error.type}: {seen.error.message}" if seen.error else ""
    code = "\n".join(line.rstrip() for line in step.code.splitlines() if line.strip())
    return code, _ADDRESS.sub("0x", seen.output), _ADDRESS.sub("0x", error)


def _nth(number: int) -> str:
    return {3: "third", 4: "fourth"}.get(number, f"{number}th")
