"""How much of what an agent did was in the library already: two definitions, both from code.

`paper` is that of DynaSaur's Figure 3 (arXiv 2411.01747): one minus, for a right answer, the
share of steps that are not in the set of actions; a wrong answer takes nothing away. As in its
released code, a step is in the set only if it calls no name outside it, builtins such as `len`
included.

`plain` leaves out what makes that one hard to read: only right answers count, and a step is
covered when it defines no function and calls no functions but actions, builtins and methods.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dynasaur.agent.looking import HOST_FUNCTIONS

_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Used:
    """What the code of a step uses.

    Attributes:
        names: The names that it calls, but host functions.
        defines: It defines functions or classes of its own.
    """

    names: frozenset[str]
    defines: bool


def used(code: str) -> Used | None:
    """What code calls and defines; None where it is no Python."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    nodes = list(ast.walk(tree))
    calls = (node.func for node in nodes if isinstance(node, ast.Call))
    names = frozenset(func.id for func in calls if isinstance(func, ast.Name))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    return Used(names.difference(HOST_FUNCTIONS), any(isinstance(node, kinds) for node in nodes))


def paper(steps: Sequence[str], actions: Collection[str], *, right: bool) -> float:
    """Coverage of one trajectory by the paper's definition.

    Args:
        steps: The code of its steps.
        actions: Names of the actions that the library had when it began.
        right: Its answer is right.
    """
    if not right or not steps:
        return 1.0
    outside = sum((one := used(code)) is None or not one.names <= set(actions) for code in steps)
    return 1.0 - outside / len(steps)


def plain(steps: Sequence[str], actions: Collection[str]) -> float:
    """Share of the steps that are covered; 0 of none."""
    known = _BUILTINS | set(actions)
    seen = [used(code) for code in steps]
    covered = sum(one is not None and not one.defines and one.names <= known for one in seen)
    return covered / len(steps) if steps else 0.0
