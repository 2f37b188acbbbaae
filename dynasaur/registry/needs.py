"""The packages that an action needs, as its head says them."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator

from dynasaur import source

_OURS = frozenset({"actions", "dynasaur"})
"""What every kernel has: the actions, and the host that they ask."""

_NAME = re.compile(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)")


def requirements(
    text: str, declared: Iterable[str], distribution: Callable[[str], str]
) -> tuple[str, ...]:
    """What a head declares, and what else of the package index its module imports.

    Args:
        text: The module's text.
        declared: PEP 508 requirements; they stay as they are.
        distribution: Gives the requirement for an import name; empty where none is known.

    Raises:
        ActionError: The text is not Python.
    """
    kept = list(declared)
    names = {_canonical(one) for one in kept}
    for top in sorted(set(_imported(source.tree_of(source.normal(text), "module")))):
        found = distribution(top)
        if found and _canonical(found) not in names:
            names.add(_canonical(found))
            kept.append(found)
    return tuple(kept)


def _imported(node: ast.AST) -> Iterator[str]:
    """The top-level names that a module imports, wherever it does, but for hints alone."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import():
                names = [alias.name for alias in child.names]
            case ast.ImportFrom(level=0, module=str(module)):
                names = [module]
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                for statement in child.orelse:
                    yield from _imported(ast.Module([statement], []))
                continue
            case _:
                yield from _imported(child)
                continue
        tops = (name.partition(".")[0] for name in names)
        yield from (top for top in tops if top not in sys.stdlib_module_names and top not in _OURS)


def _canonical(requirement: str) -> str:
    """The package's name, in the one spelling of PEP 503."""
    found = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", found[1]).lower() if found else requirement
