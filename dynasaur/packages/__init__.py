"""Packages that code asks for: installed by the host, after policy, for the kernel alone to use."""

from dynasaur.packages.core import Packages, Supply
from dynasaur.packages.wants import Want, wants_of

__all__ = ["Packages", "Supply", "Want", "wants_of"]
