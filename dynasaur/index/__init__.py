"""The search index: documents in, best matches out. Derived from the library, and disposable."""

from .core import Index, Reason, Scored
from .document import Document

__all__ = ["Document", "Index", "Reason", "Scored"]
