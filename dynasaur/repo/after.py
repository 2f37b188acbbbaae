"""What became of the last delivery, should a person's git have run in the same moment.

git reads the index before it locks it. One that read it just before a delivery, and locked it
just after, puts the older index back, without an error; the person's next commit then takes
away what was delivered. The index stays locked while such a git is seen at work (`others`); but
not every system tells, and nobody knows how long that git reads before it locks. So it is looked
for as well: at the end of each save and at the beginning of the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from dynasaur.repo.build import File
from dynasaur.repo.git import Git
from dynasaur.repo.journal import Entry
from dynasaur.repo.look import Questions, staged_of
from dynasaur.repo.place import Place


@dataclass(frozen=True, slots=True)
class After:
    """What is left of a delivery.

    Attributes:
        stale: The index has none of it, though the head has all: it is to be put back.
        note: That a commit has taken it away, on one line; else empty.
    """

    stale: bool = False
    note: str = ""


def files_of(entry: Entry) -> dict[str, File]:
    """What the delivery did to each path; without the content."""
    return {path: File(before, after, None) for path, (before, after) in entry.files.items()}


def what_became(git: Git, place: Place, entry: Entry) -> After:
    """Find out whether an older index was put back since a delivery.

    Args:
        git: git in the library's root.
        place: Where the library lies.
        entry: The delivery.
    """
    if entry.root != str(place.root) or not entry.files:
        return After()
    with Questions(git, {}) as ask:
        head = {path: ask(f"HEAD:./{path}")[0] for path in entry.files}
        here = {path: staged_of(ask, path) for path in entry.files}
    before = {path: one for path, (one, _) in entry.files.items()}
    after = {path: one for path, (_, one) in entry.files.items()}
    if head == after:
        return After(stale=here == before)
    return After(note=_who(git, entry) if head == before else "")


def _who(git: Git, entry: Entry) -> str:
    """The commit right after the delivery that undid it while it did something else."""
    span = ("--first-parent", "--reverse", "--no-show-signature", f"{entry.tip}..HEAD")
    first = git.line("log", "--format=%H%x00%P%x00%an", *span, accept=(0, 128)).split("\n")[0]
    commit, parents, author = first.split("\0") if first else ("", "", "")
    if parents.split()[:1] != [entry.tip]:
        return ""
    touched = git.run("diff-tree", "--name-only", "-z", "-r", "--relative", entry.tip, commit)
    paths = {path for path in touched.stdout.decode("utf-8", "surrogateescape").split("\0") if path}
    whole = git.run("diff-tree", "--name-only", "-z", "-r", entry.tip, commit).stdout
    if not set(entry.files) <= paths:
        return ""
    if whole.count(b"\0") == len(entry.files):  # it did just this: on purpose
        return ""
    names = [PurePosixPath(path).stem for path in entry.files if not path.endswith("__init__.py")]
    return (
        f"commit {commit[:10]} by {' '.join(author.split())} took back what had just been "
        f"delivered ({', '.join(names)}): where that was not meant, "
        "`dynasaur revert NAME` brings it back"
    )
