"""The way into the library: only what proved itself is kept."""

from dynasaur.registry.admit import Registry
from dynasaur.registry.judged import Gate

__all__ = ["Gate", "Registry"]
