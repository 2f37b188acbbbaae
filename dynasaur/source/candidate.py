"""The frozen values that splitting gives: what may become an action, and what it uses."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Use:
    """An action that a candidate uses.

    Attributes:
        name: The action's name.
        module: Its full dotted name as the run knew it (`actions.vendor.base.tables.read_table`);
            empty for another candidate of the same run.
        alias: The name it goes by in the candidate, where that is another.
        inside: It is imported inside a body, by a statement that the candidate's text holds.
        classes: Classes that live in its module and that the candidate needs.
        called: The action itself is needed, not only its classes.
    """

    name: str
    module: str = ""
    alias: str = ""
    inside: bool = False
    classes: tuple[str, ...] = ()
    called: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """A function of a run that may become an action, with the closure it needs.

    Attributes:
        name: The function's name.
        summary: The first line of its docstring; empty where it has none.
        imports: The import statements it needs, those of actions left out.
        parts: Constants, classes, helpers and, last, the function: the texts, verbatim.
        uses: The actions that it uses.
        lazy_hints: `from __future__ import annotations` was in force.
        problem: Why it cannot be an action at all; empty when it can.
    """

    name: str
    summary: str = ""
    imports: tuple[str, ...] = field(default=(), repr=False)
    parts: tuple[str, ...] = field(default=(), repr=False)
    uses: tuple[Use, ...] = ()
    lazy_hints: bool = False
    problem: str = ""
