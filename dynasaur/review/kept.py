"""The rules of `dynasaur check`, on what a range changes: only what it adds is told."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from dynasaur.checks.rules import findings
from dynasaur.places import title
from dynasaur.review.callers import is_there
from dynasaur.review.rules import OF_CHECK
from dynasaur.review.say import Spot, found
from dynasaur.review.sides import function_of, module_of, place_of
from dynasaur.review.values import Change, Finding, Kind, Side
from dynasaur.source import imported_by, imports_outside_in, relative_imports, tree_of

_ELSEWHERE = frozenset({"effects", "hidden"})
"""Rules whose findings are those of a capability."""

_PLACES = {
    "deep": "actions lie in actions/<category>/<name>.py; move it there",
    "name": "its path is no module's name; use letters, digits and underscores",
}


def kept(
    change: Change, listed: Mapping[str, tuple[str, str]], names: Mapping[str, list[str]]
) -> Iterator[Finding]:
    """What breaks a rule now and did not before.

    Args:
        change: What happened to a module.
        listed: Every file of the package afterwards.
        names: The paths of the actions that have its name (`named`).
    """
    side = change.after
    if side is None:
        return
    yield from _place(change, side)
    if side.problem:
        return
    yield from _requires(change, side, listed)
    if not change.vendored:
        yield from _unique(change, side, names)
        yield from _rules(change, side)


def _rules(change: Change, side: Side) -> Iterator[Finding]:
    if side.action is None:
        return
    before = change.before.action if change.before else None
    earlier = findings(before, without=_ELSEWHERE) if before else ()
    known = Counter((one.rule, one.message) for one in earlier)
    for one in findings(side.action, without=_ELSEWHERE):
        if known[one.rule, one.message]:
            known[one.rule, one.message] -= 1
            continue
        number = OF_CHECK.get(one.rule, "DYN810")
        yield found(number, change.name, Spot.of_line(side, one.line), one.message, one.message)


def _place(change: Change, side: Side) -> Iterator[Finding]:
    if change.before and change.before.path == side.path:
        return
    place = place_of(side.path)
    if place in _PLACES:
        yield found("DYN807", change.name, Spot.of_line(side, 1), _PLACES[place], place)


def _requires(
    change: Change, side: Side, listed: Mapping[str, tuple[str, str]]
) -> Iterator[Finding]:
    before = change.before
    old = set(relative_imports(before.text, before.module)) if before and not before.problem else ()
    for module in relative_imports(side.text, side.module):
        line, column, end, level = _import_of(side, module)
        spot = Spot.of_node(side, (line, column, line, end))
        if not is_there(module, listed):
            if module not in old:
                message = f"it imports {module}, which is not there"
                yield found("DYN809", change.name, spot, message, module)
        elif not level and module not in old:
            message = f"it imports {module} by its full name; import it relatively"
            yield found("DYN809", change.name, spot, message, f"{module} in full")
    package = side.path.endswith("__init__.py") and not change.vendored
    if package and side.text.strip() and not (before and before.text.strip()):
        message = "a package's `__init__.py` stays empty"
        yield found("DYN807", change.name, Spot.of_line(side, 1), message, "init")


def _import_of(side: Side, module: str) -> tuple[int, int, int, int]:
    """Where a module is imported (its columns in bytes), and the import's level."""
    for node in imports_outside_in(tree_of(side.text, side.path)):
        if isinstance(node, ast.ImportFrom):
            if module in imported_by(node, side.module):
                return node.lineno, node.col_offset + 1, (node.end_col_offset or 1) + 1, node.level
        elif module in [alias.name for alias in node.names]:
            return node.lineno, node.col_offset + 1, (node.end_col_offset or 1) + 1, 0
    return 1, 1, 2, 1


def named(
    changes: Sequence[Change], listed: Mapping[str, tuple[str, str]]
) -> Mapping[str, list[str]]:
    """The paths of actions that have the name of a changed one, however it is written."""
    wanted = {one.after.action.name.casefold() for one in changes if one.after and one.after.action}
    found: dict[str, list[str]] = {}
    for path in listed:
        name = path[path.rfind("/") + 1 :].removesuffix(".py").casefold()
        if name in wanted and place_of(path) == "action":
            found.setdefault(name, []).append(path)
    return found


def _unique(change: Change, side: Side, names: Mapping[str, list[str]]) -> Iterator[Finding]:
    arrived = change.kind in {Kind.ADDED, Kind.RENAMED, Kind.MOVED}
    if not arrived or side.action is None:
        return
    others = [one for one in names.get(side.action.name.casefold(), ()) if one != side.path]
    function = function_of(side)
    if others and function:
        other = title(module_of(min(others)))
        message = f"its name is that of {other}; rename one of them"
        yield found("DYN808", change.name, Spot.of_line(side, function.lineno), message, other)
