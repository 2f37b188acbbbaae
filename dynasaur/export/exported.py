"""Which formats there are."""

from __future__ import annotations

from pathlib import Path

from dynasaur.export.atif import atif
from dynasaur.export.markdown import markdown
from dynasaur.export.notebook import notebook
from dynasaur.export.page import page
from dynasaur.record import Trajectory


def exported(kind: str, run: Trajectory, library: Path) -> str:
    """The run as text of one format.

    Args:
        kind: `ipynb`, `html`, `md` or `atif`.
        run: The run.
        library: The library's root, which a notebook finds its actions in.
    """
    if kind == "ipynb":
        return notebook(run, library)
    if kind == "atif":
        return atif(run)
    return page(run) if kind == "html" else markdown(run)
