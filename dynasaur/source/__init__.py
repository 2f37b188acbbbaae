"""Text of a cell or a module to actions with their closure, and back.

Nothing here imports or runs what it reads: CPython's own parser and symbol tables say what a text
holds, and what people will read is cut out of it verbatim.
"""

from typing import TYPE_CHECKING

from dynasaur.source.action import docstring_of, public_functions, read_action
from dynasaur.source.docs import Docs, read_docs
from dynasaur.source.effects import effects
from dynasaur.source.gather import gather
from dynasaur.source.head import Head, read_head, with_head
from dynasaur.source.imports import imported_by, move, relative_imports
from dynasaur.source.layout import render
from dynasaur.source.text import normal, tree_of
from dynasaur.source.walk import imports_in, imports_outside_in

if TYPE_CHECKING:
    from dynasaur.source.candidate import Candidate, Use
    from dynasaur.source.cells import candidates

__all__ = [
    "Candidate",
    "Docs",
    "Head",
    "Use",
    "candidates",
    "docstring_of",
    "effects",
    "gather",
    "imported_by",
    "imports_in",
    "imports_outside_in",
    "move",
    "normal",
    "public_functions",
    "read_action",
    "read_docs",
    "read_head",
    "relative_imports",
    "render",
    "tree_of",
    "with_head",
]


def __getattr__(name: str) -> object:
    """What makes actions of cells, imported when it is first asked for: most commands never do."""
    if name not in {"Candidate", "Use", "candidates"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from dynasaur.source.candidate import Candidate, Use
    from dynasaur.source.cells import candidates

    found = {"Candidate": Candidate, "Use": Use, "candidates": candidates}
    globals().update(found)
    return found[name]
