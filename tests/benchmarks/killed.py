"""Kill admissions at random moments, and count what is half-written, lost or left over.

    python tests/benchmarks/killed.py [--times 200] [--seed 1]

Each admission is a process of its own with all that it starts: it judges two functions, tries them
in Python processes, takes actions of another library along, and makes three commits. It is killed
with signal 9 at a moment drawn evenly from its start to beyond its end. After each kill the work
tree is read; the next admission begins with what the one before it left. In the end one that is
not killed has to come through. Exits with 1 when anything is torn, lost, left over or twice there.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from dynasaur import Library  # noqa: E402
from dynasaur.types import LOCAL  # noqa: E402

WRONG = (
    "torn",
    "reported and lost",
    "file without its commit",
    "commit without its file",
    "twice there",
)


def main() -> int:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        environment = _alone(Path(folder))
        library, _ = Library.create(Path(folder, "library"))
        command = [sys.executable, "-m", "tests.builders.admitters", str(library.root)]
        done = subprocess.run(
            [*command, str(chosen.times), str(chosen.seed)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        fates = [json.loads(line) for line in done.stdout.splitlines()]
        counts = count(library, fates, environment)
    for what, number in counts.items():
        print(f"{what:42} {number:6}")
    print(f"{'seconds':42} {time.perf_counter() - started:6.0f}")
    return int(any(counts[what] for what in WRONG) or len(fates) != chosen.times + 2)


def count(
    library: Library, fates: Sequence[dict[str, Any]], environment: dict[str, str]
) -> dict[str, int]:
    """What became of the admissions, the first and the last of which were left alone."""
    log = ["git", "log", "--format=%s"]
    told = subprocess.run(
        log, cwd=library.root, env=environment, capture_output=True, text=True, check=True
    )
    added = [
        line.split(":")[0].rpartition("/")[2]
        for line in told.stdout.splitlines()
        if line.startswith("add ")
    ]
    files = {action.name for action in library.actions() if action.source == LOCAL}
    reported = {name for fate in fates for name in fate["admitted"]}
    return {
        "tried": len(fates) - 2,
        "killed before they could report": sum(not fate["admitted"] for fate in fates[1:-1]),
        "actions kept, but not reported": len(set(added) - reported),
        "torn": sum(len(fate["torn"]) for fate in fates),
        "reported and lost": len(reported - files) + len(reported - set(added)),
        "file without its commit": len(files - set(added)),
        "commit without its file": len(set(added) - files),
        "twice there": len(added) - len(set(added)),
    }


def _alone(folder: Path) -> dict[str, str]:
    """An environment without the user's git settings."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    home = folder / "home"
    home.mkdir()
    made = kept | {"HOME": str(home), "PYTHONPATH": str(ROOT), "GIT_CONFIG_NOSYSTEM": "1"}
    os.environ.update(made)
    return made


if __name__ == "__main__":
    sys.exit(main())
