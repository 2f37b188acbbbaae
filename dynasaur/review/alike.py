"""Existing actions that a changed one is the same as, or much like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from heapq import nsmallest

from dynasaur.fingerprint import NearIndex, fingerprint
from dynasaur.registry.shelf import title
from dynasaur.review.blobs import Contents
from dynasaur.review.say import Spot, found
from dynasaur.review.sides import function_of, module_of, place_of
from dynasaur.review.values import Change, Finding, Kind, Side, Twin
from dynasaur.source import normal

CANDIDATES = 25
"""So many existing actions are compared whole: those that share the most words."""

LEAST = 0.5
"""The share of the smaller one's words that a candidate has in common at least."""

_WORD = re.compile(r"[.'\"]?\w+[('\"]?", re.ASCII)
_TELLING_FIRST, _TELLING_LAST = frozenset(".'\"0123456789"), frozenset("('\"")
"""By what stands beside a word, or begins it: a method, a call, a text, a number. These stay when
names, layout and comments are changed."""


def alike(
    changes: Sequence[Change], contents: Contents, listed: Mapping[str, tuple[str, str]]
) -> Iterator[tuple[Finding, Twin]]:
    """What each new or rewritten action is like, with both texts.

    Args:
        changes: What happened to each module.
        contents: The range's contents.
        listed: Every file of the package afterwards.
    """
    wanted = [one for one in changes if _is_new(one)]
    if not wanted:
        return
    paths = [path for path in listed if _may_be_action(path)]
    texts = {path: normal(text) for path, text in contents.texts(paths, listed).items()}
    features = {path: _features(text) for path, text in texts.items()}
    blamed: set[tuple[str, str]] = set()
    for change in wanted:
        side = change.after
        assert side is not None
        near = _nearest(side, features)
        twin = _twin(change, side, {path: texts[path] for path in near})
        if twin is None or (twin.other, twin.action) in blamed:
            continue
        blamed.add((twin.action, twin.other))
        yield _finding(change, side, twin), twin


def _is_new(change: Change) -> bool:
    fresh = change.kind is Kind.ADDED or change.content in {Kind.BODY, Kind.CONTRACT}
    return fresh and not change.vendored and change.after is not None and bool(change.after.action)


def _may_be_action(path: str) -> bool:
    return place_of(path) in {"action", "vendored"} and not path.rpartition("/")[2].startswith("_")


def _features(text: str) -> frozenset[str]:
    """The telling words of a text, what stands in triple quotes left out."""
    words = set(_WORD.findall(" ".join(text.split('"""')[::2])))
    return frozenset(
        word for word in words if word[0] in _TELLING_FIRST or word[-1] in _TELLING_LAST
    )


def _nearest(side: Side, features: Mapping[str, frozenset[str]]) -> list[str]:
    """The paths that may hold a twin, those that share the most first."""
    own = features.get(side.path) or _features(side.text)
    scored = []
    for path, other in features.items():
        shared = len(own & other)
        smaller = min(len(own), len(other)) or 1
        if path != side.path and shared >= LEAST * smaller:
            scored.append((-shared / smaller - shared / (len(own | other) or 1), path))
    return [path for _, path in nsmallest(CANDIDATES, scored)]


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
