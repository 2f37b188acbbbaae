"""Names by binding: which variable an identifier means, by Python's scope rules.

An identifier in the canonical tree is a `Ref`, one object per name and scope. When a scope ends,
a name that it does not bind is linked to the enclosing scope's `Ref` of that name; what is left
in the end belongs to the module or to nobody (a builtin, or a name that is missing).
"""

from __future__ import annotations

from typing import Literal

ScopeKind = Literal["module", "function", "lazy", "eager", "class"]
"""`lazy` is a generator expression, `eager` one that is used up at once or a comprehension."""


class Opaque(Exception):  # noqa: N818  # a signal between readers, not an error
    """The text can see its own names: nothing may be renamed or rewritten."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unreadable(Exception):  # noqa: N818
    """The text holds something that has no canonical form: it is equal to itself only."""


class Rebound(Exception):  # noqa: N818
    """Names that were taken for builtins, or for steady, and are not: read again without that."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__(names)
        self.names = names


class Notes:
    """What is found out about a whole text while it is read."""

    def __init__(
        self, module: str = "", *, opaque: str = "", rebound: frozenset[str] = frozenset()
    ) -> None:
        self.module = module  # the text's own full name; empty where it is not known
        self.opaque = bool(opaque)
        self.documented = opaque in {"inspect", "doctest", "__doc__", "help", "getdoc"}
        self.words: set[str] = set()  # keywords of calls and strings that could name a parameter
        self.strings: list[str] = []
        self.reads_frames = False  # strings may name variables: "x + y"
        self.reads_functions = False  # looks at the names that a function object shows
        self.functions: list[Function] = []  # all that the text defines
        self.reads_marked = False  # strings may name variables marked so: "a > @x"
        self.rebound = rebound  # names that are no builtins, or change while the text runs
        self.assumed: list[Ref] = []  # names that a rewrite took for builtins
        self.steady: list[Ref] = []  # names that a rewrite took for never changing
        self.declared: set[str] = set()  # names in `global` and `nonlocal`
        self.bound: set[str] = set()  # names of variables
        self.hoisted: list[object] = []  # imports at the head of functions
        self.queue: list[Ref] = []  # module-level definitions in the order of their first use
        self.count = 0


class Ref:
    """One name in one scope."""

    __slots__ = (
        "assigned",
        "bases",
        "calls",
        "captured",
        "function",
        "loads",
        "name",
        "notes",
        "number",
        "path",
        "scope",
        "stores",
        "text",
        "up",
    )

    def __init__(self, name: str, scope: Scope) -> None:
        self.name = name
        self.scope = scope
        self.notes = scope.notes
        self.up: Ref | None = None
        self.loads = 0
        self.calls = 0
        self.bases = 0  # loads that only take an attribute of it
        self.assigned: list[object] = []  # values of plain assignments
        self.stores = 0
        self.captured = False
        self.number = ""
        self.text = ""  # the fixed spelling, where it has one
        self.path = ""  # what it is imported as
        self.function: Function | None = None  # the last function bound to it

    def root(self) -> Ref:
        """The binding itself."""
        ref = self
        while ref.up is not None:
            ref = ref.up
        return ref

    def __repr__(self) -> str:
        ref = self.root()
        if not ref.number:
            ref.number = ref.spell()
        return ref.number

    def spell(self) -> str:
        """How the binding is shown the first time."""
        if self.path and not self.notes.opaque:
            return spell_path(self.path)
        if self.scope.kind == "module":
            if not self.stores:
                return f"('global', {self.name!r})"
            self.notes.queue.append(self)
        if self.function is not None and self.function.named and self.name in self.notes.words:
            return f"({self.name!r})"  # a decorator may know the function by its name
        if self.text:
            return self.text
        if self.notes.opaque:
            return f"({self.name!r})"
        self.notes.count += 1
        return f"v{self.notes.count}"


def spell_path(path: str) -> str:
    """`a.b.c` as the canonical tree of the attribute `c` of the attribute `b` of the module `a`."""
    dots = len(path) - len(path.lstrip("."))
    first, *rest = path[dots:].split(".")
    spelled = f"('module', {'.' * dots + first!r})"
    for part in rest:
        spelled = f"('attribute', {spelled}, {part!r})"
    return spelled


class Scope:
    """One scope while it is being read."""

    __slots__ = ("declared", "kind", "notes", "outer", "refs", "yields")

    def __init__(self, kind: ScopeKind, outer: Scope | None, notes: Notes) -> None:
        self.kind: ScopeKind = kind
        self.outer = outer
        self.notes = notes
        self.refs: dict[str, Ref] = {}
        self.declared: dict[str, Ref] = {}  # global and nonlocal names
        self.yields = False  # it is a generator, even where the `yield` is never reached

    def ref(self, name: str) -> Ref:
        """The name as this scope sees it."""
        found = self.refs.get(name)
        if found is None:
            found = self.refs[name] = Ref(name, self)
        return found

    def load(self, name: str) -> Ref:
        """The name, read."""
        found = self.ref(name)
        found.loads += 1
        return found

    def store(self, name: str) -> Ref:
        """The name, bound."""
        found = self.ref(name)
        found.stores += 1
        found.path = ""
        self.notes.bound.add(name)
        return found

    def provides(self, name: str) -> bool:
        """The name is bound here or further out, as far as the text is read."""
        scope: Scope | None = self
        while scope is not None:
            found = scope.refs.get(name)
            if found is not None and found.stores:
                return True
            scope = scope.outer
        return False

    def around(self) -> Scope:
        """The next scope outwards that a function inside can see: no class."""
        scope = self.outer
        while scope is not None and scope.kind == "class":
            scope = scope.outer
        assert scope is not None
        return scope

    def module(self) -> Scope:
        """The outermost scope."""
        scope = self
        while scope.outer is not None:
            scope = scope.outer
        return scope

    def close(self) -> None:
        """Link every name that is not bound here to what it means further out."""
        outer = self.around()
        lazy = self.kind in {"function", "lazy"}
        for name, ref in self.refs.items():
            above = self.declared.get(name)
            if above is None and not ref.stores:
                above = outer.ref(name)
            if above is None:
                if self.kind == "class":
                    ref.text = f"({name!r})"
                continue
            ref.up = above
            above.loads += ref.loads
            above.calls += ref.calls
            above.bases += ref.bases
            above.stores += ref.stores
            above.captured |= lazy or ref.captured


class Function:
    """A function or lambda of the canonical tree."""

    __slots__ = ("body", "head", "named", "notes", "parameters", "ref", "yields")

    def __init__(self, ref: Ref | None, notes: Notes) -> None:
        self.ref = ref
        self.notes = notes
        self.head: tuple[object, ...] = ()  # async, decorators, hint of the result
        self.yields = False
        self.parameters: list[tuple[str, Ref, object, object]] = []  # kind, name, default, hint
        self.body: object = ()
        self.named = False  # its parameters' names can be seen from outside

    def position(self, name: str) -> str:
        """Which parameter a keyword of a direct call means; empty where that cannot be told."""
        if self._interface() or self.ref is None or self.ref.root().stores != 1:
            return ""
        for index, (kind, ref, _, _) in enumerate(self.parameters):
            if ref.name == name and kind in {"normal", "keyword"}:
                return f"p{index}"
        return ""

    def _interface(self) -> bool:
        """Names of parameters mean something to others: decorators, callers we cannot see.

        A function that is handed on could be called by keyword with any name that the text
        mentions as a keyword or a string.
        """
        if self.named or self.notes.opaque:
            return True
        root = None if self.ref is None else self.ref.root()
        if root is not None and root.loads == root.calls:
            return False
        return any(ref.name in self.notes.words for _, ref, _, _ in self.parameters)

    def escapes(self) -> bool:
        """It is used as a value, or handed to a decorator."""
        root = None if self.ref is None else self.ref.root()
        return self.named or root is None or root.loads != root.calls

    def __repr__(self) -> str:
        if self._interface():
            for _, ref, _, _ in self.parameters:
                ref.text = f"({ref.name!r})"
        return f"('function', {self.yields}, {self.head!r}, {self.parameters!r}, {self.body!r})"


class Keyword:
    """The name before `=` in a call."""

    __slots__ = ("callee", "name")

    def __init__(self, name: str, callee: Ref | None) -> None:
        self.name = name
        self.callee = callee

    def __str__(self) -> str:
        return self.name

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Keyword) and self.name == other.name and self.callee is other.callee
        )

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        function = None if self.callee is None else self.callee.root().function
        return (function and function.position(self.name)) or repr(self.name)
