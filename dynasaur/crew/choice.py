"""Which workers do the jobs."""

from __future__ import annotations

from collections.abc import Callable

from dynasaur.crew.cluster import Cluster
from dynasaur.crew.done import Crew, J, R
from dynasaur.crew.processes import Processes


def crew_of(work: Callable[[J], R], jobs: int, scheduler: str | None) -> Crew[J, R]:
    """Those of the cluster whose scheduler is named, else so many processes on this machine.

    Raises:
        UsageError: A cluster needs Dask, which is not installed.
        FailureError: The scheduler cannot be reached.
    """
    return Cluster(work, scheduler) if scheduler else Processes(work, jobs)
