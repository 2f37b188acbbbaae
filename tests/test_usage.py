"""The counters: what became of actions, whoever counts, and whatever happens meanwhile."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dynasaur import Library
from dynasaur.errors import StoreError
from dynasaur.record import Status
from dynasaur.usage import FILE, Month, Served, Tally
from tests.builders.cli import dynasaur, script
from tests.builders.repos import adding
from tests.builders.runs import call, record

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    made, _ = Library.create(tmp_path / "library")
    return made


def test_a_run_is_counted_by_action(library: Library) -> None:
    calls = [call("mean"), call("mean", ok=False), call("words", ok=False), call("f", module=" ")]
    library.count(
        record(
            library.runs,
            "20261120-100000-0001",
            calls,
            offered=("mean", "total"),
            loaded=("mean", "words"),
            admitted=("new_one",),
        )
    )
    found = library.usage()
    when = "2026-11-20T10:00:00+00:00"
    assert found.actions == {
        "mean": Tally(1, 1, 1, 1, 2, when, "20261120-100000-0001"),
        "total": Tally(offered=1),
        "words": Tally(0, 1, 1, 0, 1, when, "20261120-100000-0001"),
    }
    assert found.months == (Month("2026-11", runs=1, new=1, calls=3),)


def test_a_run_is_remembered_by_its_task(library: Library) -> None:
    """With the actions that were called in it; runs that called none are not."""
    made = record(library.runs, "r", [call("mean"), call("words", ok=False)])
    library.count(made)
    library.count(record(library.runs, "s", [], offered=("mean",)))
    called, succeeded = frozenset({"mean", "words"}), frozenset({"mean"})
    assert library.usage().tasks == (Served("r", made.task, called, succeeded),)


def test_runs_add_up_and_the_last_use_is_the_latest_by_time(library: Library) -> None:
    for run, day in (("b", "2026-11-20"), ("a", "2026-12-02"), ("c", "2026-10-01")):
        started = f"{day}T08:00:00+00:00"
        library.count(record(library.runs, run, [call("mean")] * 2, started=started))
    tally = library.usage().actions["mean"]
    assert (tally.called, tally.calls, tally.last_run) == (3, 6, "a")
    assert tally.last_used == "2026-12-02T08:00:00+00:00"
    assert [(one.month, one.calls) for one in library.usage().months] == [
        ("2026-10", 2),
        ("2026-11", 2),
        ("2026-12", 2),
    ]


def test_a_run_counted_twice_counts_once(library: Library) -> None:
    made = record(library.runs, "r", [call("mean")])
    for _ in range(3):
        library.count(made)
    assert library.usage().actions["mean"].calls == 1


def test_runs_that_were_not_counted_are_read_from_their_records(library: Library) -> None:
    record(library.runs, "r", [call("mean")])
    record(library.runs, "going", [call("mean")], status=Status.RUNNING)
    (library.runs / "odd").mkdir()
    (library.runs / "odd" / "trajectory.json").write_text("{")
    assert library.usage().actions["mean"].calls == 2  # the process of `going` is gone: killed


def test_a_run_under_way_is_not_counted_yet(library: Library) -> None:
    from dynasaur.trajectory import Alive

    going = record(library.runs, "going", [call("mean")], status=Status.RUNNING)
    with Alive(going.folder):
        assert library.usage().actions == {}
    assert library.usage().actions["mean"].calls == 1


def test_counts_outlive_the_records(library: Library) -> None:
    made = record(library.runs, "r", [call("mean")])
    library.count(made)
    (made.folder / "trajectory.json").unlink()
    assert library.usage().actions["mean"].calls == 1


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("way", ["cut", "noise", "text"])
def test_a_torn_file_is_made_again(library: Library, way: str, share: float) -> None:
    for number in range(20):
        library.count(
            record(library.runs, f"r{number}", [call(f"action_{number}_{n}") for n in range(20)])
        )
    before = library.usage()
    file = library.root / ".dynasaur" / FILE
    data = file.read_bytes()
    at = int(len(data) * share)
    noise = random.Random(1).randbytes(len(data))
    torn = {"cut": data[:at], "noise": data[:at] + noise[at:], "text": b"no database" * 100}
    file.write_bytes(torn[way])
    assert library.usage() == before
    library.count(record(library.runs, "next", [call("mean")]))
    assert library.usage().actions["mean"].calls == 1


def test_counting_never_fails_a_run_and_says_so_when_asked(library: Library) -> None:
    file = library.root / ".dynasaur" / FILE
    made = record(library.runs, "r", [call("mean")])
    file.mkdir()
    library.count(made)
    with pytest.raises(StoreError, match="usage cannot be counted"):
        library.usage()
    file.rmdir()
    assert library.usage().actions["mean"].calls == 1


def test_half_a_character_in_a_name_is_no_trouble(library: Library) -> None:
    library.count(record(library.runs, "r", [call("me\udcffan")], offered=("\ud800",)))
    assert sorted(library.usage().actions) == ["?", "me?an"]


COUNT = """
import sys
from pathlib import Path
from dynasaur import Library
from tests.builders.runs import call, record

library, worker = Library(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    run = f"{worker}-{number}"
    library.count(record(library.runs, run, [call("mean"), call(f"by_{worker}")]))
"""


def worker(library: Library, name: int, runs: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COUNT, str(library.root), str(name), str(runs)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def begin(workers: list[subprocess.Popen[str]]) -> None:
    for one in workers:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in workers:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()


def test_eight_processes_at_once_lose_nothing(library: Library) -> None:
    workers = [worker(library, name, 15) for name in range(8)]
    begin(workers)
    assert [one.communicate()[0] for one in workers] == [""] * 8
    assert [one.returncode for one in workers] == [0] * 8
    for folder in library.runs.iterdir():  # what is told comes from the counters alone
        (folder / "trajectory.json").unlink()
    found = library.usage()
    assert found.actions["mean"].calls == 8 * 15
    assert {found.actions[f"by_{name}"].calls for name in range(8)} == {15}


@pytest.mark.slow
def test_killed_processes_lose_nothing(library: Library) -> None:
    chance = random.Random(7)
    for turn in range(6):
        workers = [worker(library, turn * 4 + name, 500) for name in range(4)]
        begin(workers)
        time.sleep(chance.uniform(0.02, 0.3))
        for one in workers:
            one.send_signal(signal.SIGKILL)
            one.communicate()
        recorded = len(list(library.runs.glob("*/trajectory.json")))
        assert library.usage().actions["mean"].calls == recorded
    assert recorded > 24


def test_stats_after_a_real_run(library: Library) -> None:
    model = script(library.root, "x = mean([1, 2])\nsubmit_final_answer(mean([x, 3]))")
    done = dynasaur("run", "The mean of 1 and 2?", "--model", model, "--json", cwd=library.root)
    assert done.code == 0, done.err
    (library.runs / done.json["run"] / "trajectory.json").unlink()
    told = dynasaur("stats", "mean", "--json", cwd=library.root).json
    assert told.pop("last_used").startswith("20")
    assert told == {
        "name": "mean",
        "offered": 1,
        "loaded": 1,
        "called": 1,
        "succeeded": 1,
        "calls": 2,
        "last_run": done.json["run"],
    }


@pytest.fixture
def counted(library: Library) -> Library:
    library.repo.commit("first", [adding("greet"), adding("part")])
    record(library.runs, "r", [call("greet"), call("mean")], offered=("greet",), admitted=("part",))
    return library


def test_stats_shows_each_action_and_the_library(counted: Library) -> None:
    done = dynasaur("stats", cwd=counted.root)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "offered  loaded  called  succeeded  calls  last used   action",
        "1        0       1       1          1      2026-11-20  greet",
        "0        0       1       1          1      2026-11-20  mean",
        "0        0       0       0          0      never       part",
        "",
        "all: offered 1 -> loaded 0 -> called 2 -> succeeded 2",
        "own actions that no run called: 50% (1 of 2)",
        "2026-11: 1 runs, 1 new actions, 2 calls, 0.50 new per call",
    ]


def test_stats_exports_all_of_it(counted: Library) -> None:
    told = dynasaur("stats", "--json", cwd=counted.root).json
    assert [(one["name"], one["own"], one["calls"]) for one in told["actions"]] == [
        ("greet", True, 1),
        ("mean", False, 1),
        ("part", True, 0),
    ]
    assert (told["own"], told["never_called"], told["share_never_called"]) == (2, 1, 0.5)
    assert told["months"] == [
        {"month": "2026-11", "runs": 1, "new": 1, "calls": 2, "new_per_call": 0.5}
    ]


@pytest.mark.parametrize("name", ["part", "text/part"])
def test_stats_of_an_action_that_was_never_met(counted: Library, name: str) -> None:
    done = dynasaur("stats", name, cwd=counted.root)
    assert done.out.splitlines()[1] == (
        "0        0       0       0          0      never      part"
    )


def test_stats_of_an_empty_library(library: Library) -> None:
    done = dynasaur("stats", cwd=library.root)
    assert (done.code, done.err) == (0, "dynasaur: no runs yet\n")
    assert "own actions that no run called: -" in done.out
    assert dynasaur("stats", "--json", cwd=library.root).json["share_never_called"] is None


def test_stats_of_an_unknown_name_fails_with_a_hint(counted: Library) -> None:
    done = dynasaur("stats", "gret", cwd=counted.root)
    assert (done.code, done.out) == (1, "")
    assert "did you mean greet?" in done.err


def test_stats_where_the_counters_cannot_be_kept(counted: Library) -> None:
    (counted.root / ".dynasaur" / FILE).mkdir()
    done = dynasaur("stats", cwd=counted.root)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("dynasaur: error: ")
    assert "usage cannot be counted" in done.err
    assert len(done.err.splitlines()) == 1
