"""Three-way merges of a source's new text with a library's own edits.

Where the two clash, the marked text waits outside of the package until a person has resolved it:
the library works on as it is, and the lock is untouched.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from pathlib import Path

from dynasaur.errors import StoreError
from dynasaur.repo.files import write_whole
from dynasaur.repo.git import Git

MARKS = re.compile(r"^(?:<{7}|>{7}|\|{7}|={7})(?: |$)", re.MULTILINE)
CONFLICTS = tuple(range(128))
"""git's exit codes that are a number of conflicts."""


class Merges:
    """The merges of one source that are under way.

    Args:
        folder: Where texts wait for a person.
        source: The source's name.
    """

    def __init__(self, folder: Path, source: str) -> None:
        self.folder = folder / source
        self._source = source

    def merge(self, path: str, base: str, ours: str, theirs: str) -> str | None:
        """The text that holds both changes; None where a person has to say what it is.

        Args:
            path: The module's place in its source.
            base: The text that both come from.
            ours: The library's.
            theirs: The source's new one.

        Raises:
            StoreError: It cannot be merged, or written down.
        """
        key = hashlib.sha256("\0".join((base, ours, theirs)).encode()).hexdigest()
        waiting, mark = self.waiting(path), self.folder / f"{path}.merge"
        if waiting.is_file() and mark.is_file() and mark.read_text("ascii", "replace") == key:
            text = waiting.read_bytes().decode("utf-8", "replace")
            return None if MARKS.search(text) else text
        clash, text = self._merge(base, ours, theirs)
        if not clash:
            return text
        try:
            waiting.parent.mkdir(parents=True, exist_ok=True)
            write_whole(waiting, text.encode())
            write_whole(mark, key.encode())
        except OSError as error:
            raise StoreError(f"{waiting} cannot be written: {error.strerror}") from error
        return None

    def waiting(self, path: str) -> Path:
        """Where a module waits to be resolved."""
        return self.folder / f"{path}.py"

    def clear(self) -> None:
        """All is resolved."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _merge(self, base: str, ours: str, theirs: str) -> tuple[bool, str]:
        with tempfile.TemporaryDirectory(prefix="dynasaur-merge-") as name:
            folder = Path(name)
            texts = {"ours": ours, "base": base, "theirs": theirs}
            for role, text in texts.items():
                (folder / role).write_bytes(text.encode())
            labels = ("-L", "yours", "-L", "before", "-L", f"from {self._source}")
            command = ("merge-file", "-p", "-q", "--diff3", *labels, *texts)
            done = Git(folder).run(*command, accept=CONFLICTS)
            return bool(done.returncode), done.stdout.decode("utf-8", "replace")
