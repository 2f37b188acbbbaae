"""What one function needs: the pieces that travel with it, and the actions that it uses."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from dynasaur.source.candidate import Use
from dynasaur.source.history import History
from dynasaur.source.imports import is_action
from dynasaur.source.notebook import MARK
from dynasaur.source.pieces import Piece
from dynasaur.source.reads import KNOWN
from dynasaur.source.text import words

Find = Callable[[str], str | None]
_ONLY_IN_A_RUN = words("display find_actions show_action submit_final_answer")
"""What the kernel gives to cells, and an action on its own does not have."""

_NO_HOMES: Mapping[int, str] = MappingProxyType({})
When = Literal["eager", "late", "hints"]

_OFTEN_SHADOWED = words("abs all any max min open pow round sum")
"""Builtins that star imports of common modules (math, os, numpy) bring under the same name."""


@dataclass(frozen=True, slots=True)
class Closure:
    """A function with what it needs.

    Attributes:
        piece: The function.
        body: It and the pieces that travel with it, in the order of the run.
        imports: The imports of modules that are not actions.
        uses: The actions that it imports.
        problem: Why it cannot travel; empty when it can.
    """

    piece: Piece
    body: tuple[Piece, ...]
    imports: tuple[Piece, ...]
    uses: tuple[Use, ...]
    problem: str

    @property
    def variables(self) -> frozenset[str]:
        """The names of the values that travel with it."""
        values = (piece.binds for piece in self.body if piece.kind in {"constant", "block"})
        return frozenset().union(*values)


def closure_of(
    function: Piece, history: History, find: Find, homes: Mapping[int, str] = _NO_HOMES
) -> Closure:
    """What a function needs.

    Args:
        function: The function's piece.
        history: What names meant in the run.
        find: Gives the full module name of the library action that a bare name meant, or None.
        homes: For pieces that live in another function's module, by order, that function.
    """
    gather = _Gather(function, history, find, homes)
    gather.run()
    return Closure(
        function,
        tuple(sorted(gather.body.values(), key=lambda piece: piece.order)),
        tuple(sorted(gather.imports.values(), key=lambda piece: piece.order)),
        (*gather.siblings(), *gather.uses),
        gather.problem(),
    )


class _Gather:
    def __init__(
        self, function: Piece, history: History, find: Find, homes: Mapping[int, str]
    ) -> None:
        self.function = function
        self.history = history
        self.find = find
        self.homes = homes
        self.called: dict[str, None] = {}
        self.guests: dict[str, set[str]] = {}
        self.body: dict[int, Piece] = {function.order: function}
        self.imports: dict[int, Piece] = {}
        self.uses: dict[Use, None] = {}
        self.problems: list[str] = []
        self.missing: dict[str, None] = {}

    def run(self) -> None:
        pending = [self.function]
        while pending:
            piece = pending.pop()
            self._inner_imports(piece)
            before = set(self.body)
            for name in sorted(piece.reads.eager):
                self._follow(name, self.history.at(name, piece.order), piece, "eager")
            for name in sorted(piece.reads.late):
                self._follow(name, self.history.later(name, piece), piece, "late")
            for name in sorted(piece.reads.hints | piece.reads.late_changes - piece.reads.late):
                self._follow(name, self.history.later(name, piece), piece, "hints")
            for name in sorted(piece.binds):
                self._unchanged(name, piece)
            pending.extend(self.body[order] for order in self.body.keys() - before)

    def siblings(self) -> Iterator[Use]:
        """The functions of the run that it uses, or whose classes it uses."""
        for name in self.called | dict.fromkeys(self.guests):
            classes = tuple(sorted(self.guests.get(name, ())))
            yield Use(name, classes=classes, called=name in self.called)

    def problem(self) -> str:
        given = {name for piece in self.body.values() for name in piece.reads.rebinds}
        missing = [name for name in self.missing if name not in given]
        return next(iter([*self.problems, *map(self._nowhere, missing)]), "")

    def _follow(self, name: str, found: Piece | None, reader: Piece, when: When) -> None:
        """Takes in what a name meant."""
        if found is None:
            self._outside(name, when)
        elif found.public:
            self._sibling(found, when)
        elif found is not reader:
            self._take(name, found, when)

    def _sibling(self, found: Piece, when: When) -> None:
        if found is not self.history.public[found.name]:
            self.problems.append(
                f"it uses an earlier definition of `{found.name}`; give one of them another name"
            )
        elif found is not self.function and when != "hints":
            self._unchanged(found.name, found)
            self.called[found.name] = None

    def _take(self, name: str, found: Piece, when: When) -> None:
        home = self.homes.get(found.order, self.function.name)
        if found.kind == "import":
            for piece in self.history.dotted(name, found):
                self.imports[piece.order] = piece
        elif found.kind == "action":
            self._action(found)
        elif found.kind == "code":
            if when != "hints":
                self.problems.append(_from_code(name, found))
        elif home != self.function.name:
            self.guests.setdefault(home, set()).add(name)
        else:
            self.body[found.order] = found

    def _outside(self, name: str, when: When) -> None:
        if name == MARK:
            self.problems.append(
                "it holds a magic, `!` or `?` line, which only a notebook runs; write it in Python"
            )
        elif name in KNOWN:
            if self.history.stars and name in _OFTEN_SHADOWED:
                self.problems.append(self._starred(name))
        elif when != "hints":
            module = self.find(name)
            if module is None:
                self.missing[name] = None
            else:
                own = module.rpartition(".")[2]  # an alias of the library's is another
                self.uses[Use(own, module, "" if own == name else name)] = None

    def _unchanged(self, name: str, found: Piece) -> None:
        changer = self.history.changed(name, found)
        if changer is not None:
            self.problems.append(
                f"`{name}` is changed later by other code (`{changer.why}`);"
                " build it whole, in one expression or in a function"
            )

    def _action(self, found: Piece) -> None:
        alias = found.alias
        if alias is not None and isinstance(found.node, ast.ImportFrom):
            self.uses[_use(alias, found.node.module or "")] = None

    def _inner_imports(self, piece: Piece) -> None:
        """Imports of actions inside a body."""
        for node in _imports(piece.node):
            if isinstance(node, ast.Import):
                named = [alias.name for alias in node.names if _in_actions(alias.name)]
                self.problems.extend(map(_not_by_name, named))
            elif node.level:
                self.problems.append("it holds a relative import; import by the full name")
            elif _in_actions(node.module or ""):
                for alias in node.names:
                    if is_action(node.module or "", alias.name):
                        self.uses[_use(alias, node.module or "", inside=True)] = None
                    else:
                        self.problems.append(_not_by_name(f"{node.module}.{alias.name}"))

    def _nowhere(self, name: str) -> str:
        if name in _ONLY_IN_A_RUN:
            return f"it uses `{name}`, which exists only during a run; leave that to its caller"
        if self.history.stars:
            return self._starred(name)
        return f"it uses `{name}`, which nothing defines; define it in a cell, or pass it in"

    def _starred(self, name: str) -> str:
        return f"`{name}` may come from `{self.history.stars[0]}`; import it by its name"


def _from_code(name: str, piece: Piece) -> str:
    if isinstance(piece.node, ast.Import):
        return _not_by_name(piece.alias.name if piece.alias else name)
    if isinstance(piece.node, ast.ImportFrom):
        if piece.node.level:
            return f"`{name}` comes from a relative import; import it by its full name"
        return _not_by_name(f"{piece.node.module}.{name}")
    return (
        f"it uses `{name}`, whose value came from running code (`{piece.why}`);"
        " pass it as a parameter, or compute it inside"
    )


def _not_by_name(module: str) -> str:
    name = module.split(".")[-1]
    return f"it imports the module `{module}`; write `from {module} import {name}`"


def _use(alias: ast.alias, module: str, *, inside: bool = False) -> Use:
    other = alias.asname if alias.asname and alias.asname != alias.name else ""
    return Use(alias.name, module, other, inside)


def _in_actions(module: str) -> bool:
    return module.split(".")[0] == "actions"


def _imports(node: ast.stmt) -> Iterator[ast.Import | ast.ImportFrom]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import | ast.ImportFrom):
            yield inner
