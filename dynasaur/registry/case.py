"""The stages of the gate, for all candidates of one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dynasaur import source
from dynasaur.checks import rules
from dynasaur.checks.size import too_large
from dynasaur.checks.subject import Finding
from dynasaur.errors import ActionError
from dynasaur.places import title
from dynasaur.record import Harvest
from dynasaur.registry.clones import pointed_over
from dynasaur.registry.docstring import with_examples
from dynasaur.registry.judged import Gate, Judged
from dynasaur.registry.known import Known, Prints
from dynasaur.registry.lifted import one_action
from dynasaur.registry.needs import requirements
from dynasaur.registry.revise import incompatible
from dynasaur.registry.shelf import Shelf
from dynasaur.source import Use
from dynasaur.store import Entry
from dynasaur.types import LOCAL, Action, Module, Provenance

CATEGORY = "misc"
"""Where an action goes that uses none and resembles none."""

REQUIRES_PYTHON = ">=3.11"

DOCUMENTED = "documented"
"""The rule whose findings can be mended without touching the code."""


@dataclass(slots=True)
class Case:
    """One run's candidates before the gate.

    Each stage takes a candidate that has not been refused, adds to what is known of it, or
    refuses it by giving it a reason. Requirements come before what requires them.

    Args:
        shelf: The actions that exist.
        known: Their fingerprints.
        harvest: The run.
        gate: What is asked of candidates.
        judged: The candidates.
        mends: Documentation that is missing can still be asked for.
    """

    shelf: Shelf
    known: Known
    harvest: Harvest
    gate: Gate
    judged: Sequence[Judged]
    mends: bool = False
    _exact: dict[str, str] = field(default_factory=dict)
    _lifted: dict[str, str] = field(default_factory=dict)
    _clones: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for module, prints in self.known.prints().items():
            self._exact.setdefault(prints.exact, module)
            self._lifted.setdefault(prints.lifted, module)

    def readings(self) -> tuple[Callable[[Judged], None], ...]:
        """The stages that run nothing, in the order in which all candidates pass them."""
        return self.place, self.write, self.compare, self.check

    def place(self, one: Judged) -> None:
        """Choose its category, and so the module that it would be saved as."""
        taken = self.shelf.taken(one.name)
        if taken and taken.source == LOCAL and taken.name == one.name:
            one.module = taken.module
        else:
            one.module = self._module(one, self._category(one))

    def move(self, categories: Mapping[str, str]) -> None:
        """Give candidates other categories, by name; all are written anew."""
        for one in self.judged:
            if one.unplaced and one.name in categories:
                old, one.module = one.module, self._module(one, categories[one.name])
                for other in self.judged:
                    other.lifted = one.module if other.lifted == old else other.lifted
        for one in self.judged:
            if not one.reason:
                self.write(one)

    def _module(self, one: Judged, category: str) -> str:
        return f"{self.shelf.mount}.{category}.{one.name}"

    def write(self, one: Judged) -> None:
        """Write the module as it would be saved, and read it back as an action."""
        places = {other.name: other.module for other in self.judged if other.module}
        modules = {use.name: use.module or places.get(use.name, "") for use in one.candidate.uses}
        try:
            one.plain = source.render(one.candidate, one.module, modules)
            one.action = self._read(one, one.plain)
            one.requires = self.closure(one.module)
        except ActionError as error:
            one.reason = str(error)
        one.reason = one.reason or too_large(one.plain)

    def compare(self, one: Judged) -> None:
        """Refuse a clone of what exists or of an earlier candidate, and a name that is taken."""
        self._point_over(one)
        if one.reason:
            return
        one.prints = Prints.of(one.text, one.module)
        other = self._exact.get(one.prints.exact)
        taken = self.shelf.taken(one.name)
        if grave := self.shelf.rejected.get(one.prints.exact):
            one.reason = f"it was rejected: {grave.reason}"
        elif other:
            self._clones[one.name] = other
            one.reason = f"it is the same as {title(other)}: call that instead"
        elif taken and taken.module != one.module:
            one.reason = f"the name is taken by {title(taken.module)}: choose another"
        elif taken:
            self._revise(one, taken)
        if not one.reason:
            self._exact[one.prints.exact] = one.module
            self._note_lifted(one)

    def check(self, one: Judged) -> None:
        """Apply the rules that every action must keep."""
        found = self.findings(one)
        if self.mends and found and all(finding.rule == DOCUMENTED for finding in found):
            one.wanting = tuple(finding.message for finding in found)
        else:
            one.reason = "; ".join(finding.message for finding in found)

    def findings(self, one: Judged) -> tuple[Finding, ...]:
        """What the rules have against it as it stands."""
        assert one.action is not None
        return rules.findings(one.action, self.harvest)

    def sign(self, one: Judged) -> None:
        """Write it as it is saved: with its examples, what backs it and where it comes from."""
        old = self.gate.head or source.Head(REQUIRES_PYTHON)
        if one.revises and not self.gate.head:
            old = source.read_head(one.revises.text)
        needed = requirements(one.plain, old.dependencies, self.gate.distribution)
        provenance = Provenance(
            origin=self.gate.origin,
            task=self.harvest.task,
            model=self.harvest.model,
            run=self.harvest.run,
            evidence=str(one.level),
            deprecated=old.provenance.deprecated,
            replay=one.replay,
        )
        head = replace(old, dependencies=needed, provenance=provenance)
        plain = self._read(one, source.with_head(one.plain, head))
        one.action = self._read(one, with_examples(plain.text, one.name, one.examples))
        if plain.text != one.action.text and self.findings(one):
            one.action, one.examples = plain, ()  # an argument holds what no text may hold

    def remark(self, one: Judged, signature: bool = False) -> str:
        """What people and the model should know of one that is kept, after its name; often empty.

        Args:
            one: The candidate, its likenesses noted.
            signature: Show how the action that it is near is called.
        """
        if one.lifted:
            assert one.action is not None
            return one_action(one.action, self._existing(one.lifted), title(one.lifted))
        if one.near is None:
            return ""
        module, score = one.near
        said = f"is near {title(module)} ({score:.2f})"
        if not signature:
            return said
        called = self._existing(module).signature
        return f"{said}, `{called}`: call that if it does what you need"

    def closure(self, module: str) -> tuple[Module, ...]:
        """A module and all that it requires, itself last, as it would be once all is saved."""
        texts = {one.module: one.text for one in self.judged if one.action and not one.reason}
        return source.gather([module], lambda name: texts.get(name) or self.shelf.text(name))

    def _read(self, one: Judged, text: str) -> Action:
        path = Path(*one.module.split(".")).with_suffix(".py")
        category = ".".join(one.module.split(".")[1:-1])
        return source.read_action(
            text, path=path, category=category, source=LOCAL, module=one.module
        )

    def _point_over(self, one: Judged) -> None:
        """Let it use the actions that exist, in place of their clones."""
        by_name = {other.name: other for other in self.judged}
        cloned = [use.name for use in one.candidate.uses if not use.module]
        for name in [name for name in cloned if name in self._clones]:
            clone, module = by_name[name].action, self._clones[name]
            existing = self._existing(module)
            use = Use(module.rpartition(".")[2], module if module in self.shelf.entries else "")
            try:
                assert clone is not None
                one.candidate = pointed_over(one.candidate, clone, existing, use)
            except ValueError as error:
                one.reason = str(error)
                return
            self.write(one)

    def _existing(self, module: str) -> Action:
        """An action of the library, its sources, or this run."""
        by_module = {one.module: one.action for one in self.judged if not one.reason}
        return by_module.get(module) or self.shelf.read(module)

    def _revise(self, one: Judged, taken: Entry) -> None:
        """Take it for a new version of the library's own action of that name, if it can be one."""
        assert one.action is not None
        try:
            one.revises = self.shelf.read(taken.module)
        except ActionError:
            one.reason = f"the name is taken by {title(taken.module)}, which cannot be read"
            return
        if problem := incompatible(one.revises, one.action):
            one.reason = (
                f"it cannot take the place of {title(taken.module)}: {problem};"
                " keep the signature, or choose another name"
            )

    def _note_lifted(self, one: Judged) -> None:
        """Note which action differs in constants only; where that is trivial, there is none."""
        other = self._lifted.setdefault(one.prints.lifted, one.module)
        if other != one.module and one.prints.lifted != one.prints.exact:
            one.lifted = other

    def _category(self, one: Judged) -> str:
        """That of most of the actions it uses, else the one that its words belong to.

        Where these do not agree it is `unplaced`: the model may say, while it can be asked.
        """
        entries = self.shelf.entries
        places = {
            other.name: other.module.split(".")[-2]
            for other in self.judged
            if other.module and not other.unplaced
        }
        used = [
            entries[use.module].category if use.module in entries else places.get(use.name, "")
            for use in one.candidate.uses
        ]
        counted = Counter(filter(None, used)).most_common(2)
        if counted and (len(counted) == 1 or counted[0][1] > counted[1][1]):
            return counted[0][0]
        tree = source.tree_of("\n".join(one.candidate.parts), one.name)
        docstring = source.docstring_of(source.public_functions(tree)[one.name])
        if category := self.gate.category(one.name, docstring):
            return category
        one.unplaced = True
        return counted[0][0] if counted else CATEGORY
