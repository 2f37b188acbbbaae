"""The lay-out of a candidate's module: which text stands where."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from dynasaur.source.candidate import Candidate, Use
from dynasaur.source.imports import relative, rewritten
from dynasaur.source.pieces import Piece

_WIDTH = 88


def render(candidate: Candidate, module: str, modules: Mapping[str, str]) -> str:
    """The module's text as it will be saved, without a head.

    Args:
        candidate: The function with its closure.
        module: The full name it will have (`actions.tables.mean`).
        modules: Full module names of the actions that it uses, by name; where it has none for a
            library action, the one found when the candidate was made counts.

    Returns:
        A docstring, the imports (actions relatively), constants, helpers and the function, the
        parts verbatim; ends with one newline.

    Raises:
        ActionError: The parts are not Python.
    """
    relatives = sorted(
        f"from {relative(modules.get(use.name, use.module) or use.name, module)}"
        f" import {', '.join(_imported(use))}"
        for use in candidate.uses
        if not use.inside
    )
    future = ["from __future__ import annotations"] if candidate.lazy_hints else []
    imports = [future, list(candidate.imports), relatives]
    text = f'"""{_docstring(candidate)}"""\n'
    for group in imports:
        text += "\n" + "\n".join(group) + "\n" if group else ""
    spread = True
    for number, part in enumerate(candidate.parts):
        wide = _is_definition(part) or (number > 0 and spread)
        text += ("\n\n" if wide else "\n") + part + "\n"
        spread = _is_definition(part)
    if not any(use.inside for use in candidate.uses):
        return text
    return rewritten(text, lambda node: _inner(node, module, modules))


def import_lines(pieces: Sequence[Piece]) -> Iterator[str]:
    """Import statements with only the names that are needed; verbatim where all are."""
    needed: dict[int, list[Piece]] = {}
    for piece in pieces:
        needed.setdefault(id(piece.node), []).append(piece)
    given: set[str] = set()
    for group in needed.values():
        text = _import_line(group)
        if text not in given:
            given.add(text)
            yield text


def parts_of(body: Sequence[Piece], function: Piece) -> Iterator[str]:
    """The texts of the pieces, constants that stood together kept together, the function last."""
    rest = [piece for piece in body if piece is not function]
    ordered = list(body) if _keeps_its_place(function, rest) else [*rest, function]
    part = ""
    before: Piece | None = None
    for piece in ordered:
        together = before is not None and piece.follows and piece.order == before.order + 1
        if together and before is not None and "constant" == piece.kind == before.kind:
            part += "\n" + piece.text
        else:
            if before is not None:
                yield part
            part = piece.text
        before = piece
    yield part


def _keeps_its_place(function: Piece, rest: Sequence[Piece]) -> bool:
    """Something that runs at once needs it, or binds anew what it read when it was defined."""
    return any(
        function.name in piece.reads.eager
        or (piece.order > function.order and piece.binds & function.reads.eager)
        for piece in rest
    )


def _import_line(group: Sequence[Piece]) -> str:
    node = group[0].node
    assert isinstance(node, ast.Import | ast.ImportFrom)
    if len(group) == len(node.names):
        lines = group[0].text.split("\n")
        return "\n".join(line for line in lines if not line.startswith("#"))
    names = [ast.unparse(piece.alias) for piece in group if piece.alias]
    if isinstance(node, ast.Import):
        return "\n".join(f"import {name}" for name in names)
    line = f"from {node.module} import {', '.join(names)}"
    if len(line) <= _WIDTH:
        return line
    inside = "".join(f"    {name},\n" for name in names)
    return f"from {node.module} import (\n{inside})"


def _imported(use: Use) -> Iterator[str]:
    yield from use.classes
    if use.called:
        yield f"{use.name} as {use.alias}" if use.alias else use.name


def _inner(node: ast.ImportFrom, module: str, modules: Mapping[str, str]) -> str | None:
    """The relative spelling of an import of an action inside a body."""
    if node.level or (node.module or "").split(".")[0] != "actions":
        return None
    target = modules.get(node.names[0].name, node.module or "")
    return relative(target, module)


def _docstring(candidate: Candidate) -> str:
    shown = "".join(char if char.isprintable() else " " for char in candidate.summary)
    words = " ".join(shown.split()).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if not words:
        words = candidate.name.replace("_", " ").strip().capitalize() + "."
    return words + " " if words.endswith('"') else words


def _is_definition(part: str) -> bool:
    code = next((line for line in part.split("\n") if not line.startswith("#")), "")
    return code.startswith(("@", "def ", "async ", "class "))
