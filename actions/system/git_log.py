# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Commits of a git repository."""

import subprocess
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

_FIELDS = ("commit", "author", "email", "date", "subject")
_FORMAT = "%x00" + "".join(f"{one}%x00" for one in ("%H", "%an", "%ae", "%aI", "%s"))
_SECONDS = 60


def git_log(folder: str = ".", n: int = 100) -> list[dict[str, Any]]:
    """Commits (log, history) of a git repository, newest first, with the files that they changed.

    Args:
        folder: The repository's folder, or one in it.
        n: At most so many commits.

    Returns:
        One dict per commit: 'commit' (its hash), 'author', 'email', 'date' (ISO), 'subject' and
        'files' (the paths that it changed).

    Raises:
        FileNotFoundError: git is not installed.
        ValueError: The folder lies in no git repository, or one that git cannot read.
        TimeoutError: It takes too long.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     git = ["git", "-C", folder, "-c", "user.name=Ann", "-c", "user.email=a@b.c"]
        ...     for words in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "Begin"]):
        ...         _ = subprocess.run([*git, *words], check=True)
        ...     [(one["author"], one["subject"], one["files"]) for one in git_log(folder)]
        [('Ann', 'Begin', [])]
    """
    # Settings of the repository may be a stranger's: none of them may start a program.
    safe = ["safe.directory=*", "log.showSignature=false", "core.fsmonitor=false"]
    safe += ["core.quotePath=false", "log.mailmap=false"]
    options = [word for setting in safe for word in ("-c", setting)]
    shown = ["log", f"--max-count={max(n, 0)}", f"--format={_FORMAT}", "--name-only", "-z"]
    shown += ["--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-color"]
    if not Path(folder).is_dir():
        raise ValueError(f"there is no folder {folder}")
    try:
        done = subprocess.run(
            ["git", "--no-pager", *options, "-C", folder, *shown],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise FileNotFoundError("git is not installed here") from error
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"to read the history of {folder} took more than {_SECONDS} s") from None
    if done.returncode and "does not have any commits" not in done.stderr:
        said = " ".join(done.stderr.split())[:300]
        raise ValueError(f"the history of {folder} cannot be read: {said}")
    return list(_commits(iter(done.stdout.split("\0"))))


def _commits(told: Iterator[str]) -> Iterator[dict[str, Any]]:
    """The commits: of each its fields, an empty text, and its files up to an empty text."""
    for word in told:
        if not word:
            continue
        fields = dict(zip(_FIELDS, [word, *islice(told, len(_FIELDS) - 1)], strict=True))
        next(told, "")
        first = next(told, "").removeprefix("\n")
        yield {**fields, "files": [first, *iter(partial(next, told, ""), "")] if first else []}
