"""Equal, nearly equal, different: actions compared by their canonical syntax trees."""

from dynasaur.fingerprint.compare import fingerprint

__all__ = ["fingerprint"]
