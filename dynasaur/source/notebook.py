"""What IPython adds to Python: magics, `!` and `?` lines, found and marked without IPython."""

from __future__ import annotations

import re
import textwrap

from dynasaur.source.text import normal, parse

MARK = "get_ipython"
"""What IPython puts in a magic's place: a function that reads it cannot leave the notebook."""

_LEX = re.compile(
    r"#[^\n]*"
    r"|\"\"\"(?:\\.|[^\\])*?(?:\"\"\"|\Z)|'''(?:\\.|[^\\])*?(?:'''|\Z)"
    r"|\"(?:\\.|[^\\\n\"])*\"?|'(?:\\.|[^\\\n'])*'?"
    r"|\\\n|[([{]|[)\]}]|\n",
    re.DOTALL,
)
_MAGIC = re.compile(
    r"(?P<indent>[ \t]*)(?:(?P<target>[^\W\d][\w., \t\[\]]*=[ \t]*)?[%!]|\?|[\w.*%]+\?{1,2}[ \t]*$)"
)
_PYTHON_CELLS = frozenset({"capture", "debug", "prun", "time", "timeit"})
_MOST_AUTOMAGICS = 50


def python_of(cell: str) -> str:
    """A cell's code as Python.

    Args:
        cell: The cell as it ran.

    Returns:
        The cell with as many lines, each magic, `!` or `?` line replaced by a call of
        `get_ipython`; empty when no part of the cell is Python.
    """
    text = _body(_dedented(normal(cell)))
    if _parses(text):
        return text
    text = _marked(text)
    for _ in range(_MOST_AUTOMAGICS):  # `pip install x` and its like: no mark tells them apart
        line = _bad_line(text)
        if line is None:
            return text
        lines = text.split("\n")
        if not 1 <= line <= len(lines) or MARK in lines[line - 1]:
            return ""
        lines[line - 1] = _indent(lines[line - 1]) + f"{MARK}()"
        text = "\n".join(lines)
    return ""


def _parses(text: str) -> bool:
    return _bad_line(text) is None


def _bad_line(text: str) -> int | None:
    """The line of the first syntax error; 0 where the parser names none."""
    try:
        parse(text)
    except SyntaxError as error:
        return error.lineno or 0
    return None


def _dedented(cell: str) -> str:
    """IPython runs an indented cell as if it were not."""
    first = next((line for line in cell.split("\n") if line.strip()), "")
    return textwrap.dedent(cell) if first[:1] in {" ", "\t"} and not _parses(cell) else cell


def _body(cell: str) -> str:
    """The cell without its `%%magic` line; empty when that magic's cell is not Python."""
    if not cell.lstrip().startswith("%%"):
        return cell
    head, _, body = cell.lstrip().partition("\n")
    skipped = cell[: len(cell) - len(cell.lstrip())].count("\n")
    if head[2:].split()[:1] and head[2:].split()[0] in _PYTHON_CELLS:
        return "\n" * (skipped + 1) + body
    return ""


def _marked(text: str) -> str:
    """Replaces the magics where a statement can begin: never in a string or a bracket."""
    out: list[str] = []
    at = 0
    while at < len(text):
        end = _line_end(text, at)
        magic = _MAGIC.match(text[at:end])
        if magic:
            out.append(magic["indent"] + (magic["target"] or "") + f"{MARK}()")
            end = _continued(text, end)
            out.append("\n" * text.count("\n", at, end + 1))
        else:
            end = _statement_end(text, at)
            out.append(text[at:end] + text[end : end + 1])
        at = end + 1
    return "".join(out)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)


def _continued(text: str, end: int) -> int:
    """The end of a magic that goes on over lines ending in a backslash."""
    while end < len(text) and text[end - 1] == "\\":
        end = _line_end(text, end + 1)
    return end


def _statement_end(text: str, at: int) -> int:
    """The end of the line on which the statement that begins at `at` ends."""
    depth = 0
    for token in _LEX.finditer(text, at):
        found = token.group()
        if found in "([{":
            depth += 1
        elif found in ")]}":
            depth = max(depth - 1, 0)
        elif found == "\n" and not depth:
            return token.start()
    return len(text)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
