"""Intervals and comparisons: no accuracy without how sure it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many.

    Attributes:
        part: Those counted.
        whole: All.
    """

    part: int
    whole: int

    @property
    def value(self) -> float:
        """Between 0 and 1; NaN of none."""
        return self.part / self.whole if self.whole else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval by Wilson's score (E. B. Wilson, JASA 22, 1927); (0, 1) of none."""
        n = self.whole
        if n == 0:
            return 0.0, 1.0
        p, z2 = self.part / n, Z95 * Z95
        middle = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = Z95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
        return (
            max(0.0, middle - half) if self.part else 0.0,
            min(1.0, middle + half) if self.part < n else 1.0,
        )

    def __str__(self) -> str:
        if not self.whole:
            return "none of 0"
        low, high = self.interval
        return f"{self.value:.1%} [{low:.1%}, {high:.1%}] ({self.part} of {self.whole})"


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two runs over the same problems.

    Attributes:
        both: Right in both.
        first: Right in the first alone.
        second: Right in the second alone.
        neither: Wrong in both.
    """

    both: int
    first: int
    second: int
    neither: int

    @property
    def p(self) -> float:
        """Two-sided p of McNemar's exact test (Q. McNemar, Psychometrika 12, 1947)."""
        n, fewer = self.first + self.second, min(self.first, self.second)
        if n == 0:
            return 1.0
        tail = sum(math.comb(n, k) for k in range(fewer + 1)) / (1 << n)
        return min(1.0, 2 * tail)


def pair(first: Sequence[bool], second: Sequence[bool]) -> Pairing:
    """Pair two runs' results, problem by problem; they must be of the same length."""
    pairs = list(zip(first, second, strict=True))
    return Pairing(
        both=sum(a and b for a, b in pairs),
        first=sum(a and not b for a, b in pairs),
        second=sum(b and not a for a, b in pairs),
        neither=sum(not a and not b for a, b in pairs),
    )
