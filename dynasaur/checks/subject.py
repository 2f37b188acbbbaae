"""What a rule looks at, and what it finds."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynasaur import source
from dynasaur.types import Action

if TYPE_CHECKING:
    from dynasaur.record import Harvest

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has against an action.

    Attributes:
        rule: The rule's name (`documented`).
        line: Where in the module, from 1.
        message: What is wrong and what to do, on one line.
    """

    rule: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class ActionText:
    """An action's module, parsed.

    Attributes:
        action: The action.
        tree: Its module's tree.
        function: The public function in it.
        docs: The function's docstring, read.
        harvest: The run that it comes from, where one is known.
    """

    action: Action
    tree: ast.Module
    function: Function
    docs: source.Docs
    harvest: Harvest | None = None

    @classmethod
    def of(cls, action: Action, harvest: Harvest | None = None) -> ActionText:
        """Parses an action's module.

        Raises:
            ActionError: The text is not Python.
        """
        tree = source.tree_of(source.normal(action.text), str(action.path))
        function = source.public_functions(tree)[action.name]
        return cls(action, tree, function, source.read_docs(action.docstring), harvest)

    @property
    def lines(self) -> list[str]:
        """The module's lines."""
        return source.normal(self.action.text).split("\n")
