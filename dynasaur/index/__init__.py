"""The search index: documents in, best matches out. Derived from the library, and disposable."""

from dynasaur.index.answers import Reason, Scored, in_sight
from dynasaur.index.core import Index
from dynasaur.index.document import Document
from dynasaur.index.vectors import Near, Vectors

__all__ = ["Document", "Index", "Near", "Reason", "Scored", "Vectors", "in_sight"]
