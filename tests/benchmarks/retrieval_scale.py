"""Cost of retrieval by the size of the library, beside its peers, all in one run.

    python -m tests.benchmarks.retrieval_scale --data DIR [--sizes 1e3,1e4,1e5,1e6] [--only ours]

Documents are resampled from the sets: each takes its fields from different functions. Every
system is measured at every size in two processes of its own, one after the other: build and add
one; open and answer first, then queries. Times are CPU milliseconds of that process and all its
threads, and for the median query those of the clock, too, which count what else the machine does:
read the ratios. A system that needs more than `--limit` seconds for a phase is left out.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import math
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from dynasaur.index import Document
from tests.benchmarks import retrieval
from tests.benchmarks.retrieval_sets import arguments, load
from tests.benchmarks.retrieval_systems import SYSTEMS, Bm25s, Chroma, System

ADDED = 30
ASKED = 200

LARGE = 10_000
"""Growth is told from here on: in smaller libraries a query costs what it costs by itself."""


@dataclass(frozen=True)
class Figures:
    """What one system needs at one size: CPU milliseconds (`wall`: of the clock), MiB."""

    build: float
    add: float
    first: float
    p50: float
    wall: float
    p99: float
    memory: float
    disk: float


def documents(sample: list[Document], start: int, end: int) -> Iterator[Document]:
    """Made-up functions, each of parts of several of the sample; the same for every system."""
    for number in range(start, end):
        chance = random.Random(number)
        one, two, three = (chance.choice(sample) for _ in range(3))
        yield Document(
            key=f"k{number:07}",
            stamp="1",
            name=f"{one.name}_{two.name}",
            summary=one.summary,
            docstring=two.docstring,
            parameters=three.parameters,
            body=three.body,
        )


@contextlib.contextmanager
def timed(into: list[float], clock: Callable[[], float] = time.process_time) -> Iterator[None]:
    """Append the milliseconds that the body takes, of CPU where no other clock is given."""
    start = clock()
    yield
    into.append((clock() - start) * 1000)


def build(
    system: type[System], folder: Path, sample: list[Document], size: int
) -> dict[str, float]:
    """Build and add, in this process."""
    spent: list[float] = []
    built = system(folder)
    with timed(spent):
        built.build(documents(sample, 0, size))
    built.search("merges, loads and caches before the first one is added")
    few = ADDED if size <= 10_000 or system is not Bm25s else 1
    added = list(documents(sample, size, size + few))
    if system is Chroma:
        retrieval.encoder()([retrieval.line(document) for document in added])
    for document in added:
        with timed(spent):
            built.add(document)
    return {"build": spent[0], "add": sum(spent[1:]) / few, "memory": _memory()}


def ask(system: type[System], folder: Path, queries: list[str]) -> dict[str, float]:
    """Open and query, in this process: imports are not counted, the first answer is."""
    needed = next(modules for found, modules in SYSTEMS.values() if found is system)
    for module in ("numpy", *needed):
        importlib.import_module(module)
    if system is Chroma:
        retrieval.encoder()(queries)  # known from here on: the store alone is measured
    spent: list[float] = []
    wall: list[float] = []
    with timed(spent):
        opened = system(folder)
        opened.search(queries[0])
    for query in queries[1:]:
        with timed(wall, time.perf_counter), timed(spent):
            opened.search(query)
    times = sorted(spent[1:])
    return {
        "first": spent[0],
        "p50": times[len(times) // 2],
        "wall": sorted(wall)[len(wall) // 2],
        "p99": times[len(times) * 99 // 100],
        "memory": _memory(),
    }


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def apart(arguments: list[str], limit: float) -> dict[str, float] | None:
    """Run one phase in a process of its own; None when it takes too long or too much."""
    command = [sys.executable, "-m", "tests.benchmarks.retrieval_scale", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=True)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(name: str, size: int, data: Path, limit: float) -> Figures | None:
    """Both phases of one system at one size."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "index"
        common = ["--data", str(data), "--sizes", str(size), "--folder", str(folder)]
        built = apart([*common, "--phase", f"build {name}"], limit)
        if built is None:
            return None
        disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20
        asked = apart([*common, "--phase", f"ask {name}"], limit)
        if asked is None:
            return None
        memory = max(built["memory"], asked["memory"])
        return Figures(**{**built, **asked, "memory": memory, "disk": disk})


def report(data: Path, sizes: list[int], only: str, limit: float) -> None:
    """Print one line for each system and size, and how query time grows."""
    columns = "build s | add ms | first ms | p50 ms | p50 wall | p99 ms | memory MiB | disk MiB"
    sys.stdout.write(f"| | documents | {columns} |\n|---|{'---|' * 9}\n")
    medians: dict[str, dict[int, float]] = {}
    for size in sizes:
        for name, (_, modules) in SYSTEMS.items():
            missing = [module for module in modules if importlib.util.find_spec(module) is None]
            if only and name not in only.split(","):
                continue
            figures = None if missing else measure(name, size, data, limit)
            if figures is None:
                why = f"{missing[0]} is not installed" if missing else f"over {limit:.0f} s"
                sys.stdout.write(f"| {name} | {size:,} | skipped: {why} |\n")
                continue
            medians.setdefault(name, {})[size] = figures.p50
            cells = {**asdict(figures), "build": figures.build / 1000}
            line = " | ".join(f"{value:,.2f}" for value in cells.values())
            sys.stdout.write(f"| {name} | {size:,} | {line} |\n")
            sys.stdout.flush()
    for name, found in medians.items():
        least, most = min(size for size in found if size >= min(LARGE, max(found))), max(found)
        if least < most:
            exponent = math.log(found[most] / found[least]) / math.log(most / least)
            told = f"query p50 grows from {least:,} to {most:,} to the {exponent:.2f}"
            sys.stdout.write(f"{name}: {told}\n")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--sizes", default="1e3,1e4,1e5,1e6")
    parser.add_argument("--only", default="", help="systems, separated by commas")
    parser.add_argument("--limit", type=float, default=3600.0, help="seconds for one phase")
    parser.add_argument("--phase", default="", help="used by the program itself")
    parser.add_argument("--folder", type=Path, help="used by the program itself")
    options = parser.parse_args()
    sizes = [int(float(size)) for size in options.sizes.split(",")]
    sets = load(options.data)
    if not options.phase:
        report(options.data, sizes, options.only, options.limit)
        return
    phase, name = options.phase.split()
    sample = [document for data in sets for document in data.corpus]
    queries = [text for data in sets for text in data.queries.values()]
    queries = random.Random(0).sample(queries, ASKED)
    system = SYSTEMS[name][0]
    with contextlib.redirect_stdout(io.StringIO()):
        if phase == "build":
            found = build(system, options.folder, sample, sizes[0])
        else:
            found = ask(system, options.folder, queries)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
