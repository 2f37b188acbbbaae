"""Where a library lies in git, and what state its checkout is in."""

from __future__ import annotations

import hashlib
import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from dynasaur.errors import StoreError
from dynasaur.repo.git import Git, complaint

UNFINISHED = {
    "MERGE_HEAD": "a merge",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "BISECT_LOG": "a bisection",
}
"""What git leaves in its folder while an operation of the person's is under way."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a library lies.

    Attributes:
        root: The library's root, the folder that holds `actions/`.
        top: The root of the git work tree.
        prefix: Path from top to root with `/`: empty, or it ends with `/`.
        git_dir: This work tree's own git folder: its index and HEAD.
        common: The git folder that all work trees share: objects and branches.
        hash_name: `sha1` or `sha256`.
    """

    root: Path
    top: Path
    prefix: str
    git_dir: Path
    common: Path
    hash_name: str

    @property
    def own(self) -> Path:
        """The tool's folder inside git's: lock, journals, private indexes."""
        return self.common / "dynasaur"

    @property
    def zero(self) -> str:
        """The id that means "no such object"."""
        return "0" * (64 if self.hash_name == "sha256" else 40)

    @property
    def empty_tree(self) -> str:
        """What stands for the commit below the first one."""
        return hashlib.new(self.hash_name, b"tree 0\0", usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """What is checked out: a branch (None when detached) and a commit (None when unborn)."""

    ref: str | None
    commit: str | None


class NoRepositoryError(StoreError):
    """There is none, whole or broken: one may be made."""


def find(root: Path) -> Place:
    """Find the work tree that a library lies in.

    Raises:
        StoreError: It lies in none, or git refuses to work there.
    """
    root = root.resolve()
    if not root.is_dir():
        raise StoreError(f"{root} is no folder: make a library there with `dynasaur init`.")
    options = ("--show-object-format", "--is-inside-work-tree", "--show-cdup")
    where = ("--path-format=absolute", "--git-dir")
    done = Git(root).run("rev-parse", *options, *where, accept=(0, 128))
    text = os.fsdecode(done.stdout).removesuffix("\n")
    if where[0] in text.split("\n"):  # an older git takes it for a word that is to be printed
        raise StoreError("this git is too old to be used safely: install git 2.31 or newer.")
    if done.returncode or text.count("\n") < 3:
        raise _why_not(root, done.stderr.decode("utf-8", "replace"), text)
    hash_name, inside, up, git_dir = text.split("\n", 3)
    if inside != "true":
        raise StoreError(_outside(root, git_dir))
    depth = up.count("/")
    top = root.parents[depth - 1] if depth else root
    prefix = "".join(part + "/" for part in root.relative_to(top).parts)
    folder = Path(git_dir)
    return Place(root, top, prefix, folder, _common(folder), hash_name)


def _why_not(root: Path, stderr: str, text: str) -> StoreError:
    if "not a git repository" in stderr and not os.path.lexists(root / ".git"):
        where = f"{root} is not in a git repository"
        return NoRepositoryError(f"{where}: make it a library with `dynasaur init`.")
    return StoreError(_refusal(root, stderr, text))


def _refusal(root: Path, stderr: str, text: str) -> str:
    if "dubious ownership" in stderr:
        top = next((one for one in (root, *root.parents) if (one / ".git").exists()), root)
        command = shlex.join(["git", "config", "--global", "--add", "safe.directory", str(top)])
        return f"git refuses {top}, another user's; if you trust it: {command}"
    if "cannot use bare repository" in stderr:
        return f"{root} is a bare repository, without a work tree: work in a clone of it."
    broken = root / ".git"
    if "not a git repository" in stderr:
        what = "lacks what a repository has (HEAD, objects, refs)"
        if broken.is_file():
            what = "names a repository that is not there"
        return f"{broken} {what}: mend it, or move it away and run `dynasaur init`."
    if text.split("\n")[1:2] == ["false"]:
        return _outside(root, text.rpartition("\n")[2])
    return f"git cannot work in {root}: {complaint(stderr.encode())}"


def _outside(root: Path, git_dir: str) -> str:
    if Path(git_dir) in (root, *root.parents):
        return f"{root} lies inside git's own folder: choose another."
    return f"{root} is no work tree of {git_dir}: see its core.worktree and core.bare."


def _common(git_dir: Path) -> Path:
    """A linked work tree's git folder names the one it shares with the others."""
    try:
        name = os.fsdecode((git_dir / "commondir").read_bytes()).removesuffix("\n")
    except FileNotFoundError:
        return git_dir
    return Path(os.path.normpath(git_dir / name))


def current_branch(git: Git, place: Place) -> str | None:
    """The full name of the branch that is checked out, None when HEAD is detached."""
    text = (place.git_dir / "HEAD").read_text("utf-8", "surrogateescape").strip()
    kind, _, ref = text.partition(": ")
    if kind == "ref" and ref != "refs/heads/.invalid":
        return ref
    return git.line("symbolic-ref", "--quiet", "HEAD", accept=(0, 1)) or None


def read_head(git: Git, place: Place) -> Head:
    """What is checked out now."""
    ref = current_branch(git, place)
    commit = git.line("rev-parse", "--verify", "--quiet", "HEAD^{commit}", accept=(0, 1)) or None
    return Head(ref, commit)


def unfinished(place: Place) -> str:
    """The operation that the person has under way (`a merge`); empty when there is none."""
    index = os.environ.get("GIT_INDEX_FILE")
    if index and (place.top / index).parent.resolve() == place.git_dir.resolve():
        return "a commit, whose hook this is,"
    for name, what in UNFINISHED.items():
        if os.path.lexists(f"{place.git_dir}/{name}"):
            return what
    return ""
