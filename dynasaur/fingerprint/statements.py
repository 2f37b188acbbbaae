"""Statements: from tree-sitter's nodes to the canonical tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynasaur.fingerprint import terms
from dynasaur.fingerprint.annotations import annotation
from dynasaur.fingerprint.binding import Opaque, Ref, Unreadable
from dynasaur.fingerprint.definitions import Definitions
from dynasaur.fingerprint.imports import CHANGING, absolute
from dynasaur.fingerprint.reader import has, kids
from dynasaur.fingerprint.terms import NONE, Node

if TYPE_CHECKING:
    from dynasaur.syntax import Cst

_FRAME_MODULES = {"duckdb", "pandasql", "polars", "numexpr", "patsy", "statsmodels", "formulaic"}
"""Modules with functions that look up the variables of their caller by names in strings."""


class Statements(Definitions):
    """Reads statements."""

    def block(self, nodes: list[Cst]) -> list[Node]:
        """A list of statements, as they are written."""
        found: list[Node] = []
        for node in nodes:
            if node.type == "block":
                found += self.block(kids(node))
                continue
            made = self.expression(node)
            if type(made) is list:
                found += made
            elif made is not None:
                found.append(made)
        return found

    # simple statements

    def _read_expression_statement(self, node: Cst) -> Node:
        inner = kids(node)
        if len(inner) > 1 or has(node, ","):
            return ("expression", ("tuple", *self.expressions(inner)))
        if (
            inner[0].type == "string"
            and not self.notes.documented
            and not has(inner[0], "interpolation")
        ):
            return None
        made = self.expression(inner[0])
        kind = terms.kind(made)
        if kind in {"constant", "bytes"}:
            return None
        return made if kind in {"assign", "augment", "none"} else ("expression", made)

    def _read_assignment(self, node: Cst) -> Node:
        hint = node.child_by_field_name("type")
        right = node.child_by_field_name("right")
        lefts = [self.child(node, "left")]
        while right is not None and right.type == "assignment":
            lefts.append(self.child(right, "left"))
            right = right.child_by_field_name("right")
        value = None if right is None else self.expression(right)
        targets = [self.target(left) for left in lefts]
        if len(targets) == 1 and type(targets[0]) is Ref and value is not None:
            targets[0].assigned.append(value)
        if hint is not None:
            return self._annotated(targets[0], hint, value)
        return ("assign", tuple(targets), value)

    def _annotated(self, target: Node, hint: Cst, value: Node) -> Node:
        """A function does not evaluate the annotations of its variables, others do."""
        made = ("assign", (target,), value) if value is not None else ("none",)
        if self.scope.kind == "function" and type(target) is Ref and not self.notes.opaque:
            return made
        return ("assign", (target,), value, annotation(self, hint))

    def _read_augmented_assignment(self, node: Cst) -> Node:
        operator = self.child(node, "operator").type
        target = self.target(self.child(node, "left"))
        value = self.inside(node, "right")
        if type(target) is Ref:
            target.loads += 1
            target.assigned.append(("binary", operator[:-1], target, value))
        return ("augment", operator[:-1], target, value)

    def _read_return_statement(self, node: Cst) -> Node:
        inner = kids(node)
        return ("return", self.expression(inner[0]) if inner else NONE)

    def _read_raise_statement(self, node: Cst) -> Node:
        cause = node.child_by_field_name("cause")
        inner = [child for child in kids(node) if child != cause]
        if len(inner) > 1 or any(child.type == "expression_list" for child in inner):
            raise Unreadable("raise of several")
        return (
            "raise",
            self.expression(inner[0]) if inner else None,
            None if cause is None else self.expression(cause),
        )

    def _read_assert_statement(self, node: Cst) -> Node:
        test, *message = self.expressions(kids(node))
        return ("assert", terms.tested(test), *message)

    def _read_delete_statement(self, node: Cst) -> Node:
        (inner,) = kids(node)
        found = self.target(inner)
        return ("delete", *(found[1:] if terms.kind(found) == "tuple" else [found]))

    def _read_pass_statement(self, _: Cst) -> Node:
        return None

    def _read_break_statement(self, _: Cst) -> Node:
        return ("break",)

    def _read_continue_statement(self, _: Cst) -> Node:
        return ("continue",)

    def _read_global_statement(self, node: Cst) -> Node:
        module = self.scope.module()
        self.notes.declared.update(map(self.name, kids(node)))
        for child in kids(node):
            self.scope.declared[self.name(child)] = module.ref(self.name(child))
        return ("global", *[module.ref(self.name(child)) for child in kids(node)])

    def _read_nonlocal_statement(self, node: Cst) -> Node:
        outer = self.scope.around()
        self.notes.declared.update(map(self.name, kids(node)))
        for child in kids(node):
            self.scope.declared[self.name(child)] = outer.ref(self.name(child))
        return ("nonlocal", *[self.scope.ref(self.name(child)) for child in kids(node)])

    # imports

    def _read_import_statement(self, node: Cst) -> Node:
        found: list[Node] = []
        for child in node.children_by_field_name("name"):
            if child.type == "aliased_import":
                path = self.dotted(self.child(child, "name"))
                name, bound = self.name(self.child(child, "alias")), path
            else:
                path = self.dotted(child)
                name = bound = path.split(".")[0]
            self._look_at_module(path)
            found.append(self._bind(name, bound, path))
        return found

    def _bind(self, name: str, bound: str, module: str) -> Node:
        """An import. At the top of a module its name stands for the path, if for nothing else."""
        before = self.scope.ref(name)
        same = before.path == bound or not before.stores
        ref = self.scope.store(name)
        if same and self.scope.kind == "module" and bound not in CHANGING:
            ref.path = bound
        return ("import", ref, bound, module)

    def _read_import_from_statement(self, node: Cst) -> Node:
        origin = absolute(self.dotted(self.child(node, "module_name")), self.notes.module)
        self._look_at_module(origin)
        if has(node, "wildcard_import"):
            raise Unreadable("star import")
        joint = "" if origin.endswith(".") else "."
        found: list[Node] = []
        for child in node.children_by_field_name("name"):
            aliased = child.type == "aliased_import"
            name = self.dotted(self.child(child, "name") if aliased else child)
            local = self.name(self.child(child, "alias")) if aliased else name
            found.append(self._bind(local, f"{origin}{joint}{name}", origin))
        return found

    def _look_at_module(self, path: str) -> None:
        top = path.split(".")[0]
        if top in {"inspect", "doctest"} and not self.notes.opaque:
            raise Opaque(top)
        self.notes.reads_frames |= top in _FRAME_MODULES

    def _read_future_import_statement(self, _: Cst) -> Node:
        return None

    def dotted(self, node: Cst) -> str:
        """A dotted name without the spaces that it may hold."""
        return "".join(self.name(node).split())

    # compound statements

    def _read_if_statement(self, node: Cst) -> Node:
        test = self.inside(node, "condition")
        yes = self.body(node, "consequence")
        branches = node.children_by_field_name("alternative")
        return ("if", test, yes, self._else(branches))

    def _else(self, branches: list[Cst]) -> list[Node]:
        if not branches:
            return []
        first, *others = branches
        if first.type == "else_clause":
            return self.body(first)
        test = self.inside(first, "condition")
        return [("if", test, self.body(first, "consequence"), self._else(others))]

    def _read_for_statement(self, node: Cst) -> Node:
        source = self.inside(node, "right")
        target = self.target(self.child(node, "left"))
        waits = node.children[0].type == "async"
        return ("for", waits, target, source, self.body(node), self._else_of(node))

    def _read_while_statement(self, node: Cst) -> Node:
        return ("while", self.inside(node, "condition"), self.body(node), self._else_of(node))

    def _else_of(self, node: Cst) -> list[Node]:
        branch = node.child_by_field_name("alternative")
        return [] if branch is None else self.body(branch)

    def _read_try_statement(self, node: Cst) -> Node:
        body = self.body(node)
        handlers: list[Node] = []
        otherwise: list[Node] = []
        finally_: list[Node] | None = None
        for child in kids(node)[1:]:
            if child.type == "else_clause":
                otherwise = self.body(child)
            elif child.type == "finally_clause":
                finally_ = self.block(kids(child))
            else:
                handlers.append(self._handler(child))
        return ("try", body, handlers, otherwise, finally_)

    def _handler(self, node: Cst) -> Node:
        *head, body = kids(node)
        if len(head) > 1 or has(node, ","):
            raise Unreadable("except of several")
        kind: Node = None
        target: Node = None
        if head and head[0].type == "as_pattern":
            kind, target = self._as(head[0])
        elif head:
            kind = self.expression(head[0])
        group = has(node, "*")
        return ("except", group, kind, target, self.block(kids(body)))

    def _as(self, node: Cst) -> tuple[Node, Node]:
        if node.type != "as_pattern":
            return self.expression(node), None
        value, alias = kids(node)
        made = self.expression(value)
        (inner,) = kids(alias)
        return made, self.target(inner)

    def _read_with_statement(self, node: Cst) -> Node:
        waits = node.children[0].type == "async"
        items: list[Cst] = []
        for item in kids(kids(node)[0]):
            value = self.child(item, "value")
            inner = kids(value) if value.type in {"tuple", "parenthesized_expression"} else []
            many = any(child.type == "as_pattern" for child in inner)
            items += inner if many else [value]
        read = [self._as(item) for item in items]
        made = self.body(node)
        for value, target in reversed(read):
            made = [("with", waits, value, target, made)]
        return made
