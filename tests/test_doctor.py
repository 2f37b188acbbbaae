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
from dynasaur.repo.versions import weakness
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


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("2.30.9", "too old to be used"),
        ("2.34.1", "CVE-2024-32002"),
        ("2.39.3", "CVE-2024-32002"),
        ("2.39.5", ""),
        ("2.42.4", "CVE-2025-48384"),
        ("2.43.6", "CVE-2025-48384"),
        ("2.43.7", ""),
        ("2.45.3.windows.1", "CVE-2025-48384"),
        ("2.50.0", "CVE-2025-48384"),
        ("2.50.1 (Apple Git-155)", ""),
        ("2.51.0", ""),
        ("2.51.0-rc1", ""),
        ("3.0.0", ""),
        ("unknown", ""),
    ],
)
def test_a_git_with_known_holes_is_known(version: str, said: str) -> None:
    found = weakness(version)
    assert said in found
    assert bool(found) == bool(said)


def test_doctor_warns_of_a_git_with_known_holes(tmp_path: Path) -> None:
    old = tmp_path / "bin" / "git"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho git version 2.43.0\n")
    old.chmod(0o755)
    path = {"PATH": f"{old.parent}{os.pathsep}{os.environ['PATH']}", "DYNASAUR_SANDBOX": "none"}
    done = dynasaur("doctor", cwd=tmp_path, env=path)
    assert "2.43.0 (warning: by its number it lacks the fixes for CVE-2024-32002" in done.out


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
