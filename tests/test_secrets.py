"""Secrets of many issuers, each drawn anew, and what only looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynasaur.checks import secrets
from dynasaur.checks.subject import ActionText
from dynasaur.source import read_action
from tests.builders.secret_lines import harmless_lines, secret_lines


def is_found(line: str) -> bool:
    text = f"{line}\n\n\ndef f():\n    pass\n"
    module = "actions.things.f"
    action = read_action(text, path=Path("f.py"), category="things", source="local", module=module)
    return bool(list(secrets.check(ActionText.of(action))))


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_every_secret_is_found(seed: int) -> None:
    lines = secret_lines(seed)
    assert len(lines) >= 60
    assert [kind for kind, line in lines if not is_found(line)] == []


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_what_is_harmless_stays(seed: int) -> None:
    lines = harmless_lines(seed)
    assert len(lines) >= 40
    assert [kind for kind, line in lines if is_found(line)] == []
