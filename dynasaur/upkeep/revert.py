"""One action back to what it was."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from dynasaur import tombstones
from dynasaur.config import PACKAGE
from dynasaur.errors import ActionError, StoreError
from dynasaur.fingerprint import fingerprint
from dynasaur.places import title
from dynasaur.source import move, relative_imports, tree_of
from dynasaur.upkeep.ground import Done, Ground, listed
from dynasaur.upkeep.past import Form, State, forms
from dynasaur.upkeep.removal import removable, without


def revert(ground: Ground, name: str, revision: str = "", *, with_dependents: bool = False) -> Done:
    """Bring an action back to what it was, in the place where it is now.

    Args:
        ground: The library.
        name: The action; it may be gone by now.
        revision: The commit whose form is wanted; empty for the form before the last change,
            which is none at all where it has only been added.
        with_dependents: What would break is removed too.

    Raises:
        ActionError: No commit knows the action or its form there, it is like that already, or
            other actions need what would go.
        StoreError: There is no such revision, or nothing can be committed.
    """
    with ground.alone():
        return _revert(ground, name, revision, with_dependents=with_dependents)


def _revert(ground: Ground, name: str, revision: str, *, with_dependents: bool) -> Done:
    past = forms(ground.repo, name)
    now = past[0].after
    wanted = _at(ground, past, revision) if revision else _earlier(ground, past)
    if wanted is None:
        if now is None:
            raise ActionError(f"no commit of this clone has what {name} was")
        return _remove(ground, past[0], now, with_dependents=with_dependents)
    if now is not None and wanted == now:
        raise ActionError(f"{title(now.module)} is as it was then: there is nothing to revert")
    _require(ground, wanted)
    broken = _broken(ground, wanted)
    if broken and not with_dependents:
        raise ActionError(
            f"{listed(broken)} would break: change that first, or take both with --with-dependents"
        )
    goes = ground.with_dependents(broken)
    files = without(ground, goes) | _package(ground, wanted) | _unearthed(ground, wanted)
    then = revision or f"before {past[0].event.commit[:10]}"
    return ground.commit(
        f"revert {title(wanted.module)} to what it was {'at ' if revision else ''}{then}",
        files | {wanted.path: wanted.data},
        body=f"Its last change was {past[0].event.commit}.",
        changed=[title(wanted.module)],
        removed=[title(module) for module in goes],
    )


def _remove(ground: Ground, last: Form, now: State, *, with_dependents: bool) -> Done:
    goes = removable(ground, [now.module], with_dependents=with_dependents)
    return ground.commit(
        f"revert {title(now.module)}: remove it, as before it was added",
        without(ground, goes),
        body=f"It was added by {last.event.commit}.",
        removed=[title(module) for module in goes],
    )


def _earlier(ground: Ground, past: list[Form]) -> State | None:
    """The newest form that differs from the present one; None where there is no other.

    A form from before a move is fitted to the present place: a move alone is no other form.
    """
    now = past[0].after
    if now is None:
        states = (state for form in past for state in (form.after, form.before))
        return next(filter(None, states), None)
    for form in past:
        if form.kind == "added":
            if form.event.commit in ground.repo.past.cut:
                raise ActionError(
                    f"what {form.event.name} was before is not in this shallow clone: "
                    "get it with `git fetch --unshallow`"
                )
            return None
        if form.before is None:
            continue
        fitted = _fitted(ground, form.before, now.path)
        if fitted != now:
            return fitted
    return None


def _at(ground: Ground, past: list[Form], revision: str) -> State:
    commit = ground.repo.past.resolve(revision)
    if commit is None:
        raise StoreError(f"{revision!r} is no commit: see `dynasaur history`")
    here = past[0].after or past[0].before
    for form in past:
        for state in (form.after, form.before):
            data = ground.repo.past.content(commit, state.path) if state else None
            if state and data is not None:
                place = here.path if here else state.path
                return _fitted(ground, State(state.path, data), place)
    name = past[0].event.name
    raise ActionError(f"there was no {name} at {revision}: see `dynasaur history {name}`")


def _fitted(ground: Ground, state: State, path: str) -> State:
    """The same at another place, its imports pointed at where the others are now."""
    there = State(path, state.data)
    try:
        needed = relative_imports(state.text, state.module)
        moved = {module: _present(ground, module) for module in needed}
        if state.path == path and all(old == new for old, new in moved.items()):
            return there
        return State(path, move(state.text, state.module, there.module, moved).encode())
    except ActionError:  # it is not Python: as it was
        return there


def _present(ground: Ground, module: str) -> str:
    """Where a module of that name is now; the same name where it is nowhere else."""
    name = module.rpartition(".")[2]
    places = (one for one, entry in ground.entries.items() if entry.name == name)
    return module if module in ground.texts else next(places, module)


def _require(ground: Ground, wanted: State) -> None:
    """Refuse a form that needs actions which are gone."""
    try:
        needed = relative_imports(wanted.text, wanted.module)
    except ActionError:
        return
    gone = [module for module in needed if module not in ground.texts and module != wanted.module]
    if gone:
        raise ActionError(
            f"{title(wanted.module)} needed {listed(gone)} then: bring that back first, "
            f"with `dynasaur revert {gone[0].rpartition('.')[2]}`"
        )


def _broken(ground: Ground, wanted: State) -> list[str]:
    """The modules that import from it what the wanted form does not have."""
    try:
        has = set(_bound(tree_of(wanted.text, wanted.path).body))
    except ActionError:
        has = set()
    users = ground.dependents([wanted.module])
    return [user for user in users if not _taken(ground, user, wanted.module) <= has]


def _taken(ground: Ground, user: str, module: str) -> set[str]:
    """The names that one module imports from another."""
    found: set[str] = set()
    for node in ast.walk(tree_of(ground.texts[user], user)):
        if isinstance(node, ast.ImportFrom) and relative_imports(ast.unparse(node), user) == (
            module,
        ):
            found |= {alias.name for alias in node.names}
    return found - {"*"}


def _bound(body: Iterable[ast.stmt]) -> Iterable[str]:
    """The names that statements at the top level bind."""
    for statement in body:
        for node in ast.walk(statement):
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    yield node.name
                case ast.Name(ctx=ast.Store()):
                    yield node.id
                case ast.alias():
                    yield (node.asname or node.name).partition(".")[0]


def _package(ground: Ground, wanted: State) -> dict[str, bytes | None]:
    """The package that it lies in, where that is gone."""
    init = f"{wanted.path.rpartition('/')[0]}/__init__.py"
    return {} if ground.repo.past.content("HEAD", init) is not None else {init: b""}


def _unearthed(ground: Ground, wanted: State) -> dict[str, bytes | None]:
    """The tombstones without its own."""
    path = f"{PACKAGE}/{tombstones.FILE}"
    text = (ground.repo.past.content("HEAD", path) or b"").decode("utf-8", "replace")
    kept = tombstones.current(tombstones.parse(text), ground.repo.past.content)
    if kept.pop(fingerprint(wanted.text, module=wanted.module), None) is None:
        return {}
    return {path: tombstones.render(kept.values()).encode() if kept else None}
