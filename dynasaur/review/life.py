"""What became of each module, of its signature, and of its callers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dynasaur.review.files import of_content
from dynasaur.review.say import Spot, found
from dynasaur.review.sides import function_of, name_of
from dynasaur.review.signatures import UnreadableError, breaks
from dynasaur.review.values import Change, Finding, Kind, Side


def life(changes: Sequence[Change]) -> Iterator[Finding]:
    """What came, went, moved, or cannot be read."""
    for change in changes:
        side = change.side
        if change.after and side.problem and side.blob.data is not None:
            message = f"{side.problem}; it is not reviewed"
            spot = Spot.of_line(side, side.line)
            yield found("DYN104", change.name, spot, message, of_content(side.blob))
        elif change.is_action and not change.vendored:
            yield from _of_kind(change, side)


def _of_kind(change: Change, side: Side) -> Iterator[Finding]:
    function = function_of(side)
    spot = Spot.of_line(side, function.lineno if function else 1)
    match change.kind:
        case Kind.ADDED:
            yield found("DYN101", change.name, spot, "it is new", "added")
        case Kind.REMOVED:
            yield _removed(change, spot)
        case Kind.RENAMED | Kind.MOVED:
            assert change.before is not None
            was = name_of(change.before.module)
            yield found("DYN103", change.name, spot, f"it was {was}", was)
    now = change.after.action.provenance.deprecated if change.after and change.after.action else ""
    had = (
        change.before.action.provenance.deprecated if change.before and change.before.action else ""
    )
    if now and now != had:
        yield found("DYN106", change.name, spot, f"{now} is to be used instead", now)


def _removed(change: Change, spot: Spot) -> Finding:
    """A removed action is shown at its caller: its own lines are in no diff of what is there."""
    users = {one.path: one for one in change.callers if one.problem}
    if not users:
        return found("DYN102", change.name, spot, "it is gone; nothing here uses it", "removed")
    first = next(iter(users.values()))
    more = f" and {len(users) - 1} more" if len(users) > 1 else ""
    message = f"it is gone, and {name_of(first.module)}{more} still needs it"
    spot = Spot(first.path, first.line, first.column)
    return found("DYN102", change.name, spot, message, "removed", level="error")


def signatures(changes: Sequence[Change]) -> Iterator[Finding]:
    """What of changed signatures breaks callers."""
    for change in changes:
        before, after = change.before, change.after
        if before is None or after is None or before.problem or after.problem:
            continue
        if before.text == after.text:
            continue
        try:
            for one in breaks(before, after):
                place = (one.line, one.column, one.end_line, one.end_column)
                spot = Spot.of_node(after, place)
                detail = f"{one.subject} {one.message}"
                yield found(one.id, change.name, spot, one.message, detail)
        except UnreadableError as error:
            message = f"its signature could not be compared ({error}); it is not reviewed"
            yield found("DYN105", change.name, Spot.of_line(after, 1), message, "signature")


def callers(changes: Sequence[Change]) -> Iterator[Finding]:
    """Callers that do not fit any more."""
    for change in changes:
        for one in change.callers:
            if one.problem:
                name = name_of(one.module).removeprefix("vendor/")
                spot = Spot(one.path, one.line, one.column)
                yield found("DYN701", name, spot, f"it {one.problem}", one.problem)
