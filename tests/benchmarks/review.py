"""A review of 12 changed actions, against `griffe check` on the same range: time and memory.

    python -m tests.benchmarks.review [SIZE]...       (default: 1000 10000)

Each size makes a repository of that many documented actions, then a commit that changes twelve:
three signatures, three bodies, two renamed, two added, one removed, one documentation. Both
programs are started anew, in turn, several times; the ratios are those of their medians: of the
first review of a library, and of a later one, which finds the words of its texts kept.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.builders.repos import git
from tests.builders.review import action

ROUNDS = 3
_WORDS = ["text", "rows", "words", "line", "table", "value", "column", "number", "item", "label"]
_VERBS = ["join", "split", "count", "sort", "merge", "clean", "filter", "group", "rank", "pick"]


def main() -> None:
    """Measures each size."""
    sizes = [int(one) for one in sys.argv[1:]] or [1000, 10_000]
    print("actions  first review s (MB)   later review s (MB)    griffe check s (MB)    ratios")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            build(root, size)
            first, later, theirs = [], [], []
            words = [*_DYNASAUR, "review", "HEAD~1..HEAD", "--format", "json"]
            for _ in range(ROUNDS):
                shutil.rmtree(root / ".cache", ignore_errors=True)
                first.append(_run(root, words))
                later.append(_run(root, words))
                theirs.append(
                    _run(root, ["griffe", "check", "actions", "-a", "HEAD~1", "-b", "HEAD"])
                )
            print(_row(size, first, later, theirs))


_DYNASAUR = [sys.executable, "-m", "dynasaur"]


def _row(size: int, *measured: list[tuple[float, float]]) -> str:
    parts = []
    for runs in measured:
        times = [seconds for seconds, _ in runs]
        parts.append(
            f"{statistics.median(times):6.2f} ({min(times):.2f}-{max(times):.2f}; "
            f"{max(memory for _, memory in runs):.0f})"
        )
    *ours, theirs = (statistics.median(t for t, _ in runs) for runs in measured)
    ratios = ", ".join(f"{theirs / one:.1f}" for one in ours)
    return f"{size:7,}  {' '.join(f'{part:22}' for part in parts)} {ratios}"


def _run(root: Path, words: list[str]) -> tuple[float, float]:
    """Seconds, and the peak of memory in MB of the process and its children, one by one."""
    program = "import resource,subprocess,sys;r=subprocess.run(sys.argv[1:],stdout=-3,stderr=-3);"
    program += "print(r.returncode,resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    here = str(Path(__file__).resolve().parents[2])
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=root,
        env={
            **os.environ,
            "PATH": path,
            "PYTHONPATH": here,
            "XDG_CACHE_HOME": str(root / ".cache"),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - start
    code, memory = done.stdout.split()
    assert int(code) in {0, 1}, words
    return seconds, int(memory) / 1024


def build(root: Path, size: int) -> None:
    """A repository of so many actions, and a commit that changes twelve of them."""
    chance = random.Random(7)
    git(root, "init", "--quiet", "--initial-branch=main")
    package = root / "actions"
    names = {}
    for number in range(size):
        folder = package / f"group_{number // 500}"
        if not folder.exists():
            folder.mkdir(parents=True)
            (folder / "__init__.py").touch()
        name = f"{chance.choice(_VERBS)}_{chance.choice(_WORDS)}_{number}"
        names[number] = folder / f"{name}.py"
        names[number].write_text(_action(chance, name), "utf-8")
    (package / "__init__.py").touch()
    _commit(root, "base")
    for number in range(6):
        text = names[number].read_text("utf-8")
        new = ("text: str", "*, text: str") if number < 3 else ("total = 0", "total = 10")
        names[number].write_text(text.replace(*new, 1), "utf-8")
    for number in (6, 7):
        text = (
            names[number].read_text("utf-8").replace(names[number].stem, f"renamed_thing_{number}")
        )
        names[number].unlink()
        names[number].with_stem(f"renamed_thing_{number}").write_text(text, "utf-8")
    for number in (8, 9):
        name = f"fresh_thing_{number}"
        names[number].with_stem(name).write_text(_action(chance, name), "utf-8")
    names[10].unlink()
    names[11].write_text(names[11].read_text("utf-8").replace("Make ", "Prepare ", 1), "utf-8")
    _commit(root, "change")


def _action(chance: random.Random, name: str) -> str:
    lines = ["total = 0", "for part in text.split():"]
    for _ in range(chance.randint(3, 9)):
        method = chance.choice(["strip", "lower", "title", "casefold", "swapcase", "rstrip"])
        lines.append(
            f"    total += len(part.{method}()) * {chance.randint(2, 99)} % {chance.randint(3, 50)}"
        )
        lines.append(f"    if total > {chance.randint(10, 9999)}:")
        lines.append(f"        total -= {chance.randint(1, 500)}")
    lines.append(f"return total {chance.choice('+-*')} {chance.randint(1, 99)}")
    return action(name, "text: str", "int", "\n".join(lines))


def _commit(root: Path, message: str) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", message)


if __name__ == "__main__":
    main()
