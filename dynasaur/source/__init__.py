"""Text of a cell or a module to actions with their closure, and back.

Nothing here imports or runs what it reads: CPython's own parser and symbol tables say what a text
holds, and what people will read is cut out of it verbatim.
"""

from dynasaur.source.action import read_action
from dynasaur.source.cells import candidates
from dynasaur.source.gather import gather
from dynasaur.source.head import Head, read_head, with_head
from dynasaur.source.imports import move, relative_imports
from dynasaur.source.layout import render

__all__ = [
    "Head",
    "candidates",
    "gather",
    "move",
    "read_action",
    "read_head",
    "relative_imports",
    "render",
    "with_head",
]
