"""What a run may use, what it has used, and what the model is told of it.

Checked before each request to the model. A request is only sent when one like the last still
fits; when just one more fits, the model is told that it is the last.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from dynasaur.types import Usage

TOLD_STEPS = 3
"""With so many steps left, or fewer, the model is told how many."""

TOLD_SHARE = 0.8
"""Past this share of tokens, cost or time the model is told what is left."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use; None for no limit.

    Attributes:
        steps: Steps.
        tokens: Tokens, of prompts and replies together.
        cost: US dollars.
        seconds: Wall time.
    """

    steps: int = 20
    tokens: int | None = None
    cost: float | None = None
    seconds: float | None = None


@dataclass(slots=True)
class Budget:
    """The limits of a run, and what was used of them since it began or was resumed.

    Attributes:
        limits: The limits.
        steps: Steps taken.
        used: What the replies cost.
        largest: The most that one step cost: what the next one may cost.
        clock: Gives the time, in seconds.
    """

    limits: Limits
    steps: int = 0
    used: Usage = Usage()
    largest: Usage = Usage()
    clock: Callable[[], float] = time.monotonic
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()

    def spend(self, usage: Usage, steps: int = 0) -> None:
        """Count what a reply cost, and steps."""
        self.used += usage
        self.steps += steps
        if usage.tokens > self.largest.tokens:
            self.largest = usage

    def spend_outside(self, usage: Usage) -> None:
        """Count what a model's work in a host function cost: it says nothing of the next reply."""
        self.used += usage

    @property
    def seconds(self) -> float:
        """Wall time used."""
        return self.clock() - self._began

    @property
    def seconds_left(self) -> float:
        """Wall time left; infinite where there is no limit."""
        limit = self.limits.seconds
        return float("inf") if limit is None else max(0.0, limit - self.seconds)

    def exhausted(self) -> str:
        """Why no further request may be sent; empty while one may."""
        if self.steps >= self.limits.steps:
            plural = "" if self.limits.steps == 1 else "s"
            return f"no answer after {self.limits.steps} step{plural}; raise --max-steps"
        return self.spent()

    def spent(self) -> str:
        """Why no more may be spent of tokens, money or time; empty while more may."""
        limits = self.limits
        if limits.tokens is not None and not self._fit(1, tokens=limits.tokens):
            return (
                f"{self.used.tokens:,} of {limits.tokens:,} tokens are used, and another step "
                f"may need {self.largest.tokens:,}; raise --max-tokens"
            )
        if limits.cost is not None and not self._fit(1, cost=limits.cost):
            spent, next_one = self.used.cost or 0.0, self.largest.cost or 0.0
            return (
                f"${spent:.4f} of ${limits.cost:g} is spent, and another step may cost "
                f"${next_one:.4f}; raise --max-cost"
            )
        if self.seconds_left <= 0.0:
            return f"{limits.seconds:g} seconds are over; raise --max-seconds"
        return ""

    def _fit(self, count: int, *, tokens: float = float("inf"), cost: float = float("inf")) -> bool:
        """So many requests like the largest so far fit; what is used up to the last fits none."""
        if self.used.tokens >= tokens or (self.used.cost or 0.0) >= cost:
            return False
        more = self.used.tokens + count * self.largest.tokens
        price = (self.used.cost or 0.0) + count * (self.largest.cost or 0.0)
        return more <= tokens and price <= cost

    @property
    def last(self) -> bool:
        """Just one more step fits."""
        limits = self.limits
        return (
            limits.steps - self.steps == 1
            or (limits.tokens is not None and not self._fit(2, tokens=limits.tokens))
            or (limits.cost is not None and not self._fit(2, cost=limits.cost))
        )

    def note(self) -> str:
        """What the model should know of what is left; empty while that is much."""
        if self.last:
            return (
                "The next step is the last: submit the best answer you have now, and say so "
                "where it is not certain."
            )
        parts = []
        left = self.limits.steps - self.steps
        if left <= 0:
            return ""
        if left <= TOLD_STEPS:
            parts.append(f"{left} steps are left.")
        shares = {
            "the tokens": self.used.tokens / (self.limits.tokens or float("inf")),
            "the money": (self.used.cost or 0.0) / (self.limits.cost or float("inf")),
            "the time": self.seconds / (self.limits.seconds or float("inf")),
        }
        parts += [
            f"{max(1, round(100 * (1 - share)))} % of {what} is left."
            for what, share in shares.items()
            if share >= TOLD_SHARE
        ]
        return " ".join([*parts, "Come to an end."]) if parts else ""
