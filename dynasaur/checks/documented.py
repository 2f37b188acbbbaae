"""Documented: types on everything, and a docstring that agrees with the signature."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dynasaur.checks.subject import ActionText, Finding, Function
from dynasaur.types import Parameter

_NOTHING = frozenset({"None", "NoReturn", "Never"})
_LONGEST_SUMMARY = 120


def check(subject: ActionText) -> Iterator[Finding]:
    """Types, a summary, and the sections Args, Returns and Raises."""
    line = subject.function.lineno
    messages = [*_types(subject), *_summary(subject)]
    if subject.action.docstring:
        messages += [*_arguments(subject), *_returns(subject), *_raises(subject)]
    for message in messages:
        yield Finding("documented", line, message)


def _types(subject: ActionText) -> Iterator[str]:
    for parameter in subject.action.parameters:
        if not parameter.annotation:
            yield f"the parameter `{parameter.name}` has no type; write `{_typed(parameter)}`"
    if not subject.action.returns:
        yield "the return value has no type; write `-> TYPE`"


def _typed(parameter: Parameter) -> str:
    default = "" if parameter.default is None else f" = {parameter.default}"
    return f"{parameter.name}: TYPE{default}"


def _summary(subject: ActionText) -> Iterator[str]:
    summary = subject.action.summary
    if not subject.action.docstring.strip():
        yield "it has no docstring; write a summary, Args and Returns"
    elif not summary or summary.endswith(":"):
        yield "the docstring does not begin with a summary; write one line that says what it does"
    elif len(summary) > _LONGEST_SUMMARY:
        yield f"the summary has {len(summary)} characters; keep it under {_LONGEST_SUMMARY + 1}"


def _arguments(subject: ActionText) -> Iterator[str]:
    names = [parameter.name for parameter in subject.action.parameters]
    told = subject.docs.args
    for name in names:
        if not told.get(name):
            yield f"the docstring's Args do not tell of `{name}`; add `{name}: ...`"
    for name in told:
        if name not in names:
            yield f"the docstring's Args tell of `{name}`, which is no parameter; take it out"


def _returns(subject: ActionText) -> Iterator[str]:
    returns = subject.action.returns.strip("\"'").split(".")[-1]
    if returns and returns not in _NOTHING and not subject.docs.returns:
        yield "the docstring does not say what it gives back; add a `Returns:` section"


def _raises(subject: ActionText) -> Iterator[str]:
    if "raise" not in subject.action.text:  # that is quicker seen than the tree is walked
        return
    told = {name.split(".")[-1] for name in subject.docs.raises}
    for name in dict.fromkeys(_raised(subject.function)):
        if name not in told:
            yield f"the docstring's Raises do not tell of `{name}`; add `{name}: ...`"


def _raised(function: Function) -> Iterator[str]:
    """Exceptions that the function itself raises by name and does not catch by that name."""
    stack: list[tuple[ast.AST, frozenset[str]]] = [(node, frozenset()) for node in function.body]
    while stack:
        node, caught = stack.pop(0)
        if isinstance(node, Function | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Raise):
            name = _exception(node)
            if name and name not in caught:
                yield name
        if isinstance(node, ast.Try | ast.TryStar):
            names = caught | {name for handler in node.handlers for name in _handled(handler)}
            stack = [(inner, names) for inner in node.body] + stack
            rest = [*node.handlers, *node.orelse, *node.finalbody]
            stack += [(inner, caught) for inner in rest]
        else:
            stack += [(inner, caught) for inner in ast.iter_child_nodes(node)]


def _exception(node: ast.Raise) -> str:
    """The exception's class name; empty where a variable is raised, or one again."""
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    name = _last(raised)
    return name if name[:1].isupper() else ""


def _handled(handler: ast.ExceptHandler) -> Iterator[str]:
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    yield from (_last(name) for name in types)


def _last(node: ast.expr | None) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
