"""What the memory of earlier runs is worth in a simulated library, and that it cannot run away.

    python -m tests.benchmarks.retrieval_usage --data DIR [--runs N]

Each run wants one action, drawn evenly or by Zipf's law, in the words of one of its queries. A run
that sees the action among the best 10 calls it, and it returns; else it calls the first one, in
vain. The second half of the runs is measured, on all queries and on those whose words were never
asked before.

Blind runs call whatever stands first, and it always returns: success then says nothing, and what
rises by being shown would be shown more often. The share of the action that stands first most often
tells whether that happens.
"""

from __future__ import annotations

import random
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from unittest.mock import patch

from dynasaur.index import Index, Scored
from dynasaur.retriever import lifts
from dynasaur.usage import LATEST, Report, Served
from tests.benchmarks.retrieval_sets import Set, arguments, load, mean, measure

SHOWN = 10
LEARNED_EVERY = 250
"""After so many runs what they came to is looked at anew."""

VARIANTS = {"without": 0.0, "with": lifts.SIMILAR}


@dataclass
class World:
    """A set with what its queries find without any memory."""

    data: Set
    found: Mapping[str, Sequence[Scored]]
    wanted: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, data: Set) -> World:
        index, wanted = Index(), defaultdict[str, list[str]](list)
        index.update(data.corpus)
        for query, right in sorted(data.right.items()):
            for key in right if query in data.queries else ():
                wanted[key].append(query)
        found = {key: index.search(text, 2 * SHOWN) for key, text in data.queries.items()}
        return cls(data, found, wanted)


@dataclass
class Outcome:
    """nDCG@10 of each run of the second half, whether its query was new, and what stood first."""

    gains: list[float] = field(default_factory=list)
    new: list[bool] = field(default_factory=list)
    first: Counter[str] = field(default_factory=Counter)

    def report(self) -> str:
        unseen = [gain for gain, new in zip(self.gains, self.new, strict=True) if new]
        _, most = self.first.most_common(1)[0]
        fresh = f"{mean(unseen):.3f} of {len(unseen)} new" if unseen else "none new"
        return f"{mean(self.gains):.3f} ({fresh}; first most often {most / len(self.gains):.3f})"


def simulate(world: World, skew: int, *, blind: bool, runs: int) -> Outcome:
    """Let a library live through some runs."""
    chance, past, outcome = random.Random(0), list[Served](), Outcome()
    actions = chance.sample(sorted(world.wanted), len(world.wanted))
    weights = [1 / (place + 1) ** skew for place in range(len(actions))]
    memory, asked = lifts.Lifts(Report, None), set[str]()
    for number in range(runs):
        if number % LEARNED_EVERY == 0:
            known = Report(tasks=tuple(past[-LATEST:]))
            memory = lifts.Lifts(lambda known=known: known, None)  # type: ignore[misc]
        action = chance.choices(actions, weights)[0]
        query = chance.choice(world.wanted[action])
        shown = _shown(world, query, memory)
        right = action in shown or blind
        called = (shown[0] if blind else action if right else shown[0]) if shown else action
        past.append(_served(number, world.data.queries[query], called, right))
        if number >= runs // 2:
            outcome.gains.append(measure(shown, world.data.right[query])[-1])
            outcome.new.append(query not in asked)
            outcome.first.update(shown[:1])
        asked.add(query)
    return outcome


def _shown(world: World, query: str, memory: lifts.Lifts) -> list[str]:
    rises = memory.of(world.data.queries[query])
    ranked = [
        (-one.score * (1 + (rises[one.key].share if one.key in rises else 0.0)), one.key)
        for one in world.found[query]
    ]
    return [key for _, key in sorted(ranked)[:SHOWN]]


def _served(number: int, task: str, called: str, right: bool) -> Served:
    names = frozenset({called})
    return Served(f"{number:06}", task, names, names if right else frozenset())


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    options = parser.parse_args()
    for data in load(options.data, options.queries):
        world = World.of(data)
        for blind in (False, True):
            for skew in (0, 1):
                law = f"{'by Zipf' if skew else 'evenly'}{', blind' if blind else ''}"
                for name, similar in VARIANTS.items():
                    with patch.object(lifts, "SIMILAR", similar):
                        told = simulate(world, skew, blind=blind, runs=options.runs).report()
                    sys.stdout.write(f"{data.name}, {law}, {name}: {told}\n")
                    sys.stdout.flush()


if __name__ == "__main__":
    main()
