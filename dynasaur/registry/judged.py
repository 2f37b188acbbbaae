"""A candidate on its way through the gate, and what the gate asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dynasaur.source import Candidate
from dynasaur.types import Action, Evidence, Module


def _nobody(_: str) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Gate:
    """What the registry asks of candidates, and what it says of them.

    Attributes:
        accept: The weakest evidence that admits.
        origin: Who wrote them: `generated`, or `initial` for a person.
        neighbours: Categories of the actions nearest to a text, nearest first.
    """

    accept: Evidence = Evidence.SOLVED
    origin: str = "generated"
    neighbours: Callable[[str], Sequence[str]] = _nobody


@dataclass(slots=True)
class Judged:
    """A candidate as far as the gate has come; `reason` says why it is refused.

    Attributes:
        candidate: The function with its closure.
        level: Its evidence so far.
        reason: Why it is refused; empty while it is not.
        module: The full name it would be saved under.
        action: Read from the very text that would be saved.
        fingerprint: Of its exact level.
        requires: All modules that it imports, directly or not, requirements first.
    """

    candidate: Candidate
    level: Evidence
    reason: str = ""
    module: str = ""
    action: Action | None = None
    fingerprint: str = ""
    requires: tuple[Module, ...] = ()

    @property
    def name(self) -> str:
        """The function's name."""
        return self.candidate.name


def refuse_dependents(judged: Sequence[Judged]) -> None:
    """Refuse what uses a refused function of the same run, and what uses that, and so on."""
    by_name = {one.name: one for one in judged}
    changed = True
    while changed:
        changed = False
        for one in judged:
            for use in one.candidate.uses:
                needed = None if use.module else by_name.get(use.name)
                if needed and needed.reason and not one.reason:
                    one.reason = f"it uses {use.name}, which was refused"
                    changed = True


def requirements_first(judged: Sequence[Judged]) -> list[Judged]:
    """The same, each after the functions of the run that it uses."""
    by_name = {one.name: one for one in judged}
    ordered: dict[str, Judged] = {}

    def visit(one: Judged) -> None:
        if one.name in ordered:
            return
        for use in one.candidate.uses:
            if not use.module and use.name in by_name and use.name != one.name:
                visit(by_name[use.name])
        ordered[one.name] = one

    for one in judged:
        visit(one)
    return list(ordered.values())
