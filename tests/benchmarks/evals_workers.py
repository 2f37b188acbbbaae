"""The same evaluation by one process, by several, and on a cluster that loses a worker.

    python tests/benchmarks/evals_workers.py [--tasks 200]

Each way is compared with what a reckoning by hand says, and with the first way, field by field
but for run ids and times. On the cluster (Dask, two workers) one is killed with signal 9 when half
of the problems are over. Printed: how many results and admissions each way has, how many of them
differ, and how many questions the model was asked more than once.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.builders.skills import Puzzle, SkilledServer, expected, puzzles, write_tasks

BATCH = 8
APART = {"run", "seconds"}
"""Fields that differ from one evaluation to the next."""


def evaluate(tasks: Path, out: Path, url: str, *words: str, halfway: int = 0, pid: int = 0) -> None:
    """Run one evaluation; where a process is given, kill it once so many results are there."""
    env = {**os.environ, "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "k"}
    words = ("eval", "tasks", str(tasks), "--model", "test", "--batch", str(BATCH), *words)
    command = [sys.executable, "-m", "dynasaur", *words, "-o", str(out)]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as running:
        while pid and len(_rows(out / "results.jsonl")) < halfway and running.poll() is None:
            time.sleep(0.05)
        if pid:
            os.kill(pid, signal.SIGKILL)
        _, told = running.communicate()
    assert running.returncode == 0, told


def on_a_cluster(tasks: Path, out: Path, url: str, halfway: int) -> None:
    """On two workers, one of which is killed halfway."""
    from distributed import LocalCluster

    os.environ |= {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "k"}  # for the workers
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as own:
        words = ("--scheduler", own.scheduler_address)
        evaluate(tasks, out, url, *words, halfway=halfway, pid=own.workers[0].pid)


def _rows(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def told(name: str, out: Path, first: Path, of: Sequence[Puzzle], asked: Counter[str]) -> str:
    """One line: what came of a way, and how it differs."""
    by_hand = expected(of, batch=BATCH)
    rows, other = _rows(out / "results.jsonl"), _rows(first / "results.jsonl")
    before = {one["id"]: one for one in other}
    differ = [
        one["id"]
        for one in rows
        if any(one[key] != before[one["id"]][key] for key in one.keys() - APART)
    ]
    wrong = [one["id"] for one in rows if one["right"] is not by_hand.right[one["id"]]]
    admitted = [
        [(one["id"], one["names"]) for one in _rows(each / "admissions.jsonl")]
        for each in (out, first)
    ]
    again = sum(times - 1 for times in asked.values())
    return (
        f"{name}: {len(rows)} results of {len({one['id'] for one in rows})} problems, "
        f"{sum(one['right'] for one in rows)} right, {len(wrong)} not as by hand, "
        f"{len(differ)} differ from the first way; {len(admitted[0])} admissions, "
        f"{'the same' if admitted[0] == admitted[1] else 'OTHERS'} in order; "
        f"{again} questions asked again"
    )


def main() -> None:
    """Print a line for each way."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tasks", type=int, default=200)
    of = puzzles(parser.parse_args().tasks)
    with tempfile.TemporaryDirectory() as place, SkilledServer() as server:
        folder = Path(place)
        tasks = write_tasks(folder / "tasks.jsonl", of)
        for name in ("one process", "4 jobs", "2 Dask workers, one killed"):
            seen = len(server.requests)
            began = time.perf_counter()
            out = folder / name.replace(" ", "-")
            if "Dask" in name:
                on_a_cluster(tasks, out, server.url, len(of) // 2)
            else:
                evaluate(tasks, out, server.url, "--jobs", name[0] if name[0] == "4" else "1")
            asked = Counter(
                one.body["messages"][1]["content"].split("?")[0].rpartition("What is the ")[2]
                for one in server.requests[seen:]
                if one.body and "What is the " in one.body["messages"][1]["content"]
            )
            line = told(name, out, folder / "one-process", of, asked)
            print(f"{line}; {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
