"""Existing actions that a changed one is the same as, or much like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dynasaur.fingerprint import nearest_of_few
from dynasaur.places import title
from dynasaur.review.forms import Form, Likes
from dynasaur.review.say import Spot, found
from dynasaur.review.sides import function_of, module_of
from dynasaur.review.values import Change, Finding, Kind, Side, Twin
from dynasaur.source import normal


def to_compare(changes: Sequence[Change]) -> dict[str, str]:
    """The texts, by path, of the actions that are new or rewritten: they may be clones.

    Args:
        changes: What happened to each module.
    """
    return {one.after.path: one.after.text for one in changes if one.after and _is_new(one)}


def alike(changes: Iterable[Change], likes: Likes) -> Iterator[tuple[Finding, Twin]]:
    """What each new or rewritten action is like, with both texts.

    Args:
        changes: What happened to each module.
        likes: What they are to be compared with.
    """
    blamed: set[tuple[str, str]] = set()
    for change in changes:
        side = change.after
        if side is None or side.path not in likes.near:
            continue
        near = likes.near[side.path]
        others = {path: likes.forms[path] for path in near if path in likes.texts}
        twin = _twin(change, side, others, likes) if others else None
        if twin is None or (twin.other, twin.action) in blamed:
            continue
        blamed.add((twin.action, twin.other))
        yield _finding(change, side, twin), twin


def _is_new(change: Change) -> bool:
    fresh = change.kind is Kind.ADDED or change.content in {Kind.BODY, Kind.CONTRACT}
    return fresh and not change.vendored and bool(change.after and change.after.action)


def _twin(change: Change, side: Side, others: Mapping[str, Form], likes: Likes) -> Twin | None:
    own = likes.forms[side.path]
    for how in ("exact", "lifted"):
        same = [path for path, form in others.items() if getattr(form, how) == getattr(own, how)]
        if same:
            return _made(change, side, same[0], likes.texts[same[0]], 1.0, how)
    features = {path: form.features for path, form in others.items()}
    for near in nearest_of_few(own.features, features):
        return _made(change, side, near.key, likes.texts[near.key], near.score, "near")
    return None


def _made(change: Change, side: Side, path: str, text: str, score: float, how: str) -> Twin:
    other, text = title(module_of(path)), normal(text)
    return Twin(change.name, other, score, how, side.text, text)  # type: ignore[arg-type]


def _finding(change: Change, side: Side, twin: Twin) -> Finding:
    number, message = {
        "exact": ("DYN303", f"it is the same as {twin.other}; call that instead"),
        "lifted": ("DYN302", f"it differs from {twin.other} in constants only"),
        "near": ("DYN301", f"it is near {twin.other} ({twin.score:.2f})"),
    }[twin.how]
    function = function_of(side)
    line = function.lineno if function else 1
    return found(number, change.name, Spot.of_line(side, line), message, twin.other)
