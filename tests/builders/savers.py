"""Writers in processes of their own, to be killed, starved or set against each other.

Run as a program: `python -m tests.builders.savers MODE ROOT ...`. The modes:

- `save NAME...` saves one action for each name.
- `die NAME STAGE` dies by kill -9 at a named stage of a save.
- `stages` lets a child die at each stage, in the repositories `ROOT/0`, `ROOT/1`, ...
- `again STAGE...` lets a second one die in each, at a stage of its recovery.
- `random COUNT SEED` lets children save, and kills each at a random moment.
- `deep COUNT SEED` kills everything that they have started, too.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import select
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from dynasaur.repo import Repo, checkout, deliver, index, journal
from dynasaur.repo import save as saving
from tests.builders.repos import adding

STAGES: dict[str, tuple[object, str, bool]] = {
    "before the journal": (journal.Journal, "write", False),
    "after the journal": (journal.Journal, "write", True),
    "before the commits": (saving, "build", False),
    "after the commits": (saving, "build", True),
    "before the new index": (index.IndexCopy, "apply", False),
    "after the new index": (index.IndexCopy, "apply", True),
    "before the branches are locked": (deliver.RefTransaction, "prepare", False),
    "after the branches are locked": (deliver.RefTransaction, "prepare", True),
    "while the index is locked": (index.IndexCopy, "unchanged", True),
    "between two files": (checkout.Swap, "_swap_in", True),
    "after the files": (checkout.Swap, "__enter__", True),
    "after the branch has moved": (deliver.RefTransaction, "commit", True),
    "before the index is put in place": (index.IndexCopy, "_put", False),
    "after the index is put in place": (index.IndexCopy, "_put", True),
    "before the journal is cleared": (journal.Journal, "clear", False),
    "after the journal is cleared": (journal.Journal, "clear", True),
}
"""Where a save can die: before (False) or after a function of the package."""


def die(*_: object) -> NoReturn:
    """No warning, no clean-up."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def arm(stage: str) -> None:
    """Let this process die at a stage."""
    owner, name, after = STAGES[stage]
    original: Callable[..., object] = getattr(owner, name)

    def deadly(*arguments: object, **options: object) -> object:
        if after:
            original(*arguments, **options)
        die()

    setattr(owner, name, deadly)


def save(root: Path, names: list[str]) -> None:
    """Save an action for each name; print what is reported as kept."""
    repo = Repo(root)
    for name in names:
        done = repo.commit(name, [adding(name)])
        print(json.dumps([name, done.branch, done.merged, done.note]), flush=True)


def die_at(root: Path, name: str, stage: str) -> None:
    """Let a child die at a stage of its save."""
    child = os.fork()
    if not child:
        arm(stage)
        Repo(root).commit(name, [adding(name)])
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(json.dumps([stage, -os.waitstatus_to_exitcode(status)]), flush=True)


def stages(root: Path) -> None:
    """Let one child die at each stage, in a repository of its own."""
    for number, stage in enumerate(STAGES):
        die_at(root / str(number), "victim", stage)


def again(root: Path, later: list[str]) -> None:
    """Let one child die with its commits written down, and the next at a stage of its recovery."""
    for number, stage in enumerate(later):
        die_at(root / str(number), "victim", "before the new index")
        die_at(root / str(number), "second", stage)


def randomly(root: Path, count: int, seed: int, *, deep: bool) -> None:
    """Kill one child after another at any moment of its save.

    With `deep`, everything that it has started dies too, as when the machine stops; and after
    each, the command is followed that the next save may give.
    """
    chance = random.Random(seed)
    start = time.perf_counter()
    Repo(root).commit(f"measure{seed}", [adding(f"measure{seed}")])
    longest = 1.3 * (time.perf_counter() - start)
    for number in range(count):
        name = f"k{seed}_{number}"
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.setpgid(0, 0)
            done = Repo(root).commit(name, [adding(name), adding(f"{name}_too")])
            os.write(writing, b"merged" if done.merged else b"waits")
            die()
        os.close(writing)
        with contextlib.suppress(OSError):  # whoever comes first, before any killing
            os.setpgid(child, child)
        select.select([reading], [], [], chance.uniform(0, longest))
        kill(child, deep=deep)
        reported = os.read(reading, 100).decode()
        os.close(reading)
        helped = deep and follow_advice(root, f"n{seed}_{number}")
        print(json.dumps([name, reported, helped]), flush=True)


def kill(child: int, *, deep: bool) -> None:
    """Kill a child's process group; with `deep`, its descendants in other groups first."""
    if deep:
        os.kill(child, signal.SIGSTOP)
        time.sleep(0.001)
        for pid in descendants(child):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and theirs."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [found for child in children for found in (int(child), *descendants(int(child)))]


def follow_advice(root: Path, name: str) -> bool:
    """Save; when locks are in the way, remove them as the note says, and take the branch."""
    done = Repo(root).commit(name, [adding(name)])
    if done.merged:
        return False
    advice = re.search(r"remove it: (rm [^)]*)\)", done.note)
    assert advice, done.note
    subprocess.run(shlex.split(advice[1]), check=True)
    subprocess.run(["git", "merge", "--quiet", "--ff-only", done.branch], cwd=root, check=True)
    subprocess.run(["git", "branch", "--quiet", "-d", done.branch], cwd=root, check=True)
    return True


def main() -> None:
    mode, root, *rest = sys.argv[1:]
    if mode == "save":
        save(Path(root), rest)
    elif mode == "stages":
        stages(Path(root))
    elif mode == "die":
        die_at(Path(root), *rest)
    elif mode == "again":
        again(Path(root), rest)
    else:
        saving.PATIENCE = 0.5
        randomly(Path(root), int(rest[0]), int(rest[1]), deep=mode == "deep")


if __name__ == "__main__":
    main()
