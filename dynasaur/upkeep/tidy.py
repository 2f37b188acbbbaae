"""A flat library moved to category packages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dynasaur.config import PACKAGE
from dynasaur.errors import ActionError
from dynasaur.places import title
from dynasaur.source import move, relative_imports
from dynasaur.store import Entry
from dynasaur.upkeep.ground import Done, Ground, path_of

CATEGORY = "misc"
"""Where an action goes for which no category stands out."""

CategoryOf = Callable[[str, str], str]
"""Gives the category of a name and a docstring; empty when none stands out."""


def plan(ground: Ground, category_of: CategoryOf) -> dict[str, str]:
    """Where the actions of a flat library would go: full names, now and then.

    Args:
        ground: The library; files that are no actions stay where they are.
        category_of: The category of a name and a docstring.

    Raises:
        ActionError: A place is taken.
    """
    moved = {}
    for module, entry in sorted(ground.entries.items()):
        category = "" if entry.category else _category(ground, entry, category_of)
        if category:
            moved[module] = f"{PACKAGE}.{category}.{entry.name}"
    for there in moved.values():
        if there in ground.texts:
            name = there.rpartition(".")[2]
            raise ActionError(f"{title(there)} exists already: rename one of the two {name}")
    return moved


def tidy(ground: Ground, moved: Mapping[str, str]) -> Done:
    """Move actions, and point all imports at their new places, in one commit.

    Args:
        ground: The library.
        moved: Full names, now and then.

    Raises:
        ActionError: One of the files is not committed, or imports in a way that cannot be
            rewritten.
        StoreError: Nothing can be committed.
    """
    with ground.alone():
        return _tidy(ground, moved)


def _tidy(ground: Ground, moved: Mapping[str, str]) -> Done:
    files: dict[str, bytes | None] = {}
    for module in [*moved, *ground.dependents(moved)]:
        there = moved.get(module, module)
        if there != module:
            files[path_of(module)] = None
        files[path_of(there)] = _rewritten(ground, module, there, moved).encode()
    for package in {there.rpartition(".")[0] for there in moved.values()}:
        init = f"{package.replace('.', '/')}/__init__.py"
        if ground.repo.past.content("HEAD", init) is None:
            files[init] = b""
    names = [title(there) for there in moved.values()]
    listing = "\n".join(f"- {title(old)} is now {title(new)}" for old, new in moved.items())
    subject = f"tidy: move {len(names)} actions to categories"
    return ground.commit(subject, files, body=listing, changed=names)


def _category(ground: Ground, entry: Entry, category_of: CategoryOf) -> str:
    """The one that its words belong to; empty for a file that is no action."""
    try:
        action = ground.store.read(entry)
    except ActionError:
        return ""
    return category_of(action.name, action.docstring) or CATEGORY


def _rewritten(ground: Ground, module: str, there: str, moved: Mapping[str, str]) -> str:
    text = ground.committed(path_of(module)).decode("utf-8-sig", "replace")
    result = move(text, module, there, moved)
    wanted = {moved.get(name, name) for name in relative_imports(text, module)}
    if wanted != set(relative_imports(result, there)):
        raise ActionError(
            f"{title(module)} imports other actions in a way that cannot be rewritten: "
            "write `from .name import name`"
        )
    return result
