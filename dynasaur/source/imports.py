"""Imports between actions: which modules a module imports, and the same from another place."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from dynasaur.source.text import Lines, normal, tree_of
from dynasaur.source.walk import imports_in

ROOT = "actions"
_FROM = re.compile(r"from([\s\\.\w]*?)(?<![\w])import(?!\w)")
_NOTHING_MOVED: Mapping[str, str] = MappingProxyType({})


@lru_cache(maxsize=256)
def relative_imports(text: str, module: str) -> tuple[str, ...]:
    """Full names of the actions modules that a saved module imports.

    Remembered: a run asks for the same modules at each of its steps.

    Args:
        text: The module's text.
        module: Its full dotted name (`actions.tables.mean`).

    Returns:
        The names in order of appearance, each once, wherever in the module they are imported.

    Raises:
        ActionError: The text is not Python.
    """
    return imported_by(tree_of(normal(text), module), module)


def imported_by(tree: ast.AST, module: str) -> tuple[str, ...]:
    """The same as `relative_imports`, of a tree."""
    found: dict[str, None] = {}
    for node in imports_in(tree):
        if isinstance(node, ast.ImportFrom):
            found.update(dict.fromkeys(_targets(node, module)))
        else:
            found.update(dict.fromkeys(a.name for a in node.names if _in_actions(a.name)))
    return tuple(found)


def relative(target: str, module: str) -> str:
    """How the module spells another one: `.read_table`, `..text.words`."""
    here, there = module.split(".")[:-1], target.split(".")
    common = 0
    while common < min(len(here), len(there)) and here[common] == there[common]:
        common += 1
    return "." * (len(here) - common + 1) + ".".join(there[common:])


def move(text: str, module: str, to: str, moved: Mapping[str, str] = _NOTHING_MOVED) -> str:
    """Rewrites a module's relative imports for another place.

    Args:
        text: The module's text.
        module: Its full name now.
        to: Its full name then.
        moved: Full names of other modules that move, now and then.

    Returns:
        The text; nothing but the imports' module names changed.

    Raises:
        ActionError: The text is not Python.
    """

    def spelled(node: ast.ImportFrom) -> str | None:
        if not node.level:
            return None
        base = _base(node, module)
        names = [f"{base}.{alias.name}" for alias in node.names]
        if not node.module and all(name in moved for name in names):
            homes = {moved[name].rpartition(".")[0] for name in names}
            base = homes.pop() if len(homes) == 1 else base
        else:
            base = moved.get(base, base)
        return relative(base, to)

    return rewritten(text, spelled)


def rewritten(text: str, spell: Callable[[ast.ImportFrom], str | None]) -> str:
    """The text with the module names of its `from` imports respelled.

    Args:
        text: The module's text.
        spell: Gives the new spelling of an import's module name, or None to leave it.

    Raises:
        ActionError: The text is not Python.
    """
    text = normal(text)
    lines = Lines(text)
    starts = [0]
    for line in lines.lines:
        starts.append(starts[-1] + len(line) + 1)
    nodes = [
        node for node in imports_in(tree_of(text, "module")) if isinstance(node, ast.ImportFrom)
    ]
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        name = spell(node)
        found = _FROM.match(text, starts[node.lineno - 1] + len(lines.before(node)))
        if name is not None and found:
            text = f"{text[: found.start()]}from {name} import{text[found.end() :]}"
    return text


def is_action(module: str, name: str) -> bool:
    """Whether `from module import name` names an action by its own module."""
    inside = _inside(module)
    return _in_actions(module) and (len(inside) > 1 or inside[-1:] == [name])


def _in_actions(module: str) -> bool:
    return module.split(".")[0] == ROOT


def _inside(module: str) -> list[str]:
    """A module's path below its library: category and name."""
    parts = module.split(".")
    return parts[3:] if parts[1:2] == ["vendor"] else parts[1:]


def _targets(node: ast.ImportFrom, module: str) -> Iterator[str]:
    base = _base(node, module) if node.level else node.module or ""
    if not _in_actions(base):
        return
    inside = _inside(base)
    last = inside[-1] if inside else ""
    names = {alias.name for alias in node.names}
    if len(inside) > 1 or last in names or last.startswith("_") or not names.isdisjoint("*"):
        yield base
        return
    for name in (alias.name for alias in node.names):
        yield f"{base}.{name}" if name.islower() or not inside else base


def _base(node: ast.ImportFrom, module: str) -> str:
    package = module.split(".")
    package = package[: max(len(package) - node.level, 0)]
    return ".".join([*package, *([node.module] if node.module else [])])
