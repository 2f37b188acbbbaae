"""Have uv or pip fetch wheels into a folder. No code of a package runs: it is only unpacked."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS = 900.0
"""Time for one installation."""

_UNRESOLVED = re.compile(
    r"no solution found|conflict|no matching distribution|could not find a version", re.IGNORECASE
)
_MARKS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u00d7\u2500-\u257f\u25b6]")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an installation.

    Attributes:
        problem: Why it failed, on one line; empty when it did not.
        unresolved: No versions do for all that was wanted; with less of it, some might.
    """

    problem: str = ""
    unresolved: bool = False


def install(
    requirements: Sequence[str], constraints: Sequence[str], target: Path, seconds: float = SECONDS
) -> Outcome:
    """Unpack wheels that meet requirements, and all that these require, into an empty folder.

    Wheels only: to build a package would run its code on the host. The user's own settings of
    pip or uv (index, proxy, certificates) are respected; a library's are not read.

    Args:
        requirements: In the form of PEP 508.
        constraints: Versions that are kept where one of these packages is needed.
        target: The folder.
        seconds: Time that it may take.
    """
    command = _uv(target) or _pip(target)
    if command is None:
        return Outcome("neither uv nor pip is there: install uv")
    try:
        with tempfile.TemporaryDirectory(prefix="dynasaur-install-") as folder:
            kept = Path(folder) / "constraints.txt"
            kept.write_text("".join(f"{line}\n" for line in constraints), encoding="utf-8")
            done = subprocess.run(
                [*command, "-c", str(kept), *requirements],
                # Not in the library's folder: settings that lie there are a stranger's.
                cwd="/",
                env={**os.environ, "NO_COLOR": "1", "PIP_USER": "0"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=seconds,
                check=False,
            )
    except subprocess.TimeoutExpired:
        return Outcome(f"the installation took longer than {seconds:g} s")
    except OSError as error:
        return Outcome(f"{Path(command[0]).name} cannot be run: {error}")
    return Outcome() if done.returncode == 0 else _failed(done.stderr or done.stdout)


def program() -> str:
    """What would install packages, with its version; empty where nothing is there."""
    uv, pip = _uv(Path()), _pip(Path())
    if uv is None and pip is None:
        return ""
    asked = uv[:1] if uv is not None else (pip or [])[:4]
    try:
        done = subprocess.run(
            [*asked, "--version"], cwd="/", capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return " ".join(done.stdout.split()[:2])


def _uv(target: Path) -> list[str] | None:
    beside = Path(sys.executable).with_name("uv")
    found = shutil.which("uv")
    if beside.is_file():
        found = str(beside)
    elif found is None or Path(found).resolve().is_relative_to(Path.cwd()):
        return None
    options = ["--only-binary", ":all:", "--link-mode", "copy", "--no-progress", "--quiet"]
    return [found, "pip", "install", "--python", sys.executable, "--target", str(target), *options]


def _pip(target: Path) -> list[str] | None:
    if importlib.util.find_spec("pip") is None:
        return None
    options = ["--only-binary", ":all:", "--no-compile", "--no-input", "--quiet"]
    options += ["--disable-pip-version-check", "--no-warn-conflicts"]
    return [sys.executable, "-I", "-m", "pip", "install", "--target", str(target), *options]


def _failed(complaint: str) -> Outcome:
    text = _MARKS.sub("", complaint)
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    told = " ".join(line.removeprefix("ERROR: ").removeprefix("error: ") for line in lines[-4:])
    return Outcome(told[:600] or "it is not said why", bool(_UNRESOLVED.search(text)))
