"""Packages on their whole way: from a head or a reply, past policy, into kernels and heads."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from tests.builders.cli import command, dynasaur, environment, script
from tests.builders.wheels import PREFIX, index, wheel

NAME = f"{PREFIX}alpha"
GIVE_UP = "submit_final_answer(None)"
ADDED = f'''# /// script
# dependencies = ["{NAME}<2"]
# ///
"""Which version is there."""

import {NAME}


def version_of_alpha() -> str:
    """Which version of a package is there.

    Returns:
        Its version.

    Examples:
        >>> version_of_alpha()
        '1.5'
    """
    return {NAME}.VERSION
'''


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("wheels")
    for version in ("1.5", "2.0"):
        wheel(folder, "alpha", version)
    return index(folder)


def on_a_terminal(
    words: Sequence[str], cwd: Path, env: Mapping[str, str], answer: str
) -> tuple[int, str]:
    """Run a command line at a terminal, answer its question; gives exit code and what was said."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command(*words),
        cwd=cwd,
        env=environment(cwd / ".home", {**env, "PYTHONPATH": os.pathsep.join(sys.path)}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        said = b""
        with suppress(OSError):  # the terminal's end
            while part := os.read(ours, 10_000):
                asked = b"[y/N]" in part
                said += part
                if asked:
                    os.write(ours, answer.encode() + b"\n")
        code = process.wait(60)
    os.close(ours)
    return code, said.decode()


def test_an_action_of_ones_own_with_a_package(tmp_path: Path, wheels: dict[str, str]) -> None:
    """Refused where nobody consents; else tried with it, kept with it, and loaded with it."""
    assert dynasaur("init", "lib", cwd=tmp_path).code == 0
    (tmp_path / "own.py").write_text(ADDED)
    add = ("add", "own.py", "--library", "lib")
    alone = dynasaur(*add, cwd=tmp_path, env=wheels)
    assert alone.code == 1
    assert "--install allow" in alone.err + alone.out
    code, said = on_a_terminal(add, tmp_path, wheels, answer="n")
    assert code == 1
    assert f"Install {NAME}<2 (wanted by the file's head) from the package index" in said
    assert "the user does not want" in said
    code, said = on_a_terminal(add, tmp_path, wheels, answer="y")
    assert code == 0, said
    (file,) = (tmp_path / "lib/actions").rglob("version_of_alpha.py")
    assert f'dependencies = ["{NAME}<2"]' in file.read_text()
    model = script(tmp_path, "submit_final_answer(version_of_alpha())")
    run = ("run", "x", "--model", model, "-q", "--library", "lib")
    assert dynasaur(*run, cwd=tmp_path, env=wheels).out == "1.5\n"


def test_a_step_that_asks_for_a_package(tmp_path: Path, wheels: dict[str, str]) -> None:
    """Its function is tried with the package, kept, and says in its head that it needs it."""
    assert dynasaur("init", "lib", cwd=tmp_path).code == 0
    head = f'# /// script\n# dependencies = ["{NAME}"]\n# ///\n'
    function = (
        f"{head}import {NAME}\n\n\ndef newest_of_alpha(prefix: str) -> str:\n"
        f'    """The newest version of a package.\n\n    Args:\n        prefix: Goes before it.\n\n'
        f'    Returns:\n        The version.\n    """\n    return prefix + {NAME}.VERSION\n'
    )
    model = script(tmp_path, function + "\n\nsubmit_final_answer(newest_of_alpha('v'))", GIVE_UP)
    run = ("run", "x", "--model", model, "-q", "--library", "lib", "--json")
    refused = dynasaur(*run, cwd=tmp_path, env=wheels).json
    assert refused["answer"] is None
    shown = dynasaur("runs", "show", "last", "--library", "lib", cwd=tmp_path, env=wheels)
    assert "--install allow" in shown.out
    done = dynasaur(*run, "--install", "allow", cwd=tmp_path, env=wheels).json
    assert done["answer"] == "v2.0"
    (file,) = (tmp_path / "lib/actions").rglob("newest_of_alpha.py")
    assert f'dependencies = ["{NAME}>=2.0"]' in file.read_text()
