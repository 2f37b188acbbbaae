"""The canonical text of an action: its function, and what that needs of its module."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from dynasaur.fingerprint.binding import Function, Notes, Opaque, Rebound, Ref, Unreadable
from dynasaur.fingerprint.effects import is_fixed
from dynasaur.fingerprint.imports import ensured
from dynasaur.fingerprint.reader import kids
from dynasaur.fingerprint.statements import Statements
from dynasaur.fingerprint.terms import Node, kind
from dynasaur.syntax import parse

_WORD = re.compile(r"[^\W\d]\w*")
_MARKED = re.compile(r"@([^\W\d]\w*)")
_RELATIVE = re.compile(r"from[\s\\]*\.")
"""Of a text that holds none, the form is the same under every name: it is made once for all."""

_SIMPLE = {"return", "expression", "assign", "augment", "raise", "assert", "delete"}


@dataclass(frozen=True, slots=True)
class Canonical:
    """A text in its one normal form.

    Attributes:
        text: Equal for texts that mean the same, as far as that can be proved.
        parameters: The names of the function's parameters, in order.
        trivial: The body is one or two small statements.
    """

    text: str
    parameters: tuple[str, ...]
    trivial: bool


def canonical(source: str, name: str = "", module: str = "") -> Canonical | None:
    """The normal form of an action, or None where the text cannot be read for certain.

    Args:
        source: A module, or one function.
        name: The function that is the action; without it the last public one.
        module: The module's full name; with it, a relative import is what it names.
    """
    return _canonical(source, name, module if _RELATIVE.search(source) else "")


@lru_cache(maxsize=16)
def _canonical(source: str, name: str, module: str) -> Canonical | None:
    try:
        data = _lines(source).encode()
        notes = Notes(module)
        for _ in range(4):
            try:
                return _Module(data, notes).canonical(name)
            except Opaque as found:
                notes = Notes(module, opaque=found.reason)
            except Rebound as wrong:
                notes = Notes(module, rebound=notes.rebound | wrong.names)
    except (Unreadable, UnicodeError, RecursionError, MemoryError):
        return None
    except (ValueError, LookupError, TypeError):  # a tree of another shape than the grammar's
        return None
    return None


def _lines(source: str) -> str:
    """The text with line ends as CPython reads them."""
    if "\f" in source or "\0" in source:
        raise Unreadable("a form feed sets indentation back")
    return source.replace("\r\n", "\n").replace("\r", "\n") if "\r" in source else source


class _Module:
    """A module that is read whole, and shown as far as one function needs it."""

    def __init__(self, data: bytes, notes: Notes) -> None:
        root = parse(data).root_node
        if root.has_error:
            raise Unreadable("syntax")
        reader = Statements(data, notes)
        self.notes = notes
        self.statements = reader.block(kids(root))
        self._check()

    def _check(self) -> None:
        """What was taken for granted while reading must hold in the end."""
        notes = self.notes
        wrong = {ref.name for ref in notes.assumed if ref.root().stores}
        wrong |= {ref.name for ref in notes.steady} & notes.declared
        if wrong:
            raise Rebound(frozenset(wrong))
        if (
            notes.reads_functions
            and not notes.opaque
            and any(one.escapes() for one in notes.functions)
        ):
            raise Opaque("a function's names are looked at")
        if (notes.reads_frames or notes.reads_marked) and not notes.opaque:
            pattern = _WORD if notes.reads_frames else _MARKED
            spoken = {word for text in notes.strings for word in pattern.findall(text)}
            if spoken & notes.bound:
                raise Opaque("a string names a variable")

    def canonical(self, name: str) -> Canonical:
        entry = self._entry(name)
        shown = self._shown(entry)
        function: Function = entry[2]
        names = tuple(ref.name for _, ref, _, _ in function.parameters)
        return Canonical(shown, names, _is_trivial(function))

    def _entry(self, name: str) -> Node:
        functions = [one for one in self.statements if one[0] == "define"]
        named = [one for one in functions if one[1].name == name]
        public = [one for one in functions if not one[1].name.startswith("_")]
        found = named if name else public or functions
        if not found:
            raise Unreadable("no function")
        return found[-1]

    def _shown(self, entry: Node) -> str:
        if not self.notes.opaque and not entry[1].text and entry[1].stores == 1:
            entry[1].number = "self"
        pieces = [repr(entry)]
        left = [one for one in self.statements if one is not entry and not self._is_import(one)]
        timed = [entry] if _runs_on_import(entry) else []
        order: list[Node] = []
        while True:
            found = self._next(left)
            if found is None:
                break
            left.remove(found)
            pieces.append(repr(found))
            order.append(found)
            if _runs_on_import(found):
                timed.append(found)
        if timed:  # then it matters which came first
            known = [one for one in (entry, *order) if not _is_plain_function(one)]
            at = {id(one): index for index, one in enumerate(self.statements)}
            pieces.append(repr(_ranks([at[id(one)] for one in known])))
        pieces.append(repr(self._modules()))
        return "\n".join(pieces)

    def _next(self, left: list[Node]) -> Node | None:
        """The next statement to show: what is asked for first, then what runs unasked."""
        while self.notes.queue:
            ref = self.notes.queue[0]
            for one in left:
                if ref in _binds(one):
                    return one
            self.notes.queue.pop(0)
        for one in left:
            if _runs_unasked(one):
                return one
        return None

    def _is_import(self, statement: Node) -> bool:
        return statement[0] == "import" and bool(statement[1].path) and not self.notes.opaque

    def _modules(self) -> tuple[str, ...]:
        """Modules that the shown text uses, or that are imported for nothing but their effect."""
        imports = [one for one in self.statements if self._is_import(one)]
        imports += self.notes.hoisted
        return ensured(one for one in imports if one[1].root().number or not one[1].root().loads)


def _ranks(numbers: list[int]) -> list[int]:
    rank = {number: index for index, number in enumerate(sorted(numbers))}
    return [rank[number] for number in numbers]


def _binds(statement: Node) -> set[Ref]:
    """The module's names that a statement may bind."""
    if statement[0] in {"define", "class", "import"}:
        return {statement[1]}
    found: set[Ref] = set()
    _refs(statement, found)
    return found


def _refs(node: Node, found: set[Ref]) -> None:
    if type(node) is Ref:
        if node.scope.kind == "module" and node.stores:
            found.add(node)
    elif type(node) is tuple or type(node) is list:
        for part in node:
            _refs(part, found)


def _is_constant(statement: Node) -> bool:
    """`NAME = literal`."""
    return (
        statement[0] == "assign"
        and len(statement) == 3
        and all(type(target) is Ref and target.stores == 1 for target in statement[1])
        and is_fixed(statement[2])
    )


def _is_plain_function(statement: Node) -> bool:
    """Defining it evaluates nothing."""
    if statement[0] != "define":
        return False
    function: Function = statement[2]
    return not function.head[1] and all(
        value is None or is_fixed(value) for _, _, value, _ in function.parameters
    )


def _runs_on_import(statement: Node) -> bool:
    """Running it evaluates something that depends on when it runs."""
    return not (
        _is_constant(statement)
        or _is_plain_function(statement)
        or statement[0] in {"import", "global"}
    )


def _runs_unasked(statement: Node) -> bool:
    """It does something beyond binding names that others ask for."""
    if statement[0] in {"define", "class", "import", "global", "none"} or _is_constant(statement):
        return False
    if statement[0] == "assign" and all(type(target) is Ref for target in statement[1]):
        return not any(target.loads for target in statement[1])
    return not _is_main_guard(statement)


def _is_main_guard(statement: Node) -> bool:
    """`if __name__ == "__main__":` never runs in a module that is imported."""
    if statement[0] != "if" or statement[3] or kind(statement[1]) != "compare":
        return False
    test = statement[1]
    named = type(test[1]) is Ref and test[1].name == "__name__" and not test[1].stores
    return named and test[2:] == (("==", ("string", "__main__")),)


def _is_trivial(function: Function) -> bool:
    body = function.body
    return (
        type(body) is list
        and (len(body) < 2 or (len(body) == 2 and all(one[0] in _SIMPLE for one in body)))
        and repr(body).count("(") <= 40
    )
