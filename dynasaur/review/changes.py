"""What happened to each module of a range: told by fingerprint and signature, not by text."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from dynasaur.fingerprint.shingles import blended, shingles
from dynasaur.places import title
from dynasaur.review.blobs import Pair
from dynasaur.review.sides import function_of, place_of, read_side
from dynasaur.review.values import Change, Kind, Side
from dynasaur.source import tree_of

ALIKE = 0.65
"""A removed and an added action that are so much alike are one that was renamed."""

_MOST_PAIRS = 250_000
"""So many of them are compared; beyond that only what is the same is paired."""


def changes(pairs: Iterable[Pair]) -> tuple[Change, ...]:
    """What happened to each Python module, by name.

    Args:
        pairs: The files that differ.
    """
    found: list[Change] = []
    gone: list[Side] = []
    new: list[Side] = []
    for pair in pairs:
        before = read_side(pair.before) if pair.before and _is_module(pair.before.path) else None
        after = read_side(pair.after) if pair.after and _is_module(pair.after.path) else None
        if before and after and not _is_odd(before):
            if before.blob.data != after.blob.data or after.blob.data is None:
                found.append(_change(_content(before, after), before, after))
        elif after:
            new.append(after)
        elif before:
            gone.append(before)
    for before, after in _paired(gone, new):
        gone.remove(before)
        new.remove(after)
        found.append(_moved(before, after))
    found += [_change(Kind.REMOVED, one, None) for one in gone]
    found += [_change(Kind.ADDED, None, one) for one in new]
    return tuple(sorted(found, key=lambda one: (one.name, one.side.path)))


def _is_module(path: str) -> bool:
    return place_of(path) != "other"


def _is_odd(side: Side) -> bool:
    """It was a link or a submodule: what it is now is new."""
    return side.blob.data is None and not side.text


def _change(
    kind: Kind, before: Side | None, after: Side | None, also: Kind | None = None
) -> Change:
    side = after or before
    assert side is not None
    vendored = f"{side.module}.".startswith("actions.vendor.")
    return Change(kind, title(side.module) or side.module, before, after, also, vendored)


def _moved(before: Side, after: Side) -> Change:
    renamed = before.module.rpartition(".")[2] != after.module.rpartition(".")[2]
    same = before.blob.data == after.blob.data
    also = None if same else _content(before, after)
    if also is Kind.DOCUMENTATION and _differs_in_name_only(before, after):
        also = None
    return _change(Kind.RENAMED if renamed else Kind.MOVED, before, after, also)


def _differs_in_name_only(before: Side, after: Side) -> bool:
    """Nothing but the action's own name, and how it imports others, was changed."""
    if before.action is None or after.action is None:
        return False
    return before.action.docstring.replace(before.action.name, after.action.name) == (
        after.action.docstring
    )


def _content(before: Side, after: Side) -> Kind:
    """Which part of a module differs."""
    if before.problem or after.problem:
        return Kind.BODY
    old, new = function_of(before), function_of(after)
    if old is None or new is None or before.action is None or after.action is None:
        return Kind.BODY if _code(before) != _code(after) else Kind.DOCUMENTATION
    if contract(old) != contract(new):
        return Kind.CONTRACT
    if before.exact != after.exact:
        return Kind.BODY
    told = after.action.provenance.deprecated
    return (
        Kind.DEPRECATED
        if told and told != before.action.provenance.deprecated
        else (Kind.DOCUMENTATION)
    )


def contract(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """A function's signature without its name, spelled one way."""
    arguments = function.args
    listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    listed += [one for one in (arguments.vararg, arguments.kwarg) if one]
    hints = [spelled(one.annotation) for one in listed]
    bare = [one.arg for one in listed]
    defaults = [ast.unparse(one) for one in (*arguments.defaults, *arguments.kw_defaults) if one]
    shape = [len(arguments.posonlyargs), len(arguments.args), len(arguments.kwonlyargs)]
    kinds = [one is None for one in (arguments.vararg, arguments.kwarg, *arguments.kw_defaults)]
    returns = spelled(function.returns)
    return repr((type(function).__name__, bare, shape, kinds, defaults, hints, returns))


def spelled(hint: ast.expr | None) -> str:
    """A type hint spelled one way, with or without quotes."""
    if hint is None:
        return ""
    if isinstance(hint, ast.Constant) and isinstance(hint.value, str):
        return " ".join(hint.value.split())
    return ast.unparse(hint)


def _code(side: Side) -> str:
    """A module's tree without its docstrings."""
    tree = tree_of(side.text, side.path, own=True)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                del node.body[0]
    return ast.dump(tree)


# --- which of the removed are which of the added ------------------------------------------------


def _paired(gone: Sequence[Side], new: Sequence[Side]) -> list[tuple[Side, Side]]:
    left, right = list(gone), list(new)
    found: list[tuple[Side, Side]] = []
    for before, after in _candidates(gone, new):
        if before in left and after in right:
            left.remove(before)
            right.remove(after)
            found.append((before, after))
    return found


def _candidates(gone: Sequence[Side], new: Sequence[Side]) -> Iterator[tuple[Side, Side]]:
    """Pairs that may be one module, the surest first."""
    by_code: dict[str, list[Side]] = {}
    by_name: dict[str, list[Side]] = {}
    for after in new:
        by_code.setdefault(_key(after), []).append(after)
        by_name.setdefault(after.module.rpartition(".")[2], []).append(after)
    for before in gone:
        same = by_code.get(_key(before), [])
        name = before.module.rpartition(".")[2]
        yield from ((before, one) for one in sorted(same, key=lambda one: _far(one, name)))
    for before in gone:
        named = by_name.get(before.module.rpartition(".")[2], [])
        if before.module.rpartition(".")[2] != "actions" and _is_own(before):
            yield from ((before, one) for one in named if _is_own(one))
    yield from _alike(gone, new)


def _key(side: Side) -> str:
    data = side.blob.data or b""
    own = side.exact or data.decode("utf-8", "replace")
    return own if own.strip() else f"empty {side.path}"


def _far(side: Side, name: str) -> tuple[bool, str]:
    return side.module.rpartition(".")[2] != name, side.module


def _is_own(side: Side) -> bool:
    return not side.module.startswith("actions.vendor.") and not side.path.endswith("__init__.py")


def _alike(gone: Sequence[Side], new: Sequence[Side]) -> Iterator[tuple[Side, Side]]:
    left = [one for one in gone if one.action and _is_own(one)]
    right = [one for one in new if one.action and _is_own(one)]
    if not 0 < len(left) * len(right) <= _MOST_PAIRS:
        return
    features = {
        one.path: shingles(one.text, one.action.name) for one in (*left, *right) if one.action
    }
    scored = []
    for before, after in product(left, right):
        one, other = features[before.path], features[after.path]
        score = blended(len(one & other), len(one), len(other), 1.0)
        if score >= ALIKE:
            scored.append((-score, before.path, after.path, before, after))
    for *_, before, after in sorted(scored, key=lambda one: one[:3]):
        yield before, after
