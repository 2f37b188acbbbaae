"""The project's own instructions to agents: the nearest `AGENTS.md`."""

from __future__ import annotations

from pathlib import Path

NAME = "AGENTS.md"
MOST = 32 * 1024
"""Bytes of it that are read."""


def instructions(cwd: Path) -> str:
    """What the nearest `AGENTS.md` says: from `cwd` up to the root of its git repository.

    Without a repository only `cwd` is looked at. A link that leads out of the repository is not
    followed: what it names is not the project's.
    """
    folders = [cwd, *cwd.parents]
    root = next((folder for folder in folders if (folder / ".git").exists()), cwd)
    for folder in folders[: folders.index(root) + 1]:
        file = folder / NAME
        if file.is_file() and file.resolve().is_relative_to(root.resolve()):
            return _start(file)
    return ""


def _start(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST + 1)
    except OSError:
        return ""
    text = content[:MOST].decode("utf-8", "replace").strip()
    return f"{text}\n(cut here: the file is longer)" if len(content) > MOST else text
