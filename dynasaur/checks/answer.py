"""It computes: the task's answer is not built in."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from dynasaur.checks.subject import ActionText, Finding, Function
from dynasaur.source.folding import value_of
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
    built_in = [node for node in returns if _same(_constant(node, subject), harvest.answer)]
    if built_in and (len(built_in) == len(returns) or _is_telling(harvest.answer)):
        yield Finding(
            "answer",
            built_in[0].lineno,
            "it returns the task's answer as a constant; compute it from the parameters",
        )
        return
    for node in _texts(subject, harvest.answer):
        yield Finding(
            "answer",
            node.lineno,
            "it holds the task's answer as a text; compute it from the parameters",
        )
        return


def _texts(subject: ActionText, answer: Json) -> Iterator[ast.Constant]:
    """Strings that hold an answer too special to be there by chance; docstrings are others' job."""
    if not isinstance(answer, str) or not _is_telling(answer):
        return
    wanted = answer.strip().casefold()
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(subject.tree)
        if isinstance(node, ast.Module | ast.ClassDef | Function)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(subject.tree):
        text = node.value if isinstance(node, ast.Constant) else None
        is_meant = isinstance(text, str) and wanted in text.casefold()
        if isinstance(node, ast.Constant) and is_meant and id(node) not in docstrings:
            yield node


def _returns(function: Function) -> Iterator[ast.expr]:
    """What the function's own return statements may give, each way of a choice by itself."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop(0)
        if isinstance(node, ast.Return) and node.value is not None:
            yield from _ways(node.value)
        if not isinstance(node, Function | ast.ClassDef | ast.Lambda):
            stack.extend(ast.iter_child_nodes(node))


def _ways(value: ast.expr) -> Iterator[ast.expr]:
    match value:
        case ast.IfExp(body=one, orelse=other):
            yield from (*_ways(one), *_ways(other))
        case ast.BoolOp(values=values):
            yield from (way for one in values for way in _ways(one))
        case _:
            yield value


class _NoConstant:
    """Stands for a value that is computed."""


def _constant(node: ast.expr, scope: ActionText) -> object:
    """The value that is returned, where it is written down, or put together of what is.

    At once, in a variable set once, in a constant of the module, or as an expression of these.
    """
    try:
        return value_of(node, lambda name: _given(name, scope))
    except (ValueError, TypeError, SyntaxError, LookupError, ArithmeticError, AttributeError):
        return _NoConstant()
    except (RecursionError, MemoryError):
        return _NoConstant()


def _given(name: str, scope: ActionText) -> ast.expr:
    """The one expression that a variable of the function, or else of the module, is set to."""
    for place in (ast.walk(scope.function), iter(scope.tree.body)):
        given = [
            inner.value
            for inner in place
            if isinstance(inner, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr)
            and name in _targets(inner)
        ]
        if len(given) == 1 and given[0] is not None:
            return given[0]
        if given:
            break
    raise ValueError(name)


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
