"""The table of rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from dynasaur.checks import (
    answer,
    documented,
    effects,
    head,
    hidden,
    names,
    paths,
    quoted,
    secrets,
    size,
)
from dynasaur.checks.subject import ActionText, Finding
from dynasaur.types import Action

if TYPE_CHECKING:
    from dynasaur.record import Harvest

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
    "quoted": quoted.check,
}


def findings(
    action: Action, harvest: Harvest | None = None, without: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Everything that the rules have against an action, by line.

    Args:
        action: The action; its `text` is what is judged.
        harvest: The run that it comes from, where one is known: its answer must not be built in.
        without: Rules that are not asked.
    """
    subject = ActionText.of(action, harvest)
    checks = [check for name, check in RULES.items() if name not in without]
    found = {finding: None for check in checks for finding in check(subject)}
    return tuple(sorted(found, key=lambda finding: finding.line))
