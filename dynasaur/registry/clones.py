"""What becomes of a clone's callers."""

from __future__ import annotations

import ast
from dataclasses import replace

from dynasaur import source
from dynasaur.source import Candidate, Use
from dynasaur.types import Action


def pointed_over(candidate: Candidate, clone: Action, existing: Action, use: Use) -> Candidate:
    """A candidate that used a clone, and now imports the action that exists, under its old name.

    Args:
        candidate: What used the clone.
        clone: The refused one.
        existing: The action that it is the same as.
        use: How the existing action is used: its name, and its module unless it is of this run.

    Returns:
        The candidate; its text stays as it is, since the import gives the old name.

    Raises:
        ValueError: Why its calls cannot mean the existing action.
    """
    uses = []
    for old in candidate.uses:
        if old.module or old.name != clone.name:
            uses.append(old)
            continue
        if old.classes:
            raise ValueError(f"it uses `{old.classes[0]}` of {clone.name}, which was refused")
        if not _fits(candidate, clone, existing):
            raise ValueError(
                f"it uses {clone.name}, which is the same as {existing.name}, by keywords that"
                f" {existing.name} has not; call {existing.name} instead"
            )
        alias = "" if clone.name == existing.name else clone.name
        uses.append(replace(use, alias=alias))
    return replace(candidate, uses=tuple(uses))


def _fits(candidate: Candidate, clone: Action, existing: Action) -> bool:
    """Whether every use of the clone means the same with the existing action's parameters."""
    names = [[one.name for one in action.parameters] for action in (clone, existing)]
    if names[0] == names[1]:
        return True
    return all(_by_position(part, clone.name) for part in candidate.parts)


def _by_position(part: str, name: str) -> bool:
    """A name only stands for a function that is called, and called without keywords."""
    tree = source.tree_of(source.normal(part), "part")
    called = [
        node.func
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and not node.keywords and isinstance(node.func, ast.Name)
    ]
    named = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name)
    return all(any(node is func for func in called) for node in named)
