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

from dynasaur import config, host
from dynasaur.agent.answers import Answers
from dynasaur.agent.looking import looking
from dynasaur.agent.protocols import HostFunctions
from dynasaur.kernel.inside.modules import Actions
from dynasaur.kernel.private import held_folder
from dynasaur.library import Library
from dynasaur.record import Step, Trajectory
from dynasaur.toolbox.box import Toolbox
from dynasaur.toolbox.servers import servers_of
from dynasaur.trajectory import copy_files, find_run, load
from dynasaur.types import HOSTED, Json


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
    opened = _opened(Path(os.environ.get("DYNASAUR_LIBRARY") or library).expanduser().absolute())
    folder = opened.runs / run
    past = load(find_run(folder.parent, run)) if folder.is_dir() else None
    for name, function in _host_functions(opened, past.steps if past else ()).items():
        if name.startswith(HOSTED):
            setattr(host, name.removeprefix(HOSTED), function)
        else:
            namespace[name] = function
    modules = opened.retriever.modules(actions)
    missing = sorted(set(actions) - modules.keys())
    if missing:
        sys.stderr.write(f"the library has no {', '.join(missing)} any more\n")
    finder = Actions(lambda action, _: action)
    finder.add({one.name: one.text for one in opened.retriever.closure(modules.values())})
    sys.meta_path.insert(0, finder)
    finder.bind(modules, namespace)
    if past is not None:
        _enter_copy(past)


def _opened(root: Path) -> Library:
    """The library, with the tools of servers as far as they are known: none is reached."""
    servers = servers_of(root, config.load(root, os.environ, {}).mcp_config)
    tools = Toolbox(root, config.data_folder(root), servers).catalogue if servers else None
    return Library(root, tools=tools)


def _host_functions(library: Library, steps: Iterable[Step]) -> HostFunctions:
    """What the kernel of a run has besides Python: the world says again what it said then."""

    def submit_final_answer(answer: Json) -> Json:
        """Print the answer."""
        sys.stdout.write(f"answer: {answer}\n")
        return None

    steps = tuple(steps)
    record = Answers(looking(library.retriever))
    record.turn_to(*steps)
    return {**record.functions(steps), "submit_final_answer": submit_final_answer}


def _enter_copy(past: Trajectory) -> None:
    """Work in a copy of the task's files, so that running it changes nothing of the record."""
    work = held_folder("notebook") / "work"
    work.mkdir()
    copy_files([past.folder / "work" / name for name in past.files], work)
    os.chdir(work)
