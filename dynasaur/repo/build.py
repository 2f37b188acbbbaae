"""From changes to commits on a branch that nobody has checked out.

One `git fast-import` writes them all: no index, no work tree, and the cost does not grow with
the library. What names them, a branch of their own or the one that is checked out, moves once, at
the end, so a save is there whole or not at all.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from dynasaur.errors import StoreError
from dynasaur.repo.git import Git
from dynasaur.repo.look import Look
from dynasaur.repo.place import Place
from dynasaur.repo.values import Change, Identity

UNSYNCED = ("-c", "core.fsync=none")
"""Nothing names the new objects yet: who is to do so syncs them before."""


@dataclass(frozen=True, slots=True)
class File:
    """What a save does to one path: the ids of its content before and after, None for none."""

    before: str | None
    after: str | None
    data: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the changes do on top of what was seen.

    Attributes:
        commits: Each change with the files that it really alters; none for one that alters none.
        files: Net effect, by path below the library's root.
        clash: A path that the changes may not overwrite; empty when there is none.
    """

    commits: tuple[tuple[Change, Mapping[str, bytes | None]], ...]
    files: Mapping[str, File]
    clash: str


def check_paths(changes: Iterable[Change]) -> None:
    """Refuse paths that leave the library's root or reach git's own folder.

    Raises:
        StoreError: Such a path; nothing has been written.
    """
    for change in changes:
        for path in change.paths:
            parts = PurePosixPath(path).parts
            bad = path != "/".join(parts) or path.startswith("/") or "\\" in path
            if not parts or bad or any(_reserved(part) for part in parts) or not path.isprintable():
                raise StoreError(f"{path!r} is no path inside the library: give a relative one.")


def _reserved(part: str) -> bool:
    return part in {".", ".."} or part.casefold().rstrip(". ") in {".git", "git~1"}


def plan(place: Place, look: Look, changes: Sequence[Change], read: Callable[[str], bytes]) -> Plan:
    """Find out what the changes do.

    Args:
        place: Where the library lies.
        look: What was seen.
        changes: The changes.
        read: The content of a blob, by its id.
    """
    known = dict(look.blobs)
    after: dict[str, bytes | None] = {}
    commits = []
    clash = ""
    for change in changes:
        wanted = dict(change.files)
        for path, edit in change.edits.items():
            old = look.blobs[path]
            wanted[path] = edit(after[path] if path in after else read(old) if old else None)
        files = {p: new for p, new in wanted.items() if _blob_id(place, new) != known[p]}
        if not files:
            continue
        if not change.overwrite:
            taken = (path for path in files if known[path] and path not in change.edits)
            clash = clash or next(taken, "")
        commits.append((change, files))
        known |= {path: _blob_id(place, new) for path, new in files.items()}
        after |= files
    net = {path: File(look.blobs[path], known[path], new) for path, new in after.items()}
    return Plan(tuple(commits), net, clash)


def build(
    git: Git,
    look: Look,
    wanted: Plan,
    prefix: str,
    people: tuple[Identity, Identity],
    *,
    named: bool,
) -> tuple[str, ...]:
    """Commit on top of what was seen.

    Args:
        git: git in the library's root.
        look: What was seen.
        wanted: What to commit.
        prefix: What the paths have in front in the repository.
        people: Author and committer.
        named: Leave the commits, on the disk for good, on their branch; else nothing names
            them, and nothing has been synced.

    Returns:
        The commits' ids, oldest first.

    Raises:
        StoreError: git cannot write.
    """
    stream = [f"feature done\nreset refs/heads/{look.branch}\n\n".encode()]
    base = look.head.commit
    for change, files in wanted.commits:
        stream += _commit(look.branch, base, change, people)
        base = None
        for path, new in sorted(files.items()):
            quoted = _quote(prefix + path)
            stream += (
                [b"D " + quoted] if new is None else [b"M 100644 inline " + quoted, _data(new)]
            )
        stream.append(b"\nget-mark :1\n")
    end = b"done\n" if named else f"reset refs/heads/{look.branch}\n\ndone\n".encode()
    text = b"".join([*stream, end])
    options = () if named else UNSYNCED
    done = git.run(*options, "fast-import", "--quiet", "--force", stdin=text)
    return tuple(done.stdout.decode().split())


def _blob_id(place: Place, data: bytes | None) -> str | None:
    if data is None:
        return None
    return blob_id(place.hash_name, data)


def blob_id(hash_name: str, data: bytes) -> str:
    """The id that git gives a file's content."""
    digest = hashlib.new(hash_name, b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def _commit(
    branch: str, base: str | None, change: Change, people: tuple[Identity, Identity]
) -> list[bytes]:
    """The head of a commit in fast-import's language; without `base` it follows the last one."""
    author, committer = people
    now = f"{int(time.time())} {time.strftime('%z')}"
    lines = [
        f"commit refs/heads/{branch}\nmark :1\n".encode(),
        f"author {author.name} <{author.email}> {now}\n".encode(),
        f"committer {committer.name} <{committer.email}> {now}\n".encode(),
        _data(message(change)),
    ]
    return lines if base is None else [*lines, f"from {base}\n".encode()]


def message(change: Change) -> bytes:
    """The commit message: subject, body, trailers; or what a hook has made of it."""
    if change.message:
        return change.message
    given = (
        (key, [value] if isinstance(value, str) else value)
        for key, value in change.trailers.items()
    )
    trailers = "\n".join(f"{key}: {_one_line(one)}" for key, values in given for one in values)
    parts = [_one_line(change.subject), change.body.replace("\0", "").strip(), trailers]
    return ("\n\n".join(part for part in parts if part) + "\n").encode("utf-8", "replace")


def _one_line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _quote(path: str) -> bytes:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return b'"' + escaped.encode("utf-8", "surrogateescape") + b'"\n'
