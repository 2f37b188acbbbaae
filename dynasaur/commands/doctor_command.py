"""`dynasaur doctor`: what this machine gives, and what is missing."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur import __version__, config
from dynasaur.commands._output import columns, document
from dynasaur.commands._wiring import json_option, library_option
from dynasaur.errors import DynasaurError

if TYPE_CHECKING:
    from dynasaur.kernel.doctor import SandboxReport
    from dynasaur.types import Json


@click.command("doctor")
@library_option
@json_option
def command(library_path: Path | None, as_json: bool) -> int:
    """Say what this machine gives: the kernel's sandbox, the model, the library, versions.

    Exit code 1 when a run would be refused.
    """
    from dynasaur.kernel.doctor import examine

    root = config.find_library(library_path, Path.cwd(), os.environ)
    settings = config.load(root, os.environ, {})
    sandbox = examine(settings.sandbox, settings.network)
    facts: dict[str, Json] = {
        "network": settings.network,
        "packages": _packages(settings),
        "git": _git(),
    }
    model, library = _model(settings.model), _library(root)
    if as_json:
        document({**_document(sandbox, model, library), **facts})
    else:
        _print(sandbox, model, library, facts)
    return 0 if sandbox.tier else 1


def _model(name: str) -> str:
    from dynasaur.models.catalog import resolve

    try:
        return resolve(name or None, os.environ).name
    except DynasaurError as error:
        return f"none: {error}"


def _library(root: Path) -> str:
    if not (root / config.PACKAGE / "__init__.py").is_file():
        return f"{root} (made on first use)"
    from dynasaur.repo import Repo

    try:
        note = Repo(root).status_note()
    except DynasaurError as error:
        note = str(error)
    return f"{root} ({note})" if note else str(root)


def _packages(settings: config.Settings) -> str:
    from dynasaur.packages.installer import program

    allowed = f", {settings.packages} without asking" if settings.packages else ""
    how = f"--install {settings.install}{allowed if settings.install == 'ask' else ''}"
    return f"{program() or 'neither uv nor pip is there: nothing can be installed'} ({how})"


def _git() -> str:
    from dynasaur.repo.versions import weakness

    try:
        done = subprocess.run(
            ["git", "--version"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return "not found: install git 2.31 or newer"
    version = done.stdout.strip().removeprefix("git version ")
    wrong = weakness(version)
    return f"{version} (warning: {wrong})" if wrong else version


def _print(sandbox: SandboxReport, model: str, library: str, facts: dict[str, Json]) -> None:
    rows = [
        ("dynasaur", __version__),
        ("library", library),
        ("model", model),
        *((name, str(fact)) for name, fact in facts.items()),
        ("sandbox", sandbox.tier or f"none works, so runs are refused: {sandbox.problem}"),
    ]
    rows += [(f"  {one.tier}", one.problem or "works") for one in sandbox.probes]
    rows += [(f"  {name}", version) for name, version in sandbox.versions.items()]
    columns(rows)
    _dangers("The sandbox keeps code from this:", sandbox.keeps_off)
    _dangers("It does not keep code from this:", sandbox.lets_through)


def _dangers(title: str, dangers: Sequence[str]) -> None:
    if dangers:
        click.echo(f"\n{title}")
        for danger in dangers:
            click.echo(f"  - {danger}")


def _document(sandbox: SandboxReport, model: str, library: str) -> dict[str, Json]:
    return {
        "version": __version__,
        "library": library,
        "model": model,
        "sandbox": {
            "tier": sandbox.tier,
            "problem": sandbox.problem,
            "tiers": [{"tier": one.tier, "problem": one.problem} for one in sandbox.probes],
            "keeps_off": list(sandbox.keeps_off),
            "lets_through": list(sandbox.lets_through),
        },
        "versions": dict(sandbox.versions),
    }
