"""The published JSON schema of a trajectory."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import cast

from dynasaur.types import Json


def schema() -> dict[str, Json]:
    """The JSON schema (draft 2020-12) that every saved trajectory keeps to."""
    text = files("dynasaur").joinpath("trajectory", "schema.json").read_text(encoding="utf-8")
    return cast("dict[str, Json]", json.loads(text))
