"""Which names a cell needs from outside."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence

from dynasaur.syntax.cell import ast_of, names_of_broken, without_magics
from dynasaur.syntax.scopes import Body, Class, Comprehension, Generic, Module, Scope

_MODULE_NAMES = {
    *("__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__"),
    *("__builtins__", "__annotations__", "__class__", "__debug__"),
}
_BUILTINS = frozenset(dir(builtins)) | _MODULE_NAMES


def free_names(code: str) -> frozenset[str]:
    """The names that a cell uses, at any depth, and does not itself provide.

    Builtins are left out. At the cell's top level the order counts, as it does when the cell
    runs: in `total = total(prices)` the function `total` comes from elsewhere. In function
    bodies, which run later, whatever the cell binds anywhere is provided. Annotations count as
    uses; after a star import names are still reported, since nobody can say what it brought.

    Args:
        code: The cell's text; IPython's magics, `!` and `?` lines are allowed.

    Returns:
        The names. For text that is no Python of any kind: a best guess, never an error.
    """
    for text in (code, without_magics(code)):
        tree = ast_of(text)
        if tree is not None:
            try:
                return _Names().of(tree)
            except RecursionError:
                break
    return names_of_broken(code) - _BUILTINS


class _Names(ast.NodeVisitor):
    """Reads a tree in the order of its evaluation."""

    def __init__(self) -> None:
        self.module = Module()
        self.scope: Scope = self.module
        self.annotations_run = True

    def of(self, tree: ast.Module) -> frozenset[str]:
        self.visit(tree)
        return frozenset((self.module.free | (self.module.later - self.module.ever)) - _BUILTINS)

    def _each(self, *parts: ast.AST | Sequence[ast.AST | None] | None) -> None:
        for part in parts:
            for node in [part] if isinstance(part, ast.AST) else part or ():
                if node is not None:
                    self.visit(node)

    # names

    def visit_Name(self, node: ast.Name) -> None:
        match node.ctx:
            case ast.Load():
                self.scope.use(node.id)
            case ast.Store():
                self.scope.bind(node.id)
            case _:
                self._delete(node.id)

    def _delete(self, name: str) -> None:
        self.scope.use(name)
        self.scope.bind(name)
        self.scope.unbind(name)

    def visit_Global(self, node: ast.Global) -> None:
        self.scope.to_module.update(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.scope.outside.update(node.names)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.scope.bind(alias.asname or alias.name.split(".")[0])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if node.module == "__future__" and alias.name == "annotations":
                self.annotations_run = False
            self.scope.bind(alias.asname or alias.name)

    # statements whose parts run in another order than they are written

    def visit_Assign(self, node: ast.Assign) -> None:
        self._each(node.value, node.targets)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._annotation(node.annotation)
        self._each(node.value)
        if node.value is not None or not isinstance(node.target, ast.Name):
            self.visit(node.target)
        elif isinstance(self.scope, Body):  # a bare annotation makes a local, and binds nothing
            self.scope.bind(node.target.id)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.scope.use(node.target.id)
        self._each(node.value, node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        scope = self.scope
        while isinstance(scope, Comprehension) and scope.parent is not None:
            scope = scope.parent
        scope.bind(node.target.id)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self._each(node.iter, node.target, node.body, node.orelse)

    visit_AsyncFor = visit_For  # noqa: N815

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self._each(node.type)
        if node.name:
            self.scope.bind(node.name)
        self._each(node.body)
        if node.name:
            self.scope.unbind(node.name)

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        self.generic_visit(node)
        if node.name:
            self.scope.bind(node.name)

    visit_MatchStar = visit_MatchAs  # noqa: N815

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.generic_visit(node)
        if node.rest:
            self.scope.bind(node.rest)

    # scopes

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._each(node.decorator_list, node.args.defaults, node.args.kw_defaults)
        generic = self._type_parameters(node)
        for argument in _arguments(node.args):
            self._annotation(argument.annotation)
        self._annotation(node.returns)
        self._body(node.args, node.body)
        self._close(generic)
        self.scope.bind(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._each(node.args.defaults, node.args.kw_defaults)
        self._body(node.args, [node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._each(node.decorator_list)
        generic = self._type_parameters(node)
        self._each(node.bases)
        for keyword in node.keywords:
            self.visit(keyword.value)
        inner = Class(self.scope)
        self.scope = inner
        self._each(node.body)
        self._close(inner)
        self._close(generic)
        self.scope.bind(node.name)

    def visit_TypeAlias(self, node: ast.AST) -> None:
        generic = self._type_parameters(node)
        body = Body(self.scope)
        self.scope = body
        self.visit(getattr(node, "value"))  # noqa: B009  # newer than the oldest Python we serve
        self._close(body)
        self._close(generic)
        self.visit(getattr(node, "name"))  # noqa: B009

    def _type_parameters(self, node: ast.AST) -> Generic:
        """A scope around a function, class or alias, holding its type parameters."""
        scope = Generic(self.scope)
        self.scope = scope
        for parameter in getattr(node, "type_params", []):
            scope.bind(parameter.name)
            self.generic_visit(parameter)
        return scope

    def _body(self, arguments: ast.arguments, statements: Sequence[ast.AST]) -> None:
        body = Body(self.scope)
        self.scope = body
        for argument in _arguments(arguments):
            body.bind(argument.arg)
        for statement in statements:
            self.visit(statement)
        self._close(body)

    def _close(self, scope: Scope) -> None:
        scope.close()
        assert scope.parent is not None
        self.scope = scope.parent

    def _annotation(self, node: ast.expr | None) -> None:
        """An annotation runs at once, unless the cell says `from __future__ import annotations`."""
        if node is None:
            return
        if self.annotations_run:
            self.visit(node)
            return
        body = Body(self.scope)
        self.scope = body
        self.visit(node)
        self._close(body)

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        self._comprehension(node.generators, [node.elt])

    visit_SetComp = visit_ListComp  # noqa: N815
    visit_GeneratorExp = visit_ListComp  # noqa: N815

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node.generators, [node.key, node.value])

    def _comprehension(self, parts: list[ast.comprehension], made: list[ast.expr]) -> None:
        self.visit(parts[0].iter)
        scope = Comprehension(self.scope)
        self.scope = scope
        for part in parts:
            self.visit(part.target)
        for number, part in enumerate(parts):
            self._each(part.iter if number else None, part.ifs)
        self._each(made)
        self._close(scope)


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    extra = [found for found in (arguments.vararg, arguments.kwarg) if found is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra]
