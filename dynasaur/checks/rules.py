"""The table of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dynasaur.checks import answer, documented, effects, head, hidden, names, paths, secrets, size
from dynasaur.checks.subject import ActionText, Finding
from dynasaur.record import Harvest
from dynasaur.types import Action

RULES: dict[str, Callable[[ActionText], Iterator[Finding]]] = {
    "head": head.check,
    "names": names.check,
    "documented": documented.check,
    "effects": effects.check,
    "hidden": hidden.check,
    "secrets": secrets.check,
    "paths": paths.check,
    "size": size.check,
    "answer": answer.check,
}


def findings(action: Action, harvest: Harvest | None = None) -> tuple[Finding, ...]:
    """Everything that the rules have against an action, by line.

    Args:
        action: The action; its `text` is what is judged.
        harvest: The run that it comes from, where one is known: its answer must not be built in.
    """
    subject = ActionText.of(action, harvest)
    found = {finding: None for check in RULES.values() for finding in check(subject)}
    return tuple(sorted(found, key=lambda finding: finding.line))
