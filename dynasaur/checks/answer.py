"""It computes: the task's answer is not built in."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from dynasaur.checks.subject import ActionText, Finding, Function
from dynasaur.types import Json

_TELLING_LENGTH = 20
_TELLING_NUMBER = 100


def check(subject: ActionText) -> Iterator[Finding]:
    """The function does not return the run's answer as a constant.

    A function that can return nothing else is found whatever the answer is; one with other ways
    out only where the answer is too special to be there by chance, so that `return True` in a
    test of a property, or `return "high"` in a classification, stays silent.
    """
    harvest = subject.harvest
    if harvest is None or not harvest.solved or harvest.answer is None:
        return
    returns = list(_returns(subject.function))
    built_in = [
        node for node in returns if _same(_constant(node, subject.function), harvest.answer)
    ]
    if built_in and (len(built_in) == len(returns) or _is_telling(harvest.answer)):
        yield Finding(
            "answer",
            built_in[0].lineno,
            "it returns the task's answer as a constant; compute it from the parameters",
        )


def _returns(function: Function) -> Iterator[ast.Return]:
    """The function's own return statements that give a value."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop(0)
        if isinstance(node, ast.Return) and node.value is not None:
            yield node
        if not isinstance(node, Function | ast.ClassDef | ast.Lambda):
            stack.extend(ast.iter_child_nodes(node))


class _NoConstant:
    """Stands for a value that is computed."""


def _constant(node: ast.Return, function: Function) -> object:
    """The value that is returned, where it is written down: at once, or in a variable set once."""
    value = node.value
    if isinstance(value, ast.Name):
        given = [
            inner.value
            for inner in ast.walk(function)
            if isinstance(inner, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr)
            and value.id in _targets(inner)
        ]
        value = given[0] if len(given) == 1 else None
    try:
        return ast.literal_eval(value) if value is not None else _NoConstant()
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return _NoConstant()


def _targets(node: ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _same(value: object, answer: Json) -> bool:
    if isinstance(value, bool) or isinstance(answer, bool):
        return value is answer
    if isinstance(value, int | float) and isinstance(answer, int | float):
        return math.isclose(value, answer, rel_tol=1e-9)
    if isinstance(value, list | tuple) and isinstance(answer, list):
        return len(value) == len(answer) and all(map(_same, value, answer))
    if isinstance(value, dict) and isinstance(answer, dict):
        return value == answer
    if isinstance(value, str | int | float) and isinstance(answer, str | int | float):
        return str(value).strip().casefold() == str(answer).strip().casefold()
    return False


def _is_telling(answer: Json) -> bool:
    match answer:
        case bool():
            return False
        case int() | float():
            return not float(answer).is_integer() or abs(answer) > _TELLING_NUMBER
        case str():
            return len(answer) > _TELLING_LENGTH
        case list() | dict():
            return len(answer) > 1
    return False
