"""Who uses what was changed, in the library and in what is vendored, and whether it still fits."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from dynasaur.errors import ActionError
from dynasaur.places import title
from dynasaur.review.blobs import Contents, Pair
from dynasaur.review.sides import module_of, place_of
from dynasaur.review.values import Caller, Change, Kind, Side
from dynasaur.source import imported_by, normal, relative_imports, tree_of
from dynasaur.types import Parameter

_LOUD = frozenset({Kind.REMOVED, Kind.RENAMED, Kind.MOVED, Kind.CONTRACT, Kind.BODY})


@dataclass(frozen=True, slots=True)
class _Target:
    """A module that was changed: its names before and after, and what can be called in it."""

    change: Change
    old: str
    new: str


def mentions(contents: Contents, pairs: Iterable[Pair]) -> list[str]:
    """The files that may use one of those that differ: they hold its name.

    It asks for nothing but the paths, so that a thread can look while the files are read.
    """
    pairs = list(pairs)
    if not any(pair.before for pair in pairs):
        return []
    paths = {blob.path for pair in pairs for blob in (pair.before, pair.after) if blob}
    modules = [module_of(path) for path in paths if place_of(path) != "other"]
    return contents.mentioning({module.rpartition(".")[2] for module in modules})


def with_callers(
    changes: Sequence[Change],
    contents: Contents,
    listed: Mapping[str, tuple[str, str]],
    mentioned: Iterable[str],
) -> tuple[Change, ...]:
    """The changes with what uses them, as it is after the range.

    Args:
        changes: What happened to each module.
        contents: The range's contents.
        listed: Every file of the package afterwards.
        mentioned: The files that hold the name of a changed one.
    """
    targets = [
        _Target(one, one.before.module, one.after.module if one.after else "")
        for one in changes
        if one.before and (one.kind in _LOUD or one.content in _LOUD)
    ]
    words = {name.rpartition(".")[2] for one in targets for name in (one.old, one.new) if name}
    texts = _texts(words, changes, contents, listed, mentioned) if words else {}
    users = _users(texts)
    found = {}
    for target in targets:
        paths = {*users.get(target.old, ()), *users.get(target.new, ())}
        callers = [
            caller for path in sorted(paths) for caller in _calls(target, path, texts[path], listed)
        ]
        found[id(target.change)] = replace(target.change, callers=tuple(callers))
    return tuple(found.get(id(one), one) for one in changes)


def _texts(
    words: Iterable[str],
    changes: Sequence[Change],
    contents: Contents,
    listed: Mapping[str, tuple[str, str]],
    mentioned: Iterable[str],
) -> dict[str, str]:
    """The texts that may use one of the changed modules, by path."""
    known = {one.after.path: one.after.text for one in changes if one.after}
    paths = [path for path in mentioned if path not in known]
    for path, text in contents.texts(paths, listed).items():
        if any(word in text for word in words):
            known[path] = normal(text)
    return known


def _users(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """Which of the texts import a module, by its full name."""
    found: dict[str, list[str]] = {}
    for path, text in texts.items():
        with suppress(ActionError):
            for module in relative_imports(text, module_of(path)):
                found.setdefault(module, []).append(path)
    return found


def _calls(
    target: _Target, path: str, text: str, listed: Mapping[str, tuple[str, str]]
) -> Iterator[Caller]:
    """How one module uses the target: one entry where all fits, else one for each that does not."""
    module = module_of(path)
    if module in {target.old, target.new}:
        return
    tree = tree_of(text, path)
    uses = list(_uses(tree, module, target))
    wrong = [
        Caller(module, path, *_at(node, text), problem)
        for node, problem in _problems(target, uses, module, listed)
    ]
    if wrong:
        yield from wrong
    elif uses:
        call = next((one for one in uses if isinstance(one, ast.Call)), uses[0])
        yield Caller(module, path, *_at(call, text))


def _uses(tree: ast.Module, module: str, target: _Target) -> Iterator[ast.stmt | ast.Call]:
    """The imports of the target, then the calls of what they bring."""
    functions: set[str] = set()
    modules: set[str] = set()
    name = target.old.rpartition(".")[2]
    names = {name, target.new.rpartition(".")[2]}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not _imports(node, module, target):
            continue
        yield node
        for alias in node.names:
            if alias.name in names:
                inner = (node.module or "").rpartition(".")[2] in names
                (functions if inner else modules).add(alias.asname or alias.name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _calls_one(node.func, functions, modules, names):
            yield node


def _imports(node: ast.ImportFrom, module: str, target: _Target) -> bool:
    return not {target.old, target.new}.isdisjoint(imported_by(node, module))


def _calls_one(callee: ast.expr, functions: set[str], modules: set[str], names: set[str]) -> bool:
    if isinstance(callee, ast.Name):
        return callee.id in functions
    return (
        isinstance(callee, ast.Attribute)
        and callee.attr in names
        and isinstance(callee.value, ast.Name)
        and callee.value.id in modules
    )


def _problems(
    target: _Target,
    uses: Sequence[ast.stmt | ast.Call],
    module: str,
    listed: Mapping[str, tuple[str, str]],
) -> Iterator[tuple[ast.stmt | ast.Call, str]]:
    change = target.change
    for node in uses:
        if isinstance(node, ast.ImportFrom):
            problem = _lost(target, node, module, listed)
            if problem:
                yield node, problem
        elif isinstance(node, ast.Call) and change.before and change.after:
            old, new = change.before.action, change.after.action
            if old and new and not misfit(node, old.parameters):
                problem = misfit(node, new.parameters)
                if problem:
                    yield node, f"calls {change.name} {problem}"


def _lost(
    target: _Target, node: ast.ImportFrom, module: str, listed: Mapping[str, tuple[str, str]]
) -> str:
    """Why an import does not find what it asks for; empty where it does."""
    change = target.change
    asked = imported_by(node, module)
    if target.old in asked and not is_there(target.old, listed):
        now = f", which is {title(target.new)} now" if target.new else ", which is gone"
        return f"imports {title(target.old)}{now}"
    if target.new not in asked or change.before is None or change.after is None:
        return ""
    if change.after.problem or change.before.problem:
        return ""
    lost = bound_names(change.before) - bound_names(change.after)
    inside = (node.module or "").rpartition(".")[2] == target.new.rpartition(".")[2]
    missing = [alias.name for alias in node.names if inside and alias.name in lost]
    return f"imports `{missing[0]}`, which {change.name} has no more" if missing else ""


def is_there(module: str, listed: Mapping[str, tuple[str, str]]) -> bool:
    """Whether a module's file is among the listed ones."""
    path = module.replace(".", "/")
    return f"{path}.py" in listed or f"{path}/__init__.py" in listed


def bound_names(side: Side) -> set[str]:
    """The names that a module binds at its top level."""
    found: set[str] = set()
    for statement in tree_of(side.text, side.path).body:
        for node in ast.walk(statement):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.alias):
                found.add((node.asname or node.name).partition(".")[0])
    return found


def misfit(call: ast.Call, parameters: Sequence[Parameter]) -> str:
    """Why a call does not fit a signature, in words; empty where it does or cannot be told."""
    positional = [one for one in parameters if one.kind in {"positional", "normal"}]
    by_name = {one.name for one in parameters if one.kind in {"normal", "keyword"}}
    kinds = {one.kind for one in parameters}
    spread = any(isinstance(one, ast.Starred) for one in call.args)
    doubled = any(one.arg is None for one in call.keywords)
    count = sum(not isinstance(one, ast.Starred) for one in call.args)
    if count > len(positional) and "variadic" not in kinds:
        return f"with {count} positional arguments, and it takes {len(positional)}"
    given = {one.arg for one in call.keywords if one.arg}
    unknown = sorted(given - by_name)
    if unknown and "variadic-keyword" not in kinds:
        return f"with `{unknown[0]}`, which it does not take"
    twice = [one.name for one in positional[:count] if one.name in given]
    if twice and not spread:
        return f"with `{twice[0]}` twice"
    if spread or doubled:
        return ""
    for number, one in enumerate(positional):
        missing = number >= count and (one.name not in given or one.kind == "positional")
        if missing and one.default is None:
            return f"without `{one.name}`"
    for one in parameters:
        if one.kind == "keyword" and one.default is None and one.name not in given:
            return f"without `{one.name}`"
    return ""


def _at(node: ast.stmt | ast.Call, text: str) -> tuple[int, int]:
    line = text.split("\n")[node.lineno - 1]
    return node.lineno, len(line.encode()[: node.col_offset].decode("utf-8", "replace")) + 1
