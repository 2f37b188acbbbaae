"""Keeping a library in order: each change is one commit, which `git revert` undoes."""

from dynasaur.upkeep.ground import Done, Ground
from dynasaur.upkeep.marks import deprecate, reject
from dynasaur.upkeep.past import Form, forms
from dynasaur.upkeep.prune import Bounds, Proposal, propose, prune
from dynasaur.upkeep.revert import revert
from dynasaur.upkeep.tidy import plan, tidy

__all__ = [
    "Bounds",
    "Done",
    "Form",
    "Ground",
    "Proposal",
    "deprecate",
    "forms",
    "plan",
    "propose",
    "prune",
    "reject",
    "revert",
    "tidy",
]
