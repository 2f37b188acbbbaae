"""git: what the registry keeps, committed without touching anybody's work."""

from dynasaur.repo.core import Repo
from dynasaur.repo.past import Commit
from dynasaur.repo.values import Change, Deliver, Delivery, Identity

__all__ = ["Change", "Commit", "Deliver", "Delivery", "Identity", "Repo"]
