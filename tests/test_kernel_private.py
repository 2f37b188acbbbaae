"""The host's private folders: what killed clients left is swept, and nothing else."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dynasaur.kernel.private import held_folder, private_folder, remove
from tests.builders.kernel import short_folder


@pytest.fixture
def scratch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with short_folder() as folder:
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        yield folder


def test_only_what_nobody_holds_is_swept(scratch: Path) -> None:
    held = private_folder()
    idle, read = held_folder("mcp"), held_folder("notebook")
    for kind in ("mcp", "notebook"):
        (scratch / f"dynasaur-{kind}-left").mkdir()
        (scratch / f"dynasaur-{kind}-left" / "lock").touch()
    left = scratch / "dynasaur-kernel-left"
    left.mkdir()
    (left / "lock").touch()
    old, young = scratch / "dynasaur-trial-old", scratch / "dynasaur-trial-young"
    others = [scratch / f"dynasaur-{name}-old" for name in ("call", "look")]
    for folder in (old, young, *others, scratch / "dynasaur-else"):
        folder.mkdir()
    elsewhere = scratch / "elsewhere"
    elsewhere.mkdir()
    (scratch / "dynasaur-probe-link").symlink_to(elsewhere)
    before = time.time() - 100_000
    aged = scratch / "dynasaur-notebook-aged"
    aged.mkdir()
    (aged / "lock").touch()
    for path in (old, aged, idle, read, *others, scratch / "dynasaur-else", elsewhere):
        os.utime(path, (before, before))
    os.utime(scratch / "dynasaur-probe-link", (before, before), follow_symlinks=False)
    made = private_folder()
    assert held.is_dir()
    swept = (left, scratch / "dynasaur-mcp-left", aged, old, *others)
    assert not any(one.exists() for one in swept)
    notebook = scratch / "dynasaur-notebook-left"
    for kept in (notebook, idle, read, young, scratch / "dynasaur-else", elsewhere):
        assert kept.is_dir()
    assert made.stat().st_mode & 0o777 == 0o700
    for one in (held, idle, read, made):
        remove(one)
    assert not held.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files of others")
def test_folders_of_others_are_left_alone(scratch: Path) -> None:
    theirs = scratch / "dynasaur-kernel-theirs"
    theirs.mkdir()
    (theirs / "lock").touch()
    os.chown(theirs, 61_001, 61_001)
    remove(private_folder())
    assert theirs.is_dir()
