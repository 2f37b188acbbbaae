"""Parse Python: the door to tree-sitter, and what a cell needs before it runs.

`parse` gives the concrete tree, for any text at all. What is asked about names follows CPython's
own parser (`ast`), because only that one knows scopes for certain; text which that parser refuses
(another Python's syntax, a shell line, a half-written cell) is read from the tolerant tree.
"""

from dynasaur.syntax.cell import action_imports
from dynasaur.syntax.names import free_names
from dynasaur.syntax.tree import Cst, parse

__all__ = ["Cst", "action_imports", "free_names", "parse"]
