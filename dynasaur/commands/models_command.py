"""`dynasaur models`: what is configured, and what would be used."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur import config
from dynasaur.commands._output import columns, document
from dynasaur.commands._wiring import json_option, library_option

if TYPE_CHECKING:
    from dynasaur.models.catalog import ModelInfo


@click.command("models")
@library_option
@json_option
def command(library_path: Path | None, as_json: bool) -> None:
    """List the models that are configured; the one that would be used is marked with *.

    Which one that is, is decided by --model, else DYNASAUR_MODEL, else the library's
    pyproject.toml, else what the environment configures.
    """
    from dynasaur.models.catalog import configured

    root = config.find_library(library_path, Path.cwd(), os.environ)
    models = _with_choice(configured(os.environ), config.load(root, os.environ, {}).model)
    if as_json:
        document(
            [
                {
                    "name": one.name,
                    "kind": one.kind,
                    "endpoint": one.endpoint,
                    "detail": one.detail,
                    "chosen": one.chosen,
                }
                for one in models
            ]
        )
        return
    columns([("*" if one.chosen else " ", one.name, _told(one)) for one in models])


def _told(model: ModelInfo) -> str:
    """What there is to know of one; its endpoint last, for a narrow terminal cuts the end."""
    place = f"({model.endpoint})" if model.endpoint else ""
    return " ".join(filter(None, [model.detail, place]))


def _with_choice(models: Sequence[ModelInfo], name: str) -> list[ModelInfo]:
    """The list with the model that a setting names marked, and added where it is not there."""
    if not name:
        return list(models)
    listed = [replace(one, chosen=one.name == name) for one in models]
    if any(one.chosen for one in listed):
        return listed
    like = _like(listed, name)
    return [replace(like, name=name, detail="named by a setting", chosen=True), *listed]


def _like(models: Sequence[ModelInfo], name: str) -> ModelInfo:
    """The row that a model of this name belongs to: of its provider, else of the endpoint."""
    kinds = {one.kind: one for one in reversed(models)}
    before = name.partition(":" if name.startswith("scripted:") else "/")[0]
    return kinds.get(before) or kinds.get("openai") or replace(models[0], kind="", endpoint="")
