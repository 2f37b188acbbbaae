"""The kernel's variables, saved after a cell and brought back into a fresh kernel."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from dynasaur.kernel.client import JupyterKernel
from dynasaur.kernel.kept import STATE
from tests.builders.kernel import kernel, module

MEAN = module("mean", "def mean(numbers: list) -> float:\n    return sum(numbers) / len(numbers)\n")

VARIABLES = """
import math, json as j
import collections
x = [1, 2]
y = x
class Point:
    def __init__(self, a):
        self.a = a
    def twice(self):
        return 2 * self.a
point = Point(4)
def longer(n: int) -> int:
    return n + len(x)
_private = lambda q: q + 1
def both(n):
    return longer(n) * 2
pair = (longer, mean)
counts = collections.Counter("aab")
"""

CHECK = """
x.append(3)
print(x is y, point.twice(), longer(0), both(0), _private(1), pair[1] is mean, mean([1, 2]),
      j.dumps(y), counts["a"], isinstance(point, Point))
"""


def saved(work: Path, running: JupyterKernel, step: int) -> None:
    """Save after a step, and wait until the host has it."""
    running.snapshot(step)
    before = _stamp(work)
    for _ in range(200):
        assert running.execute("0").ok  # what is whole is collected before a cell
        if _stamp(work) != before:
            return
        time.sleep(0.05)
    raise AssertionError("nothing was saved")


def _stamp(work: Path) -> int:
    state = work.parent / STATE
    return state.stat().st_ino if state.exists() else 0


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "run ö" / "work"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("sandbox", ["none", "auto"])
def test_variables_come_back_as_they_were(work: Path, sandbox: str) -> None:
    with kernel(work, sandbox=sandbox) as first:
        first.load([MEAN], {"mean": "actions.mean"})
        assert first.execute(VARIABLES).ok
        saved(work, first, 3)
        assert first.execute("import os\nprint(os.listdir())").output == "[]\n"
    with kernel(work, sandbox=sandbox) as second:
        restored = second.restore()
        assert restored is not None
        assert (restored.step, restored.why, restored.lost) == (3, "", ())
        assert {"x", "point", "Point", "longer", "_private", "j", "mean"} <= set(restored.names)
        assert not {"In", "Out", "get_ipython", "submit_final_answer"} & set(restored.names)
        seen = second.execute(CHECK)
        assert seen.output == "True 8 3 6 2 True 1.5 [1, 2, 3] 2 True\n", seen.error
        # Their calls are recorded as before.
        assert [call.name for call in seen.calls] == ["longer", "longer", "both", "mean"]
        assert seen.calls[-1].module == "actions.mean"
        # An action that was changed meanwhile takes the place of the restored one.
        changed = module("mean", "def mean(numbers: list) -> float:\n    return -1.0\n")
        assert second.load([changed], {"mean": "actions.mean"}) == ("mean",)
        assert second.execute("print(mean([5]), os)").error is not None
        assert second.execute("print(mean([5]))").output == "-1.0\n"


LOST = """
class Slow:
    def __reduce__(self):
        import time
        time.sleep(3600)
class Wrong:
    def __reduce__(self):
        raise RuntimeError("never\\nme")
class Deadly:
    def __reduce__(self):
        return eval, ("__import__('os')._exit(9)",)
generator = (n for n in range(3))
file = open("a.txt", "w")
wrong, fine = Wrong(), [1]
"""


def test_what_cannot_be_saved_is_named_and_the_rest_is_saved(work: Path) -> None:
    with kernel(work) as first:
        assert first.execute(LOST + "large = 'x' * 300_000_000\nimport sys as self").ok
        saved(work, first, 1)
    with kernel(work) as second:
        restored = second.restore()
        assert restored is not None
        lost = dict(restored.lost)
        assert set(lost) == {"generator", "file", "wrong", "large"}
        assert (lost["wrong"], lost["file"]) == ("never me", "an open file")
        assert lost["large"] in {"it is too large", "it takes too long"}
        assert second.execute("print(fine, Slow)").output.startswith("[1] <class")


def test_a_state_that_kills_its_kernel_is_told(work: Path) -> None:
    with kernel(work) as first:
        assert first.execute(LOST + "deadly = Deadly()").ok
        saved(work, first, 1)
    with kernel(work) as second:
        restored = second.restore()
        assert restored is not None
        assert restored.names == ()
        assert "exit code 9" in restored.why
        assert second.execute("print('goes on')").output == "goes on\n"


@pytest.mark.parametrize(
    "content", [b"", b"no state at all, but long enough", b"{}\0\0\0\0\0\0\0\2"]
)
def test_a_damaged_state_is_told(work: Path, content: bytes) -> None:
    (work.parent / STATE).write_bytes(content)
    with kernel(work) as running:
        restored = running.restore()
        assert restored is not None
        assert restored.names == ()
        assert restored.why
        assert running.execute("print(1)").output == "1\n"
    assert not any(work.iterdir())


def test_without_a_state_nothing_is_restored(work: Path) -> None:
    with kernel(work) as running:
        assert running.restore() is None


def test_the_host_follows_no_link_that_a_kernel_left(work: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("key")
    (work / ".dynasaur-state").symlink_to(secret)
    with kernel(work) as running:
        assert running.execute("1").ok
        assert running.restore() is None
    assert not (work.parent / STATE).exists()
    (work.parent / STATE).symlink_to(secret)
    with kernel(work) as running:
        assert running.restore() is None
    assert secret.read_text() == "key"


def test_a_slow_save_delays_no_cell_and_keeps_the_state_before(work: Path) -> None:
    with kernel(work) as first:
        assert first.execute("a = 1").ok
        saved(work, first, 1)
        first.execute(LOST + "slow = Slow()\na = 2")
        first.snapshot(2)
        seen = first.execute("print(a)", timeout=5)
        assert (seen.output, seen.notice) == ("2\n", "")
    with kernel(work) as second:
        restored = second.restore()
        assert restored is not None
        assert restored.step == 1
        assert second.execute("print(a)").output == "1\n"
