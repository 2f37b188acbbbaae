from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from dynasaur.commands.run_command import command
from dynasaur.kernel.tiers import CHOICES
from tests.builders.cli import command as program
from tests.builders.cli import dynasaur, environment, script


def test_doctor_tells_what_is_in_force_and_what_not(tmp_path: Path) -> None:
    done = dynasaur("doctor", "--json", cwd=tmp_path)
    sandbox = done.json["sandbox"]
    assert done.code == (0 if sandbox["tier"] else 1)
    assert {one["tier"] for one in sandbox["tiers"]} == set(CHOICES) - {"auto", "none"}
    assert all(one["problem"] for one in sandbox["tiers"] if not sandbox["tier"])
    assert any("Linux kernel itself" in danger for danger in sandbox["lets_through"])
    assert done.json["model"] == "planner"
    assert done.json["network"] == "none"
    assert re.match(r"(uv|pip) [0-9.]+ \(--install ask\)", done.json["packages"])
    assert re.match(r"[0-9]+\.[0-9]+", done.json["git"])


def test_doctor_prints_the_same_for_people(tmp_path: Path) -> None:
    done = dynasaur("doctor", cwd=tmp_path)
    assert "sandbox" in done.out
    assert "It does not keep code from this:" in done.out


def test_doctor_tells_what_is_opened(tmp_path: Path) -> None:
    opened = {"DYNASAUR_NETWORK": "full", "DYNASAUR_PACKAGES": "pandas"}
    done = dynasaur("doctor", "--json", cwd=tmp_path, env=opened)
    assert any("reach the network" in danger for danger in done.json["sandbox"]["lets_through"])
    assert "pandas without asking" in done.json["packages"]
    some = dynasaur("doctor", cwd=tmp_path, env={"DYNASAUR_NETWORK": "allow=example.test"})
    assert "send what it has to example.test, by the proxy" in some.out
    wrong = {"DYNASAUR_NETWORK": "allow=example.test", "DYNASAUR_SANDBOX": "landlock"}
    done = dynasaur("doctor", cwd=tmp_path, env=wrong)
    assert done.code == 2
    assert "network of the kernel's own" in done.err


def test_without_a_sandbox_everything_gets_through_and_is_said(tmp_path: Path) -> None:
    done = dynasaur("doctor", "--json", cwd=tmp_path, env={"DYNASAUR_SANDBOX": "none"})
    assert done.json["sandbox"]["keeps_off"] == []
    model = script(tmp_path, "submit_final_answer(1)")
    run = dynasaur("run", "x", "--model", model, "--sandbox", "none", "-q", cwd=tmp_path)
    assert run.out == "1\n"
    assert "no sandbox" in run.err


@pytest.mark.parametrize(
    ("flags", "code", "said"),
    [
        (("--gateway", "http://127.0.0.1:9"), 1, "http://127.0.0.1:9 cannot be reached"),
        (("--kernel", "nope"), 2, "no kernel 'nope' is installed"),
        (("--memory", "much"), 2, "must be like 4GiB or 512MiB"),
        (("--network", "some"), 2, "choose none, full or allow=DOMAIN"),
        (("--sandbox", "steel"), 2, "'steel' is not one of"),
    ],
)
def test_a_kernel_that_cannot_be_had_is_one_line(
    tmp_path: Path, flags: tuple[str, ...], code: int, said: str
) -> None:
    model = script(tmp_path, "submit_final_answer(1)")
    done = dynasaur("run", "x", "--model", model, "-q", *flags, cwd=tmp_path)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert "Traceback" not in done.err


def test_an_open_network_is_said(tmp_path: Path) -> None:
    model = script(tmp_path, "submit_final_answer(1)")
    done = dynasaur("run", "x", "--model", model, "-q", "--network", "full", cwd=tmp_path)
    assert done.out == "1\n"
    assert "may use the network" in done.err


def test_the_command_offers_every_tier() -> None:
    (option,) = (one for one in command.params if one.name == "sandbox")
    assert isinstance(option.type, click.Choice)
    assert tuple(option.type.choices) == CHOICES


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root, setpriv")
def test_root_without_rights_is_told_what_is_missing(tmp_path: Path) -> None:
    env = environment(tmp_path / ".home", {})
    for words, code, said in (
        (("doctor",), 1, "CAP_CHOWN"),
        (("call", "mean", "[1]"), 1, "no sandbox works here"),
    ):
        done = subprocess.run(
            ["setpriv", "--bounding-set=-all", *program(), *words],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
        )
        shown = done.stdout + done.stderr
        assert (done.returncode, said in shown) == (code, True), shown
        assert "Operation not permitted" not in shown
