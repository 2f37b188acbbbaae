"""The range of a review, as git has it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from dynasaur.errors import StoreError, UsageError
from dynasaur.repo.git import Git
from dynasaur.repo.place import Place
from dynasaur.repo.publish import SSH
from dynasaur.repo.settings import read_settings

FETCH_SECONDS = 300.0
_PROTOCOLS = "https:http:ssh:git:file"


@dataclass(frozen=True, slots=True)
class Span:
    """What lies between two states of a library.

    Attributes:
        base: The commit before; empty for nothing at all.
        head: The commit after; empty for the work tree.
        text: The range as people write it.
    """

    base: str
    head: str
    text: str


def default_range(environ: Mapping[str, str]) -> str:
    """What is reviewed when no range is named: in CI what is asked to be merged.

    Args:
        environ: The environment; that of GitHub's and GitLab's pull and merge requests is known.
    """
    if target := environ.get("GITHUB_BASE_REF"):
        return f"origin/{target}...HEAD"
    if base := environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        return f"{base}..HEAD"
    return "@{upstream}...HEAD"


def span_of(git: Git, place: Place, text: str, *, fetch: bool = False) -> Span:
    """Finds the two ends of a range.

    Args:
        git: git in the library's root.
        place: Where the library lies.
        text: `A..B`, `A...B` (from their merge base), or `A` (against the work tree).
        fetch: What is missing may be fetched.

    Raises:
        UsageError: A revision is not there, or the two have nothing in common; says what to do.
    """
    if not text or text.startswith("-") or not text.isprintable():
        raise UsageError(f"{text!r} is no range: write A..B, A...B, or one revision")
    try:
        return _span(git, place, text)
    except _MissingError as missing:
        if not fetch:
            raise UsageError(str(missing)) from None
        _fetch(git, missing.remote, missing.branch, unshallow=_is_shallow(place))
    try:
        return _span(git, place, text)
    except _MissingError as missing:
        raise UsageError(f"{missing} (it was fetched, and is still not there)") from None


class _MissingError(Exception):
    """Something of the range is not in this clone; fetching a branch may bring it."""

    def __init__(self, why: str, remote: str, branch: str) -> None:
        super().__init__(why)
        self.remote, self.branch = remote, branch


def _span(git: Git, place: Place, text: str) -> Span:
    for dots in ("...", ".."):
        if dots in text:
            left, _, right = text.partition(dots)
            base = _commit(git, place, left or "HEAD", text)
            head = _commit(git, place, right or "HEAD", text)
            if dots == "...":
                base = _merge_base(git, place, (base, head), (left or "HEAD", right or "HEAD"))
            return Span(base, head, text)
    return Span(_commit(git, place, text, text), "", text)


def _commit(git: Git, place: Place, revision: str, text: str) -> str:
    if revision.startswith("-"):
        raise UsageError(f"{revision!r} is no revision: see `git log`")
    asked = ("--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    found = git.line("rev-parse", *asked, accept=(0, 1, 128))
    if found:
        return found
    if revision == "HEAD":
        raise UsageError("nothing has been committed yet: there is nothing to compare with")
    if revision.startswith("@{u"):
        raise UsageError("this branch follows no other: name a range, such as main...HEAD")
    if not _can_be_fetched(git, place, revision):
        raise UsageError(f"{revision!r} is no commit of this repository: see `git log`")
    remote, branch = _remote_branch(git, revision)
    line = shlex.join(_fetch_words(remote, branch, unshallow=_is_shallow(place)))
    told = f"{revision!r} of {text!r}" if revision != text else repr(revision)
    raise _MissingError(
        f"{told} is not in this clone: get it with `{line}` (or --fetch)", remote, branch
    )


def _can_be_fetched(git: Git, place: Place, revision: str) -> bool:
    """Whether a revision may be elsewhere.

    Its start may be a branch that is not here; where that is here, a shallow clone ends too early.
    """
    start = re.split(r"[~^@:]", revision, maxsplit=1)[0] or revision
    asked = ("--verify", "--quiet", "--end-of-options", start)
    if start != revision and git.line("rev-parse", *asked, accept=(0, 1, 128)):
        return _is_shallow(place) and ":" not in revision
    return bool(git.line("check-ref-format", "--normalize", f"refs/heads/{start}", accept=(0, 1)))


def _merge_base(git: Git, place: Place, ends: tuple[str, str], names: tuple[str, str]) -> str:
    found = git.line("merge-base", *ends, accept=(0, 1, 128))
    if found:
        return found
    if _is_shallow(place):
        remote, branch = _remote_branch(git, names[0])
        line = shlex.join(_fetch_words(remote, branch, unshallow=True))
        raise _MissingError(
            f"this clone is shallow, and does not reach back to where {names[0]} and {names[1]} "
            f"parted: run `{line}` (or --fetch)",
            remote,
            branch,
        )
    raise UsageError(
        f"{names[0]} and {names[1]} have no commit in common: compare them as they are, with "
        f"{names[0]}..{names[1]}"
    )


def _is_shallow(place: Place) -> bool:
    return (place.common / "shallow").exists()


def _remote_branch(git: Git, revision: str) -> tuple[str, str]:
    """The remote and the branch that a revision probably means; no branch for all of them."""
    remotes = git.line("remote").split("\n")
    revision = re.split(r"[~^@]", revision, maxsplit=1)[0]
    first, _, rest = revision.partition("/")
    if first in remotes and rest:
        return first, rest
    remote = "origin" if "origin" in remotes or not remotes[0] else remotes[0]
    unnamed = revision in {"HEAD", ""} or re.fullmatch("[0-9a-f]{7,39}", revision)
    return remote, "" if unnamed else revision


def _fetch_words(remote: str, branch: str, *, unshallow: bool) -> list[str]:
    refs = [f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}"] if branch else []
    if len(branch) in {40, 64} and set(branch) <= set("0123456789abcdef"):
        refs = [branch]
    deeper = ["--unshallow"] if unshallow else []
    return ["git", "fetch", "--no-tags", *deeper, remote, *refs]


def _person_ssh(git: Git) -> str:
    return read_settings(git).person.get("core.sshcommand", SSH)


def _fetch(git: Git, remote: str, branch: str, *, unshallow: bool) -> None:
    words = _fetch_words(remote, branch, unshallow=unshallow)[2:]
    quiet = ("--quiet", "--no-recurse-submodules", "--no-write-fetch-head", "--end-of-options")
    at = words.index(remote)
    options, rest = words[:at], words[at:]
    try:
        git.run(
            "fetch",
            *options,
            *quiet,
            *rest,
            env={
                "GIT_ALLOW_PROTOCOL": _PROTOCOLS,
                # The repository's own setting could be a stranger's program.
                "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND") or _person_ssh(git),
            },
            seconds=FETCH_SECONDS,
        )
    except StoreError as error:
        what = branch or "what came before"
        raise UsageError(f"{what} cannot be fetched from {remote}: {error}") from error
