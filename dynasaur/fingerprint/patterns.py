"""Patterns of `match` statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynasaur.fingerprint import terms
from dynasaur.fingerprint.binding import Unreadable
from dynasaur.fingerprint.expressions import Expressions
from dynasaur.fingerprint.reader import has, kids
from dynasaur.fingerprint.terms import Node

if TYPE_CHECKING:
    from dynasaur.syntax import Cst


class Patterns(Expressions):
    """Reads `match` statements and what their cases bind."""

    def block(self, nodes: list[Cst]) -> list[Node]:
        """A list of statements."""
        raise NotImplementedError

    def _read_match_statement(self, node: Cst) -> Node:
        subjects = self.expressions(node.children_by_field_name("subject"))
        comma = has(node, ",")
        subject = ("tuple", *subjects) if comma else subjects[0]
        cases = [self._case(child) for child in kids(self.child(node, "body"))]
        return ("match", subject, cases)

    def _case(self, node: Cst) -> Node:
        if node.type != "case_clause":
            raise Unreadable(node.type)
        patterns = [self._pattern(child) for child in kids(node) if child.type == "case_pattern"]
        comma = has(node, ",")
        pattern = ("sequence", *patterns) if comma else patterns[0]
        guard = node.child_by_field_name("guard")
        test = None if guard is None else terms.tested(self.expression(kids(guard)[0]))
        body = self.child(node, "consequence")
        return ("case", pattern, test, self.block(kids(body)))

    def _pattern(self, node: Cst) -> Node:  # one line a kind of pattern
        inner = kids(node)
        match node.type:
            case "case_pattern":
                (made,) = self._alternatives(node)
                return made
            case "dotted_name":
                return self._dotted(node)
            case "union_pattern":
                return ("either", *self._alternatives(node))
            case "list_pattern" | "tuple_pattern":
                lone = node.type == "tuple_pattern" and len(inner) == 1 and not has(node, ",")
                return self._pattern(inner[0]) if lone else ("sequence", *self._patterns(inner))
            case "splat_pattern":
                return (node.children[0].type, self._capture(inner[0]) if inner else None)
            case "as_pattern":
                return ("as", self._pattern(inner[0]), self._capture(inner[-1]))
            case "class_pattern":
                return ("instance", self._value(inner[0]), *self._patterns(inner[1:]))
            case "keyword_pattern":
                return ("keyword", self.name(inner[0]), self._pattern(inner[1]))
            case "dict_pattern":
                return ("mapping", *self._mapping(node))
        return ("value", self.expression(node))

    def _patterns(self, nodes: list[Cst]) -> list[Node]:
        return [self._pattern(node) for node in nodes]

    def _alternatives(self, node: Cst) -> list[Node]:
        found: list[Node] = []
        sign = ""
        for child in node.children:
            if child.type in {"|", "comment", "line_continuation"}:
                continue
            if child.type == "-":
                sign = "-"
            elif child.type == "_":
                found.append(("anything",))
            elif child.is_named:
                made = self._pattern(child)
                found.append(("negative", made) if sign else made)
                sign = ""
            else:
                raise Unreadable(child.type)
        return found

    def _mapping(self, node: Cst) -> list[Node]:
        found: list[Node] = []
        for child in kids(node):
            if child.type in {"case_pattern", "splat_pattern"}:
                found.append(self._pattern(child))
            elif child.type == "dotted_name":
                found.append(self._value(child))
            else:
                found.append(self.expression(child))
        return found

    def _dotted(self, node: Cst) -> Node:
        parts = kids(node)
        return self._capture(parts[0]) if len(parts) == 1 else ("value", self._value(node))

    def _capture(self, node: Cst) -> Node:
        name = self.name(node)
        return ("anything",) if name == "_" else self.scope.store(name)

    def _value(self, node: Cst) -> Node:
        first, *others = kids(node)
        made: Node = self.scope.load(self.name(first))
        for other in others:
            made = ("attribute", made, self.name(other))
        return made
