"""Settings: defaults < the user's file < the library's pyproject < environment < flags.

Also where the library is, since that has to be known before its settings can be read.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from dynasaur.errors import ConfigError, UsageError
from dynasaur.proxy.allowed import check_network
from dynasaur.types import Evidence

PACKAGE = "actions"
"""The folder in a library's root that holds its actions."""

DELIVERIES = ("merge", "branch", "pr", "none")
"""What becomes of a run's commits: the current branch is fast-forwarded, they are left on a branch
of their own, that branch is pushed for a pull request, or nothing is committed."""

INSTALLS = ("ask", "allow", "deny")
"""What becomes of packages that code asks for: a person is asked where one is there and only
those of the setting `packages` are installed where not, all are, or none is."""

RETRIEVERS = ("lexical", "hybrid")
"""How actions are found: by words alone, or by an embedding model, too."""

APPROVALS = ("never", "writes", "always")
"""Which code a person must approve: none, that which may write or reach out, or all of it."""

_CHOICES = {
    "approve": APPROVALS,
    "deliver": DELIVERIES,
    "install": INSTALLS,
    "retriever": RETRIEVERS,
}

GUARDED = {
    "sandbox": "auto",
    "network": "none",
    "install": "ask",
    "packages": "",
    "gateway": "",
    "kernel_name": "",
    "embeddings": "",
    "approve": "always",
    "max_tokens": 0,
    "max_cost": 0.0,
    "max_seconds": 0.0,
}
"""Settings that only the user can change, and what they are in a library's own settings: it may
have come from a stranger."""

SMALLEST, LARGEST = 128 * 1024**2, 1024**5
"""Bytes of memory that a kernel can be given: too little starts none."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set; every field can stand in pyproject, environment and flags.

    Attributes:
        model: Name of the model; empty to use what is configured, else the built-in planner.
        max_steps: Steps after which a run ends unsolved.
        max_tokens: Tokens after which it does; 0 for no limit.
        max_cost: US dollars after which it does; 0 for no limit.
        max_seconds: Wall time after which it does; 0 for no limit.
        approve: Which code a person must approve before it runs; one of `APPROVALS`.
        cell_timeout: Seconds that one cell may run.
        k: How many actions are offered with the task.
        accept: The weakest evidence that admits an action.
        sandbox: The kernel's sandbox: `auto`, or one tier by name.
        memory: What a kernel may use, such as `4GiB` or `512MiB`.
        network: What a kernel may reach: `none`, `allow=DOMAIN[,DOMAIN...]`, or `full`.
        install: What becomes of packages that code asks for; one of `INSTALLS`.
        packages: Those that are installed without asking: names with versions or without, between
            commas.
        gateway: The address of a Jupyter gateway to run kernels on; empty for this machine.
        kernel_name: An installed kernelspec to use instead of the sandbox; empty for none.
        deliver: What becomes of a run's commits; one of `DELIVERIES`.
        retriever: How actions are found; one of `RETRIEVERS`.
        embeddings: The embedding model of the hybrid retriever: a name at the endpoint, or
            `local:NAME`; empty for OpenAI's small one.
    """

    model: str = ""
    max_steps: int = 20
    max_tokens: int = 0
    max_cost: float = 0.0
    max_seconds: float = 0.0
    approve: str = "never"
    cell_timeout: float = 300.0
    k: int = 10
    accept: Evidence = Evidence.SOLVED
    sandbox: str = "auto"
    memory: str = "4GiB"
    network: str = "none"
    install: str = "ask"
    packages: str = ""
    gateway: str = ""
    kernel_name: str = ""
    deliver: str = "merge"
    retriever: str = "lexical"
    embeddings: str = ""

    @property
    def memory_bytes(self) -> int:
        """`memory` in bytes."""
        return _bytes(self.memory)


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
            values[name] = _checked(name, value, where)
    return Settings(**values)  # type: ignore[arg-type]


def find_library(flag: Path | None, cwd: Path, environ: Mapping[str, str]) -> Path:
    """The library's root, which need not exist yet.

    That of `--library` when given, else the nearest folder from `cwd` up that holds an actions
    package, else `DYNASAUR_LIBRARY`, else one in the user's data folder.

    Raises:
        UsageError: The flag or the variable names something that is not a folder.
    """
    if flag is not None:
        return _folder(flag, "--library")
    for folder in (cwd, *cwd.parents):
        if (folder / PACKAGE / "__init__.py").is_file():
            return folder
    if named := environ.get("DYNASAUR_LIBRARY"):
        return _folder(Path(named).expanduser(), "DYNASAUR_LIBRARY")
    from platformdirs import user_data_path

    return user_data_path("dynasaur") / "library"


def data_folder(root: Path) -> Path:
    """Where a library's runs, index and counters lie: `.dynasaur/` in it, which git ignores.

    For a library that cannot be written, a folder of its own in the user's state folder.
    """
    own = root / ".dynasaur"
    if os.access(own if own.exists() else root, os.W_OK):
        return own
    from platformdirs import user_state_path

    name = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    return user_state_path("dynasaur") / "libraries" / name


def cache_folder() -> Path:
    """Where what is kept of sources lies, for all libraries of a user."""
    from platformdirs import user_cache_path

    return user_cache_path("dynasaur") / "sources"


def trust_file() -> Path:
    """Where it stands which sources the user has agreed to."""
    from platformdirs import user_data_path

    return user_data_path("dynasaur") / "trust.toml"


def _folder(path: Path, where: str) -> Path:
    if path.exists() and not path.is_dir():
        raise UsageError(f"{where}: {path} is a file; name the library's folder")
    return path.absolute()


def user_file() -> Path:
    """The user's own settings, for all libraries."""
    from platformdirs import user_config_path

    return user_config_path("dynasaur") / "config.toml"


def _from_file(path: Path, tables: Sequence[str]) -> Mapping[str, object]:
    settings = table_of(path, tables)
    return {name.replace("-", "_"): v for name, v in settings.items() if name != "models"}


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


def _checked(name: str, value: object, where: object) -> object:
    known = {field.name: field.default for field in fields(Settings)}
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        raise ConfigError(f"{where}: unknown setting {name!r}: {hint}")
    result = _converted(name, value, type(known[name]), where)
    if result not in _CHOICES.get(name, (result,)):
        expected = ", ".join(_CHOICES[name])
        raise ConfigError(f"{where}: {name} = {value!r}: must be one of {expected}")
    if isinstance(result, int | float) and not 0 < result < float("inf"):
        raise ConfigError(f"{where}: {name} = {value!r}: must be above zero")
    try:
        if name == "network":
            check_network(str(result))
        if name == "memory":
            _bytes(str(result))
    except ValueError:
        raise ConfigError(f"{where}: memory = {value!r}: must be like 4GiB or 512MiB") from None
    except UsageError as error:
        raise ConfigError(f"{where}: {error}") from None
    return result


def _converted(name: str, value: object, kind: Any, where: object) -> object:
    try:
        if isinstance(value, bool) or (kind is str and not isinstance(value, str)):
            raise ValueError  # noqa: TRY301 - one way out for all values without sense
        if kind is int and isinstance(value, float):
            raise ValueError  # noqa: TRY301
        return kind(value)
    except (TypeError, ValueError):
        raise ConfigError(f"{where}: {name} = {value!r}: {_expected(kind)}") from None


def _bytes(size: str) -> int:
    """A size in bytes; ValueError where it has no sense or could start no kernel."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT])(?:i?B)?", size.strip(), re.IGNORECASE)
    if not found:
        raise ValueError(size)
    result = int(float(found[1]) * 1024 ** ("KMGT".index(found[2].upper()) + 1))
    if not SMALLEST <= result <= LARGEST:
        raise ValueError(size)
    return result


def _expected(kind: type) -> str:
    if kind is Evidence:
        return f"must be one of {', '.join(Evidence)}"
    return {int: "must be a whole number", float: "must be a number"}.get(kind, "must be text")
