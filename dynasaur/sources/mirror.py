"""A source's history in the cache: a repository that is fetched into and read, never checked out.

All branches and tags come along, and nothing else: a commit that no branch or tag of the source
leads to is not there, so none that only somebody's fork holds can be pinned.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dynasaur.errors import FailureError, StoreError, UsageError
from dynasaur.pins import Address
from dynasaur.repo.journal import lock
from dynasaur.sources.limits import Limits
from dynasaur.sources.net import BareGit, Line

BRANCHES, TAGS, DEFAULT = "refs/remotes/origin", "refs/tags", "refs/dynasaur/HEAD"
PINS = "refs/dynasaur/pins"
REFSPECS = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
_OTHER_HASH = "client sha1; server sha256"
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


class Mirror:
    """One source's repository in the cache.

    Args:
        folder: The repository; it is made when it is first fetched.
        address: Where the source lies.
        limits: How much it may be.
    """

    def __init__(self, folder: Path, address: Address, limits: Limits) -> None:
        self.folder = folder
        self.address = address
        self.limits = limits
        self.git = BareGit(folder)

    @property
    def exists(self) -> bool:
        """It has been fetched before."""
        return (self.folder / "fetched").is_file()

    def fetch(self) -> None:
        """Bring it up to date: all branches and tags at once, or nothing.

        Raises:
            FailureError: It cannot be reached, or is refused.
            StoreError: The cache cannot be written.
        """
        with self._alone():
            try:
                self._fetch()
            except FailureError as error:
                if self.exists or _OTHER_HASH not in str(error):
                    raise
                self._make("sha256")
                self._fetch()
            (self.folder / "fetched").touch()

    def _fetch(self) -> None:
        line = Line(self.address, self.limits)
        options = (
            "--quiet",
            "--atomic",
            "--force",
            "--prune",
            "--no-tags",
            "--no-write-fetch-head",
        )
        command = ("fetch", *options, "--no-recurse-submodules", "--upload-pack=git-upload-pack")
        head = f"+HEAD:{DEFAULT}"
        try:
            line.run(self.git, *command, "--", self.address.url, head, *REFSPECS)
        except FailureError as error:
            if "remote ref HEAD" not in str(error):
                raise
            self.git.run("update-ref", "-d", DEFAULT)
            line.run(self.git, *command, "--", self.address.url, *REFSPECS)

    def push(self, to: Address, commit: str, branch: str) -> str:
        """Push a commit as a new branch; what the server said.

        Raises:
            FailureError: It was refused, or the branch is there with other commits.
        """
        options = ("--porcelain", "--no-verify", "--receive-pack=git-receive-pack", "--atomic")
        ref = f"{commit}:refs/heads/{branch}"
        return Line(to, self.limits).run(self.git, "push", *options, "--", to.url, ref)

    def resolve(self, revision: str) -> tuple[str, str]:
        """The reference and the commit that a revision means; the default branch for none.

        Raises:
            UsageError: There is none, or two.
        """
        if not revision:
            if commit := self._commit(DEFAULT):
                return "HEAD", commit
            raise UsageError(f"{self.address.url} has no default branch: name one ({self._some()})")
        kinds = {f"refs/tags/{revision}": TAGS, f"refs/heads/{revision}": BRANCHES}
        named = {ref: f"{place}/{revision}" for ref, place in kinds.items()}
        if revision.startswith("refs/"):
            named = {revision: revision.replace("refs/heads/", f"{BRANCHES}/", 1)}
        found = {ref: commit for ref, here in named.items() if (commit := self._commit(here))}
        if len(found) > 1:
            raise UsageError(f"{revision} is a tag and a branch: write {' or '.join(found)}")
        if found:
            return next(iter(found.items()))
        if _COMMIT.fullmatch(revision) and (commit := self._commit(revision)):
            if self.reachable(commit):
                return commit, commit
            raise UsageError(
                f"no branch or tag of {self.address.url} leads to {commit[:12]}: it may come from "
                "a fork, or have been withdrawn"
            )
        raise UsageError(
            f"{self.address.url} has no revision {revision!r}: there are {self._some()}"
        )

    def now(self, ref: str) -> str | None:
        """The commit that a reference of the lock means now; None when it is gone."""
        if not ref.startswith("refs/"):
            return self._commit(DEFAULT) if ref == "HEAD" else self._commit(ref)
        return self._commit(ref.replace("refs/heads/", f"{BRANCHES}/", 1))

    def reachable(self, commit: str) -> bool:
        """Whether a branch or tag leads to a commit."""
        asked = ("for-each-ref", "--count=1", f"--contains={commit}", BRANCHES, TAGS)
        done = self.git.run(*asked, accept=(0, 1, 128, 129))
        return bool(done.stdout.strip())

    def descends(self, new: str, old: str) -> bool:
        """Whether the history of a commit holds an older one."""
        asked = ("merge-base", "--is-ancestor", old, new)
        return self.git.run(*asked, accept=(0, 1, 128)).returncode == 0

    def holds(self, commit: str) -> bool:
        """Whether the commit is here."""
        return self.exists and self._commit(commit) == commit

    def keep(self, commit: str) -> None:
        """Let a commit that is in use outlive its branch."""
        with self._alone():
            self.git.run("update-ref", f"{PINS}/{commit}", commit)

    def _commit(self, name: str) -> str | None:
        asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        return self.git.line(*asked, accept=(0, 1, 128)) or None

    def _some(self) -> str:
        asked = ("for-each-ref", "--count=6", "--sort=-creatordate", "--format=%(refname:lstrip=2)")
        names = [
            name.removeprefix("origin/") for name in self.git.line(*asked, BRANCHES, TAGS).split()
        ]
        return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "") if names else "none"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Be the only one that fetches into it, and sweep up after one that was killed."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            wait, doing = self.limits.seconds, f"fetching {self.address.url}"
            with lock(self.folder / "dynasaur", seconds=wait, doing=doing) as shared:
                self.git.inherited = (shared,)
                self._sweep()
                if not (self.folder / "HEAD").exists():
                    self._make("sha1")
                yield
        except OSError as error:
            raise StoreError(f"{self.folder} cannot be written: {error.strerror}") from error
        finally:
            self.git.inherited = ()

    def _make(self, hash_name: str) -> None:
        """Make the repository, in place of one that is empty."""
        for name in ("HEAD", "config"):
            (self.folder / name).unlink(missing_ok=True)
        for name in ("objects", "refs"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        options = ("--bare", "--template=", "--initial-branch=none")
        self.git.run("init", "--quiet", *options, f"--object-format={hash_name}")

    def _sweep(self) -> None:
        """What a killed git leaves: half a pack, and locks that would stop every later one."""
        for pattern in ("objects/pack/tmp_*", "objects/pack/.tmp-*", "*.lock"):
            for file in self.folder.glob(pattern):
                file.unlink(missing_ok=True)
        for file in (self.folder / "refs").rglob("*.lock"):
            with suppress(OSError):
                file.unlink()
