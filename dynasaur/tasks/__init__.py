"""Many tasks from a file: read and checked, their results kept as they come."""

from dynasaur.tasks.items import Item, read_items
from dynasaur.tasks.results import Results

__all__ = ["Item", "Results", "read_items"]
