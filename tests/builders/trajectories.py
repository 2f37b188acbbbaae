"""Hold trajectories against the published schema."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from dynasaur.trajectory import FORMAT, schema


@cache
def validator() -> Draft202012Validator:
    """The schema, so strict that a field which it does not tell of is an error, too."""
    strict: Any = _closed(schema())
    Draft202012Validator.check_schema(strict)
    return Draft202012Validator(strict)


def _closed(value: Any) -> Any:
    if isinstance(value, list):
        return [_closed(item) for item in value]
    if isinstance(value, dict):
        inner = {key: _closed(item) for key, item in value.items()}
        return {**inner, "additionalProperties": False} if "properties" in inner else inner
    return value


def faults(folder: Path) -> list[str]:
    """What is wrong with the trajectories below a folder; files of other formats are left out."""
    found = []
    for file in folder.glob("**/runs/*/trajectory.json"):
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            continue
        if isinstance(document, dict) and document.get("format") == FORMAT:
            found += [
                f"{file.parent.name}: {error.json_path}: {error.message[:300]}"
                for error in validator().iter_errors(document)
            ]
    return found
