"""Models that may call actions but write no code of their own: for ablations and a baseline."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from dynasaur.agent.looking import HOST_FUNCTIONS
from dynasaur.agent.protocols import Model
from dynasaur.types import Ear, Message, ModelFacts, Reply

_ALWAYS = frozenset({*HOST_FUNCTIONS, "print"})
"""What may be called besides actions."""

ONLY_CALLS = (
    "In this task you cannot write functions, loops, conditions, imports or expressions of your "
    "own: code may only call actions by name, with values, names of earlier results and calls of "
    "actions as arguments, and assign what they return."
)
NOT_ALLOWED = "not allowed here: "
"""How the problem of a reply that is more than calls begins."""

ONE_CALL = f"{ONLY_CALLS} Each step makes exactly one call."


class Restricted:
    """A model whose code is refused where it is more than calls of actions.

    Args:
        model: The model.
        known: Tells whether a name is an action's.
        one: Just one call a step is allowed.
    """

    def __init__(self, model: Model, known: Callable[[str], bool], *, one: bool = False) -> None:
        self._model = model
        self._known = known
        self._one = one

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    @property
    def facts(self) -> ModelFacts:
        """What is known of the model."""
        return self._model.facts

    def warm_up(self, then: Callable[[], None]) -> None:
        """Load what the first request needs, then do something else."""
        self._model.warm_up(then)

    def reply(self, messages: Sequence[Message], ear: Ear | None = None) -> Reply:
        """The model's reply; one with more than calls says so instead of being run."""
        reply = self._model.reply(messages, ear)
        if reply.gave_up or reply.problem:
            return reply
        problem = more_than_calls(reply.code, self._known, one=self._one)
        return replace(reply, problem=NOT_ALLOWED + problem) if problem else reply


def more_than_calls(code: str, known: Callable[[str], bool], *, one: bool = False) -> str:
    """What in code is more than calls of actions; empty where nothing is."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    calls = 0
    for node in (inner for statement in body for inner in ast.walk(statement)):
        if not isinstance(node, _ALLOWED):
            return f"line {getattr(node, 'lineno', 1)}: only calls of actions are allowed here"
        if isinstance(node, ast.Call):
            if not isinstance(node.func, ast.Name):
                return f"line {node.lineno}: only actions may be called"
            name = node.func.id
            if name not in _ALWAYS and not known(name):
                return f"line {node.lineno}: {name} is no action"
            calls += name != "print"
    if one and calls > 1:
        return f"{calls} calls in one step; only one is allowed"
    return ""


_ALLOWED = (
    ast.Expr, ast.Assign, ast.AnnAssign, ast.Call, ast.Name, ast.Constant, ast.List, ast.Tuple,
    ast.Dict, ast.Set, ast.keyword, ast.UnaryOp, ast.USub, ast.Load, ast.Store, ast.Starred,
)  # fmt: skip
