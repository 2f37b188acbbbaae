"""Existing actions that a changed one is the same as, or much like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dynasaur.fingerprint import NearIndex, fingerprint
from dynasaur.places import title
from dynasaur.review.blobs import Contents
from dynasaur.review.say import Spot, found
from dynasaur.review.sides import function_of, module_of, place_of
from dynasaur.review.values import Change, Finding, Kind, Side, Twin
from dynasaur.review.words import Vocabulary
from dynasaur.source import normal

CANDIDATES = 25
"""So many existing actions are compared whole: those that share the most words."""


def alike(
    changes: Sequence[Change],
    contents: Contents,
    listed: Mapping[str, tuple[str, str]],
    kept: Path | None = None,
) -> Iterator[tuple[Finding, Twin]]:
    """What each new or rewritten action is like, with both texts.

    Args:
        changes: What happened to each module.
        contents: The range's contents.
        listed: Every file of the package afterwards.
        kept: Where the words of texts are kept from one review to the next; None: nowhere.
    """
    wanted = [(one, one.after) for one in changes if one.after and _is_new(one)]
    if not wanted:
        return
    known = {path: listed[path] for path in listed if _may_be_action(path)}
    words = Vocabulary(known, contents, kept)
    near = {side.path: words.nearest(side.text, CANDIDATES + 1) for _, side in wanted}
    texts = contents.texts({path for some in near.values() for path in some}, listed)
    blamed: set[tuple[str, str]] = set()
    for change, side in wanted:
        paths = [path for path in near[side.path] if path != side.path and path in texts]
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
    return place_of(path) in {"action", "vendored"} and not path.rpartition("/")[2].startswith("_")


def _twin(change: Change, side: Side, texts: Mapping[str, str]) -> Twin | None:
    assert side.action is not None
    names = {path: path.rpartition("/")[2].removesuffix(".py") for path in texts}
    lifted = fingerprint(side.text, "lifted", side.action.name, module=side.module)
    index = NearIndex()
    constants = ""
    for path, text in texts.items():
        module = module_of(path)
        if fingerprint(text, name=names[path], module=module) == side.exact:
            return _made(change, side, path, text, 1.0, "exact")
        if not constants and fingerprint(text, "lifted", names[path], module=module) == lifted:
            constants = path
        index.add(path, text, names[path])
    if constants:
        return _made(change, side, constants, texts[constants], 1.0, "lifted")
    for near in index.query(side.text, name=side.action.name, limit=1):
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
