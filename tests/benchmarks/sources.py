"""What adding a source and taking from it cost, as a ratio to a plain `git clone` of it.

    python tests/benchmarks/sources.py [--sizes 1000,10000] [--rounds 5] [--commits 20]

All go over smart HTTP to a server on this machine, in turns, each add with an empty cache, each as
the program is started. A row gives the median of the rounds' ratios on the clock with their
extremes, and the ratio of processor time, the server's in it on both sides. `add` is
everything: the fetch of all branches, every file read and judged, the commit; `take` one action
with what it imports, from the cache; `update` a source in which one action in a hundred changed.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.builders.cli import command, environment
from tests.builders.git_server import GitServer
from tests.builders.sources import MIT, action, commit, publish

Cost = tuple[float, float]
"""Seconds on the clock and of the processor."""


def files(size: int, version: int) -> dict[str, str | bytes]:
    """Actions in categories of a hundred; some of them differ by the version."""
    found: dict[str, str | bytes] = {"LICENSE": MIT, "actions/__init__.py": ""}
    for number in range(size):
        body = f'return text + " {number}.{version if number % 100 == version % 100 else 0}"'
        found[f"actions/part{number // 100}/step_{number}.py"] = action(f"step_{number}", body)
    return found


def cost(words: list[str], folder: Path, env: Mapping[str, str]) -> Cost:
    """What one command costs."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(words, cwd=folder, env=env, check=True, capture_output=True)
    clock = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def rounds(folder: Path, server: GitServer, size: int, count: int) -> dict[str, list[Cost]]:
    """Each of the four, in turns."""
    url = server.url(f"source{size}")
    repository = server.folder / f"source{size}.git"
    found: dict[str, list[Cost]] = {"clone": [], "add": [], "take": [], "update": []}
    for number in range(count):
        home = folder / f"round{number}"
        env = environment(home, {"DYNASAUR_ALLOW_INSECURE": "1"})
        subprocess.run(command("init", "library"), cwd=home, env=env, check=True)
        library = home / "library"
        add = ("source", "add", url, "--name", "acme", "--trust")
        found["clone"].append(cost(["git", "clone", "--quiet", url, "clone"], home, env))
        found["add"].append(cost(command(*add), library, env))
        found["take"].append(cost(command("take", f"acme/step_{size // 2}"), library, env))
        commit(repository, files(size, 1000 + number), message=f"newer {number}")
        update = command("source", "update", "acme", "--yes", "--accept")
        found["update"].append(cost(update, library, env))
        shutil.rmtree(home)
    return found


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--commits", type=int, default=20)
    given = parser.parse_args()
    os.environ["GIT_CONFIG_NOSYSTEM"] = "1"
    print("| actions | | clone | ratio to it, median (least-most) | processor | seconds |")
    print("|---|---|---|---|---|---|")
    for size in map(int, given.sizes.split(",")):
        with tempfile.TemporaryDirectory() as name, GitServer(Path(name) / "server") as server:
            publish(server.folder / f"source{size}.git", files(size, 0))
            for version in range(1, given.commits):
                commit(server.folder / f"source{size}.git", files(size, version))
            found = rounds(Path(name), server, size, given.rounds)
        base = found.pop("clone")
        for what, costs in found.items():
            clock = [one[0] / other[0] for one, other in zip(costs, base, strict=True)]
            cpu = [one[1] / other[1] for one, other in zip(costs, base, strict=True)]
            seconds = statistics.median(one[0] for one in costs)
            print(
                f"| {size:,} | {what} | {statistics.median(one[0] for one in base):.2f} s | "
                f"{statistics.median(clock):.2f} ({min(clock):.2f}-{max(clock):.2f}) | "
                f"{statistics.median(cpu):.2f} | {seconds:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
