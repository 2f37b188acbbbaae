"""Kernels leave nothing behind, one after the other or many at once."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from dynasaur.kernel import tiers
from dynasaur.kernel.usage import descendants
from tests.builders.kernel import Desk, kernel, short_folder, wait_until_gone

SANDBOX = next((t for t in tiers.STRONGEST_FIRST if not tiers.probe(t).problem), "none")

NETWORKS = ("none", "allow=example.test") if SANDBOX in tiers.PROXIED else ("none",)
"""Half of the runs have a proxy beside them."""

RUNS = int(os.environ.get("DYNASAUR_TEST_RUNS", "6"))

CELL = """
import subprocess
subprocess.Popen(["sleep", "555"], start_new_session=True)
submit_final_answer(6 * 7)
"""


def run_once(folder: Path, network: str = "none") -> None:
    folder.mkdir()
    desk = Desk()
    with kernel(folder, desk, sandbox=SANDBOX, network=network) as running:
        assert running.execute(CELL).ok
        assert running.execute("import os; os._exit(1)").state_kept is False
        assert running.execute("print('again')").output == "again\n"
    assert desk.answers == [42]


def left() -> dict[str, object]:
    """What this process holds that a kernel might have left."""
    return {
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "threads": threading.active_count(),
        "processes": len(list(descendants(os.getpid()))),
    }


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.slow
def test_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with short_folder() as scratch:
        monkeypatch.setattr(tempfile, "tempdir", str(scratch))
        for number in range(3):  # imports and pools of libraries
            run_once(tmp_path / f"first{number}", NETWORKS[number % len(NETWORKS)])
        before, memory = left(), resident()
        for number in range(RUNS):
            run_once(tmp_path / f"run{number}", NETWORKS[number % len(NETWORKS)])
        assert left() == before
        assert list(scratch.iterdir()) == []
    grown = resident() - memory
    print(f"{RUNS} runs: memory grew by {grown / 1e6:.1f} MB; left: {before}")
    assert grown < 8_000_000 + RUNS * 20_000


@pytest.mark.slow
def test_many_at_once(tmp_path: Path) -> None:
    """Each in a process of its own, as runs are."""
    code = (
        "import sys; from pathlib import Path; from tests.test_kernel_leaks import run_once;"
        "run_once(Path(sys.argv[1]))"
    )
    with short_folder() as scratch:
        environment = {
            **os.environ,
            "TMPDIR": str(scratch),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        runs = [
            subprocess.Popen(
                [sys.executable, "-c", code, str(tmp_path / f"run{n}")], env=environment
            )
            for n in range(8)
        ]
        family: set[int] = set()
        while any(run.poll() is None for run in runs):
            family.update(pid for run in runs for pid in descendants(run.pid))
        assert [run.wait() for run in runs] == [0] * 8
        assert len(family) > 16
        assert wait_until_gone(sorted(family)) == []
        assert list(scratch.iterdir()) == []
