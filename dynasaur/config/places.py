"""Where a library is, and where what belongs to it and to the user lies."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from dynasaur.errors import UsageError

PACKAGE = "actions"
"""The folder in a library's root that holds its actions."""


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

    return user_state_path("dynasaur") / "libraries" / _name_of(root)


def records_folder() -> Path:
    """Where evaluations keep what may lie in no repository, each in a folder of its own."""
    from platformdirs import user_state_path

    return user_state_path("dynasaur") / "evals"


def cache_folder() -> Path:
    """Where what is kept of sources lies, for all libraries of a user."""
    from platformdirs import user_cache_path

    return user_cache_path("dynasaur") / "sources"


def words_file(root: Path) -> Path:
    """Where the words of a library's texts are kept between reviews."""
    from platformdirs import user_cache_path

    return user_cache_path("dynasaur") / "review" / f"{_name_of(root)}.words"


def trust_file() -> Path:
    """Where it stands which sources the user has agreed to."""
    return data_place("trust.toml")


def data_place(name: str) -> Path:
    """A file of this name in the user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("dynasaur") / name


def _name_of(root: Path) -> str:
    """What a library is called in the user's own folders."""
    return hashlib.sha256(os.fsencode(root)).hexdigest()[:16]


def _folder(path: Path, where: str) -> Path:
    if path.exists() and not path.is_dir():
        raise UsageError(f"{where}: {path} is a file; name the library's folder")
    return path.absolute()


def user_file() -> Path:
    """The user's own settings, for all libraries."""
    from platformdirs import user_config_path

    return user_config_path("dynasaur") / "config.toml"
