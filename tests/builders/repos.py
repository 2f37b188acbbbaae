"""Real git repositories in temporary folders, and people at work in them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dynasaur.repo import Change

PERSON = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


def git(folder: Path, *arguments: str, ok: bool = True, stdin: str = "") -> str:
    """git as a person at a terminal runs it: its output, with the last newline removed."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or "CONFIG" in k}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=clean | PERSON | {"GIT_EDITOR": "true", "LC_ALL": "C"},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not ok or done.returncode == 0, f"git {arguments}: {done.stderr}"
    return done.stdout.removesuffix("\n")


def isolate(patch: pytest.MonkeyPatch, home: Path) -> None:
    """No configuration of the machine's: git knows no identity, HOME is a fresh folder."""
    for name in [*os.environ]:
        if name.startswith(("GIT_", "EMAIL")):
            patch.delenv(name)
    patch.setenv("HOME", str(home))
    patch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    patch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def layers(root: Path) -> dict[str, bytes]:
    """The layers of a repository's commit-graph, the lowest first: name to content."""
    folder = root / ".git/objects/info/commit-graphs"
    if not folder.exists():
        return {}
    git(root, "commit-graph", "verify")
    names = (folder / "commit-graph-chain").read_text().split()
    return {name: (folder / f"graph-{name}.graph").read_bytes() for name in names}


def is_noted(root: Path, revision: str = "HEAD") -> bool:
    """A commit stands in the commit-graph, in a layer that tells which paths it touches."""
    commit = bytes.fromhex(git(root, "rev-parse", revision))
    return any(commit in layer and b"BIDX" in layer[:200] for layer in layers(root).values())


UNSHARE = ["unshare", "--map-root-user", "--mount"]


def can_mount() -> bool:
    """This machine lets tests mount file systems in a namespace of their own."""
    if shutil.which("unshare") is None:
        return False
    probe = [*UNSHARE, "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def in_a_namespace(code: str, *arguments: str) -> str:
    """Run Python where it may mount file systems: what it printed."""
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        [*UNSHARE, sys.executable, "-c", code, *arguments],
        cwd=root,
        env=os.environ | {"PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def clone_of_a_person(folder: Path, *options: str) -> Path:
    """A repository with a README, committed by its owner, who has an identity."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main", *options)
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    (folder / "README.md").write_text("hello\n")
    git(folder, "add", "README.md")
    git(folder, "commit", "--quiet", "-m", "hello")
    return folder


def adding(name: str, text: str = "", *, category: str = "text", **trailers: str) -> Change:
    """A change that adds one action."""
    body = text or f'"""{name}."""\n\n\ndef {name}() -> str:\n    return "{name}"\n'
    path = f"actions/{category}/{name}.py"
    files = {path: body.encode(), f"actions/{category}/__init__.py": b""}
    return Change(f"add {category}/{name}: {name}.", "Evidence: called.", trailers, files)


def committed(folder: Path, path: str, revision: str = "HEAD") -> bytes | None:
    """A file's content in a commit."""
    done = subprocess.run(
        ["git", "cat-file", "blob", f"{revision}:{path}"],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return None if done.returncode else done.stdout


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a work tree, git's own and the tool's left out."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {".git", ".dynasaur"} & set(path.parts)
    }


class Person:
    """Someone at work in a clone, who tries again when git says that another git is at work."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tried_again = 0

    def work(self, turn: int) -> None:
        """Edit and commit; then stash, change branches or rebase, in turn."""
        mine = self.root / "README.md"
        mine.write_text(f"{mine.read_text()}line {turn}\n")
        self._git("add", "README.md")
        self._git("commit", "--quiet", "-m", f"mine {turn}")
        if turn % 3 == 0:
            (self.root / "notes.txt").write_text(f"draft {turn}\n")
            self._git("add", "notes.txt")
            self._git("stash", "push", "--quiet")
            self._git("stash", "pop", "--quiet", "--index")
            self._git("rm", "--quiet", "--cached", "notes.txt")
        if turn % 3 == 1:
            self._git("checkout", "--quiet", "-b", f"side{turn}")
            self._git("checkout", "--quiet", "main")
        if turn % 3 == 2:
            self._git("commit", "--quiet", "--allow-empty", "-m", f"mine too {turn}")
            self._git("rebase", "--quiet", "--force-rebase", "HEAD~1")

    def _git(self, *arguments: str) -> None:
        for _ in range(200):
            done = subprocess.run(
                ["git", *arguments], cwd=self.root, capture_output=True, text=True, check=False
            )
            if done.returncode == 0 or self._mend(arguments, done.stderr):
                return
            self.tried_again += 1
            time.sleep(0.02)
        raise AssertionError(f"{arguments}: {done.stderr}")

    def _mend(self, arguments: tuple[str, ...], stderr: str) -> bool:
        """Put right what git left half done; True when the command has done its work."""
        busy = (
            *("index.lock", "lock ref", "is at ", "nable to", "rebase", "could not write index"),
            "would be overwritten",  # a stash reads the index before it locks it
        )
        said = not stderr or any(word in stderr for word in busy)
        assert said, f"{arguments}: {stderr}"
        if arguments[0] == "rebase":
            git(self.root, "rebase", "--abort", ok=False)
        stashed = arguments[0] == "stash" and bool(git(self.root, "stash", "list"))
        if arguments[0] == "rebase" or stashed:
            self._git("reset", "--quiet", "--hard")
        return arguments[:2] == ("stash", "push") and stashed
