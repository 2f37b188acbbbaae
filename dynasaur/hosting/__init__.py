"""The host functions that code has beyond the library's: who gives them, and with what."""

from dynasaur.hosting.assembled import outside
from dynasaur.hosting.means import Means

__all__ = ["Means", "outside"]
