"""Settings: defaults < the user's file < the library's pyproject < environment < flags.

Also where the library is, since that has to be known before its settings can be read.
"""

from dynasaur.config.load import given, load, table_of
from dynasaur.config.places import (
    PACKAGE,
    cache_folder,
    data_folder,
    data_place,
    find_library,
    records_folder,
    trust_file,
    user_file,
    words_file,
)
from dynasaur.config.settings import (
    APIS,
    APPROVALS,
    DELIVERIES,
    GUARDED,
    INSTALLS,
    RETRIEVERS,
    SEARCHES,
    Settings,
)

__all__ = [
    "APIS",
    "APPROVALS",
    "DELIVERIES",
    "GUARDED",
    "INSTALLS",
    "PACKAGE",
    "RETRIEVERS",
    "SEARCHES",
    "Settings",
    "cache_folder",
    "data_folder",
    "data_place",
    "find_library",
    "given",
    "load",
    "records_folder",
    "table_of",
    "trust_file",
    "user_file",
    "words_file",
]
