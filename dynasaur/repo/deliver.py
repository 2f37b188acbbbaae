"""Bring new commits into the person's checkout, or leave it exactly as it is.

The person's index cannot be shared safely, so it is touched once: a copy of it is moved from
the old commit to the new one (`read-tree -m` refuses when the person has staged the same
paths), and put in place under git's own index lock, with the branch already locked by a
prepared ref transaction. Whoever else uses git at that moment waits or fails; nobody commits
half of it. The lock file is a hard link to the copy: after a crash its inode says whose it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dynasaur.repo.build import File
from dynasaur.repo.checkout import KeptBackError, MovedError, Swap, needed
from dynasaur.repo.git import Git, complaint, environment
from dynasaur.repo.place import Place, current_branch

PRIVATE = "dynasaur-index."
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Move:
    """One fast-forward: the branch checked out at `base` (None: unborn) goes to `tip`."""

    ref: str
    base: str | None
    tip: str
    branch: str


def deliver(git: Git, place: Place, move: Move, files: Mapping[str, File]) -> None:
    """Fast-forward the current branch, its index and its files.

    Raises:
        MovedError: Another git was quicker; nothing is changed.
        KeptBackError: The person has changed the same paths; nothing is changed.
    """
    seen, copy = _prepare_index(git, place, move)
    swap = Swap(place, needed(place, files))
    try:
        with _transaction(git, place, move) as commit, _index_lock(place, copy) as put:
            if _seen(place) != seen or current_branch(git, place) != move.ref:
                raise MovedError
            with swap:
                commit()
                swap.keep()
            put()
    finally:
        swap.discard()
        copy.unlink(missing_ok=True)


def take_index(git: Git, place: Place, move: Move) -> None:
    """Bring the index alone from base to tip: the branch and the files are there already."""
    seen, copy = _prepare_index(git, place, move)
    try:
        with _index_lock(place, copy) as put:
            if _seen(place) == seen:
                put()
    finally:
        copy.unlink(missing_ok=True)


def empty_tree(place: Place) -> str:
    """What stands for the commit below the first one."""
    return hashlib.new(place.hash_name, b"tree 0\0", usedforsecurity=False).hexdigest()


def _seen(place: Place) -> tuple[int, ...]:
    """Changes whenever git replaces the index."""
    try:
        info = (place.git_dir / "index").stat()
    except FileNotFoundError:
        return ()
    return info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns


def _prepare_index(git: Git, place: Place, move: Move) -> tuple[tuple[int, ...], Path]:
    """A copy of the person's index, moved from base to tip; what they have staged stays."""
    copy = place.git_dir / f"{PRIVATE}{os.getpid()}-{next(_numbers)}"
    seen = _seen(place)
    if seen:
        shutil.copyfile(place.git_dir / "index", copy)
    trees = move.base or empty_tree(place), move.tip
    env = {"GIT_INDEX_FILE": str(copy)}
    done = git.run("read-tree", "-i", "-m", *trees, env=env, accept=(0, 1, 128))
    if _seen(place) != seen:
        copy.unlink(missing_ok=True)
        raise MovedError
    if done.returncode:
        copy.unlink(missing_ok=True)
        raise KeptBackError(f"you have staged the same paths ({complaint(done.stderr)})")
    return seen, copy


def private_indexes(place: Place) -> list[Path]:
    """The indexes that writers have prepared; they lie where one of them becomes the lock."""
    return sorted(place.git_dir.glob(PRIVATE + "*"))


@contextlib.contextmanager
def _transaction(git: Git, place: Place, move: Move) -> Iterator[_Commit]:
    """Both branches locked at what we believe they are; killed or left, git lets them go."""
    with subprocess.Popen(
        git.command("update-ref", "--stdin", "-m", f"merge {move.branch}: Fast-forward"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=git.folder,
        env=environment(),
        start_new_session=True,
    ) as process:
        commit = _Commit(process)
        lines = [
            "start",
            f"update HEAD {move.tip} {move.base or place.zero}",
            f"delete refs/heads/{move.branch} {move.tip}",
            "prepare",
        ]
        try:
            commit.say(*lines, answers=2)
            yield commit
        finally:
            with contextlib.suppress(OSError):
                assert process.stdin is not None
                process.stdin.close()
            process.wait()


class _Commit:
    """Commits the prepared transaction when called."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def __call__(self) -> None:
        self.say("commit", answers=1)

    def say(self, *lines: str, answers: int) -> None:
        """Give commands, and read as many `ok` lines.

        Raises:
            MovedError: git refused: a branch is locked or has moved.
        """
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


@contextlib.contextmanager
def _index_lock(place: Place, copy: Path) -> Iterator[_Put]:
    """Git's own lock on the person's index; `put` turns it into the new index."""
    lock = place.git_dir / "index.lock"
    try:
        os.link(copy, lock)
    except FileExistsError:
        raise MovedError from None
    put = _Put(lock, place.git_dir / "index")
    try:
        yield put
    finally:
        if not put.done:
            lock.unlink(missing_ok=True)


class _Put:
    """Puts the new index in place when called, which frees the lock."""

    def __init__(self, lock: Path, index: Path) -> None:
        self._lock, self._index = lock, index
        self.done = False

    def __call__(self) -> None:
        self._lock.replace(self._index)
        self.done = True
