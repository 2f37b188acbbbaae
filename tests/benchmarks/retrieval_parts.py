"""What each part of retrieval is worth, how it bears typos, what it offers where nothing fits.

    python -m tests.benchmarks.retrieval_parts --data DIR [--queries N]

Each part is taken out in turn, on the same queries; the difference of the means over the sets
comes with its standard error over the queries, paired.
"""

from __future__ import annotations

import contextlib
import math
import random
import re
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from unittest.mock import patch

from dynasaur.index import Index, core, document, query, words
from tests.benchmarks.retrieval_sets import Set, arguments, evaluate, load, mean, ours

Patches = Mapping[str, object]


@contextlib.contextmanager
def without(patches: Patches) -> Iterator[None]:
    """Change some attributes of the index's modules (`query.LOOKS`) for a while."""
    modules = {"core": core, "document": document, "query": query, "words": words}
    with contextlib.ExitStack() as stack:
        for name, value in patches.items():
            module, attribute = name.split(".")
            stack.enter_context(patch.object(modules[module], attribute, value))
        words._terms_of_run.cache_clear()
        words._grams_of_run.cache_clear()
        yield
    words._terms_of_run.cache_clear()
    words._grams_of_run.cache_clear()


def fields(**changes: float) -> Patches:
    """Other weights of some fields."""
    changed = {name: replace(document.FIELDS[name], weight=w) for name, w in changes.items()}
    return {"document.FIELDS": {**document.FIELDS, **changed}}


def flat(**changes: float) -> Patches:
    """All fields changed alike."""
    every = {name: replace(field, **changes) for name, field in document.FIELDS.items()}
    return {"document.FIELDS": every}


PARTS: dict[str, Patches] = {
    "no splitting of identifiers": {
        "words._RUN": re.compile(r"\w+"),
        "words._CAMEL": re.compile(r"\w+"),
    },
    "no stemming": {"words.stem": lambda word: word},
    "no short forms": {"words.SHORT_FORMS": {}},
    "no stop words": {"words.STOP_WORDS": frozenset()},
    "no alikeness in letters": {"query.LOOKS": 0.0},
    "no look-alikes of unknown words": {"query.MOST_STRANGE": 0},
    "no saturation": {"document.SATURATION": 1000.0},
    "no length normalisation": flat(slope=0.0),
    "all fields weigh the same": flat(weight=1.0),
    "without names": fields(name=0.0),
    "without summaries": fields(summary=0.0),
    "without docstrings": fields(docstring=0.0),
    "without parameters": fields(parameters=0.0),
    "without bodies": fields(body=0.0),
}


def ablation(sets: Sequence[Set]) -> None:
    """Print what each part is worth."""
    whole = [_ndcg(data) for data in sets]
    heads = " | ".join(data.name for data in sets)
    sys.stdout.write(
        f"| nDCG@10 | {heads} | mean | standard error |\n|---|{'---|' * (len(sets) + 2)}\n"
    )
    cells = " | ".join(f"{mean(row):.3f}" for row in whole)
    sys.stdout.write(f"| everything | {cells} | {mean([mean(row) for row in whole]):.4f} | |\n")
    for name, patches in PARTS.items():
        with without(patches):
            rows = [_ndcg(data) for data in sets]
        changes = [
            [new - old for new, old in zip(row, base, strict=True)]
            for row, base in zip(rows, whole, strict=True)
        ]
        error = math.sqrt(sum(statistics.variance(row) / len(row) for row in changes)) / len(sets)
        cells = " | ".join(f"{mean(row):+.3f}" for row in changes)
        total = mean([mean(row) for row in changes])
        sys.stdout.write(f"| {name} | {cells} | {total:+.4f} | {error:.4f} |\n")
        sys.stdout.flush()


def _ndcg(data: Set) -> list[float]:
    return [row[-1] for row in evaluate(ours(data.corpus), data)]


def mistyped(text: str, chance: random.Random) -> str:
    """A text with a third of its longer words mistyped: letters swapped, left out or doubled."""
    found = text.split()
    long = [place for place, word in enumerate(found) if len(word) >= 5 and word.isalpha()]
    for place in chance.sample(long, math.ceil(len(long) / 3)):
        word, at = found[place], chance.randrange(1, len(found[place]) - 2)
        middle = [word[at + 1] + word[at], word[at + 1], word[at] * 2 + word[at + 1]]
        found[place] = word[:at] + chance.choice(middle) + word[at + 2 :]
    return " ".join(found)


def typos(sets: Sequence[Set]) -> None:
    """Print the quality for mistyped queries, with and without what is done for them."""
    chance = random.Random(0)
    wrong = [
        replace(data, queries={key: mistyped(text, chance) for key, text in data.queries.items()})
        for data in sets
    ]
    nothing: Patches = {"query.MOST_STRANGE": 0, "query.LOOKS": 0.0}
    variants: dict[str, Patches] = {"as it is": {}, "no letters at all": nothing}
    for name, patches in variants.items():
        with without(patches):
            figures = [mean(_ndcg(data)) for data in wrong]
        cells = ", ".join(f"{figure:.3f}" for figure in figures)
        sys.stdout.write(f"mistyped queries, {name}: {cells}; mean {mean(figures):.4f}\n")


def noise(sets: Sequence[Set], size: int) -> None:
    """Print what the bound on scores keeps and lets through, in libraries of a given size.

    Right answers are those among the best 10 of queries that the library serves; junk is whatever
    is offered for queries of the same set that it does not serve, and for those of other sets.
    """
    kept: list[float] = []
    junk: dict[str, list[int]] = {"its own set": [], "other sets": []}
    before: dict[str, list[int]] = {"its own set": [], "other sets": []}
    for number, data in enumerate(sets):
        chance = random.Random(number)
        library = chance.sample(list(data.corpus), min(size, len(data.corpus) // 2))
        index, held = Index(), {found.key for found in library}
        index.update(library)
        served = [key for key in data.queries if data.right[key] <= held]
        others = [key for key in data.queries if not data.right[key] & held]
        for key in chance.sample(served, min(100, len(served))):
            text = data.queries[key]
            scores = [s.score for s in index.search(text) if s.key in data.right[key]]
            kept += [float(score >= index.noise(text)) for score in scores]
        foreign = [text for other in sets if other is not data for text in other.queries.values()]
        asked = {
            "its own set": [
                data.queries[key] for key in chance.sample(others, min(100, len(others)))
            ],
            "other sets": chance.sample(foreign, 100),
        }
        for kind, texts in asked.items():
            for text in texts:
                scores = [scored.score for scored in index.search(text)]
                before[kind].append(len(scores))
                junk[kind].append(sum(score >= index.noise(text) for score in scores))
    sys.stdout.write(f"libraries of {size}: right answers kept {mean(kept):.3f}")
    for kind in junk:
        some = mean([float(count > 0) for count in junk[kind]])
        sys.stdout.write(
            f"; junk for queries of {kind} {mean(before[kind]):.2f} -> {mean(junk[kind]):.2f}"
            f" (any: {some:.2f})"
        )
    sys.stdout.write("\n")


def main() -> None:
    options = arguments(__doc__).parse_args()
    sets = load(options.data, options.queries)
    for size in (70, 250, 1000):
        noise(sets, size)
    typos(sets)
    ablation(sets)


if __name__ == "__main__":
    main()
