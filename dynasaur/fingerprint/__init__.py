"""Equal, nearly equal, different: actions compared by their canonical syntax trees."""

from dynasaur.fingerprint.compare import Level, fingerprint, parameter_names
from dynasaur.fingerprint.near import Near, NearIndex
from dynasaur.fingerprint.shingles import similarity

__all__ = ["Level", "Near", "NearIndex", "fingerprint", "parameter_names", "similarity"]
