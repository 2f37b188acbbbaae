"""What backs an action: its evidence, its examples, its dependencies; what a range does to them."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator

from dynasaur.review.say import Spot, found
from dynasaur.review.sides import function_of
from dynasaur.review.values import Change, Finding, Kind, Side
from dynasaur.source import imports_outside_in, tree_of
from dynasaur.types import Action, Evidence

_NAME = re.compile(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)")
_BOUND = re.compile(r"[~=<>!]=|[<>]|@\s*\S")


def backing(change: Change) -> Iterator[Finding]:
    """Findings on a module's evidence, examples and dependencies."""
    side = change.after
    if side is None or side.action is None:
        return
    yield from _dependencies(change, side, side.action)
    if not change.vendored:
        yield from _evidence(change, side, side.action)
        yield from _examples(change, side, side.action)


# --- evidence -------------------------------------------------------------------------------------


def _evidence(change: Change, side: Side, action: Action) -> Iterator[Finding]:
    now = action.provenance
    spot = requirement_spot(side, "evidence")
    before = change.before.action if change.before else None
    if before is None:
        if now.origin == "generated" and not now.evidence:
            yield found("DYN605", change.name, spot, "a model wrote it, and no run backs it", "new")
        return
    was = before.provenance
    same_run = now.run == was.run
    if _rank(now.evidence) > _rank(was.evidence) and same_run:
        message = (
            f"its evidence was `{was.evidence or 'none'}`, is `{now.evidence}`, and no run is new"
        )
        yield found("DYN604", change.name, spot, message, now.evidence)
    elif voided(change):
        of_run = f" of run {now.run}" if now.run else ""
        message = f"`{now.evidence}`{of_run} was said of the code before this edit"
        yield found("DYN603", change.name, spot, message, side.exact)


def voided(change: Change) -> bool:
    """Whether what is said of an action was said of its code before the edit."""
    if not (change.before and change.before.action and change.after and change.after.action):
        return False
    was, now = change.before.action.provenance, change.after.action.provenance
    edited = change.content in {Kind.BODY, Kind.CONTRACT}
    return bool(now.evidence) and now.run == was.run and edited


def _rank(evidence: str) -> int:
    levels = [str(one) for one in Evidence]
    return levels.index(evidence) if evidence in levels else -1


def examples_of(action: Action) -> int:
    """How many examples its docstring has that are run."""
    lines = action.docstring.splitlines()
    return sum(one.strip().startswith(">>> ") and "+SKIP" not in one for one in lines)


def _examples(change: Change, side: Side, action: Action) -> Iterator[Finding]:
    before = change.before.action if change.before else None
    if examples_of(action) or (before and not examples_of(before)):
        return
    lost = "it has lost its examples" if before else "its docstring has no example that is run"
    function = function_of(side)
    line = function.lineno if function else 1
    yield found("DYN602", change.name, Spot.of_line(side, line), lost, "examples")


# --- dependencies ---------------------------------------------------------------------------------


def requirement_name(requirement: str) -> str:
    """The normalised name of a requirement; empty for what is none."""
    found_name = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", found_name[1]).lower() if found_name else ""


def _dependencies(change: Change, side: Side, action: Action) -> Iterator[Finding]:
    before = change.before.action if change.before else None
    old = {requirement_name(one): one for one in (before.dependencies if before else ())}
    for requirement in action.dependencies:
        name = requirement_name(requirement)
        spot = requirement_spot(side, requirement)
        if name not in old:
            yield found("DYN501", change.name, spot, f"it needs `{requirement}` now", name)
        if not _BOUND.search(requirement.partition(";")[0]) and (
            name not in old or _BOUND.search(old[name].partition(";")[0])
        ):
            message = f"`{requirement}` names no version; write the lowest that works"
            yield found("DYN502", change.name, spot, message, name)
    yield from _undeclared(change, side, action)


def _undeclared(change: Change, side: Side, action: Action) -> Iterator[Finding]:
    """Imports of what neither Python nor the head gives; heads may spell it in other words."""
    before = change.before
    known = set(_third_party(before)) if before and not before.problem else set()
    if action.dependencies:
        return
    for name, node in _third_party(side).items():
        if name not in known:
            place = (node.lineno, node.col_offset + 1, node.lineno, (node.end_col_offset or 1) + 1)
            message = f"it imports `{name}`, and its head names no dependency"
            yield found("DYN504", change.name, Spot.of_node(side, place), message, name)


def _third_party(side: Side) -> dict[str, ast.stmt]:
    found_names: dict[str, ast.stmt] = {}
    for node in imports_outside_in(tree_of(side.text, side.path)):
        for name in _imported(node):
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names and top not in {"actions", "dynasaur"}:
                found_names.setdefault(top, node)
    return found_names


def _imported(node: ast.Import | ast.ImportFrom) -> Iterable[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if not node.level and node.module else []


def requirement_spot(side: Side, word: str) -> Spot:
    """The line of the head that has a word; the function's where none has."""
    for number, line in enumerate(side.text.split("\n"), 1):
        if not line.startswith("#") and line.strip():
            break
        if word in line:
            return Spot.of_line(side, number)
    function = function_of(side)
    return Spot.of_line(side, function.lineno if function else 1)
