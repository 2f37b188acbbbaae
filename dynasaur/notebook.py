"""What the first cell of an exported notebook calls.

It brings the actions, the files and the host functions of its run into a plain Python process,
which has no sandbox.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dynasaur.agent.looking import looking
from dynasaur.agent.protocols import HostFunctions
from dynasaur.kernel.inside.modules import Actions
from dynasaur.kernel.private import held_folder
from dynasaur.library import Library
from dynasaur.trajectory import copy_files, find_run, read
from dynasaur.types import Json


def prepare(namespace: dict[str, Any], library: str, *, run: str, actions: Iterable[str]) -> None:
    """Make ready for the cells of a run.

    Args:
        namespace: The notebook's `globals()`: actions and host functions are put there.
        library: The library's root; `$DYNASAUR_LIBRARY` names another one.
        run: The run's id. Where the library still has it, the current folder becomes a new one
            with the files of its task.
        actions: Names of the actions to bind.

    Raises:
        UsageError: There is no library there.
        ActionError: It has not all of the actions any more.
    """
    opened = Library(os.environ.get("DYNASAUR_LIBRARY") or library)
    modules = opened.retriever.modules(actions)
    missing = sorted(set(actions) - modules.keys())
    if missing:
        sys.stderr.write(f"the library has no {', '.join(missing)} any more\n")
    finder = Actions(lambda action, _: action)
    finder.add({one.name: one.text for one in opened.retriever.closure(modules.values())})
    sys.meta_path.insert(0, finder)
    finder.bind(modules, namespace)
    namespace.update(_host_functions(opened))
    folder = opened.runs / run
    if folder.is_dir():
        _enter_copy(folder)


def _host_functions(library: Library) -> HostFunctions:
    """What the kernel of a run has besides Python."""

    def submit_final_answer(answer: Json) -> Json:
        """Print the answer."""
        sys.stdout.write(f"answer: {answer}\n")
        return None

    return {**looking(library.retriever), "submit_final_answer": submit_final_answer}


def _enter_copy(folder: Path) -> None:
    """Work in a copy of the task's files, so that running it changes nothing of the record."""
    names: Any = read(find_run(folder.parent, folder.name))["files"]
    work = held_folder("notebook") / "work"
    work.mkdir()
    copy_files([folder / "work" / name for name in names], work)
    os.chdir(work)
