"""Kernels in all sorts of places: odd folders, no home, no bubblewrap."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dynasaur.kernel import bubblewrap, tiers
from dynasaur.kernel.client import JupyterKernel
from dynasaur.types import Ending
from tests.builders.kernel import kernel

TIERS = [tier for tier in tiers.STRONGEST_FIRST if not tiers.probe(tier).problem]

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    "name", ["with spaces", "ümläut 日本", "quote'\"$HOME", "{connection_file}", "x" * 150, "a\nb"]
)
@pytest.mark.parametrize("tier", TIERS)
def test_work_folder(tmp_path: Path, tier: str, name: str) -> None:
    work = tmp_path / name
    work.mkdir()
    (work / "given").write_text("content")
    with kernel(work, sandbox=tier) as running:
        seen = running.execute("import os; print(os.getcwd()); open('given').read()")
        assert seen.output == f"{work}\n'content'\n"
        assert running.execute("_ = open('made', 'w').write('x')").ok
    assert (work / "made").stat().st_uid == os.geteuid()


@pytest.mark.parametrize("tier", TIERS)
def test_bare_environment(tmp_path: Path, tier: str) -> None:
    """No HOME, no PATH, no locale: as from a service manager."""
    code = (
        "import sys; from pathlib import Path; from dynasaur.kernel.client import JupyterKernel\n"
        f"with JupyterKernel(Path({str(tmp_path)!r}), sandbox={tier!r}) as kernel:\n"
        "    print(ascii(kernel.execute('print(\"ümläut\")').output))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("'\\xfcml\\xe4ut\\n'\n", "")


def test_without_bubblewrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    second = next((tier for tier in TIERS if tier != "bwrap"), None)
    if second is None:
        pytest.skip("no second tier here")
    monkeypatch.setattr(bubblewrap, "program", lambda: None)
    tiers.probe.cache_clear()
    try:
        assert tiers.choose("auto") == second
        assert "not installed" in tiers.probe("bwrap").problem
        with JupyterKernel(tmp_path) as running:
            assert running.execute("1").output == "1\n"
    finally:
        tiers.probe.cache_clear()


def test_bubblewrap_in_the_current_folder_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = tmp_path / "bwrap"
    planted.write_text("#!/bin/sh\n")
    planted.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/nowhere")
    monkeypatch.chdir(tmp_path)
    found = bubblewrap.program()
    assert found is None or not Path(found).is_relative_to(tmp_path)


@pytest.mark.parametrize("tier", TIERS)
def test_restart_in_the_same_folder(tmp_path: Path, tier: str) -> None:
    """Files that one kernel made can be changed by the next, also after a death."""
    with kernel(tmp_path, sandbox=tier) as running:
        running.execute("_ = open('made', 'w').write('one')")
        assert running.execute("import os; os._exit(1)").ended is Ending.DIED
        assert running.execute("_ = open('made', 'a').write(' two')").ok
    with kernel(tmp_path, sandbox=tier) as running:
        assert running.execute("_ = open('made', 'a').write(' three')").ok
    assert (tmp_path / "made").read_text() == "one two three"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands files over")
def test_a_file_with_two_names_is_not_handed_over(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    outside = tmp_path / "outside"
    outside.write_text("mine")
    os.link(outside, work / "second-name")
    (work / "link").symlink_to(outside)
    with kernel(work, sandbox=TIERS[0]) as running:
        running.execute("1")
        assert outside.stat().st_uid == 0
        seen = running.execute("_ = open('second-name', 'a').write('PWNED')")
        assert seen.error is not None
    assert outside.read_text() == "mine"
