"""Many tasks from a file: read and checked, run by several processes, results kept as they come."""

from dynasaur.tasks.items import Item, read_items
from dynasaur.tasks.pool import Pool
from dynasaur.tasks.results import Results

__all__ = ["Item", "Pool", "Results", "read_items"]
