"""The library as it was at a revision, read through GitPython.

Reading is all that GitPython does here: it goes through its command interface, which also reads
repositories with SHA-256, with the repository named outright, so that no variable inherited from
a hook points it elsewhere. Its index and its reference writing lose updates, and are not used.
"""

from __future__ import annotations

import os

from dynasaur.errors import ActionError
from dynasaur.repo.place import Place


class Revision:
    """The files of a library in one commit; paths are below the library's root.

    Args:
        place: Where the library lies.
        revision: What git takes for a commit: an id, a branch, a tag, `HEAD~2`.

    Raises:
        ActionError: There is no such commit.
    """

    def __init__(self, place: Place, revision: str) -> None:
        import git

        self._git = git.Git(place.top)
        self._git.update_environment(
            GIT_DIR=str(place.git_dir),
            GIT_NO_LAZY_FETCH="1",
            GIT_NO_REPLACE_OBJECTS="1",
            GIT_GRAFT_FILE=os.devnull,
            LC_ALL="C",
        )
        self._failed = git.GitCommandError
        self._prefix = place.prefix
        asked = f"{revision}^{{commit}}"
        try:
            self.commit = str(self._git.rev_parse("--verify", "--end-of-options", asked))
        except (self._failed, ValueError) as error:
            raise ActionError(f"no commit {revision!r}; `dynasaur log` shows them") from error

    def files(self, folder: str) -> tuple[str, ...]:
        """The paths of all files in a folder."""
        wanted = f"{self._prefix}{folder}"
        listed = self._git.ls_tree("-r", "-z", "--name-only", "--full-tree", self.commit, wanted)
        return tuple(path.removeprefix(self._prefix) for path in str(listed).split("\0") if path)

    def text(self, path: str) -> str:
        """The text of a file.

        Raises:
            ActionError: It is not there, or is not UTF-8.
        """
        try:
            found = self._git.cat_file(
                "blob",
                f"{self.commit}:{self._prefix}{path}",
                stdout_as_string=False,
                strip_newline_in_stdout=False,
            )
            return bytes(found).decode("utf-8")
        except (self._failed, UnicodeDecodeError) as error:
            raise ActionError(f"{path} cannot be read at {self.commit[:10]}") from error
