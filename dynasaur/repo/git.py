"""The git program, called so that no configuration of the repository can run anything.

Findings behind the fixed options: an index shared with people cannot be made safe, git's own
housekeeping must not start in the middle of a save, and hooks, filters, file-system monitors
and lazy fetches of a stranger's repository are programs that it would have us execute.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from dynasaur.errors import StoreError

OPTIONS = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "core.fsync=committed,loose-object,reference",
    "core.quotePath=false",
    "commit.gpgSign=false",
    "fastimport.unpackLimit=1",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "safe.bareRepository=explicit",
    "color.ui=false",
    f"diff.orderFile={os.devnull}",
    "user.useConfigOnly=true",
)

KEPT_VARIABLES = {
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_EXEC_PATH",
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
}
"""Variables of git that say how to work. All others say *where*, and are dropped: a run that
was started by a hook inherits the hook's index and repository."""

DISK_FULL = (b"Out of diskspace", b"No space left on device", b"Disk quota exceeded")
"""What git and the system call it, in the plain language that git is asked for here."""

_GLANCE = 0.05
"""Seconds between two looks at how much a git has said."""


class TooLongError(StoreError):
    """A git command says more than it may."""


class Git:
    """git in one folder, in sessions of its own: a killed process group lets it finish.

    Args:
        folder: Where it runs.
        settings: Configuration that outweighs the repository's.

    Attributes:
        inherited: File descriptors that every git holds open while it lives.

    Raises:
        StoreError: git is not installed.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        program = find_program("git")
        if program is None:
            raise StoreError("git is not installed: install it, then run this again.")
        self.folder = folder
        self.program = program
        self.inherited: tuple[int, ...] = ()
        self._settings = dict(settings or {})

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        accept: tuple[int, ...] = (0,),
        seconds: float | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run one git command and wait for it.

        Args:
            arguments: The command and its arguments; values after `--` or checked before.
            stdin: What it reads.
            env: Variables to add.
            accept: The exit codes that are no failure.
            seconds: How long it may take.

        Raises:
            StoreError: It failed: git's own last line.
        """
        try:
            process = self._popen(arguments, env, subprocess.PIPE, subprocess.PIPE)
        except OSError as error:
            raise StoreError(f"git cannot run in {self.folder}: {error.strerror}.") from error
        with process:
            try:
                out, err = process.communicate(stdin, timeout=seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # and the programs that it waits for
                raise StoreError(f"git {arguments[-1]} does not come to an end") from None
        done = subprocess.CompletedProcess(arguments, process.returncode, out, err)
        if done.returncode not in accept:
            if any(said in done.stderr for said in DISK_FULL):
                raise StoreError(f"{self.folder} cannot be written: git finds no space left.")
            raise StoreError(f"git failed: {complaint(done.stderr)}")
        return done

    def whole(self, *arguments: str, stdin: bytes, most: int = sys.maxsize) -> bytes:
        """What one git command says at length; a thread that waits for it holds up no other one.

        Both go through files without a name: through pipes the thread would be woken, and would
        wait for its turn to run Python, for each few kilobytes.

        Raises:
            TooLongError: It says more bytes than `most`, and is stopped.
            StoreError: It failed: git's own last line.
        """
        try:
            with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as told:
                asked.write(stdin)
                asked.seek(0)
                with self._popen(
                    arguments, None, asked.fileno(), subprocess.PIPE, told.fileno()
                ) as process:
                    err = _errors(process, told.fileno(), most)
                told.seek(0)
                out = told.read()
        except OSError as error:
            why = f"git cannot run in {self.folder}, or no temporary file can be made"
            raise StoreError(f"{why}: {error.strerror}.") from error
        if process.returncode:
            raise StoreError(f"git failed: {complaint(err)}")
        return out

    def start(
        self, *arguments: str, talk: bool = True, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start one git command, to be read from; with `talk`, to be written to as well."""
        stdin = subprocess.PIPE if talk else subprocess.DEVNULL
        return self._popen(arguments, env, stdin, subprocess.DEVNULL)

    def _popen(
        self,
        arguments: Sequence[str],
        env: Mapping[str, str] | None,
        stdin: int,
        stderr: int,
        stdout: int = subprocess.PIPE,
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command(*arguments),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            cwd=self.folder,
            env=self.environment(env),
            start_new_session=True,
            pass_fds=self.inherited,
        )

    def line(self, *arguments: str, accept: tuple[int, ...] = (0,)) -> str:
        """A command's output as text, without the newline at its end."""
        output = self.run(*arguments, accept=accept).stdout
        return os.fsdecode(output).removesuffix("\n")

    def command(self, *arguments: str) -> list[str]:
        """The full argument list: the fixed options, then the command."""
        fixed = [part for option in OPTIONS for part in ("-c", option)]
        return [self.program, *fixed, "--no-optional-locks", "--literal-pathspecs", *arguments]

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The process's environment, freed of what points git at another repository."""
        return self._kept | dict(extra or {})

    @cached_property
    def _kept(self) -> dict[str, str]:
        """What every git is given; to gather it costs as much as a third of a git."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GIT_") or name in KEPT_VARIABLES
        }
        kept |= {
            "PATH": search_path(),
            "LC_ALL": "C",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ALLOW_PROTOCOL": "",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_GRAFT_FILE": os.devnull,
            "GIT_CONFIG_COUNT": str(len(self._settings)),
        }
        for number, (key, value) in enumerate(self._settings.items()):
            kept |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return kept


def _errors(process: subprocess.Popen[bytes], told: int, most: int) -> bytes:
    """What a process says of errors once it ends, or has written too much to the file `told`."""
    patience = None if most == sys.maxsize else _GLANCE
    err: bytes | None = None
    while err is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            _, err = process.communicate(timeout=patience)
        if os.fstat(told).st_size > most:
            process.kill()
            raise TooLongError(f"git says more than {most:,} bytes")
    return err


def find_program(name: str) -> str | None:
    """The full path of a program; one that merely lies in the current folder is none."""
    return shutil.which(name, path=search_path())


def search_path() -> str:
    """The folders that programs are looked for in, those left out that depend on where we are."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if Path(folder).is_absolute())


def complaint(stderr: bytes) -> str:
    """Git's message on one line, without its prefix and its hints."""
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines()]
    errors = [line for line in lines if line.startswith(("fatal:", "error:"))]
    chosen = (errors or [line for line in lines if line] or ["it failed without a message"])[0]
    return chosen.removeprefix("fatal:").removeprefix("error:").strip()
