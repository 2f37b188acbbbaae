"""The record of a run: written whole after every step, read back without a model or kernel.

A run has a folder of its own, `.dynasaur/runs/<id>/`, with `trajectory.json`, the work folder of
its kernel and the images that it displayed. While the run lasts its process holds a lock file
there, so that a run that was killed is told from one under way.
"""

from dynasaur.trajectory.document import FORMAT, summary, to_json
from dynasaur.trajectory.folder import (
    FILE,
    Alive,
    check_task,
    copy_files,
    find_run,
    new_id,
    new_run,
    remove,
    run_names,
)
from dynasaur.trajectory.reading import finished, harvest, list_runs, load, read
from dynasaur.trajectory.recorder import Recorder
from dynasaur.trajectory.schema import schema
from dynasaur.trajectory.writing import write

__all__ = [
    "FILE",
    "FORMAT",
    "Alive",
    "Recorder",
    "check_task",
    "copy_files",
    "find_run",
    "finished",
    "harvest",
    "list_runs",
    "load",
    "new_id",
    "new_run",
    "read",
    "remove",
    "run_names",
    "schema",
    "summary",
    "to_json",
    "write",
]
