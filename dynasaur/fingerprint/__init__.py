"""Equal, nearly equal, different: actions compared by their canonical syntax trees."""

from dynasaur.fingerprint.compare import (
    VERSION,
    Level,
    constants_apart,
    fingerprint,
    parameter_names,
)
from dynasaur.fingerprint.few import nearest_of_few
from dynasaur.fingerprint.near import Near, NearIndex
from dynasaur.fingerprint.shingles import similarity
from dynasaur.fingerprint.telling import Telling, telling

__all__ = [
    "VERSION",
    "Level",
    "Near",
    "NearIndex",
    "Telling",
    "constants_apart",
    "fingerprint",
    "nearest_of_few",
    "parameter_names",
    "similarity",
    "telling",
]
