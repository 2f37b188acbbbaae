"""Near clones among a few actions: what an index finds, without making one or loading numpy."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from itertools import chain

from dynasaur.fingerprint.near import DEFAULT_THRESHOLD, Near
from dynasaur.fingerprint.shingles import blended


def nearest_of_few(
    own: frozenset[int], others: Mapping[str, frozenset[int]], at_least: float = DEFAULT_THRESHOLD
) -> list[Near]:
    """The actions that are near one, best first, by the score of an index that holds them all.

    Args:
        own: The one's features (`shingles`).
        others: Key to features.
        at_least: The lowest score that counts.
    """
    total = len(others)
    counts = Counter(chain.from_iterable(others.values()))
    floor = 1.0 / (1.0 + math.log(total + 1.0))
    weights = [
        max(0.0, math.log((total + 1.0) / (count + 1.0))) + floor for count in range(total + 1)
    ]
    whole = sum(weights[counts[one]] for one in own)
    found = []
    for key, features in others.items():
        shared = sum(weights[counts[one]] for one in own & features)
        other = sum(weights[counts[one]] for one in features)
        score = blended(shared, whole, other, math.log(total + 2.0))
        if score >= at_least:
            found.append(Near(key, round(score, 4)))
    return sorted(found, key=lambda near: (-near.score, near.key))
