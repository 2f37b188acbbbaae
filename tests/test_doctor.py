from __future__ import annotations

from pathlib import Path

import click

from dynasaur.commands.run_command import command
from dynasaur.kernel.tiers import CHOICES
from tests.builders.cli import dynasaur, script


def test_doctor_tells_what_is_in_force_and_what_not(tmp_path: Path) -> None:
    done = dynasaur("doctor", "--json", cwd=tmp_path)
    sandbox = done.json["sandbox"]
    assert done.code == (0 if sandbox["tier"] else 1)
    assert {one["tier"] for one in sandbox["tiers"]} == set(CHOICES) - {"auto", "none"}
    assert all(one["problem"] for one in sandbox["tiers"] if not sandbox["tier"])
    assert any("Linux kernel itself" in danger for danger in sandbox["lets_through"])
    assert done.json["model"] == "planner"


def test_doctor_prints_the_same_for_people(tmp_path: Path) -> None:
    done = dynasaur("doctor", cwd=tmp_path)
    assert "sandbox" in done.out
    assert "It does not keep code from this:" in done.out


def test_without_a_sandbox_everything_gets_through_and_is_said(tmp_path: Path) -> None:
    done = dynasaur("doctor", "--json", cwd=tmp_path, env={"DYNASAUR_SANDBOX": "none"})
    assert done.json["sandbox"]["keeps_off"] == []
    model = script(tmp_path, "submit_final_answer(1)")
    run = dynasaur("run", "x", "--model", model, "--sandbox", "none", "-q", cwd=tmp_path)
    assert run.out == "1\n"
    assert "no sandbox" in run.err


def test_the_command_offers_every_tier() -> None:
    (option,) = (one for one in command.params if one.name == "sandbox")
    assert isinstance(option.type, click.Choice)
    assert tuple(option.type.choices) == CHOICES
