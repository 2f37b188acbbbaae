"""Docstrings as they stand in a module's text: found, and given examples."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dynasaur import source
from dynasaur.source.text import Lines, end_line

Function = ast.FunctionDef | ast.AsyncFunctionDef

_LITERAL = re.compile(r"([rRuU]?)(\"{3}|'{3})(.*)\2", re.DOTALL)
_HAS_EXAMPLES = re.compile(r"^\s*(?:Examples?:\s*$|>>> )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """One example of a docstring: code, and what Python shows of its value."""

    code: str
    shown: str

    def lines(self) -> Iterator[str]:
        """As it stands in a docstring."""
        for number, line in enumerate(self.code.rstrip("\n").split("\n")):
            yield f"{'...' if number else '>>>'} {line}".rstrip()
        yield from self.shown.rstrip("\n").split("\n") if self.shown else ()

    @property
    def is_plain(self) -> bool:
        """It reads the same inside any docstring."""
        text = "\n".join(self.lines())
        return "\\" not in text and '"""' not in text and "'''" not in text


def docstrings(text: str) -> Iterator[tuple[int, str]]:
    """The docstrings of a module that hold examples, each with its first line.

    Raises:
        ActionError: The text is not Python.
    """
    for node in ast.walk(source.tree_of(source.normal(text), "module")):
        if isinstance(node, ast.Module | ast.ClassDef | Function):
            literal = docstring_node(node)
            if literal is not None and ">>>" in str(literal.value):
                yield literal.lineno, str(literal.value)


def docstring_node(node: ast.Module | ast.ClassDef | Function) -> ast.Constant | None:
    """The literal that is the docstring of a module, class or function."""
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return first.value if isinstance(first.value.value, str) else None
    return None


def examples_of(docstring: str) -> tuple[Example, ...]:
    """The examples of a docstring; none where it cannot be read."""
    import doctest

    try:
        found = doctest.DocTestParser().get_examples(docstring)
    except ValueError:
        return ()
    return tuple(Example(one.source, one.want) for one in found if not one.exc_msg)


def with_examples(text: str, name: str, examples: Sequence[Example]) -> str:
    """Puts examples at the end of a function's docstring; all else stays verbatim.

    Args:
        text: The module.
        name: The function.
        examples: What to put there.

    Returns:
        The text; the same where the docstring has examples of its own, or is written in a way
        that leaves no place for them.

    Raises:
        ActionError: The text is not Python.
    """
    text = source.normal(text)
    function = source.public_functions(source.tree_of(text, "module"))[name]
    node = docstring_node(function)
    if not examples or node is None or _HAS_EXAMPLES.search(str(node.value)):
        return text
    before, literal, after = split(text, node)
    indent = before.rpartition("\n")[2]
    found = _LITERAL.fullmatch(literal)
    if found is None or indent.strip() or found[2] in found[3]:
        return text
    content = found[3].rstrip()
    if content.endswith("\\"):
        return text
    lines = [line for example in examples for line in example.lines()]
    section = "\n".join([f"{indent}Examples:", *(f"{indent}    {line}" for line in lines)])
    return f"{before}{found[1]}{found[2]}{content}\n\n{section}\n{indent}{found[2]}{after}"


def split(text: str, node: ast.expr) -> tuple[str, str, str]:
    """A text before, of and after one expression."""
    lines = Lines(text)
    before = "\n".join([*lines.lines[: node.lineno - 1], lines.before(node)])
    after = "\n".join([lines.after(node), *lines.lines[end_line(node) :]])
    return before, lines.of(node), after
