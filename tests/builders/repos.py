"""Real git repositories in temporary folders, and people at work in them."""

from __future__ import annotations

import os
import subprocess
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
