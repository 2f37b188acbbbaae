"""Text that is not quite Python: IPython's magics, half-written cells, another Python's syntax."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dynasaur.syntax.tree import parse, walk

if TYPE_CHECKING:
    from tree_sitter import Node


def action_imports(code: str) -> tuple[str, ...]:
    """Full names of the modules that a cell imports from the `actions` package.

    Packages of actions are empty, so `from actions.tables import mean` names the module
    `actions.tables.mean`, just as `from actions.tables.mean import mean` does.

    Args:
        code: The cell's text.

    Returns:
        The names in order of appearance, each once; star imports of packages bring nothing.
    """
    found: dict[str, None] = {}
    if "import" not in code:
        return ()
    for node in walk(parse(without_magics(code)).root_node):
        if node.type == "import_statement":
            found.update(dict.fromkeys(_imported(node)))
        elif node.type == "import_from_statement":
            package = node.child_by_field_name("module_name")
            origin = _dotted(package) if package is not None else ""
            names = list(_imported(node)) or [""]
            found.update(dict.fromkeys(_module_of(origin, name) for name in names))
    return tuple(name for name in found if name.startswith("actions."))


def _imported(node: Node) -> Iterator[str]:
    for child in node.children_by_field_name("name"):
        named = child.child_by_field_name("name") if child.type == "aliased_import" else child
        if named is not None:
            yield _dotted(named)


def _dotted(node: Node) -> str:
    return "".join((node.text or b"").decode("utf-8", "replace").split())


def _module_of(origin: str, name: str) -> str:
    """The module that `from origin import name` reads."""
    parts = origin.split(".")
    inside = parts[3:] if parts[1:2] == ["vendor"] else parts[1:]
    is_module = len(inside) >= 2 or not name or (inside and inside[-1] == name)
    return origin if is_module else f"{origin}.{name}"


# --- magics -----------------------------------------------------------------------------------

_ASSIGNED_MAGIC = re.compile(r"^(\s*[\w.,\[\] \t]+=)\s*[!%].*$")
_TIMED = re.compile(r"^(\s*)%(?:time|timeit|prun|memit)\b(?:\s+-\w+(?:\s*\d+)?)*\s*(.*)$")
_HELP = re.compile(r"^(\s*)\?{0,2}\s*([A-Za-z_][\w.]*)\s*\?{0,2}\s*$")
_PYTHON_CELLS = frozenset({"time", "timeit", "capture", "prun", "memit"})


def without_magics(code: str) -> str:
    """The cell with `pass` or the Python inside for each line that only IPython understands."""
    lines = code.splitlines()
    first = next((line.strip() for line in lines if line.strip()), "")
    if first.startswith("%%"):
        if (first[2:].split() or [""])[0] not in _PYTHON_CELLS:
            return ""
        lines[next(i for i, line in enumerate(lines) if line.strip())] = ""
    return "\n".join(map(_without_magic, lines))


def _without_magic(line: str) -> str:
    stripped = line.strip()
    blank = line[: len(line) - len(line.lstrip())] + "pass"
    if stripped.startswith("?") or stripped.endswith("?"):
        asked = _HELP.match(line)
        return "".join(asked.groups()) if asked else blank
    if stripped.startswith("%"):
        timed = _TIMED.match(line)
        return "".join(timed.groups()) if timed and timed[2] else blank
    if stripped.startswith("!"):
        return blank
    return _ASSIGNED_MAGIC.sub(r"\1 None", line)


def ast_of(code: str) -> ast.Module | None:
    """CPython's tree of the text, or None where it refuses."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


_BINDING_FIELDS = {
    "assignment": "left",
    "for_statement": "left",
    "for_in_clause": "left",
    "named_expression": "name",
    "function_definition": "name",
    "class_definition": "name",
    "aliased_import": "alias",
}


def names_of_broken(code: str) -> frozenset[str]:
    """Identifiers that are read somewhere and bound nowhere, scopes left aside."""
    bound: set[str] = set()
    used: set[str] = set()
    for node in walk(parse(without_magics(code)).root_node):
        field = _BINDING_FIELDS.get(node.type)
        target = node.child_by_field_name(field) if field else None
        if target is not None:
            bound.update(_identifiers(target))
        elif node.type in {"parameters", "lambda_parameters", "as_pattern_target"}:
            bound.update(_identifiers(node))
        elif node.type in {"import_statement", "import_from_statement"}:
            bound.update(name.split(".")[0] for name in _imported(node))
        elif node.type == "identifier" and not _is_label(node):
            used.add(_dotted(node))
    return frozenset(used - bound)


def _identifiers(node: Node) -> Iterator[str]:
    return (_dotted(found) for found in walk(node) if found.type == "identifier")


def _is_label(node: Node) -> bool:
    """An identifier that names no variable: an attribute, a keyword of a call, an import."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "attribute":
        return parent.child_by_field_name("attribute") == node
    if parent.type == "keyword_argument":
        return parent.child_by_field_name("name") == node
    return parent.type in {"dotted_name", "aliased_import"}
