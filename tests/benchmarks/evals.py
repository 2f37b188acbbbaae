"""What the harness costs: a task through `dynasaur eval` beside the same task run directly.

    python tests/benchmarks/evals.py [--tasks 16] [--rounds 3]

The model is a server on this machine that answers at once, so all time is ours. Each round runs
the tasks one after the other through `Agent.run` in one process (the floor), then through the
harness with 1, 2 and 4 jobs, frozen, so that no admission is in it. Printed: seconds a task as a
ratio to the floor, median and range over the rounds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.builders.skills import Puzzle, SkilledServer, puzzles, write_tasks

JOBS = (1, 2, 4)


def direct(of: list[Puzzle], folder: Path, url: str) -> float:
    """Seconds a task, one after the other in this process."""
    from dynasaur import Agent, Library, Task
    from dynasaur.evals.attempt import Held
    from dynasaur.models.catalog import resolve

    library, _ = Library.create(folder / "direct")
    environ = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "k"}
    agent = Agent(Held(library), resolve("test", environ))
    began = time.perf_counter()
    for one in of:
        assert agent.run(Task(one.question)).answer is not None
    return (time.perf_counter() - began) / len(of)


def harness(of: list[Puzzle], folder: Path, url: str, jobs: int) -> float:
    """Seconds a task through the command line, its start included."""
    tasks = write_tasks(folder / "tasks.jsonl", of)
    words = ("eval", "tasks", str(tasks), "--model", "test", "--freeze", "--jobs", str(jobs))
    env = {**os.environ, "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "k"}
    command = [sys.executable, "-m", "dynasaur", *words, "-o", str(folder / f"out{jobs}")]
    began = time.perf_counter()
    subprocess.run(command, env=env, check=True, capture_output=True)
    return (time.perf_counter() - began) / len(of)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tasks", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    of = puzzles(given.tasks)
    ratios: dict[int, list[float]] = {jobs: [] for jobs in JOBS}
    floors = []
    with SkilledServer() as server:
        for _ in range(given.rounds):
            with tempfile.TemporaryDirectory() as place:
                floor = direct(of, Path(place), server.url)
                floors.append(floor)
                for jobs in JOBS:
                    ratios[jobs].append(harness(of, Path(place), server.url, jobs) / floor)
    print(f"floor: {median(floors):.2f} s a task; {given.tasks} tasks, {given.rounds} rounds")
    for jobs, found in ratios.items():
        print(f"{jobs} jobs: {median(found):.2f} [{min(found):.2f}-{max(found):.2f}] of the floor")


if __name__ == "__main__":
    main()
