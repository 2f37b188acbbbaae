"""Files among the actions that are no modules, and lists that people keep there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from dynasaur import tombstones
from dynasaur.config import PACKAGE
from dynasaur.review import waivers
from dynasaur.review.blobs import Difference
from dynasaur.review.say import Spot, found, shown
from dynasaur.review.sides import is_paper, place_of
from dynasaur.review.values import Blob, Change, Finding, Unread

_LOADED = (".so", ".pyd", ".pyc", ".pth", ".dll", ".dylib", ".pyo")
"""Files that Python loads though nobody can read them."""


def files(difference: Difference) -> Iterator[Finding]:
    """Files of the package that a range adds or changes, and that nobody can review."""
    for pair in difference.pairs:
        after = pair.after
        if after is None or is_paper(after.path):
            continue
        spot, name = Spot(after.path), after.path.removeprefix(f"{PACKAGE}/")
        if after.problem:
            yield found(
                "DYN105", name, spot, f"{after.problem}; it is not reviewed", of_content(after)
            )
        elif place_of(after.path) == "other" and after.data != (pair.before and pair.before.data):
            level = "error" if after.path.endswith(_LOADED) else "warning"
            message = "it is no Python, and is not reviewed"
            yield found("DYN105", name, spot, message, of_content(after), level=level)  # type: ignore[arg-type]


def of_content(blob: Blob) -> str:
    """What tells a content that nobody could review from the next: it is accepted alone."""
    return hashlib.sha256(blob.data).hexdigest()[:12] if blob.data is not None else blob.id


def unread(changes: Sequence[Change], difference: Difference) -> Iterator[Unread]:
    """Every changed file that was not reviewed, and why."""
    told = {shown(one.after.path): one.after.problem for one in changes if one.after}
    for pair in difference.pairs:
        after = pair.after
        if after is None or is_paper(after.path):
            continue
        path = shown(after.path)
        reason = told.get(path) or after.problem
        if not reason and place_of(after.path) == "other":
            reason = "it is no Python"
        if reason:
            yield Unread(path, shown(reason))


def lists(difference: Difference) -> Iterator[Finding]:
    """What a range does to the lists of what is accepted and what is rejected."""
    for pair in difference.pairs:
        path = (pair.after or pair.before).path  # type: ignore[union-attr]
        old, new = (_plain(pair.before), _plain(pair.after))
        if path == f"{PACKAGE}/{waivers.FILE}":
            before = waivers.parse(old)
            for key, one in waivers.parse(new).items():
                if key not in before:
                    message = f"{one.rule} of {one.action} is accepted by this range: {one.reason}"
                    yield found("DYN901", one.action or path, Spot(path), message, key)
        elif path == f"{PACKAGE}/{tombstones.FILE}":
            after = tombstones.parse(new)
            for key, grave in tombstones.parse(old).items():
                if key not in after:
                    message = f"{grave.name} was rejected ({grave.reason}), and is refused no more"
                    yield found("DYN903", grave.name, Spot(path), message, key)


def _plain(blob: Blob | None) -> str:
    return blob.data.decode("utf-8", "replace") if blob and blob.data else ""
