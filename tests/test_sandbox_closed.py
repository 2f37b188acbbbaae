"""The host is root and what the kernel needs lies behind a closed folder, as in root's home."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dynasaur.kernel.client import JupyterKernel
from dynasaur.kernel.tiers import STRONGEST_FIRST, probe

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders to open")


@pytest.mark.parametrize("tier", STRONGEST_FIRST)
def test_a_work_folder_behind_a_closed_one(tmp_path: Path, tier: str) -> None:
    if problem := probe(tier).problem:
        pytest.skip(problem)
    closed = tmp_path / "closed"
    work = closed / "a" / "work"
    work.mkdir(parents=True)
    (closed / "secret").write_text("key")
    closed.chmod(0o700)
    with JupyterKernel(work, sandbox=tier) as kernel:
        made = kernel.execute("import os\nopen('made', 'w').close()\nos.getuid() != 0")
        secret = kernel.execute(f"open({str(closed / 'secret')!r}).read()")
    assert (made.error, made.output) == (None, "True\n")
    assert (work / "made").exists()
    assert secret.error is not None
    assert secret.error.type in {"FileNotFoundError", "PermissionError"}
    assert (closed / "secret").read_text() == "key"
