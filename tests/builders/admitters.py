"""Processes that admit actions, and are killed while they do.

Run as a program: `python -m tests.builders.admitters ROOT COUNT SEED` lets that many children admit
two actions each and kills each one, with all that it started, at a random moment; a last one may
finish. Each prints what it had reported, and which files it left half-written.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dynasaur.errors import ActionError
from dynasaur.source import read_action
from dynasaur.types import Observation
from tests.builders.gate import Place, called
from tests.builders.growth import documented


class PlainKernel:
    """Runs cells in plain Python processes: quick to start, for code that is our own."""

    def start(self) -> None:
        """There is nothing to start."""

    def execute(self, code: str, *, timeout: float | None = None) -> Observation:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            done = subprocess.run(
                [sys.executable, "-c", code],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=timeout,
            )
        return Observation(output=done.stdout)

    def supply(self, site: Path) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        """There is nothing to end."""


def admit(root: Path, number: int) -> list[str]:
    """Admit two actions, one of which takes another library's along."""
    low, high = f"lowered_{number}_times", f"averaged_{number}_times"
    cell = documented(low, f"return value * {number + 3} - {number}") + "\n\n"
    cell += documented(high, f"return mean([{low}(value), {number}])")
    place = Place(root, PlainKernel(), number=number)
    calls = called(low, "1", "3"), called(high, "1", f"{(3 + number) / 2!r}")
    done = place.registry.admit(place.harvest(cell, calls=calls))
    assert not done.refused, done.refused
    return list(done.admitted)


def torn(root: Path) -> list[str]:
    """Actions in the work tree that are not whole."""
    bad = []
    for path in (root / "actions").rglob("*.py"):
        if path.name == "__init__.py" or path.name.startswith("_"):
            continue
        try:
            text = path.read_text(encoding="utf-8")
            read_action(text, path=path, category="", source="", module=path.stem)
            if not text.endswith("\n"):
                bad.append(str(path))
        except (ActionError, ValueError):
            bad.append(str(path))
    return bad


def main() -> None:
    root, count, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)
    started = time.perf_counter()
    first = admit(root, 1_000)
    longest = 1.3 * (time.perf_counter() - started)
    print(json.dumps({"admitted": first, "torn": torn(root)}), flush=True)
    for number in range(count):
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.setpgid(0, 0)
            os.write(writing, json.dumps(admit(root, number)).encode())
            signal.pause()
        os.close(writing)
        with contextlib.suppress(OSError):
            os.setpgid(child, child)
        select.select([reading], [], [], chance.uniform(0, longest))
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        said = os.read(reading, 1_000)
        os.close(reading)
        admitted = json.loads(said) if said else []
        print(json.dumps({"admitted": admitted, "torn": torn(root)}), flush=True)
    last = admit(root, 2_000)  # starts with what the one before it left
    print(json.dumps({"admitted": last, "torn": torn(root)}), flush=True)


if __name__ == "__main__":
    main()
