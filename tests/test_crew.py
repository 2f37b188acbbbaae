"""Workers: what they do, and what becomes of jobs when they die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dynasaur.crew import Done, Processes
from dynasaur.errors import FailureError
from tests.builders import crew as work

ROOT = Path(__file__).resolve().parent.parent


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def test_each_job_is_done_once() -> None:
    with Processes(work.double, jobs=2) as crew:
        done = list(crew.run(range(7)))
        assert sorted(one.result for one in done if one.result is not None) == list(range(0, 14, 2))
        assert list(crew.run([])) == []
        assert list(crew.run([5])) == [Done(5, 10)]


def test_a_job_that_fails_says_why_in_one_line() -> None:
    with Processes(work.fail, jobs=1) as crew:
        first, second, third = crew.run([1, 2, 3])
    assert (first.result, first.error) == (None, "one is not allowed")
    assert second.error.startswith("ZeroDivisionError (fail:")
    assert third == Done(3, 3)


def test_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    paths = [str(tmp_path / name) for name in "ab"]
    with Processes(work.die_once, jobs=1) as crew:
        assert sorted(crew.run(paths), key=lambda one: one.job) == [Done(one, one) for one in paths]


def test_a_job_that_kills_every_worker_is_given_up() -> None:
    with Processes(work.die, jobs=1) as crew:
        done = {one.job: one for one in crew.run([0, 1, 2])}
    assert done[1] == Done(1, None, "3 workers died of it; the last by SIGKILL")
    assert (done[0].result, done[2].result) == (0, 2)


def test_closing_interrupts_what_is_being_done(tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    def stop() -> None:
        until(lambda: mark.exists() and mark.read_text().endswith("works"))
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=stop).start()
    with pytest.raises(KeyboardInterrupt), Processes(work.last_words, jobs=1) as crew:
        list(crew.run([str(mark), str(tmp_path / "other")]))
    assert mark.read_text().endswith("was interrupted")


def test_workers_end_with_a_caller_that_is_killed(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = (
        "from dynasaur.crew import Processes\n"
        "from tests.builders import crew\n"
        "if __name__ == '__main__':\n"
        f"    list(Processes(crew.last_words, jobs=1).run([{str(mark)!r}]))\n"
    )
    script = tmp_path / "caller.py"
    script.write_text(code, encoding="utf-8")
    caller = subprocess.Popen([sys.executable, script], env={**os.environ, "PYTHONPATH": str(ROOT)})
    until(lambda: mark.exists() and mark.read_text().endswith("works"))
    caller.send_signal(signal.SIGKILL)
    caller.wait()
    until(lambda: mark.read_text().endswith("was interrupted"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_does_the_same(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    from dynasaur.crew.cluster import Cluster

    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as own:
        with Cluster(work.double, own.scheduler_address) as crew:
            assert sorted(one.result or 0 for one in crew.run(range(5))) == [0, 2, 4, 6, 8]
        with Cluster(work.fail, own.scheduler_address) as crew:
            done = {one.job: one for one in crew.run([1, 3])}
            assert done[1].error == "one is not allowed"
            assert done[3] == Done(3, 3)
        with Cluster(work.die_once, own.scheduler_address) as crew:
            path = str(tmp_path / "once")
            assert list(crew.run([path])) == [Done(path, path)]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    from dynasaur.crew import cluster

    monkeypatch.setattr(cluster, "CONNECT", 1)
    with pytest.raises(FailureError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        cluster.Cluster(work.double, "tcp://127.0.0.1:1")
