"""What is remembered of the sandbox: only what works, and only while the machine stays as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dynasaur.errors import KernelError
from dynasaur.kernel import enclosure, remembered, tiers
from dynasaur.kernel.client import JupyterKernel
from dynasaur.kernel.enclosure import Launch, Place, Tier
from tests.builders.cli import command as program
from tests.builders.cli import environment
from tests.builders.kernel import short_folder

WORKING = [tier for tier in tiers.STRONGEST_FIRST if not tiers.probe(tier).problem]


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "dynasaur" / "sandbox"


def test_what_works_is_remembered_until_a_part_changes(tmp_path: Path) -> None:
    part, memory = tmp_path / "bwrap", tmp_path / "memory"
    part.write_text("one")
    assert not remembered.seen_to_work(memory, "bwrap", [part])
    remembered.remember(memory, "bwrap", [part])
    assert remembered.seen_to_work(memory, "bwrap", [part])
    assert not remembered.seen_to_work(memory, "unshare", [part])
    part.write_text("three")
    assert not remembered.seen_to_work(memory, "bwrap", [part])
    remembered.remember(memory, "bwrap", [part])
    remembered.forget(memory)
    assert not remembered.seen_to_work(memory, "bwrap", [part])


def test_a_day_later_it_is_tried_again(tmp_path: Path) -> None:
    remembered.remember(tmp_path / "m", "bwrap", [])
    (file,) = (tmp_path / "m").iterdir()
    long_ago = time.time() - 25 * 3600
    os.utime(file, (long_ago, long_ago))
    assert not remembered.seen_to_work(tmp_path / "m", "bwrap", [])
    remembered.remember(tmp_path / "m", "landlock", [])
    assert file not in (tmp_path / "m").iterdir()


def test_without_a_place_for_it_nothing_is_remembered(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    remembered.remember(tmp_path / "file" / "m", "bwrap", [tmp_path / "gone"])
    remembered.remember(tmp_path / "file" / "m", "bwrap", [])
    assert not remembered.seen_to_work(tmp_path / "file" / "m", "bwrap", [])
    remembered.forget(tmp_path / "file" / "m")


@pytest.mark.skipif(not WORKING, reason="no sandbox works here")
def test_the_next_program_takes_the_tier_that_worked(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tiers.choose("auto") == WORKING[0]
    assert len(list(memory.iterdir())) == 1
    monkeypatch.setattr(tiers, "_by_running", lambda _: pytest.fail("it was tried again"))
    tiers.probe.cache_clear()
    assert tiers.choose("auto") == WORKING[0]
    assert tiers.doubted()
    assert list(memory.iterdir()) == []
    assert not tiers.doubted()


@pytest.mark.skipif(not WORKING, reason="no sandbox works here")
def test_a_memory_that_is_wrong_costs_one_start_and_no_protection(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tier stopped working since: the kernel comes in the next one that does."""
    first = WORKING[0]
    tiers.choose(first)
    broken = {first: "it stopped working"}
    monkeypatch.setattr(tiers, "_by_running", lambda tier: broken.get(tier, ""))
    monkeypatch.setattr("dynasaur.kernel.box.launch", _without(first))
    tiers.probe.cache_clear()
    try:
        with short_folder() as folder, JupyterKernel(folder) as kernel:
            if len(WORKING) == 1:
                with pytest.raises(KernelError, match="it stopped working"):
                    kernel.execute("1")
            else:
                assert kernel.execute("1 + 1").output == "2\n"
    finally:
        tiers.probe.cache_clear()
    assert not tiers.doubted()
    assert memory.exists()


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root, setpriv")
@pytest.mark.skipif(not WORKING, reason="no sandbox works here")
def test_what_root_may_no_more_is_found_out_at_the_start_that_fails(
    memory: Path, tmp_path: Path
) -> None:
    """The start itself fails: what lacks is said, and the next program tries all there is."""
    env = environment(tmp_path / ".home", {"XDG_CACHE_HOME": str(memory.parents[1])})
    call = [*program(), "call", "mean", "[1]"]
    assert subprocess.run(call, cwd=tmp_path, env=env, capture_output=True).returncode == 0
    assert len(list(memory.iterdir())) == 1
    less = ["setpriv", "--bounding-set=-chown", *call]
    done = subprocess.run(less, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert "CAP_CHOWN" in done.stderr
    assert list(memory.iterdir()) == []
    assert subprocess.run(call, cwd=tmp_path, env=env, capture_output=True).returncode == 0


def _without(tier: Tier) -> Callable[[Tier, Place], Launch]:
    """A way to launch in which one tier ends at once."""

    def launched(wanted: Tier, place: Place) -> Launch:
        made = enclosure.launch(wanted, place)
        if wanted != tier:
            return made
        return replace(made, argv=("/bin/sh", "-c", "echo no namespaces >&2; exit 1"))

    return launched
