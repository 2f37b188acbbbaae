"""What the names of a run meant, at each moment of it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from dynasaur.source.changes import is_container
from dynasaur.source.pieces import Piece


class History:
    """What each name meant at each moment of the run."""

    def __init__(self, pieces: Sequence[Piece], stars: Sequence[str]) -> None:
        self.stars = tuple(stars)
        self.public: dict[str, Piece] = {}
        self._bound: dict[str, list[Piece]] = {}
        self._changed: dict[str, list[Piece]] = {}
        for piece in pieces:
            for name in piece.binds:
                self._bound.setdefault(name, []).append(piece)
            if piece.kind == "code":
                for name in piece.reads.changes | self._given(piece):
                    self._changed.setdefault(name, []).append(piece)
            if piece.public:
                self.public.pop(piece.name, None)
                self.public[piece.name] = piece

    def _given(self, piece: Piece) -> frozenset[str]:
        """Containers that a statement gives to a call for nothing, if not to change them."""
        bound = {
            name: self._bound[name][-1].node for name in piece.reads.given & self._bound.keys()
        }
        return frozenset(
            name
            for name, node in bound.items()
            if isinstance(node, ast.Assign | ast.AnnAssign) and is_container(node.value)
        )

    def at(self, name: str, order: int) -> Piece | None:
        """What a name meant just before a place in the run."""
        bound = self._bound.get(name, [])
        before = [piece for piece in bound if piece.order < order]
        if before:
            return before[-1]
        # a cell that failed half-way may have brought the import first
        return next((piece for piece in bound if piece.kind in {"import", "action"}), None)

    def later(self, name: str, reader: Piece) -> Piece | None:
        """What a name means to a function when it is called: the last definition.

        A variable that took an earlier definition's name after the function was written
        (`mean = mean(numbers)`) does not hide it.
        """
        if name == reader.name:
            return reader
        last = self._bound.get(name, [None])[-1]
        if last is not None and last.kind == "code" and last.order > reader.order:
            then = self.at(name, reader.order)
            if then is not None and then.kind in {"import", "action", "function", "class"}:
                return then
        return last

    def changed(self, name: str, bound: Piece) -> Piece | None:
        """The first code that changed in place what a piece bound."""
        rebound = [p.order for p in self._bound.get(name, ()) if p.order > bound.order]
        until = min(rebound, default=None)
        for piece in self._changed.get(name, ()):
            if piece.order > bound.order and (until is None or piece.order <= until):
                return piece
        return None

    def dotted(self, name: str, bound: Piece) -> list[Piece]:
        """An import with those that add to the same name: `import os`, then `import os.path`."""
        found = [bound]
        for piece in reversed([p for p in self._bound[name] if p.order < bound.order]):
            if piece.kind != "import" or not isinstance(piece.node, ast.Import):
                break
            if piece.alias is None or piece.alias.asname:
                break
            found.insert(0, piece)
        return found
