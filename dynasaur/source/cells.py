"""From the cells of a run to candidates: each public function with the closure it needs."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dynasaur.source.action import docstring_of
from dynasaur.source.candidate import Candidate
from dynasaur.source.closure import Closure, Find, closure_of
from dynasaur.source.history import History
from dynasaur.source.layout import import_lines, parts_of
from dynasaur.source.pieces import Piece, Reader
from dynasaur.source.reads import FUNCTIONS
from dynasaur.source.sharing import changed_together, homes_of_classes


def candidates(cells: Sequence[str], find: Find) -> tuple[Candidate, ...]:
    """Takes the public functions out of a run's cells, each with everything it needs.

    Args:
        cells: The code of the cells that ran without error, in order. Magics, `!` and `?` lines
            are not part of any action.
        find: Gives the full module name of the library action that a bare name meant, or None.

    Returns:
        One candidate per function defined at a cell's top level without a leading underscore, in
        order of definition, the last definition of a name winning. What cannot become an action
        says why in `problem`.
    """
    reader = Reader()
    for cell in cells:
        reader.read(cell)
    history = History(reader.pieces, reader.stars)
    functions = history.public
    closures = {name: closure_of(functions[name], history, find) for name in functions}
    homes = homes_of_classes(closures)
    if homes:
        closures = {name: closure_of(functions[name], history, find, homes) for name in functions}
    shared = changed_together(closures)
    found = {name: _candidate(closure) for name, closure in closures.items()}
    found |= {
        name: replace(found[name], problem=found[name].problem or reason)
        for name, reason in shared.items()
    }
    found |= _hidden(reader.pieces, found)
    return tuple(_settled(found).values())


def _candidate(closure: Closure) -> Candidate:
    function = closure.piece.node
    assert isinstance(function, FUNCTIONS)
    docstring = docstring_of(function)
    return Candidate(
        name=function.name,
        summary=docstring.split("\n")[0].strip(),
        imports=tuple(import_lines(closure.imports)),
        parts=tuple(parts_of(closure.body, closure.piece)),
        uses=tuple(closure.uses),
        lazy_hints=any(piece.lazy_hints for piece in closure.body),
        problem=closure.problem,
    )


def _hidden(pieces: Sequence[Piece], found: Mapping[str, Candidate]) -> dict[str, Candidate]:
    """Public functions that an `if` or a `try` defines: they can be helpers, and no actions."""
    hidden: dict[str, Candidate] = {}
    for piece in pieces:
        if piece.kind != "block":
            continue
        for node in ast.walk(piece.node):
            name = node.name if isinstance(node, FUNCTIONS) else "_"
            if not name.startswith("_") and name in piece.binds - found.keys():
                word = type(piece.node).__name__.lower()
                problem = f"it is defined inside `{word}`; define it once at the top level"
                hidden[name] = Candidate(name, problem=problem)
    return hidden


# --- problems that spread -----------------------------------------------------------------------


def _settled(found: dict[str, Candidate]) -> dict[str, Candidate]:
    """Candidates with the problems that come from one another: cycles, and what they use."""
    calls = {
        name: [use.name for use in candidate.uses if not use.module and use.name in found]
        for name, candidate in found.items()
    }
    problems = {name: candidate.problem for name, candidate in found.items()}
    for name in found:
        cycle = _cycle(name, calls)
        if cycle and not problems[name]:
            chain = ", ".join(f"`{other}`" for other in cycle)
            problems[name] = f"it and {chain} use one another; make one public function of them"
    spreading = [name for name in found if problems[name]]
    while spreading:
        bad = spreading.pop()
        for name in found:
            if bad in calls[name] and not problems[name]:
                problems[name] = f"it uses `{bad}`, which cannot be kept either"
                spreading.append(name)
    return {name: replace(found[name], problem=problems[name]) for name in found}


def _cycle(name: str, calls: Mapping[str, Sequence[str]]) -> list[str]:
    """The other functions on a way from a function back to itself; empty if there is none."""
    came: dict[str, str] = {}
    stack = [name]
    while stack:
        at = stack.pop()
        for used in calls[at]:
            if used == name:
                way = []
                while at != name:
                    way.append(at)
                    at = came[at]
                return way[::-1]
            if used not in came:
                came[used] = at
                stack.append(used)
    return []
