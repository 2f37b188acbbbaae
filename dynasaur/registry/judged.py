"""A candidate on its way through the gate, and what the gate asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dynasaur.registry.docstring import Example
from dynasaur.registry.known import Prints
from dynasaur.registry.trial import Supplier
from dynasaur.repo import Deliver
from dynasaur.source import Candidate, Head
from dynasaur.types import Action, Evidence, Module

_NO_PRINTS = Prints()


def no_category(_name: str, _docstring: str) -> str:
    """Nothing stands out."""
    return ""


def no_distribution(_name: str) -> str:
    """None is known."""
    return ""


@dataclass(frozen=True, slots=True)
class Gate:
    """What the registry asks of candidates, and what it says of them.

    Attributes:
        accept: The weakest evidence that admits.
        origin: Who wrote them: `generated`, or `initial` for a person.
        category: Which category a name and a docstring belong to; empty when none stands out.
        supply: Installs what heads ask for, before they are tried; None: nothing is.
        distribution: Which requirement gives an import name; empty for none that is known.
        head: What stands in their heads besides the provenance, where that is given.
        deliver: What becomes of the commits.
        sandboxed: Trials are in a sandbox; where not, no other library's code is run.
    """

    accept: Evidence = Evidence.SOLVED
    origin: str = "generated"
    category: Callable[[str, str], str] = no_category
    supply: Supplier | None = None
    distribution: Callable[[str], str] = no_distribution
    head: Head | None = None
    deliver: Deliver = "merge"
    sandboxed: bool = True


@dataclass(slots=True)
class Judged:
    """A candidate as far as the gate has come; `reason` says why it is refused.

    Attributes:
        candidate: The function with its closure.
        level: Its evidence so far.
        reason: Why it is refused; empty while it is not.
        module: The full name it would be saved under.
        plain: The module's text without head and added examples.
        action: Read from the very text that would be saved.
        prints: Its fingerprints.
        requires: All modules that it imports, directly or not, requirements first, itself last.
        wanting: What its documentation lacks, as long as that may still be mended.
        replay: Why its recorded calls do not back it; empty when they do, or were not tried.
        examples: Replayed calls that its docstring shows.
        revises: The action of the library that it would replace.
        vouched: The action that it would replace has no example to run: a person answers for it.
        unplaced: No category stands out for it.
        lifted: The module that differs from it in constants only; empty where there is none.
        near: The module of the existing action that it is most like, and how much.
    """

    candidate: Candidate
    level: Evidence
    reason: str = ""
    module: str = ""
    plain: str = ""
    action: Action | None = None
    prints: Prints = _NO_PRINTS
    requires: tuple[Module, ...] = ()
    wanting: tuple[str, ...] = ()
    replay: str = ""
    examples: tuple[Example, ...] = ()
    revises: Action | None = None
    vouched: bool = False
    unplaced: bool = False
    lifted: str = ""
    near: tuple[str, float] | None = None

    @property
    def name(self) -> str:
        """The function's name."""
        return self.candidate.name

    @property
    def text(self) -> str:
        """The module's text as it stands."""
        assert self.action is not None, "it is written before it is judged further"
        return self.action.text


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
    opened: set[str] = set()

    def visit(one: Judged) -> None:
        if one.name in opened:  # done, or one of a cycle, which is refused
            return
        opened.add(one.name)
        for use in one.candidate.uses:
            if not use.module and use.name in by_name and use.name != one.name:
                visit(by_name[use.name])
        ordered[one.name] = one

    for one in judged:
        visit(one)
    return list(ordered.values())
