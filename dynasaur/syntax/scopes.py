"""Scopes that are open while a tree is read, each resolving names by Python's rules."""

from __future__ import annotations


class Scope:
    """One scope that is open while the tree is read."""

    def __init__(self, parent: Scope | None) -> None:
        self.parent = parent
        self.bound: set[str] = set()  # now, where order counts; anywhere in it, where not
        self.to_module: set[str] = set()  # declared global
        self.outside: set[str] = set()  # declared nonlocal

    @property
    def module(self) -> Module:
        """The outermost scope."""
        scope: Scope = self
        while scope.parent is not None:
            scope = scope.parent
        assert isinstance(scope, Module)
        return scope

    @property
    def around(self) -> Scope:
        """The next scope outwards whose names are seen from here: no class."""
        scope = self.parent
        while isinstance(scope, Class):
            scope = scope.parent
        assert scope is not None
        return scope

    def bind(self, name: str) -> None:
        """The name gets a value here."""
        if name in self.to_module:
            self.module.ever.add(name)
        elif name not in self.outside:
            self.bound.add(name)

    def unbind(self, name: str) -> None:
        """The name is deleted: only where order counts does that change what it means."""

    def close(self) -> None:
        """The scope ends: what is left open is looked up further out."""

    def use(self, name: str) -> None:
        """A use that happens here and now."""
        raise NotImplementedError

    def use_later(self, name: str) -> None:
        """The name is read in a function body that this scope encloses."""
        raise NotImplementedError


class Module(Scope):
    """The cell itself, where order counts."""

    def __init__(self) -> None:
        super().__init__(None)
        self.ever: set[str] = set()
        self.free: set[str] = set()
        self.later: set[str] = set()

    def bind(self, name: str) -> None:
        """The name gets a value here."""
        self.bound.add(name)
        self.ever.add(name)

    def unbind(self, name: str) -> None:
        """The name is deleted: only where order counts does that change what it means."""
        self.bound.discard(name)

    def use(self, name: str) -> None:
        """The name is read here and now."""
        if name not in self.bound:
            self.free.add(name)

    def use_later(self, name: str) -> None:
        """The name is read in a function body that this scope encloses."""
        self.later.add(name)


class Class(Scope):
    """A class body: order counts, and functions inside do not see its names."""

    def __init__(self, parent: Scope) -> None:
        super().__init__(parent)
        self.ever: set[str] = set()
        self.early: set[str] = set()

    def bind(self, name: str) -> None:
        """The name gets a value here."""
        super().bind(name)
        self.ever.add(name)

    def unbind(self, name: str) -> None:
        """The name is deleted: only where order counts does that change what it means."""
        self.bound.discard(name)

    def use(self, name: str) -> None:
        """The name is read here and now."""
        if name not in self.bound:
            self.early.add(name)

    def use_later(self, name: str) -> None:
        """The name is read in a function body that this scope encloses."""
        self.around.use_later(name)

    def close(self) -> None:
        """A name that the class binds is looked up in the module while it is not yet bound."""
        for name in self.early:
            (self.module if name in self.ever | self.to_module else self.around).use(name)


class Body(Scope):
    """A function's or lambda's body: what it binds anywhere is its own everywhere."""

    def __init__(self, parent: Scope) -> None:
        super().__init__(parent)
        self.uses: set[str] = set()

    def use(self, name: str) -> None:
        """The name is read here and now."""
        self.uses.add(name)

    use_later = use

    def close(self) -> None:
        """The scope ends: what it left open is looked up further out."""
        for name in self.uses & self.to_module:
            self.module.use_later(name)
        for name in self.uses - self.bound - self.to_module:
            self.around.use_later(name)


class Comprehension(Scope):
    """A comprehension: only its targets are its own."""

    def use(self, name: str) -> None:
        """The name is read here and now."""
        if name not in self.bound:
            self.around.use(name)

    def use_later(self, name: str) -> None:
        """The name is read in a function body that this scope encloses."""
        if name not in self.bound:
            self.around.use_later(name)


class Generic(Comprehension):
    """Around a generic function, class or alias: only the type parameters are its own."""

    @property
    def around(self) -> Scope:
        """The scope that it stands in, a class as well."""
        assert self.parent is not None
        return self.parent
