"""What a module's code can do, found on its syntax tree: nothing is imported or run.

It informs people. It is no boundary: whoever wants to hide can, and only the sandbox holds them.
"""

from dynasaur.capabilities.find import capabilities
from dynasaur.capabilities.values import Capability, Confidence, Kind, gained

__all__ = ["Capability", "Confidence", "Kind", "capabilities", "gained"]
