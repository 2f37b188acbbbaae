"""The way out: query to ranked actions, and actions to the modules that they require."""

from dynasaur.retriever.core import Retriever
from dynasaur.retriever.permit import Permit

__all__ = ["Permit", "Retriever"]
