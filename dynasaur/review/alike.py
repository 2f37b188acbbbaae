"""Existing actions that a changed one is the same as, or much like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path

from dynasaur.fingerprint import fingerprint, nearest_of_few
from dynasaur.fingerprint.shingles import shingles
from dynasaur.places import title
from dynasaur.review.blobs import Contents, Difference
from dynasaur.review.say import Spot, found
from dynasaur.review.sides import function_of, module_of, place_of
from dynasaur.review.values import Change, Finding, Kind, Side, Twin
from dynasaur.review.words import Vocabulary
from dynasaur.source import normal

CANDIDATES = 25
"""So many existing actions are compared whole: those that share the most words."""


def vocabulary(
    contents: Contents, difference: Difference, kept: Path | None, ahead: Executor
) -> Vocabulary | None:
    """The words of the library's actions; None where nothing that changed can be a clone.

    Args:
        contents: The range's contents.
        difference: What differs.
        kept: Where the words of texts are kept from one review to the next; None: nowhere.
        ahead: Reads what is missing.
    """
    after = [pair.after.path for pair in difference.pairs if pair.after]
    if {"action", "deep"}.isdisjoint(map(place_of, after)):
        return None
    listed = difference.paths
    known = {path: listed[path] for path in listed if _may_be_action(path)}
    return Vocabulary(known, contents, kept, ahead)


def alike(
    changes: Sequence[Change],
    contents: Contents,
    listed: Mapping[str, tuple[str, str]],
    words: Vocabulary | None,
) -> Iterator[tuple[Finding, Twin]]:
    """What each new or rewritten action is like, with both texts.

    Args:
        changes: What happened to each module.
        contents: The range's contents.
        listed: Every file of the package afterwards.
        words: The words of the library's actions.
    """
    wanted = [(one, one.after) for one in changes if one.after and _is_new(one)]
    if not wanted or words is None:
        return
    near = words.nearest([side.text for _, side in wanted], CANDIDATES + 1)
    texts = contents.texts({path for some in near for path in some}, listed)
    blamed: set[tuple[str, str]] = set()
    for (change, side), some in zip(wanted, near, strict=True):
        paths = [path for path in some if path != side.path and path in texts]
        others = {path: normal(texts[path]) for path in paths}
        twin = _twin(change, side, others)
        if twin is None or (twin.other, twin.action) in blamed:
            continue
        blamed.add((twin.action, twin.other))
        yield _finding(change, side, twin), twin


def _is_new(change: Change) -> bool:
    fresh = change.kind is Kind.ADDED or change.content in {Kind.BODY, Kind.CONTRACT}
    return fresh and not change.vendored and bool(change.after and change.after.action)


def _may_be_action(path: str) -> bool:
    return path[path.rfind("/") + 1] != "_" and place_of(path) in {"action", "vendored"}


def _twin(change: Change, side: Side, texts: Mapping[str, str]) -> Twin | None:
    assert side.action is not None
    names = {path: path.rpartition("/")[2].removesuffix(".py") for path in texts}
    lifted = fingerprint(side.text, "lifted", side.action.name, module=side.module)
    features: dict[str, frozenset[int]] = {}
    constants = ""
    for path, text in texts.items():
        module = module_of(path)
        if fingerprint(text, name=names[path], module=module) == side.exact:
            return _made(change, side, path, text, 1.0, "exact")
        if not constants and fingerprint(text, "lifted", names[path], module=module) == lifted:
            constants = path
        features[path] = shingles(text, names[path])
    if constants:
        return _made(change, side, constants, texts[constants], 1.0, "lifted")
    for near in nearest_of_few(shingles(side.text, side.action.name), features):
        return _made(change, side, near.key, texts[near.key], near.score, "near")
    return None


def _made(change: Change, side: Side, path: str, text: str, score: float, how: str) -> Twin:
    other = title(module_of(path))
    return Twin(change.name, other, score, how, side.text, text, path)  # type: ignore[arg-type]


def _finding(change: Change, side: Side, twin: Twin) -> Finding:
    number, message = {
        "exact": ("DYN303", f"it is the same as {twin.other}; call that instead"),
        "lifted": ("DYN302", f"it differs from {twin.other} in constants only"),
        "near": ("DYN301", f"it is near {twin.other} ({twin.score:.2f})"),
    }[twin.how]
    function = function_of(side)
    line = function.lineno if function else 1
    return found(number, change.name, Spot.of_line(side, line), message, twin.other)
