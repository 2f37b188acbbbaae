"""Categories that do not follow from what a function uses or says: asked of the model, and checked.

They are asked for with the documentation that is missing, in one request for all candidates.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterable

from dynasaur import source
from dynasaur.checks.names import is_device
from dynasaur.errors import ActionError

CATEGORIES = "CATEGORIES"
"""The name that the reply binds to a table: function to category."""

LONGEST = 30
"""Characters of a new category's name."""

_SHOWN = 30
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_TAKEN = frozenset({"vendor", "actions", "tests"})


def wanted(name: str, known: Iterable[str]) -> str:
    """What is asked of the model for one function.

    Args:
        name: The function's name.
        known: The categories that there are.
    """
    listed = ", ".join(sorted(known)[:_SHOWN])
    return (
        f'its category; add the line `{CATEGORIES} = {{"{name}": "..."}}`, one table for all'
        f" that need one, with one of: {listed}; or with a new one, in one lower-case word"
    )


def categories(reply: str, known: Iterable[str]) -> dict[str, str]:
    """The categories that a reply gives, those left out that are no names of packages.

    Args:
        reply: The model's code.
        known: The categories that there are; any spelling of one is that one.
    """
    try:
        body = source.tree_of(source.normal(reply), "the model's reply").body
    except ActionError:
        return {}
    folded = {name.casefold(): name for name in known}
    found: dict[str, str] = {}
    for node in body:
        for name, said in _table(node).items():
            word = str(said).strip()
            category = folded.get(word.casefold(), word)
            if category in folded.values() or _is_new(category):
                found[str(name)] = category
    return found


def _table(node: ast.stmt) -> dict[object, object]:
    """The table that a statement binds; an empty one for any other statement."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == CATEGORIES:
            pass
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if (
            name == CATEGORIES
        ):
            pass
        case _:
            return {}
    try:
        table = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return {}
    return table if isinstance(table, dict) else {}


def _is_new(category: str) -> bool:
    """It can be the name of a package, everywhere."""
    return (
        len(category) <= LONGEST
        and _NAME.fullmatch(category) is not None
        and not keyword.iskeyword(category)
        and not keyword.issoftkeyword(category)
        and category not in _TAKEN
        and not is_device(category)
    )
