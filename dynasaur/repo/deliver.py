"""Bring new commits into the person's checkout, or leave it exactly as it is.

The branch is locked by a prepared ref transaction, the index by git's own lock; then files,
branch and index change within a millisecond. Whoever else uses git at that moment waits or
fails; nobody commits half of it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from dynasaur.repo.build import File
from dynasaur.repo.checkout import MovedError, Swap, needed
from dynasaur.repo.git import Git
from dynasaur.repo.index import IndexCopy
from dynasaur.repo.place import Place, current_branch, unfinished
from dynasaur.repo.sync import Sync

BRIEF = ("-c", "core.packedRefsTimeout=100", "-c", "core.filesRefLockTimeout=100")
"""Milliseconds that git waits for a lock; the save itself waits for longer, from its start."""


@dataclass(frozen=True, slots=True)
class Move:
    """One fast-forward: the branch checked out at `base` (None: unborn) goes to `tip`.

    `branch` is what the commits are named by: that branch goes away where there is one.
    """

    ref: str
    base: str | None
    tip: str
    branch: str
    named: bool = False


def deliver(
    git: Git,
    place: Place,
    move: Move,
    files: Mapping[str, File],
    index: IndexCopy,
    sync: Sync,
) -> None:
    """Fast-forward the current branch, its index and its files.

    Args:
        git: git in the library's root.
        place: Where the library lies.
        move: Which branch goes where.
        files: What changes on the way.
        index: A copy of the index.
        sync: The new objects, on their way to the disk.

    Raises:
        OSError: The disk is full or cannot be written; nothing is changed.
        MovedError: Another git was quicker; nothing is changed.
        KeptBackError: The person has changed the same paths; nothing is changed.
    """
    swap = Swap(place, needed(place, files))
    try:
        with RefTransaction(git, place, move) as refs:
            index.apply(files)
            refs.prepare()
            sync.wait()  # no branch may name what a loss of power could take
            with index.locked() as put:
                same = index.unchanged() and current_branch(git, place) == move.ref
                if not same or unfinished(place):
                    raise MovedError
                with swap:
                    refs.commit()
                    swap.keep()
                put()
    finally:
        swap.discard()


def name_branch(git: Git, place: Place, branch: str, tip: str) -> None:
    """Make the branch on which commits wait.

    Raises:
        StoreError: git cannot write it.
    """
    git.run("update-ref", f"refs/heads/{branch}", tip, place.zero)


class RefTransaction:
    """HEAD goes to the new commit, a branch of theirs goes away; left or killed, git undoes it."""

    def __init__(self, git: Git, place: Place, move: Move) -> None:
        gone = [f"delete refs/heads/{move.branch} {move.tip}"] if move.named else []
        self._lines = (*gone, f"update HEAD {move.tip} {move.base or place.zero}")
        reason = f"merge {move.branch}: Fast-forward"
        self._process = git.start(*BRIEF, "update-ref", "--stdin", "-m", reason)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._process.communicate()

    def prepare(self) -> None:
        """Lock both, at what we believe they are.

        Raises:
            MovedError: They have moved, or another git has locked them.
        """
        self._say("start", *self._lines, "prepare", answers=2)

    def commit(self) -> None:
        """Move them.

        Raises:
            MovedError: git refused after all.
        """
        self._say("commit", answers=1)

    def _say(self, *lines: str, answers: int) -> None:
        told, heard = self._process.stdin, self._process.stdout
        assert told is not None
        assert heard is not None
        try:
            told.write("".join(f"{line}\n" for line in lines).encode())
            told.flush()
        except BrokenPipeError:
            raise MovedError from None
        for _ in range(answers):
            if not heard.readline().endswith(b": ok\n"):
                raise MovedError
