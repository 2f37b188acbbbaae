"""Which names a statement reads, when it reads them, and what it changes."""

from __future__ import annotations

import ast
import builtins
import symtable
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from dynasaur.source.changes import changes_of
from dynasaur.source.text import parse, words

KNOWN = frozenset(dir(builtins)) - {"display", "get_ipython", "exit", "quit"} | words(
    "__name__ __doc__ __file__ __package__ __spec__ __loader__ __builtins__ __annotations__"
    " __class__ __module__ __qualname__ __debug__ __dict__"
)
"""Names that every module can read."""

_FUTURE = "from __future__ import annotations\n"

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Reads:
    """The names of the module that a top-level statement touches.

    Attributes:
        binds: Names it binds or deletes at the module's top level.
        eager: Names it reads when it runs: decorators, defaults, bases, values, annotations.
        late: Names that the functions in it read when they are called.
        hints: Names in annotations that nothing evaluates, and names a class may find in itself.
        changes: Names whose values it changes in place when it runs.
        given: Names of values that it may change in place: given to a call for nothing.
        rebinds: Names that the functions in it bind in the module (`global`).
        late_changes: Those, and names that the functions in it change in place.
    """

    binds: frozenset[str]
    eager: frozenset[str]
    late: frozenset[str]
    hints: frozenset[str]
    changes: frozenset[str]
    given: frozenset[str]
    rebinds: frozenset[str]
    late_changes: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Every name that it reads."""
        return self.eager | self.late | self.hints


def reads_of(text: str, node: ast.stmt, *, lazy_hints: bool) -> Reads:
    """What a top-level statement reads, binds and changes.

    Args:
        text: The statement's own text.
        node: Its tree.
        lazy_hints: `from __future__ import annotations` is in force.
    """
    scopes = _Scopes()
    scopes.visit(_table(text), "eager")
    hinted: set[str] = set()
    bound = frozenset(_bound_inside(node))
    for hint in hints(node):
        hinted.update(hint_names(hint.node, quoted=True))
        if hint.runs and not lazy_hints:
            when = "late" if hint.inside else "eager"
            scopes.names[when].update(set(hint_names(hint.node, quoted=False)) - bound)
    changes = changes_of(node)
    return Reads(
        frozenset(scopes.binds),
        frozenset(scopes.names["eager"]),
        frozenset(scopes.names["late"]),
        frozenset(hinted | scopes.names["hints"]) - scopes.names["eager"] - scopes.names["late"],
        frozenset(changes.at_once),
        frozenset(changes.given),
        frozenset(scopes.rebound),
        frozenset(changes.late & (scopes.names["late"] | scopes.rebound)) | scopes.rebound,
    )


class _Scopes:
    """Walks the compiler's own symbol tables. The annotations are left to `_annotations`."""

    def __init__(self) -> None:
        self.binds: set[str] = set()
        self.rebound: set[str] = set()
        self.names: dict[str, set[str]] = {"eager": set(), "late": set(), "hints": set()}

    def visit(self, table: symtable.SymbolTable, when: str) -> None:
        top = _kind(table) == "module"
        for symbol in table.get_symbols():
            name = symbol.get_name()
            if top and (symbol.is_assigned() or symbol.is_imported()):
                self.binds.add(name)
            if symbol.is_referenced() and (top or _is_global(symbol)):
                self.names[when].add(name)
            elif symbol.is_referenced() and symbol.is_assigned() and _kind(table) == "class":
                self.names["hints"].add(name)
            if not top and symbol.is_declared_global() and symbol.is_assigned():
                self.rebound.add(name)
        for child in table.get_children():
            if "annotation" not in _kind(child):
                self.visit(child, "late" if _is_late(child) else when)


def _is_global(symbol: symtable.Symbol) -> bool:
    """Whether a name in a function is the module's.

    `Symbol.is_global` alone takes every local of a function called `top` for one: the module's
    own table has that name too.
    """
    return symbol.is_global() and (symbol.is_declared_global() or not symbol.is_local())


def _table(text: str) -> symtable.SymbolTable:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return symtable.symtable(_FUTURE + text, "cell", "exec")


def _kind(table: symtable.SymbolTable) -> str:
    return str(getattr(table.get_type(), "value", table.get_type()))


_AT_ONCE = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})
_ON_DEMAND = frozenset({"type alias", "type variable", "TypeVar bound"})


def _is_late(table: symtable.SymbolTable) -> bool:
    kind = _kind(table)
    return kind in _ON_DEMAND or (kind == "function" and table.get_name() not in _AT_ONCE)


# --- annotations ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hint:
    """An annotation: inside a function or not, and whether Python evaluates it."""

    node: ast.expr
    inside: bool
    runs: bool


def hints(statement: ast.stmt) -> Iterator[Hint]:
    """The annotations in a statement, whatever it defines."""
    stack: list[tuple[ast.AST, bool]] = [(statement, False)]
    while stack:
        node, inside = stack.pop()
        if isinstance(node, FUNCTIONS):
            yield from (Hint(hint, inside, runs=True) for hint in hints_of(node))
            inside = True
        elif isinstance(node, ast.AnnAssign):
            yield Hint(node.annotation, inside, runs=not inside)
        stack.extend((child, inside) for child in ast.iter_child_nodes(node))


def hints_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    """A function's own annotations: of its parameters, and of what it returns."""
    own = [one.annotation for one in ast.walk(node.args) if isinstance(one, ast.arg)]
    return [hint for hint in (*own, node.returns) if hint]


def _bound_inside(node: ast.stmt) -> Iterator[str]:
    """Names that anything in a statement binds, in whatever scope."""
    for inner in ast.walk(node):
        match inner:
            case ast.Name(ctx=ast.Store()):
                yield inner.id
            case ast.arg():
                yield inner.arg
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield inner.name
                yield from (parameter.name for parameter in getattr(inner, "type_params", []))
            case ast.alias():
                yield (inner.asname or inner.name).split(".")[0]


def hint_names(hint: ast.expr, *, quoted: bool) -> Iterator[str]:
    """The names in an annotation, those in its quoted parts too where asked for."""
    match hint:
        case ast.Name():
            yield hint.id
        case ast.Constant(value=str(text)) if quoted:
            try:
                inner = parse(f"({text.strip()})").body
            except SyntaxError:
                return
            if inner and isinstance(inner[0], ast.Expr):
                yield from hint_names(inner[0].value, quoted=quoted)
        case ast.Subscript() if _last_name(hint.value) in {"Literal", "Annotated"}:
            yield from hint_names(hint.value, quoted=quoted)
            literal = _last_name(hint.value) == "Literal"
            parts = hint.slice.elts if isinstance(hint.slice, ast.Tuple) else [hint.slice]
            for number, part in enumerate(parts):
                yield from hint_names(part, quoted=quoted and not literal and not number)
        case _:
            for child in ast.iter_child_nodes(hint):
                if isinstance(child, ast.expr):
                    yield from hint_names(child, quoted=quoted)


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
    return ""
