"""The stages of the gate, for all candidates of one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dynasaur import source
from dynasaur.checks import rules
from dynasaur.errors import ActionError
from dynasaur.fingerprint import fingerprint
from dynasaur.record import Harvest
from dynasaur.registry import evidence
from dynasaur.registry.judged import Gate, Judged
from dynasaur.registry.known import Known
from dynasaur.registry.shelf import Shelf, title
from dynasaur.registry.trial import Trial
from dynasaur.types import LOCAL, Action, Evidence, Module, Provenance

CATEGORY = "misc"
"""Where an action goes that uses none and resembles none."""

REQUIRES_PYTHON = ">=3.11"


@dataclass(slots=True)
class Case:
    """One run's candidates before the gate.

    Each stage takes a candidate that has not been refused, adds to what is known of it, or
    refuses it by giving it a reason. Requirements come before what requires them.
    """

    shelf: Shelf
    known: Known
    trial: Trial
    harvest: Harvest
    gate: Gate
    judged: Sequence[Judged]
    _clones: dict[str, str] = field(default_factory=dict)

    def readings(self) -> tuple[Callable[[Judged], None], ...]:
        """The stages that run nothing, in the order in which all candidates pass them."""
        return self.place, self.write, self.compare, self.check

    def place(self, one: Judged) -> None:
        """Choose its category, and so the module that it would be saved as."""
        one.module = f"{self.shelf.mount}.{self._category(one)}.{one.name}"

    def write(self, one: Judged) -> None:
        """Write the module as it would be saved, and read it back as an action."""
        places = {other.name: other.module for other in self.judged if other.module}
        modules = {use.name: use.module or places.get(use.name, "") for use in one.candidate.uses}
        try:
            text = source.render(one.candidate, one.module, modules)
            one.action = self._read(one, text)
            one.requires = self._requirements(one)
        except ActionError as error:
            one.reason = str(error)

    def compare(self, one: Judged) -> None:
        """Refuse a clone of what exists or of an earlier candidate, and a name that is taken."""
        one.fingerprint = fingerprint(_text(one))
        if not self._clones:
            self._clones = dict(self.known.modules())
        other = self._clones.get(one.fingerprint)
        if other and other != one.module:
            one.reason = f"it is the same as {title(other)}: call that instead"
        elif taken := self.shelf.taken(one.name):
            same = other == taken.module
            one.reason = (
                f"it is the same as {title(taken.module)}: call that instead"
                if same
                else f"the name is taken by {title(taken.module)}: choose another"
            )
        else:
            self._clones[one.fingerprint] = one.module

    def check(self, one: Judged) -> None:
        """Apply the rules that every action must keep."""
        assert one.action is not None
        found = rules.findings(one.action, self.harvest)
        one.reason = "; ".join(finding.message for finding in found)

    def try_out(self, one: Judged) -> None:
        """Import it alone, from the very text that is saved, and replay its recorded calls."""
        calls = evidence.replayable(one.name, self.harvest)
        hoped = Evidence.REPLAYED if calls and one.level is Evidence.SOLVED else one.level
        texts = {level: self._signed(one, level) for level in (hoped, one.level)}
        modules = [Module(one.module, text) for text in texts.values()]
        problem, replayed = self.trial.run(modules, one.requires[:-1], calls)
        if problem:
            one.reason = f"it does not import alone: {problem}"
            return
        one.level = hoped if replayed else one.level
        one.action = self._read(one, texts[one.level])
        one.reason = evidence.shortfall(one.level, self.gate.accept)

    def _signed(self, one: Judged, level: Evidence) -> str:
        """The text with its head: what backs it and where it comes from."""
        provenance = Provenance(
            origin=self.gate.origin,
            task=self.harvest.task,
            model=self.harvest.model,
            run=self.harvest.run,
            evidence=str(level),
        )
        head = source.Head(requires_python=REQUIRES_PYTHON, provenance=provenance)
        return source.with_head(_text(one), head)

    def _read(self, one: Judged, text: str) -> Action:
        path = Path(*one.module.split(".")).with_suffix(".py")
        category = path.parent.name
        return source.read_action(
            text, path=path, category=category, source=LOCAL, module=one.module
        )

    def _requirements(self, one: Judged) -> tuple[Module, ...]:
        """The module and all that it requires, itself last."""
        texts = {other.module: _text(other) for other in self.judged if other.action}
        return source.gather([one.module], lambda name: texts.get(name) or self.shelf.text(name))

    def _category(self, one: Judged) -> str:
        """That of most of the actions it uses, else of its neighbours when they agree."""
        entries = self.shelf.entries
        places = {other.name: other.module.split(".")[-2] for other in self.judged if other.module}
        used = [
            entries[use.module].category if use.module in entries else places.get(use.name, "")
            for use in one.candidate.uses
        ]
        if counted := Counter(category for category in used if category).most_common(1):
            return counted[0][0]
        words = f"{one.name.replace('_', ' ')} {one.candidate.summary}"
        nearest = [category for category in self.gate.neighbours(words)[:3] if category]
        return nearest[0] if len(nearest) > 1 and len(set(nearest)) == 1 else CATEGORY


def _text(one: Judged) -> str:
    assert one.action is not None, "it is written before it is judged further"
    return one.action.text
