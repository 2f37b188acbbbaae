"""Documentation that was missing, from the model's reply into the text; nothing else of it."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO

from dynasaur import source
from dynasaur.errors import ActionError
from dynasaur.registry.docstring import Function, docstring_node, split
from dynasaur.source import Candidate
from dynasaur.source.text import Lines

_HINTS = frozenset({"typing", "collections.abc"})


def documented(candidate: Candidate, reply: str) -> Candidate:
    """A candidate with the types and the docstring that a reply gives its function.

    Args:
        candidate: The function with its closure.
        reply: The model's code: functions with their documentation.

    Returns:
        The candidate; of the function's text only hints in its header and the docstring changed.

    Raises:
        ActionError: The reply is no Python, does not have the function, or changes more than
            its documentation.
    """
    tree = source.tree_of(source.normal(reply), "the model's documentation")
    new = source.public_functions(tree).get(candidate.name)
    if new is None:
        raise ActionError("the model gave no documentation for it")
    at = next(n for n, part in enumerate(candidate.parts) if _defines(part, candidate.name))
    part = _amended(candidate.parts[at], source.normal(reply), candidate.name)
    words = set(re.findall(r"\w+", "\n".join(map(ast.unparse, _hints(new)))))
    imports = [line for line in _imports(tree, words) if line not in candidate.imports]
    docstring = source.docstring_of(new)
    return replace(
        candidate,
        summary=docstring.split("\n")[0].strip() or candidate.summary,
        imports=(*candidate.imports, *imports),
        parts=(*candidate.parts[:at], part, *candidate.parts[at + 1 :]),
    )


def function_text(candidate: Candidate) -> str:
    """The text of a candidate's function, with its decorators."""
    return next(part for part in candidate.parts if _defines(part, candidate.name))


def _defines(part: str, name: str) -> bool:
    return name in source.public_functions(source.tree_of(source.normal(part), "part"))


def _amended(old: str, reply: str, name: str) -> str:
    """The old text with the reply's header and docstring."""
    ours, theirs = _function(old, name), _function(reply, name)
    if _bare(old, name) != _bare(reply, name):
        raise ActionError("the model's documentation changed its code")
    before, _, rest = _cut(old, ours)
    _, header, _ = _cut(reply, theirs)
    first = ours.body[0]
    inline = first.lineno == _colon(old, ours)[0]
    indent = "    " if inline else Lines(old).before(first)
    if indent.strip():
        raise ActionError("its statements share a line; write one to a line")
    given = docstring_node(theirs)
    if given is None:
        raise ActionError("the model gave no docstring for it")
    literal = _reindented(split(reply, given)[1], Lines(reply).before(given), indent)
    present = docstring_node(ours)
    if present is not None:
        rest = split(old, present)[2]
        if inline or rest.lstrip(" ").startswith(";"):
            raise ActionError("its statements share a line; write one to a line")
        text = f"{before}{header}\n{indent}{literal}{rest}"
    elif inline:
        text = f"{before}{header}\n{indent}{literal}\n{indent}{rest.lstrip()}"
    else:
        comment, _, body = rest.partition("\n")
        text = f"{before}{header}{comment}\n{indent}{literal}\n{body}"
    if _bare(text, name) != _bare(old, name):
        raise ActionError("the model's documentation does not fit its text")
    return text


def _function(text: str, name: str) -> Function:
    return source.public_functions(source.tree_of(text, "text"))[name]


def _bare(text: str, name: str) -> str:
    """A function's tree without docstring and without the hints of its header."""
    function = source.public_functions(source.tree_of(text, "text", own=True))[name]
    if docstring_node(function) is not None:
        function.body = function.body[1:]
    function.returns = None
    for argument in _parameters(function):
        argument.annotation = None
    return ast.dump(function)


def _parameters(function: Function) -> Iterator[ast.arg]:
    given = function.args
    yield from (*given.posonlyargs, *given.args, *given.kwonlyargs)
    yield from (one for one in (given.vararg, given.kwarg) if one is not None)


def _hints(function: Function) -> Iterator[ast.expr]:
    hints = (argument.annotation for argument in _parameters(function))
    yield from (hint for hint in (*hints, function.returns) if hint is not None)


def _imports(tree: ast.Module, words: set[str]) -> Iterator[str]:
    """The reply's imports of names that hints are made of, one to a line."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module in _HINTS and not node.level:
            for alias in node.names:
                if alias.name in words and alias.asname is None:
                    yield f"from {node.module} import {alias.name}"


def _cut(text: str, function: Function) -> tuple[str, str, str]:
    """A text before a function's header, the header with its colon, and what follows."""
    lines = Lines(text)
    start = "\n".join([*lines.lines[: function.lineno - 1], lines.before(function)])
    line, column = _colon(text, function)
    end = "\n".join([lines.lines[line - 1][column:], *lines.lines[line:]])
    return start, text[len(start) : len(text) - len(end)], end


def _colon(text: str, function: Function) -> tuple[int, int]:
    """Where a function's header ends: the line, and the column after the colon."""
    depth = 0
    for token in tokenize.generate_tokens(StringIO(text).readline):
        if token.start[0] < function.lineno or token.type != tokenize.OP:
            continue
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.string, 0)
        if token.string == ":" and not depth:
            return token.end
    raise AssertionError("a function that was parsed has a colon")


def _reindented(literal: str, before: str, indent: str) -> str:
    """A docstring's literal for another depth: its later lines move with the first."""
    first, *rest = literal.split("\n")
    moved = (indent + line.removeprefix(before) if line.strip() else "" for line in rest)
    return "\n".join([first, *moved])
