"""It computes: the task's answer is not built in."""

from __future__ import annotations

import ast
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator

from dynasaur.checks.subject import ActionText, Finding, Function
from dynasaur.source.decoding import constants, readings
from dynasaur.source.dependence import imported, is_closed
from dynasaur.source.folding import UNKNOWN, value_of
from dynasaur.types import Json

_TELLING_LENGTH = 20
_TELLING_NUMBER = 100
_TELLING_DIGITS = 5
_PUT_TOGETHER = ast.BinOp | ast.Call | ast.JoinedStr | ast.Subscript
_COMPUTE = "compute it from the parameters"


def check(subject: ActionText) -> Iterator[Finding]:
    """The function does not hold the run's answer, as it is or written in another way.

    A function that can return nothing else is found whatever the answer is; one with other ways
    out only where the answer is too special to be there by chance, so that `return True` in a
    test of a property, or `return "high"` in a classification, stays silent.
    """
    harvest = subject.harvest
    if harvest is None or not harvest.solved or harvest.answer is None:
        return
    found = next(_built_in(subject, _Constants(subject), harvest.answer), None)
    if found is not None:
        line, what = found
        yield Finding("answer", line, f"{what}; {_COMPUTE}")


def _built_in(
    subject: ActionText, constants: _Constants, answer: Json
) -> Iterator[tuple[int, str]]:
    """Where the answer is built in, and how."""
    returns = list(_returns(subject.function))
    same = [node for node in returns if _same(constants.value(node), answer)]
    if same and (len(same) == len(returns) or _is_telling(answer)):
        yield same[0].lineno, "it returns the task's answer as a constant"
    if _is_telling(answer):
        for node in _holding(subject, constants, answer):
            yield node.lineno, "it holds the task's answer as a text"
    if _gives_always(subject, answer):
        yield subject.function.lineno, "it gives the task's answer whatever it is given"


def _holding(subject: ActionText, known: _Constants, answer: Json) -> Iterator[ast.expr]:
    """Constants, and expressions of these, that hold an answer too special to be there by chance.

    Docstrings are others' job, and a number may stand there by chance, unless it is hidden.
    """
    docstrings = [
        node.body[0].value
        for node in ast.walk(subject.tree)
        if isinstance(node, ast.Module | ast.ClassDef | Function)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    ]
    for node, value in constants(subject.tree, docstrings):
        if _says(value, answer):
            yield node
    for inner in ast.walk(subject.tree):
        if isinstance(inner, _PUT_TOGETHER) and _says(known.value(inner), answer):
            yield inner


def _says(value: object, answer: Json) -> bool:
    """Whether a constant is the answer, or holds a text that is, as it is or hidden."""
    if isinstance(answer, str):
        wanted = answer.strip().casefold()
        return any(wanted in text.casefold() for text in readings(value))
    if not isinstance(answer, int | float):
        return False  # a list may stand there by chance
    plain = str(answer)
    hidden = [text.strip() for text in readings(value)][1:]
    return plain in hidden and (len(plain) > _TELLING_DIGITS or str(value)[::-1] != plain)


def _gives_always(subject: ActionText, answer: Json) -> bool:
    """Whether it gave the answer, which holds texts, and can give nothing else.

    Numbers may be computed from nothing; texts are not.
    """
    assert subject.harvest is not None
    if not isinstance(answer, str | list | dict) or not _holds_text(answer):
        return False
    results = [
        call.result
        for call in subject.harvest.calls
        if call.name == subject.action.name and call.ok and call.result and not call.module
    ]
    gave = any(_same(_read(result), answer) for result in results)
    return gave and is_closed(subject.tree, subject.function)


def _holds_text(answer: Json) -> bool:
    if isinstance(answer, list | dict):
        return any(map(_holds_text, answer.values() if isinstance(answer, dict) else answer))
    return isinstance(answer, str) and not answer.strip().lstrip("-").replace(".", "").isdecimal()


def _read(result: str) -> object:
    try:
        return ast.literal_eval(result)
    except UNKNOWN:
        return _NoConstant()


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


class _Constants:
    """What the expressions of a module are worth that are written down, or put together of such.

    At once, in a variable set once, in a constant of the module, or as an expression of these.
    """

    def __init__(self, subject: ActionText) -> None:
        self._imported = imported(subject.tree)
        self._places = [_set_in(ast.walk(subject.function)), _set_in(subject.tree.body)]

    def value(self, node: ast.expr) -> object:
        """The value of one; a `_NoConstant` where it has none that can be told."""
        try:
            return value_of(node, self._once, self._imported)
        except UNKNOWN:
            return _NoConstant()

    def _once(self, name: str) -> ast.expr:
        """The one expression that a variable of the function, or else of the module, is set to."""
        found = next((given[name] for given in self._places if name in given), [])
        if len(found) != 1 or found[0] is None:
            raise ValueError(name)
        return found[0]


def _set_in(nodes: Iterable[ast.AST]) -> dict[str, list[ast.expr | None]]:
    """What variables are set to."""
    found = defaultdict[str, list[ast.expr | None]](list)
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
            for name in _targets(node):
                found[name].append(node.value)
    return found


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
