"""Expressions: from tree-sitter's nodes to the canonical tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynasaur.fingerprint import calls, formats, terms
from dynasaur.fingerprint.binding import (
    Function,
    Keyword,
    Opaque,
    Ref,
    Scope,
    ScopeKind,
    Unreadable,
)
from dynasaur.fingerprint.literals import Literals
from dynasaur.fingerprint.reader import has, kids
from dynasaur.fingerprint.terms import Node

if TYPE_CHECKING:
    from dynasaur.syntax import Cst

_FRAME_NAMES = {"locals", "eval", "exec", "globals", "inspect", "__import__", "__doc__", "help"}
_FRAME_NAMES |= {"vars", "dir", "breakpoint"}
_FRAME_ATTRIBUTES = {"_getframe", "f_locals", "f_globals", "get_type_hints", "__doc__"}
_FRAME_ATTRIBUTES |= {"run_line_magic", "run_cell_magic"}
"""Names by which code can see the names of its own variables and functions."""

_FUNCTION_ATTRIBUTES = {"__name__", "__qualname__", "__code__", "__closure__", "__globals__"}
_FUNCTION_ATTRIBUTES |= {"__defaults__", "__kwdefaults__", "__annotations__", "__signature__"}
"""Attributes that show a function's names, if it is a function of this text that has them."""

_CONSUMERS = {"sum", "any", "all", "min", "max", "sorted", "list", "tuple", "set", "dict"}
_CONSUMERS |= {"frozenset"}
_TUPLES = {"tuple_pattern", "pattern_list", "list_pattern", "tuple", "list", "expression_list"}


class Expressions(Literals):
    """Reads expressions."""

    # names

    def _read_identifier(self, node: Cst) -> Node:
        name = self.name(node)
        if name in _FRAME_NAMES and not self.scope.provides(name):
            self._looks(name)
        return self.scope.load(name)

    def _looks(self, name: str) -> None:
        """The text can see its own names: once that is known, it is read without renaming."""
        if not self.notes.opaque:
            raise Opaque(name)

    def _read_attribute(self, node: Cst) -> Node:
        value = self.inside(node, "object")
        name = self.name(self.child(node, "attribute"))
        if type(value) is Ref:
            value.bases += 1
        if name in _FRAME_ATTRIBUTES or (name == "modules" and self._is_sys(value)):
            self._looks(name)
        if name in _FUNCTION_ATTRIBUTES:
            self.notes.reads_functions = True
        if name in {"query", "eval"}:
            self.notes.reads_marked = True
        return ("attribute", value, name)

    def _is_sys(self, value: Node) -> bool:
        return type(value) is Ref and value.name == "sys"

    # operators

    def _read_parenthesized_expression(self, node: Cst) -> Node:
        (inner,) = kids(node)
        return self.expression(inner)

    _read_parenthesized_list_splat = _read_parenthesized_expression

    def _read_binary_operator(self, node: Cst) -> Node:
        left = self.inside(node, "left")
        operator = self.child(node, "operator").type
        return formats.binary(operator, left, self.inside(node, "right"), self.notes)

    def _read_unary_operator(self, node: Cst) -> Node:
        return ("unary", self.child(node, "operator").type, self.inside(node, "argument"))

    def _read_boolean_operator(self, node: Cst) -> Node:
        left = self.inside(node, "left")
        head = self.child(node, "operator").type
        return terms.joined(head, [left, self.inside(node, "right")])

    def _read_not_operator(self, node: Cst) -> Node:
        return terms.negate(self.inside(node, "argument"))

    def _read_comparison_operator(self, node: Cst) -> Node:
        operators = [child.type for child in node.children_by_field_name("operators")]
        if "<>" in operators:
            raise Unreadable("<>")
        named = [child for child in kids(node) if child.type not in {"not in", "is not"}]
        first, *others = self.expressions(named)
        return ("compare", first, *zip(operators, others, strict=True))

    def _read_conditional_expression(self, node: Cst) -> Node:
        yes, test, no = self.expressions(kids(node))
        return terms.choose(test, yes, no)

    def _read_named_expression(self, node: Cst) -> Node:
        value = self.inside(node, "value")
        name = self.name(self.child(node, "name"))
        inner: list[Scope] = []
        scope = self.scope
        while scope.kind in {"eager", "lazy"} and scope.outer is not None:
            inner.append(scope)
            scope = scope.outer
        for each in inner:
            each.declared[name] = scope.ref(name)
        return ("walrus", self.scope.store(name), value)

    def _read_await(self, node: Cst) -> Node:
        return ("await", *self.expressions(kids(node)))

    def _read_yield(self, node: Cst) -> Node:
        self.scope.yields = True
        head = "yield from" if has(node, "from") else "yield"
        return (head, *self.expressions(kids(node)))

    # displays

    def _read_tuple(self, node: Cst) -> Node:
        return ("tuple", *self.expressions(kids(node)))

    _read_expression_list = _read_tuple

    def _read_list(self, node: Cst) -> Node:
        return ("list", *self.expressions(kids(node)))

    def _read_set(self, node: Cst) -> Node:
        return ("set", *self.expressions(kids(node)))

    def _read_dictionary(self, node: Cst) -> Node:
        return ("dict", *self.expressions(kids(node)))

    def _read_pair(self, node: Cst) -> Node:
        return ("pair", self.inside(node, "key"), self.inside(node, "value"))

    def _read_list_splat(self, node: Cst) -> Node:
        return ("star", *self.expressions(kids(node)))

    def _read_dictionary_splat(self, node: Cst) -> Node:
        return ("stars", *self.expressions(kids(node)))

    def _read_subscript(self, node: Cst) -> Node:
        value = self.inside(node, "value")
        inner = self.expressions(node.children_by_field_name("subscript"))
        return ("subscript", value, ("tuple", *inner) if has(node, ",") else inner[0])

    def _read_slice(self, node: Cst) -> Node:
        parts: list[Node] = [None]
        for child in node.children:
            if child.type == ":":
                parts.append(None)
            elif child.is_named and child.type not in {"comment", "line_continuation"}:
                parts[-1] = self.expression(child)
        return ("slice", *parts, *[None] * (3 - len(parts)))

    # calls

    def _read_call(self, node: Cst) -> Node:
        function = self._callee(node)
        callee = function if type(function) is Ref else None
        if callee is not None:
            callee.calls += 1
        arguments = self.child(node, "arguments")
        if arguments.type == "generator_expression":
            return calls.call(function, [self._argument(arguments, function)], [], self.notes)
        positional: list[Node] = []
        named: list[Node] = []
        for child in kids(arguments):
            if child.type == "keyword_argument":
                name = self.name(self.child(child, "name"))
                self.notes.words.add(name)
                label = name if callee is None else Keyword(name, callee)
                named.append(("keyword", label, self.inside(child, "value")))
            elif child.type == "dictionary_splat":
                named.append(self.expression(child))
            else:
                positional.append(self._argument(child, function))
        return calls.call(function, positional, named, self.notes)

    def _callee(self, node: Cst) -> Node:
        """What is called; `vars(x)` and `dir(x)`, unlike `vars()`, do not look at variables."""
        called = self.child(node, "function")
        if called.type == "identifier" and kids(self.child(node, "arguments")):
            name = self.name(called)
            if name in {"vars", "dir"}:
                return self.scope.load(name)
        return self.expression(called)

    def _argument(self, node: Cst, function: Node) -> Node:
        """An argument; a generator that a builtin uses up at once runs like a comprehension."""
        if node.type != "generator_expression":
            return self.expression(node)
        joins = terms.kind(function) == "attribute" and terms.kind(function[1]) == "string"
        eager = joins or terms.builtin(function, _CONSUMERS, self.notes)
        return self._comprehension(node, "generator", "eager" if eager else "lazy")

    # scopes

    def _read_lambda(self, node: Cst) -> Node:
        function = Function(None, self.notes)
        self.parameters(function, node.child_by_field_name("parameters"))
        self.enter(function)
        function.body = self.inside(node, "body")
        function.yields = self.scope.yields
        self.leave()
        return ("lambda", function)

    def parameters(self, function: Function, node: Cst | None) -> None:
        """Fill in a function's parameters; its own scope is not yet open."""
        raise NotImplementedError

    def _read_list_comprehension(self, node: Cst) -> Node:
        return self._comprehension(node, "list of", "eager")

    def _read_set_comprehension(self, node: Cst) -> Node:
        return self._comprehension(node, "set of", "eager")

    def _read_dictionary_comprehension(self, node: Cst) -> Node:
        return self._comprehension(node, "dict of", "eager")

    def _read_generator_expression(self, node: Cst) -> Node:
        return self._comprehension(node, "generator", "lazy")

    def _comprehension(self, node: Cst, head: str, kind: ScopeKind) -> Node:
        body, *clauses = kids(node)
        outermost = self.inside(clauses[0], "right")
        self.scope = Scope(kind, self.scope, self.notes)
        read: list[Node] = []
        for clause in clauses:
            if clause.type == "if_clause":
                test = self.expression(kids(clause)[0])
                if read[-1][0] == "if":
                    test = terms.flat("and", [read.pop()[1], test])
                read.append(("if", test))
                continue
            source = self.inside(clause, "right") if read else outermost
            target = self.target(self.child(clause, "left"))
            read.append(("for", clause.children[0].type == "async", target, source))
        made = self.expression(body)
        self.leave()
        return terms.comprehension(head, made, read)

    def target(self, node: Cst) -> Node:
        """What is bound or assigned to."""
        kind = node.type
        if kind == "identifier":
            return self.scope.store(self.name(node))
        inner = kids(node)
        if kind == "parenthesized_expression":
            return self.target(inner[0])
        if kind in _TUPLES:
            lone = kind in {"tuple_pattern", "tuple"} and len(inner) == 1 and not has(node, ",")
            return self.target(inner[0]) if lone else ("tuple", *map(self.target, inner))
        if kind in {"list_splat_pattern", "list_splat"}:
            return ("star", self.target(inner[0]))
        if kind in {"attribute", "subscript"}:
            return self.expression(node)
        raise Unreadable(kind)
