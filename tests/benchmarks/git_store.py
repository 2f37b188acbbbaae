"""What a save costs, as a ratio to plain `git add` and `git commit` of the same content.

    python tests/benchmarks/git_store.py [--sizes 1,1000,10000,100000] [--rounds 9]

Two equal repositories for each size, one for each side; the sides take turns. A row gives the
median of the rounds' ratios on the clock with their quartiles, the ratio of the quickest rounds,
and the ratio of processor time, which a busy machine disturbs least. Ten saves are ten commits
on both sides. Plain git syncs nothing to disk; a save syncs its objects and the branch.

`floor` is what cannot be left out, without any care: one `git fast-import`, `git update-index` of
the person's own index and `git update-ref`, one after the other, with nothing synced.

The repository is open already, as it is at the end of a run; `open` is opening it, asking
what state it is in, and listing the library.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from dynasaur.repo import Change, Deliver, Repo
from dynasaur.store import Store

TEXT = '"""Answer {0}."""\n\n\ndef action_{0}() -> int:\n    """Answer {0}."""\n    return {0}\n'


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> None:
    """Plain git with the machine's own settings."""
    subprocess.run(
        ["git", *arguments], cwd=folder, input=stdin, check=True, stdout=subprocess.DEVNULL
    )


def path_of(number: int) -> str:
    """A thousand actions in each category."""
    return f"actions/c{number // 1000:03}/action_{number}.py"


def fill(folder: Path, size: int) -> None:
    """A repository with so many actions, checked out."""
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    stream = [b"commit refs/heads/main\ncommitter Ada <ada@example.org> 1700000000 +0000\ndata 0\n"]
    for number in range(size):
        text = TEXT.format(number).encode()
        stream.append(
            b"M 100644 inline %s\ndata %d\n%s\n" % (path_of(number).encode(), len(text), text)
        )
    git(folder, "fast-import", "--quiet", stdin=b"".join(stream))
    git(folder, "reset", "--quiet", "--hard")


def changes(first: int, count: int) -> list[Change]:
    """So many new actions, a commit each."""
    return [
        Change(
            f"add {path_of(number)}",
            "",
            {"Dynasaur-Run": "bench"},
            {path_of(number): TEXT.format(number).encode()},
        )
        for number in range(first, first + count)
    ]


def plain(folder: Path, todo: list[Change]) -> None:
    """What a person would do."""
    for change in todo:
        for path, data in change.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data or b"")
            git(folder, "add", "--", path)
        git(folder, "commit", "--quiet", "-m", change.subject)


def save(repo: Repo, todo: list[Change], how: Deliver) -> None:
    """What the registry does at the end of a run."""
    name = f"b{time.time_ns()}"
    done = repo.commit(name, todo, deliver=how)
    assert len(done.commits) == len(todo), done


def floor(folder: Path, todo: list[Change]) -> None:
    """The fewest git commands that commit and check out, with no safety at all."""
    (change,) = todo
    ((path, data),) = change.files.items()
    content = data or b""
    stream = (
        b"commit refs/heads/main\ncommitter Ada <ada@example.org> 1700000000 +0000\ndata 0\n"
        b"from refs/heads/main^0\nM 100644 inline %s\ndata %d\n%s\n"
    )
    unsynced = ("-c", "core.fsync=none", "-c", "fastimport.unpackLimit=1")
    head = stream % (path.encode(), len(content), content)
    git(folder, *unsynced, "fast-import", "--quiet", stdin=head)
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(content)
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    git(folder, "update-index", "--index-info", stdin=f"100644 {blob}\t{path}\n".encode())
    git(folder, "update-ref", "refs/heads/other", "HEAD")


def timed(side: Callable[[], None]) -> tuple[float, float]:
    """Seconds on the clock, and of the processor (this process and those it started)."""
    before, start = os.times(), time.perf_counter()
    side()
    wall, after = time.perf_counter() - start, os.times()
    return wall, sum(after[:4]) - sum(before[:4])


def compare(ours: Callable[[], None], theirs: Callable[[], None], rounds: int) -> str:
    """Ratios on the clock (median and quartiles of the rounds) and of the processor (in all)."""
    mine: list[tuple[float, float]] = []
    peer: list[tuple[float, float]] = []
    for turn in range(rounds):
        for side in (ours, theirs) if turn % 2 else (theirs, ours):
            (mine if side is ours else peer).append(timed(side))
    ratios = [a[0] / b[0] for a, b in zip(mine, peer, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    processor = sum(cpu for _, cpu in mine) / sum(cpu for _, cpu in peer)
    times = [statistics.median(wall for wall, _ in side) * 1e3 for side in (mine, peer)]
    best = min(wall for wall, _ in mine) / min(wall for wall, _ in peer)
    return (
        f"{middle:.2f} [{low:.2f}, {high:.2f}], best {best:.2f}, processor {processor:.2f} "
        f"({times[0]:.0f} / {times[1]:.0f} ms)"
    )


def measure(folder: Path, size: int, rounds: int) -> None:
    """All figures of one size."""
    fill(folder / "ours", size)
    shutil.copytree(folder / "ours", folder / "theirs", symlinks=True)
    git(folder / "theirs", "status")
    git(folder / "ours", "status")
    repo = Repo(folder / "ours")
    save(repo, changes(9_000_000, 1), "merge")
    plain(folder / "theirs", changes(9_000_000, 1))
    counter = iter(range(size, 10_000_000, 10))
    for how in ("merge", "branch"):
        for count in (1, 10):
            mine, peer = counter, iter(range(next(counter) + 1_000_000, 20_000_000, 10))

            def ours(count: int = count, how: Deliver = how, mine: Iterator[int] = mine) -> None:
                save(repo, changes(next(mine), count), how)

            def theirs(count: int = count, peer: Iterator[int] = peer) -> None:
                plain(folder / "theirs", changes(next(peer) - 1_000_000, count))

            print(f"{size:>7} {how:<7} x{count:<3} {compare(ours, theirs, rounds)}", flush=True)

    def least() -> None:
        floor(folder / "ours", changes(next(counter) + 2_000_000, 1))

    def person() -> None:
        plain(folder / "theirs", changes(next(counter) + 3_000_000, 1))

    print(f"{size:>7} floor   x1   {compare(least, person, rounds)}", flush=True)

    def opening() -> None:
        Repo(folder / "ours").status_note()
        Store(folder / "ours" / "actions").entries()

    opened = min(timed(opening)[0] for _ in range(3))
    status = min(timed(lambda: git(folder / "ours", "status", "--short"))[0] for _ in range(3))
    print(f"{size:>7} open         {opened / status:.2f} of `git status`, {opened * 1e3:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="1,1000,10000,100000")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="git-store-") as folder:
            measure(Path(folder), size, options.rounds)


if __name__ == "__main__":
    os.environ.pop("GIT_DIR", None)
    main()
