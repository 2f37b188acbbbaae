"""The hooks of a repository that the user has named: what they may say of a save.

A stranger's repository can hold hooks, so none runs but in those that the user's own settings
name. `pre-commit` and `pre-merge-commit` judge a work tree and an index, which a save does not
have, and never run.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dynasaur.errors import StoreError
from dynasaur.repo.build import message
from dynasaur.repo.git import KEPT_VARIABLES, search_path
from dynasaur.repo.place import Place
from dynasaur.repo.settings import Settings
from dynasaur.repo.values import Change

SECONDS = 20.0
"""For one hook; one that takes longer is ended."""

LINES, WIDTH = 3, 300
"""So much of what a hook says is told."""


class Hooks:
    """The hooks of one repository; none where it is not named.

    Args:
        place: Where the library lies.
        settings: git's configuration, which may say where the hooks lie.
        named: Whole paths of the repositories whose hooks run, between commas.
    """

    def __init__(self, place: Place, settings: Settings, named: str) -> None:
        self._top = place.top
        paths = (_path(one.strip()) for one in named.split(",") if one.strip())
        self._trusted = any(one.is_absolute() and one.resolve() == place.top for one in paths)
        set_to = {**settings.person, **settings.own}.get("core.hookspath", "")
        self._folder = place.top / (_path(set_to) if set_to else place.common / "hooks")

    def judge(self, changes: Sequence[Change]) -> tuple[Sequence[Change], str]:
        """Show each commit's message to `prepare-commit-msg` and `commit-msg`.

        Returns:
            The changes, with the messages that the hooks made of theirs, and "". Or the changes
            as they were, and why a hook refused one.
        """
        if not self._trusted:
            return changes, ""
        try:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "COMMIT_EDITMSG"
                return [self._shown(change, file) for change in changes], ""
        except StoreError as error:
            return changes, str(error)
        except OSError as error:
            return changes, f"the hooks cannot be asked: {error.strerror}"

    def tell(self) -> str:
        """Run `post-commit` and `post-merge`, once commits were delivered.

        Returns:
            One line for the user when one failed; else empty.
        """
        if not self._trusted:
            return ""
        told = ((name, self._run(name, *given)) for name, given in AFTER)
        return "; ".join(f"the hook {name} failed: {why}" for name, why in told if why)

    def _shown(self, change: Change, file: Path) -> Change:
        before = message(change)
        file.write_bytes(before)
        for name, given in (("prepare-commit-msg", ("message",)), ("commit-msg", ())):
            why = self._run(name, str(file), *given)
            text = file.read_bytes() if file.is_file() else b""
            if not why and (not text.strip() or b"\0" in text):
                why = "it leaves no message"
            if why:
                subject = " ".join(change.subject.split())
                raise StoreError(f"the hook {name} refused '{subject}': {why}")
        text = text.decode("utf-8", "replace").strip().encode() + b"\n"
        return change if text == before else replace(change, message=text)

    def _run(self, name: str, *given: str) -> str:
        """Run one hook, where it is there: why it failed, on one line; else empty."""
        file = self._folder / name
        if not (file.is_file() and os.access(file, os.X_OK)):
            return ""
        try:
            with tempfile.TemporaryFile() as said:
                code = self._wait([str(file), *given], said.fileno())
                said.seek(0)
                text = _brief(said.read(10_000))
        except OSError as error:
            return f"it cannot be run: {error.strerror}"
        if code is None:
            return "it does not come to an end"
        return (text or "it says nothing") if code else ""

    def _wait(self, command: Sequence[str], said: int) -> int | None:
        """The exit code; None of one that had to be ended. It has no terminal and no input."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GIT_") or name in KEPT_VARIABLES
        }
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd=self._top,
            env=kept | {"PATH": search_path()},
            start_new_session=True,
        ) as process:
            try:
                return process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                return None
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)


AFTER = (("post-commit", ()), ("post-merge", ("0",)))
"""What runs after a delivery, and with what: a merge that is no squash."""


def _path(text: str) -> Path:
    """A path as a person writes it; of a home that there is not, it stays what it is."""
    return Path(os.path.expanduser(text))  # noqa: PTH111 (that of Path raises then)


def _brief(said: bytes) -> str:
    """The first lines, without what a terminal would obey."""
    lines = said.decode("utf-8", "replace").splitlines()
    plain = (" ".join("".join(filter(str.isprintable, line)).split()) for line in lines)
    return " / ".join([line for line in plain if line][:LINES])[:WIDTH]
