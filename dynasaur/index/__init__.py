"""The search index: documents in, best matches out. Derived from the library, and disposable."""

from dynasaur.index.core import Index, Reason, Scored
from dynasaur.index.document import Document

__all__ = ["Document", "Index", "Reason", "Scored"]
