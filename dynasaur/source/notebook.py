"""What IPython adds to Python: magics, `!` and `?` lines, found and marked without IPython."""

from __future__ import annotations

import re

from dynasaur.source.text import normal, parse

MARK = "get_ipython"
"""What IPython puts in a magic's place: a function that reads it cannot leave the notebook."""

_ASSIGNED = re.compile(r"\s*[^\W\d][\w., \t\[\]]*=[ \t]*(?=[%!])")
_MOST_MAGICS = 100  # each costs one more parse: past this it is no cell but some other text
_PYTHON_CELLS = frozenset({"capture", "debug", "prun", "time", "timeit"})


def python_of(cell: str) -> str:
    """A cell's code as Python.

    Lines are marked only where Python's parser finds fault, so that what is Python is never
    touched; were a wrong line marked, what it was part of could not travel, and would say so.

    Args:
        cell: The cell as it ran.

    Returns:
        The cell with as many lines, each magic, `!` or `?` line replaced by a call of
        `get_ipython`; empty when no part of the cell is Python.
    """
    lines = _body(_dedented(normal(cell))).split("\n")
    for _ in range(_MOST_MAGICS):
        number = _bad_line("\n".join(lines))
        if number is None:
            return "\n".join(lines)
        if not 1 <= number <= len(lines) or MARK in lines[number - 1]:
            return ""
        _mark(lines, number - 1)
    return ""


def _bad_line(text: str) -> int | None:
    """The line of the first syntax error; 0 where the parser names none."""
    try:
        parse(text)
    except SyntaxError as error:
        return error.lineno or 0
    return None


def _mark(lines: list[str], at: int) -> None:
    line = lines[at]
    target = _ASSIGNED.match(line)
    kept = target.group() if target else line[: len(line) - len(line.lstrip(" \t"))]
    lines[at] = f"{kept}{MARK}()"
    while line.endswith("\\") and at + 1 < len(lines):  # it goes on
        at += 1
        line, lines[at] = lines[at], ""


def _dedented(cell: str) -> str:
    """The cell as IPython runs it: an indent of its first line is taken off every line."""
    first = next((line for line in cell.split("\n") if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    return "\n".join(line.removeprefix(indent) for line in cell.split("\n"))


def _body(cell: str) -> str:
    """The cell without its `%%magic` line; empty when that magic's cell is not Python."""
    if not cell.lstrip().startswith("%%"):
        return cell
    head, _, body = cell.lstrip().partition("\n")
    skipped = cell[: len(cell) - len(cell.lstrip())].count("\n")
    if head[2:].split()[:1] and head[2:].split()[0] in _PYTHON_CELLS:
        return "\n" * (skipped + 1) + body
    return ""
