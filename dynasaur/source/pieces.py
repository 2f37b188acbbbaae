"""The top-level statements of a run's cells, each with what it binds and reads, verbatim."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dynasaur.source.imports import is_action
from dynasaur.source.notebook import python_of
from dynasaur.source.reads import KNOWN, Reads, reads_of
from dynasaur.source.text import Lines, end_line, parse, respelled
from dynasaur.source.values import running, runs_when_made

Kind = Literal["import", "action", "function", "class", "constant", "block", "code"]

DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_INNER_COMMENT = re.compile(r"[ \t]+#")


@dataclass(frozen=True, slots=True)
class Piece:
    """One top-level statement.

    Attributes:
        order: Its place in the run.
        text: It, verbatim, with the comments attached to it.
        node: Its tree.
        kind: What it is; `code` cannot travel, everything else can.
        reads: The names it touches.
        binds: The names it binds.
        lazy_hints: Annotations are not evaluated (`from __future__ import annotations`).
        follows: It stands right below the piece before it, no blank line between.
        alias: For an import, the one of its names that this piece brings.
        why: For `code`: the part of it that runs a program, shortened.
    """

    order: int
    text: str
    node: ast.stmt
    kind: Kind
    reads: Reads
    binds: frozenset[str]
    lazy_hints: bool
    follows: bool
    alias: ast.alias | None = None
    why: str = ""

    @property
    def name(self) -> str:
        """The name of a definition; empty for other pieces."""
        return self.node.name if isinstance(self.node, DEFINITIONS) else ""

    @property
    def public(self) -> bool:
        """It may become an action."""
        return self.kind == "function" and not self.name.startswith("_")


class Reader:
    """Reads cells in the order they ran, as one namespace."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.bound: dict[str, Piece] = {}
        self.stars: list[str] = []
        self.lazy_hints = False

    def read(self, cell: str) -> None:
        """Adds one cell; text that is no Python, or is nested beyond all sense, adds nothing."""
        text = python_of(cell)
        try:
            tree = parse(text)
        except SyntaxError:
            return
        before = len(self.pieces)
        try:
            self._read(tree, Lines(text))
        except RecursionError:
            del self.pieces[before:]
            self.bound = {name: piece for piece in self.pieces for name in piece.binds}

    def _read(self, tree: ast.Module, lines: Lines) -> None:
        last = 0
        for node in tree.body:
            first = _first_line(node)
            top = _comments_above(lines, first, last) if _alone(lines, node) else first
            bottom = _comments_below(lines, node)
            own = _text(lines, node, top, bottom)
            self._add(node, own, follows=top <= last + 1)
            last = bottom

    def _add(self, node: ast.stmt, text: str, *, follows: bool) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom):
            self._import(node, text, follows=follows)
            return
        try:
            reads = reads_of(text, node, lazy_hints=self.lazy_hints)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            reads = _guess(node)
        why = self._runs(node)
        kind: Kind = _kind(node) if why is None else "code"
        short = "" if why is None else respelled(why, 60)
        self._put(node, text, kind, reads, follows=follows, why=short)
        if kind == "code":
            for inner in _imports_inside(node):
                self._import(inner, respelled(inner), follows=False)

    def _put(
        self,
        node: ast.stmt,
        text: str,
        kind: Kind,
        reads: Reads,
        *,
        follows: bool,
        alias: ast.alias | None = None,
        why: str = "",
    ) -> None:
        piece = Piece(
            order=len(self.pieces),
            text=text,
            node=node,
            kind=kind,
            reads=reads,
            binds=reads.binds,
            lazy_hints=self.lazy_hints,
            follows=follows and bool(self.pieces),
            alias=alias,
            why=why,
        )
        self.pieces.append(piece)
        self.bound.update(dict.fromkeys(piece.binds, piece))

    # --- imports

    def _import(self, node: ast.Import | ast.ImportFrom, text: str, *, follows: bool) -> None:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            self.lazy_hints |= any(alias.name == "annotations" for alias in node.names)
            return
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(" ".join(text.split()))
                continue
            name = alias.asname or alias.name.split(".")[0]
            kind = _import_kind(node, alias)
            why = text if kind == "code" else ""
            self._put(node, text, kind, _binding(name), follows=follows, alias=alias, why=why)

    # --- what can travel

    def origin(self, name: str) -> str:
        """Where a name comes from (`values.Origin`)."""
        piece = self.bound.get(name)
        if piece is None:
            return "builtins" if name in KNOWN else ""
        if piece.kind == "import" and piece.alias:
            home = piece.alias.name if piece.alias.asname else piece.alias.name.split(".")[0]
            module = getattr(piece.node, "module", None)
            return f"{module}.{piece.alias.name}" if module else home
        if isinstance(piece.node, ast.ClassDef):
            return "" if runs_when_made(piece.node, self.origin) else "class"
        return "value" if piece.kind == "constant" else ""

    def _runs(self, node: ast.stmt) -> ast.AST | None:
        """The first part of a statement that cannot travel; None where it all can."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Pass():
                return None
            case ast.Import() | ast.ImportFrom():
                plain = all(_import_kind(node, alias) == "import" for alias in node.names)
                return None if plain and node.names[0].name != "*" else node
            case ast.Raise():
                return None
            case ast.Expr(value=ast.Constant()):
                return None
            case ast.Assign():
                plain = all(_plain_target(target) for target in node.targets)
                return running(node.value, self.origin) if plain else node
            case ast.AnnAssign(target=ast.Name()):
                return running(node.value, self.origin) if node.value else None
            case ast.If():
                return running(node.test, self.origin) or self._first([*node.body, *node.orelse])
            case ast.Try(finalbody=[]):
                handled = [part for handler in node.handlers for part in handler.body]
                return self._first([*node.body, *handled, *node.orelse])
        alias = type(node).__name__ == "TypeAlias"  # newer than the oldest Python we serve
        return None if alias else node

    def first_run(self, body: Sequence[ast.stmt]) -> ast.AST | None:
        """The first part of a class's body that runs a program; None where there is none."""
        return self._first(body)

    def _first(self, nodes: Sequence[ast.stmt]) -> ast.AST | None:
        return next((found for node in nodes if (found := self._runs(node))), None)


def _kind(node: ast.stmt) -> Kind:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return "function"
        case ast.ClassDef():
            return "class"
        case ast.If() | ast.Try():
            return "block"
    return "constant"


def _import_kind(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> Kind:
    if isinstance(node, ast.Import):
        return "code" if alias.name.split(".")[0] == "actions" else "import"
    module = node.module or ""
    if node.level or (module.split(".")[0] == "actions" and not is_action(module, alias.name)):
        return "code"
    return "action" if module.split(".")[0] == "actions" else "import"


def _binding(name: str) -> Reads:
    none: frozenset[str] = frozenset()
    return Reads(frozenset({name}), none, none, none, none, none, none, none)


def _guess(node: ast.stmt) -> Reads:
    """Reads of a statement that the compiler refuses, scopes left aside."""
    names = [inner for inner in ast.walk(node) if isinstance(inner, ast.Name)]
    bound = frozenset(name.id for name in names if not isinstance(name.ctx, ast.Load))
    read = frozenset(name.id for name in names if isinstance(name.ctx, ast.Load))
    return replace(_binding(""), binds=bound, eager=read)


def _plain_target(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(_plain_target(part) for part in target.elts)
    return isinstance(target, ast.Name)


def _imports_inside(node: ast.stmt) -> Iterator[ast.Import | ast.ImportFrom]:
    """Imports at module level inside a statement that cannot travel itself."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif isinstance(child, ast.stmt | ast.ExceptHandler) and not isinstance(child, DEFINITIONS):
            yield from _imports_inside(child)  # type: ignore[arg-type]


# --- text -------------------------------------------------------------------------------------


def _first_line(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, DEFINITIONS) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _alone(lines: Lines, node: ast.stmt) -> bool:
    """No other statement stands before it on its first line."""
    return isinstance(node, DEFINITIONS) or not lines.before(node).strip()


def _comments_above(lines: Lines, first: int, last: int) -> int:
    """The line where the comments right above a statement begin."""
    top = first
    while top - 1 > last and lines.lines[top - 2].lstrip("\f").startswith("#"):
        top -= 1
    block = lines.lines[top - 1 : first - 1]
    return first if any(line.startswith("# ///") for line in block) else top


def _comments_below(lines: Lines, node: ast.stmt) -> int:
    """The line where a body ends: indented comments right below it are still its own."""
    bottom = end_line(node)
    if bottom > node.lineno:
        while bottom < len(lines.lines) and _INNER_COMMENT.match(lines.lines[bottom]):
            bottom += 1
    return bottom


def _text(lines: Lines, node: ast.stmt, top: int, bottom: int) -> str:
    after = lines.after(node)
    trailing = after.rstrip() if after.lstrip().startswith("#") else ""
    if not _alone(lines, node):
        return lines.of(node) + trailing
    last = end_line(node)
    whole = lines.lines[top - 1 : last]
    whole[-1] = whole[-1][: len(whole[-1]) - len(after)] + trailing
    return "\n".join([*whole, *lines.lines[last:bottom]]).lstrip("\f")
