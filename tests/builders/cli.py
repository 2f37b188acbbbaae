"""Run the program as a user does, in a home of its own, and capture all of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.builders import forks
from tests.builders.forks import KEPT

DEEPER = ("PYTHON", "LC_", "LANG", "LD_")
"""Starts of names that an interpreter reads before it runs anything."""


@dataclass(frozen=True)
class Done:
    """What one command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.out, self.err
        return json.loads(self.out)


def environment(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Nothing of the person who runs the tests: no keys, no git identity, no settings."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    home.mkdir(parents=True, exist_ok=True)
    return {
        **kept,
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "PYTHONWARNINGS": "error",
        "COLUMNS": "100",
        **(more or {}),
    }


def command(*arguments: str | Path) -> list[str]:
    """The words that start the program."""
    return [sys.executable, "-m", "dynasaur", *map(str, arguments)]


def dynasaur(
    *arguments: str | Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    timeout: float = 120.0,
) -> Done:
    """Run one command line in `cwd`, with a home below it."""
    if sys.platform == "linux" and not any(name.startswith(DEEPER) for name in env or {}):
        whole = environment(cwd / ".home", env)
        text = (stdin or "").encode("utf-8", "surrogateescape")
        words = [str(one) for one in arguments]
        code, *said = forks.run(words, cwd=cwd, env=whole, stdin=text, timeout=timeout)
        return Done(code, *(_text(one) for one in said))
    done = subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment(cwd / ".home", env),
        input=stdin,
        stdin=None if stdin is not None else subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=timeout,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def _text(said: bytes) -> str:
    """As `subprocess` gives it: every end of a line is a newline."""
    return said.decode("utf-8", "surrogateescape").replace("\r\n", "\n").replace("\r", "\n")


def script(folder: Path, *steps: str | tuple[str, str]) -> str:
    """A scripted model's name: its replies are these codes, or (thought, code)."""
    replies = [
        {"thought": step[0], "code": step[1]}
        if isinstance(step, tuple)
        else {"thought": f"step {number}", "code": step}
        for number, step in enumerate(steps, 1)
    ]
    file = folder / f"script-{len(list(folder.glob('script-*.json')))}.json"
    file.write_text(json.dumps(replies), encoding="utf-8")
    return f"scripted:{file}"
