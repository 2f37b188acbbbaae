"""What a statement changes in place: values whose definition alone does not tell what they are."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from dynasaur.source.text import words

CHANGERS = words(
    "add append appendleft clear discard extend extendleft insert intersection_update pop popitem"
    " popleft remove reverse rotate setdefault sort subtract symmetric_difference_update update"
    " difference_update __setitem__ __delitem__"
)
"""Methods of the usual containers that change them."""

_READERS = words("breakpoint display help input len pprint print submit_final_answer")
"""Functions that are called for something else than changing what they are given."""

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_CONTAINERS = words("Counter OrderedDict bytearray defaultdict deque dict list set")
_DISPLAYS = ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp


@dataclass(frozen=True, slots=True)
class Changes:
    """Names whose values a statement changes.

    Attributes:
        at_once: When it runs.
        late: When the functions in it are called.
        given: Perhaps, when it runs: they are given to a call whose result nobody takes.
    """

    at_once: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)


def changes_of(statement: ast.stmt) -> Changes:
    """What a top-level statement changes in place."""
    changes = Changes()
    stack: list[tuple[ast.AST, bool]] = [(statement, False)]
    while stack:
        node, inside = stack.pop()
        name = _changed(node)
        if name:
            (changes.late if inside else changes.at_once).add(name)
        if isinstance(node, ast.Expr) and not inside:
            changes.given.update(_given(node.value))
        inside = inside or isinstance(node, _FUNCTIONS)
        stack.extend((child, inside) for child in ast.iter_child_nodes(node))
    return changes


def is_container(value: ast.expr | None) -> bool:
    """Whether an expression gives a list, a dict or another value that can be changed in place."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name | ast.Attribute) and _last(value.func) in _CONTAINERS
    return isinstance(value, _DISPLAYS)


def _changed(node: ast.AST) -> str:
    """The name whose value a node changes in place; empty for most."""
    if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return _root(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _root(node.func) if node.func.attr in CHANGERS else ""
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    return ""


def _given(value: ast.expr) -> set[str]:
    if not isinstance(value, ast.Call) or _last(value.func) in _READERS:
        return set()
    arguments = [*value.args, *(keyword.value for keyword in value.keywords)]
    return {argument.id for argument in arguments if isinstance(argument, ast.Name)}


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
