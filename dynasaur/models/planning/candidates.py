"""The compositions worth running for a task, best first, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dynasaur.models.planning.binding import given_by
from dynasaur.models.planning.facts import Facts
from dynasaur.models.planning.fit import Fit, beyond, fit
from dynasaur.models.planning.literals import missing_files
from dynasaur.models.planning.nodes import Node
from dynasaur.models.planning.search import compositions
from dynasaur.models.planning.signatures import Offer
from dynasaur.models.planning.view import View, view_task
from dynasaur.models.planning.words import stem

_MARGIN = 1.0
"""A candidate that costs so much more than the best is another reading of the task."""
_TIE = 0.1
"""Two candidates nearer than this are equally likely readings."""
_MAY_BE_MEANT = frozenset(map(stem, ("sum", "unique", "duration")))
"""Concepts that a task may mean without a word of its own for them."""
_MOST = 3
_MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run for a task.

    Attributes:
        candidates: The compositions to try, best first.
        problem: Why there is none, in words; empty when there is one.
    """

    candidates: tuple[Node, ...]
    problem: str = ""


def plan(task: str, files: Sequence[str], facts: Sequence[Facts], offers: Sequence[Offer]) -> Plan:
    """Finds the compositions that account for the whole task."""
    if missing := missing_files(task, files):
        return Plan((), f"the task speaks of {', '.join(missing)}, which did not come with it")
    view = view_task(task, files, facts, offers)
    useful = _asked_for(view, offers)
    if words := beyond(view, useful):
        return Plan((), _told_open(words))
    built = compositions(useful, view.literals)
    fits = [found for node in built if (found := fit(node, view)) is not None]
    fits.sort(key=lambda one: one.cost)
    whole = [one for one in fits if not one.open]
    if not whole:
        return Plan((), _unanswered(fits, view))
    best = [one for one in whole if one.cost <= whole[0].cost + _MARGIN]
    if rival := _rival(best):
        text = f"the task can be read in two ways: {_told(best[0].node)}, or {_told(rival.node)}"
        return Plan((), text)
    return Plan(tuple(one.node for one in best[:_MOST]), "")


def _asked_for(view: View, offers: Sequence[Offer]) -> list[Offer]:
    """The actions that the task could be asking for; the others need not be tried."""
    said = {mention.concept for mention in view.mentions} | _MAY_BE_MEANT
    found = []
    for offer in offers:
        given = frozenset[str]().union(*(given_by(slot) for slot in offer.slots))
        if set(offer.heads) <= said | given:
            found.append(offer)
    return found


def _rival(best: Sequence[Fit]) -> Fit | None:
    """Another reading that is as likely as the best one."""
    for other in best[1:]:
        if other.cost < best[0].cost + _TIE and _reading(other.node) != _reading(best[0].node):
            return other
    return None


def _reading(node: Node) -> frozenset[tuple[object, ...]]:
    """What a composition takes the task to mean: what is done, and with which literal."""
    done = {("do", head) for call in node.walk() for head in call.offer.heads}
    bound = {
        ("use", str(literal.value).replace("[*]", ""), literal.column) for literal in node.literals
    }
    return frozenset[tuple[object, ...]](done | bound)


def _told(node: Node) -> str:
    """A composition on one line."""
    given = [
        _told(argument) if isinstance(argument, Node) else repr(argument.value)
        for _, argument in node.arguments
    ]
    return f"{node.offer.name}({', '.join(given)})"


def _unanswered(fits: Sequence[Fit], view: View) -> str:
    if not view.text.strip():
        return "the task is empty"
    if not fits:
        return "no composition of the library's actions does what the task asks"
    nearest = min(fits, key=lambda one: (len(one.open), one.cost))
    return _told_open(nearest.open)


def _told_open(words: Sequence[str]) -> str:
    told = ", ".join(dict.fromkeys(words[:_MOST_WORDS]))
    return f"no composition of the library's actions accounts for: {told}"
