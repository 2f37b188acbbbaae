"""What a worker of `dynasaur run --tasks` does with one task, here or on a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dynasaur.errors import DynasaurError
from dynasaur.tasks.items import item_of
from dynasaur.types import Json

Job = tuple[dict[str, Json], dict[str, Any]]
"""The task as JSON, and the flags of the command line."""


def carry_out(job: Job) -> dict[str, Json]:
    """Carry out one task; whatever becomes of it, there is a result."""
    from dynasaur.commands._agent import quiet_agent
    from dynasaur.kernel.kept import forget
    from dynasaur.trajectory import summary

    document, flags = job
    path = flags.get("library_path")
    rest = {name: value for name, value in flags.items() if name != "library_path"}
    try:
        agent = quiet_agent(Path(path) if path else None, rest)
        result = agent.run(item_of(document).task)
    except DynasaurError as error:
        return failed(str(error))
    if result.status == "solved":
        forget(result.folder / "work")
    return summary(result)


def failed(reason: str) -> dict[str, Json]:
    """The result of a task that came to nothing."""
    return {"run": None, "status": "failed", "answer": None, "reason": reason}
