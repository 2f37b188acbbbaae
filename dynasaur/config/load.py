"""Settings: defaults < the user's file < the library's pyproject < environment < flags."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from dynasaur.config.places import user_file
from dynasaur.config.settings import GUARDED, Settings
from dynasaur.config.values import checked
from dynasaur.errors import ConfigError


def load(root: Path, environ: Mapping[str, str], flags: Mapping[str, object]) -> Settings:
    """Settings for the library at `root`.

    Args:
        root: The library's root; `[tool.dynasaur]` of its `pyproject.toml` is read when there is
            one. What guards against the library (`GUARDED`) it cannot change.
        environ: The environment; `DYNASAUR_MAX_STEPS` sets `max_steps`, and so on.
        flags: What the command line gave; None means not given.

    Raises:
        ConfigError: A setting is unknown or its value has no sense; names where it stands.
    """
    values: dict[str, object] = {}
    own, theirs = user_file(), root / "pyproject.toml"
    for where, found in (
        (own, _from_file(own, ())),
        (theirs, _of_library(theirs)),
        ("the environment", _from_environment(environ)),
        ("the command line", {name: v for name, v in flags.items() if v is not None}),
    ):
        for name, value in found.items():
            values[name] = checked(name, value, where)
    return Settings(**values)  # type: ignore[arg-type]


def given(environ: Mapping[str, str], flags: Mapping[str, object]) -> frozenset[str]:
    """Names of the settings that the environment or the command line gives.

    Args:
        environ: The environment.
        flags: What the command line gave; None means not given.
    """
    return frozenset(_from_environment(environ)) | {n for n, v in flags.items() if v is not None}


_TABLES = frozenset({"models", "mcp", "apis"})
"""What stands beside the settings, and is read where it is used."""


def _from_file(path: Path, tables: Sequence[str]) -> Mapping[str, object]:
    settings = table_of(path, tables)
    return {name.replace("-", "_"): v for name, v in settings.items() if name not in _TABLES}


def table_of(path: Path, tables: Sequence[str]) -> Mapping[str, object]:
    """A table of a TOML file; empty where there is none. Raises ConfigError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    settings: object = table
    for name in tables:
        settings = settings.get(name, {}) if isinstance(settings, dict) else settings
    if not isinstance(settings, dict):
        raise ConfigError(f"{path}: tool.dynasaur is no table; write [tool.dynasaur]")
    return settings


def _of_library(path: Path) -> Mapping[str, object]:
    """A library's own settings, but for those that guard against it: they stay the user's."""
    found = _from_file(path, ("tool", "dynasaur"))
    for name, safe in GUARDED.items():
        if found.get(name, safe) != safe:
            raise ConfigError(
                f"{path}: a library cannot set {name}, which guards against its own code; where "
                f"you trust it, say so on the command line, as DYNASAUR_{name.upper()}, or in "
                f"{user_file()}"
            )
    return {name: value for name, value in found.items() if name not in GUARDED}


def _from_environment(environ: Mapping[str, str]) -> Mapping[str, object]:
    names = (field.name for field in fields(Settings))
    return {name: environ[key] for name in names if environ.get(key := f"DYNASAUR_{name.upper()}")}
