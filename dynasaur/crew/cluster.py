"""Workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Generic

from dynasaur.crew.done import ATTEMPTS, Done, J, R, in_one_line
from dynasaur.errors import FailureError, UsageError

if TYPE_CHECKING:
    from distributed import Client

CONNECT = 30
"""Seconds to reach the scheduler."""


class Cluster(Generic[J, R]):
    """The workers of a Dask cluster; they must see the same files under the same names.

    Args:
        work: As for `Processes`.
        address: The scheduler's, such as `tcp://10.0.0.5:8786`.

    Raises:
        UsageError: Dask is not installed.
        FailureError: The scheduler cannot be reached.
    """

    def __init__(self, work: Callable[[J], R], address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise UsageError(
                "--scheduler needs Dask; pip install 'dynasaur[distributed]'"
            ) from None
        self._work = work
        try:
            self._client: Client = Client(address, timeout=CONNECT, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise FailureError(
                f"no Dask scheduler answers at {address}: {in_one_line(error)}"
            ) from error

    def __enter__(self) -> Cluster[J, R]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, jobs: Iterable[J]) -> Iterator[Done[J, R]]:
        """Do jobs; those that are over are given as they come, not in order."""
        from distributed import as_completed

        jobs = list(jobs)
        futures = self._client.map(self._work, jobs, pure=False, retries=ATTEMPTS - 1)
        of = {future.key: job for future, job in zip(futures, jobs, strict=True)}
        for future in as_completed(futures, loop=self._client.loop):
            error = future.exception() if future.status != "finished" else None
            if error is not None:
                yield Done(of[future.key], None, in_one_line(error))
            else:
                yield Done(of[future.key], future.result())
            future.release()

    def close(self) -> None:
        """Forget what is not done, and leave the cluster."""
        self._client.close()
