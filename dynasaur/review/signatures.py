"""What of a signature breaks callers, by griffe's own kinds: the door to griffe."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynasaur.review.changes import spelled
from dynasaur.review.sides import function_of
from dynasaur.review.values import Side
from dynasaur.source import tree_of
from dynasaur.types import Parameter

if TYPE_CHECKING:
    import griffe

_IDS = {
    "PARAMETER_MOVED": "DYN201",
    "PARAMETER_REMOVED": "DYN202",
    "PARAMETER_CHANGED_KIND": "DYN203",
    "PARAMETER_CHANGED_DEFAULT": "DYN204",
    "PARAMETER_CHANGED_REQUIRED": "DYN205",
    "PARAMETER_ADDED_REQUIRED": "DYN206",
    "RETURN_CHANGED_TYPE": "DYN207",
    "OBJECT_REMOVED": "DYN208",
    "OBJECT_CHANGED_KIND": "DYN209",
    "ATTRIBUTE_CHANGED_TYPE": "DYN210",
    "CLASS_REMOVED_BASE": "DYN211",
    "ATTRIBUTE_CHANGED_VALUE": "DYN212",
}


MOST_STATEMENTS = 1000
"""Statements at a module's top level that griffe is given: its time grows with their square."""


@dataclass(frozen=True, slots=True)
class Break:
    """One thing in which a signature is no longer what callers know.

    Attributes:
        id: The rule's id.
        subject: The parameter or the name that it is about; empty for the whole.
        message: What, on one line.
        line: Where, from 1.
        column: From 1, in UTF-8 bytes of the line.
        end_line: Its end.
        end_column: The same.
    """

    id: str
    subject: str
    message: str
    line: int
    column: int
    end_line: int
    end_column: int


class UnreadableError(Exception):
    """griffe could not make sense of a text that is Python."""


def breaks(before: Side, after: Side) -> Iterator[Break]:
    """What breaks callers between two forms of a module, whatever its name is now.

    Raises:
        UnreadableError: The two cannot be compared.
    """
    old, new = before.action, after.action
    for kind, subject, message in _told(before, after):
        yield _placed(_IDS[kind], subject, message, after)
    if old is None or new is None:
        return
    if old.signature.startswith("async ") != new.signature.startswith("async "):
        how = "is async now" if new.signature.startswith("async ") else "is not async any more"
        yield _placed("DYN215", "async", f"the function {how}", after)
    yield from _types(before, after)


def _told(before: Side, after: Side) -> Iterator[tuple[str, str, str]]:
    import griffe

    try:
        old, new = _module(before), _module(after)
        if before.action and after.action and before.action.name != after.action.name:
            renamed = new.members.pop(after.action.name)
            renamed.name = before.action.name
            new.members[before.action.name] = renamed
        found = list(griffe.find_breaking_changes(old, new))
    except (RecursionError, AttributeError, KeyError, TypeError, ValueError, SyntaxError) as error:
        raise UnreadableError(type(error).__name__) from error
    for one in found:
        subject, message = _words(one)
        if before.action is None or subject or one.obj.name == before.action.name:
            yield one.kind.name, subject or str(one.obj.name), message


def _module(side: Side) -> griffe.Module:
    import griffe

    if len(tree_of(side.text, side.path).body) > MOST_STATEMENTS:
        raise UnreadableError(f"it has more than {MOST_STATEMENTS:,} statements")
    module = griffe.visit("module", filepath=Path(side.path), code=side.text)
    assert isinstance(module, griffe.Module)
    return module


def _words(one: Any) -> tuple[str, str]:
    """The parameter that a breakage of griffe's is about, and what it is in words."""
    value = one.old_value if one.old_value is not None else one.new_value
    name = getattr(value, "name", "")
    kind = one.kind.name
    if kind.startswith("PARAMETER"):
        return str(name), _of_parameter(one, kind, f"the parameter `{name}`")
    words = {
        "OBJECT_REMOVED": f"`{one.obj.name}` is gone",
        "OBJECT_CHANGED_KIND": f"`{one.obj.name}` was a {one.old_value} and is a {one.new_value}",
        "CLASS_REMOVED_BASE": f"`{one.obj.name}` lost a base",
        "ATTRIBUTE_CHANGED_VALUE": f"`{one.obj.name}` was {one.old_value}, and is {one.new_value}",
    }
    return "", words.get(kind, f"`{one.obj.name}`: {one.kind.value.lower()}")


def _of_parameter(one: Any, kind: str, name: str) -> str:
    old, new = one.old_value, one.new_value
    match kind:
        case "PARAMETER_MOVED":
            return f"{name} has another position"
        case "PARAMETER_REMOVED":
            return f"{name} is gone"
        case "PARAMETER_CHANGED_KIND":
            return f"{name} was {old.kind.value}, and is {new.kind.value}"
        case "PARAMETER_CHANGED_DEFAULT":
            return f"{name} has the default {new.default}, and had {old.default}"
        case "PARAMETER_CHANGED_REQUIRED":
            return f"{name} must be given now; its default was {old.default}"
    return f"{name} is new, and must be given"


def _types(before: Side, after: Side) -> Iterator[Break]:
    """Changed types, which griffe does not tell of."""
    old, new = function_of(before), function_of(after)
    if old is None or new is None or before.action is None or after.action is None:
        return
    was, now = spelled(old.returns), spelled(new.returns)
    if was != now and was:
        yield _placed("DYN213", "return", f"it returned `{was}`, and returns `{now or '?'}`", after)
    known = {one.name: one for one in before.action.parameters}
    for parameter in after.action.parameters:
        earlier = known.get(parameter.name)
        if earlier and earlier.annotation and _hint(earlier) != _hint(parameter):
            message = (
                f"the parameter `{parameter.name}` took `{earlier.annotation}`, and takes "
                f"`{parameter.annotation or '?'}`"
            )
            yield _placed("DYN214", parameter.name, message, after)


def _hint(parameter: Parameter) -> str:
    try:
        return spelled(ast.parse(parameter.annotation, mode="eval").body)
    except SyntaxError:
        return parameter.annotation


def _placed(number: str, subject: str, message: str, side: Side) -> Break:
    """At the parameter where it is still there, at the return type, else at the function's head."""
    function = function_of(side)
    if function is None:
        return Break(number, subject, message, 1, 1, 1, 2)
    arguments = function.args
    listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    listed += [one for one in (arguments.vararg, arguments.kwarg) if one]
    node: ast.AST | None = next((one for one in listed if one.arg == subject), None)
    if subject == "return":
        node = function.returns
    if node is None:
        start = function.col_offset + 1
        return Break(number, subject, message, function.lineno, start, function.lineno, start + 3)
    assert isinstance(node, ast.expr | ast.arg)
    return Break(
        number,
        subject,
        message,
        node.lineno,
        node.col_offset + 1,
        node.end_lineno or node.lineno,
        (node.end_col_offset or node.col_offset) + 1,
    )
