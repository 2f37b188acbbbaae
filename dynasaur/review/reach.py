"""Capabilities that a range adds: of the changed modules, and of what they newly import."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from contextlib import suppress

from dynasaur.capabilities import Capability, Kind, capabilities, gained
from dynasaur.errors import ActionError
from dynasaur.places import title
from dynasaur.review.options import TextOf
from dynasaur.review.rules import OF_CAPABILITY
from dynasaur.review.say import Spot, found
from dynasaur.review.values import Change, Finding, Side
from dynasaur.source import imported_by, imports_outside_in, relative_imports, tree_of

_VERBS = {
    Kind.NETWORK: "reaches the network",
    Kind.HOST: "asks the host of the run",
    Kind.SUBPROCESS: "runs or stops other programs",
    Kind.FILE_WRITE: "writes, moves or removes files",
    Kind.EVAL: "runs text as code",
    Kind.ENVIRONMENT: "reads or sets the environment",
    Kind.SECRETS: "reaches for a secret",
    Kind.NATIVE: "calls native code",
    Kind.DESERIALISATION: "can run what the data says",
    Kind.DYNAMIC_IMPORT: "takes a name that is made at run time",
    Kind.OBFUSCATION: "hides what the code does",
    Kind.IMPORT_EFFECTS: "runs when the module is imported",
}
_DEEPEST = 20


def reach(change: Change, changed: Collection[str], text_of: TextOf) -> Iterator[Finding]:
    """What the range lets a module do that it could not do before.

    Args:
        change: What happened to it.
        changed: All modules that the range changes: what they do is told of them.
        text_of: Gives the text of any module.
    """
    if change.after is None:
        return
    before = change.before.capabilities if change.before else ()
    for use in gained(before, change.after.capabilities):
        yield _finding(change, change.after, use)
    yield from _through_imports(change, change.after, changed, text_of)


def _finding(change: Change, side: Side, use: Capability) -> Finding:
    low = use.confidence == "low"
    return found(
        OF_CAPABILITY[use.kind],
        change.name,
        Spot.of_use(side, use),
        f"`{use.name}` {_VERBS[use.kind]}",
        use.name,
        level="info" if low else None,
        confidence=use.confidence,
    )


def _through_imports(
    change: Change, side: Side, changed: Collection[str], text_of: TextOf
) -> Iterator[Finding]:
    """What a module can newly do through an action or a helper that it did not import before."""
    if side.problem:
        return
    before = set(_imports(change.before)) if change.before else set()
    known = {one.kind for one in side.capabilities}
    if change.before:
        known |= {one.kind for one in change.before.capabilities}
    for module in _imports(side):
        if module in before or module in changed:
            continue
        for kind, use in _closure(module, text_of).items():
            if kind not in known:
                known.add(kind)
                yield found(
                    OF_CAPABILITY[kind],
                    change.name,
                    Spot.of_node(side, _import_of(side, module)),
                    f"it {_VERBS[kind]}, through {title(module)} (`{use}`)",
                    f"{title(module)} {use}",
                    level="info",
                    confidence="medium",
                )


def _imports(side: Side) -> tuple[str, ...]:
    with suppress(ActionError):
        return relative_imports(side.text, side.module)
    return ()


def _closure(module: str, text_of: TextOf) -> dict[Kind, str]:
    """What a module can do by itself and through all that it imports: one use of each kind."""
    seen: set[str] = set()
    waiting = [(module, 0)]
    kinds: dict[Kind, str] = {}
    while waiting:
        name, depth = waiting.pop()
        text = text_of(name) if name not in seen and depth <= _DEEPEST else None
        seen.add(name)
        if text is None:
            continue
        with suppress(ActionError):
            for use in capabilities(text):
                if use.confidence != "low":
                    kinds.setdefault(use.kind, use.name)
            waiting += [(one, depth + 1) for one in relative_imports(text, name)]
    return kinds


def _import_of(side: Side, module: str) -> tuple[int, int, int, int]:
    for node in imports_outside_in(tree_of(side.text, side.path)):
        if isinstance(node, ast.ImportFrom) and module in imported_by(node, side.module):
            end = (node.end_lineno or node.lineno, (node.end_col_offset or 0) + 1)
            return node.lineno, node.col_offset + 1, *end
    return 1, 1, 1, 2
