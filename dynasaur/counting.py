"""The counters of use, brought up to date with the records of the runs that are over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dynasaur.usage import Counters

if TYPE_CHECKING:
    from dynasaur.types import Json
    from dynasaur.usage import Report


def counted(data: Path, runs: Path) -> Report:
    """What became of actions in all the runs that are over.

    Args:
        data: The folder of the counters.
        runs: The folder of runs.

    Raises:
        StoreError: The counters cannot be read or written.
    """

    def missing(known: Collection[str]) -> Iterable[Mapping[str, Json]]:
        names = [run.name for run in runs.iterdir()] if runs.is_dir() else []
        if all(name in known for name in names):
            return ()  # each search asks: it need not import what reads records
        from dynasaur.trajectory import finished

        return finished(runs, known)

    return Counters(data).report(missing)
