"""Definitions: functions with their parameters, and classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynasaur.fingerprint import terms
from dynasaur.fingerprint.annotations import annotation
from dynasaur.fingerprint.binding import Function, Ref, Scope, Unreadable
from dynasaur.fingerprint.blocks import simplify
from dynasaur.fingerprint.imports import CHANGING
from dynasaur.fingerprint.patterns import Patterns
from dynasaur.fingerprint.reader import kids
from dynasaur.fingerprint.terms import Node

if TYPE_CHECKING:
    from dynasaur.syntax import Cst

_PLAIN_DECORATORS = {
    "functools.lru_cache",
    "functools.cache",
    "functools.wraps",
    "contextlib.contextmanager",
    "contextlib.asynccontextmanager",
    "staticmethod",
    "classmethod",
    "property",
}


class Definitions(Patterns):
    """Reads definitions."""

    def body(self, node: Cst, name: str = "body") -> list[Node]:
        """The statements in a field."""
        return self.block(kids(self.child(node, name)))

    def _read_decorated_definition(self, node: Cst) -> Node:
        *decorators, definition = kids(node)
        made = self.expressions([kids(child)[0] for child in decorators])
        if definition.type == "class_definition":
            return self._class(definition, made)
        return self._function(definition, made)

    def _read_function_definition(self, node: Cst) -> Node:
        return self._function(node, [])

    def _function(self, node: Cst, decorators: list[Node]) -> Node:
        if node.child_by_field_name("type_parameters") is not None:
            raise Unreadable("type parameters")
        function = Function(None, self.notes)
        self.parameters(function, self.child(node, "parameters"))
        returned = annotation(self, node.child_by_field_name("return_type"))
        in_class = self.scope.kind == "class"
        self.enter(function)
        function.body = self._function_body(node)
        function.yields = self.scope.yields
        self.leave()
        ref = self.scope.store(self.name(self.child(node, "name")))
        ref.function = function
        function.ref = ref
        self.notes.functions.append(function)
        plain = all(self._is_plain(decorator) for decorator in decorators)
        function.named = in_class or not plain
        waits = node.children[0].type == "async"
        function.head = (waits, tuple(decorators), returned)
        return ("define", ref, function)

    def _function_body(self, node: Cst) -> list[Node]:
        written = self.body(node)
        if self.notes.opaque:
            return written
        if self.scope.outer is not None and self.scope.outer.kind == "module":
            written = self._hoist(written)
        return simplify(written, "return")

    def _hoist(self, block: list[Node]) -> list[Node]:
        """Take the imports at a function's head out of it: they run before all else either way."""
        for index, statement in enumerate(block):
            if statement[0] != "import":
                return block[index:]
            _, ref, bound, _ = statement
            if ref.stores > 1 or ref.name in self.scope.declared or bound in CHANGING:
                return block[index:]
            ref.path = bound
            self.notes.hoisted.append(statement)
        return []

    def _is_plain(self, decorator: Node) -> bool:
        """A decorator that hands on the function without looking at its names."""
        if terms.kind(decorator) == "call":
            decorator = decorator[1]
        if type(decorator) is Ref:
            return (decorator.root().path or decorator.name) in _PLAIN_DECORATORS
        if terms.kind(decorator) == "attribute" and type(decorator[1]) is Ref:
            return f"{decorator[1].root().path}.{decorator[2]}" in _PLAIN_DECORATORS
        return False

    def parameters(self, function: Function, node: Cst | None) -> None:
        """Fill in a function's parameters; its own scope is not yet open."""
        kind = "normal"
        for child in [] if node is None else kids(node):
            match child.type:
                case "keyword_separator":
                    kind = "keyword"
                    continue
                case "positional_separator":
                    function.parameters = [
                        ("positional", *parameter[1:]) for parameter in function.parameters
                    ]
                    continue
                case "typed_parameter":
                    name, _ = kids(child)
                case "default_parameter" | "typed_default_parameter":
                    name = self.child(child, "name")
                case _:
                    name = child
            this = kind
            if name.type == "list_splat_pattern":
                this, kind, name = "variadic", "keyword", kids(name)[0]
            elif name.type == "dictionary_splat_pattern":
                this, name = "variadic keyword", kids(name)[0]
            if name.type != "identifier":
                raise Unreadable(name.type)
            default = child.child_by_field_name("value")
            value = None if default is None else self.expression(default)
            hint = annotation(self, child.child_by_field_name("type"))
            function.parameters.append((this, Ref(self.name(name), self.scope), value, hint))

    def _read_class_definition(self, node: Cst) -> Node:
        return self._class(node, [])

    def _class(self, node: Cst, decorators: list[Node]) -> Node:
        if node.child_by_field_name("type_parameters") is not None:
            raise Unreadable("type parameters")
        bases: list[Node] = []
        for child in self._superclasses(node):
            if child.type == "keyword_argument":
                bases.append((self.name(self.child(child, "name")), self.inside(child, "value")))
            else:
                bases.append(self.expression(child))
        self.scope = Scope("class", self.scope, self.notes)
        body = self.body(node)
        self.leave()
        ref = self.scope.store(self.name(self.child(node, "name")))
        ref.text = f"({ref.name!r})"
        return ("class", ref, ref.name, tuple(decorators), tuple(bases), body)

    def _superclasses(self, node: Cst) -> list[Cst]:
        found = node.child_by_field_name("superclasses")
        return [] if found is None else kids(found)
