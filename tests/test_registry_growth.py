"""A library grown by hundreds of cells, and one whose writer is killed: slow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from dynasaur import Library
from dynasaur.audit import Audit
from dynasaur.kernel.client import JupyterKernel
from dynasaur.record import Harvest
from dynasaur.syntax import free_names
from dynasaur.types import Call
from tests.builders.gate import shared_kernel
from tests.builders.growth import ADMITTED, Cell, runs
from tests.builders.repos import git, isolate

CELLS = 300
KILLS = 60


def executed(library: Library, kernel: JupyterKernel, cells: Sequence[Cell]) -> Harvest:
    """Run cells as the agent does: what they leave for the registry."""
    kernel.execute("%reset -f")
    worked: list[str] = []
    calls: list[Call] = []
    for cell in cells:
        for name in sorted(free_names(cell.code)):
            if action := library.retriever.find(name):
                kernel.load(library.retriever.closure([action.module]), {name: action.module})
        seen = kernel.execute(cell.code)
        assert seen.ok is bool(cell.said), (cell.code, seen.error)
        if seen.ok:
            worked.append(cell.code)
            calls += seen.calls
    return Harvest(f"run-{id(cells)}", "Grow", "m", tuple(worked), tuple(calls), solved=True)


@pytest.mark.slow
def test_a_grown_library_holds_only_what_stands_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    isolate(monkeypatch, tmp_path / "home")
    library, _ = Library.create(tmp_path / "library")
    with shared_kernel(tmp_path / "trials") as trials, working(tmp_path / "work") as kernel:
        library.registry._kernel = lambda folder, functions: trials
        admitted = grow(library, kernel)
        report = Audit(library.registry).run(evidence=True)
    assert not report.faults
    entries = [one for one in library.actions() if one.source == "local"]
    assert sorted(one.name for one in entries) == sorted(set(admitted))
    assert len(entries) > CELLS // 2
    levels = [one.provenance.evidence for one in entries]
    assert levels.count("replayed") > len(entries) // 2
    assert all(one.provenance.replay for one in entries if one.provenance.evidence == "solved")
    for one in entries:
        alone(library.root, one.module)
    assert git(library.root, "status", "--porcelain") == ""
    assert git(library.root, "fsck", "--strict") == ""
    subjects = git(library.root, "log", "--format=%s").split("\n")
    made = [line for line in subjects if line.startswith(("add ", "revise "))]
    assert len(made) == len(admitted)


def working(folder: Path) -> JupyterKernel:
    folder.mkdir()
    return JupyterKernel(folder)


def grow(library: Library, kernel: JupyterKernel) -> list[str]:
    """Admit what the cells of each run leave; compare with what is to be said of each function."""
    admitted: list[str] = []
    for number, cells in enumerate(runs(CELLS)):
        harvest = executed(library, kernel, cells)
        done = library.registry.admit(
            Harvest(f"run-{number}", "Grow", "m", harvest.cells, harvest.calls, solved=True)
        )
        said = {name: reason for cell in cells for name, reason in cell.said.items()}
        refused = {one.name: one.reason for one in done.refused}
        assert sorted([*done.admitted, *refused]) == sorted(said), (number, refused)
        for name, reason in said.items():
            assert (name in done.admitted) is (reason == ADMITTED), (name, refused.get(name))
            assert reason in refused.get(name, ""), (name, refused[name])
        assert all(refused.values())
        for cell in cells:
            assert cell.note in done.note
        admitted += done.admitted
    return admitted


def alone(root: Path, module: str) -> None:
    """Import a module in a plain process that knows nothing but the library."""
    code = f"import sys; sys.path.insert(0, {str(root)!r}); import {module}"
    subprocess.run([sys.executable, "-I", "-B", "-c", code], check=True)


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_half_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    isolate(monkeypatch, tmp_path / "home")
    library, _ = Library.create(tmp_path / "library")
    root = Path(__file__).resolve().parent.parent
    (killed := tmp_path / "killed").mkdir()  # what is killed cannot remove its temporary folders
    done = subprocess.run(
        [sys.executable, "-m", "tests.builders.admitters", library.root, str(KILLS), "7"],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "TMPDIR": str(killed)},
        capture_output=True,
        text=True,
        check=True,
    )
    fates = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(fates) == KILLS + 2
    assert all(fate["torn"] == [] for fate in fates)
    reported = [name for fate in fates for name in fate["admitted"]]
    committed = git(library.root, "log", "--format=%s").split("\n")
    for name in reported:
        assert sum(f"/{name}: " in subject for subject in committed) == 1
    names = {one.name for one in library.actions() if one.source == "local"}
    assert set(reported) <= names
    assert names == {line.split("/")[1].split(":")[0] for line in committed if line[:4] == "add "}
    assert 0 < len(reported) < 2 * KILLS, "the moments must reach from before to after the save"
    assert git(library.root, "status", "--porcelain") == ""
    left = git(library.root, "fsck", "--strict").splitlines()
    for kind, what, found in map(str.split, left):  # of a save that was killed and made again
        assert (kind, what) == ("dangling", "commit")
        subject = git(library.root, "log", "-1", "--format=%s", found)
        assert subject in committed or not any(f"/{name}: " in subject for name in reported)
    with shared_kernel(tmp_path / "trials") as trials:
        library.registry._kernel = lambda folder, functions: trials
        assert not Audit(library.registry).run(evidence=True).faults
