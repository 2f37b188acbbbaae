"""The examples of changed actions, run in the sandbox from the texts of the range alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dynasaur import source
from dynasaur.errors import ActionError
from dynasaur.registry import Registry
from dynasaur.registry.docstring import docstrings
from dynasaur.registry.trial import Outcome, Sample
from dynasaur.review.options import TextOf
from dynasaur.review.say import Spot, found
from dynasaur.review.values import Change, Examples, Finding, Side


def runner(
    registry: Registry,
) -> Callable[[Sequence[Change], TextOf], tuple[Examples, list[Finding]]]:
    """What runs the examples of changed actions.

    Args:
        registry: The library's: it knows how a sandboxed kernel is made.
    """

    def run(changes: Sequence[Change], text_of: TextOf) -> tuple[Examples, list[Finding]]:
        findings: list[Finding] = []
        samples: list[tuple[Change, Side, Sample]] = []
        for change in changes:
            side = change.after
            if side is None or side.action is None or change.vendored:
                continue
            documents = tuple(docstrings(side.text))
            if not documents:
                continue
            try:
                modules = source.gather([side.module], text_of)
            except ActionError as error:
                spot = Spot.of_line(side, 1)
                findings.append(found("DYN601", change.name, spot, str(error), "gather"))
                continue
            samples.append((change, side, Sample(modules, documents=documents)))
        if not samples:
            return Examples(len(findings), 0), findings
        with registry.trial() as trial:
            outcomes = trial.run([sample for *_, sample in samples])
        held, broken = 0, len(findings)
        for (change, side, _), outcome in zip(samples, outcomes, strict=True):
            told = list(_told(change, side, outcome))
            held += not told
            findings += told
        return Examples(len(samples) + broken, held), findings

    return run


def _told(change: Change, side: Side, outcome: Outcome) -> list[Finding]:
    """Why the examples of one action do not hold."""
    told = []
    if outcome.problem:
        message = f"it does not import alone: {outcome.problem}"
        told.append((outcome.line, message))
    told += [(line, what) for line, what in outcome.failures]
    if outcome.stopped:
        told.append((1, f"its examples were not all run: {outcome.stopped}"))
    return [
        found("DYN601", change.name, Spot.of_line(side, line), message, message)
        for line, message in told
    ]
