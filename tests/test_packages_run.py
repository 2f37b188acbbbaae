"""Packages on their whole way: from a head or a reply, past policy, into kernels and heads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders.cli import dynasaur, script
from tests.builders.wheels import PREFIX, index, wheel

NAME = f"{PREFIX}alpha"
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


def test_an_action_of_ones_own_with_a_package(tmp_path: Path, wheels: dict[str, str]) -> None:
    """Refused where nobody consents; else tried with it, kept with it, and loaded with it."""
    assert dynasaur("init", "lib", cwd=tmp_path).code == 0
    (tmp_path / "own.py").write_text(ADDED)
    add = ("add", "own.py", "--library", "lib")
    alone = dynasaur(*add, cwd=tmp_path, env=wheels)
    assert alone.code == 1
    assert "--install allow" in alone.err + alone.out
    allowed = {**wheels, "DYNASAUR_PACKAGES": NAME}
    done = dynasaur(*add, cwd=tmp_path, env=allowed)
    assert done.code == 0, done.err
    (file,) = (tmp_path / "lib/actions").rglob("version_of_alpha.py")
    assert f'dependencies = ["{NAME}<2"]' in file.read_text()
    model = script(tmp_path, "submit_final_answer(version_of_alpha())")
    run = ("run", "x", "--model", model, "-q", "--library", "lib")
    assert dynasaur(*run, cwd=tmp_path, env=wheels).out == "1.5\n"
