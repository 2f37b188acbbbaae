"""The bare names that a library gives to actions of its sources, in `dynasaur.toml`.

    [alias]
    fetch = "acme/web/fetch_page"

Nothing else gives one: a bare name never means a source's action unasked.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from pathlib import Path

from dynasaur.config import PACKAGE
from dynasaur.errors import ConfigError
from dynasaur.pins.manifest import MANIFEST, manifest_table

_ID = re.compile(r"[a-z][a-z0-9_]*(?:/[A-Za-z_][A-Za-z0-9_]*){1,2}")


def read_aliases(data: bytes | None) -> dict[str, str]:
    """The bare names that a library gives to actions of its sources: name to id.

    Raises:
        ConfigError: It cannot be read, or something in it has no sense.
    """
    aliases = manifest_table(data).get("alias", {})
    if not isinstance(aliases, dict):
        raise ConfigError(f"{MANIFEST}: alias is no table; write [alias]")
    for name, id_ in aliases.items():
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ConfigError(f"{MANIFEST}: alias.{name[:60]}: is no name of a function")
        if not isinstance(id_, str) or not _ID.fullmatch(id_):
            raise ConfigError(
                f'{MANIFEST}: alias.{name[:60]}: write its whole name, "SOURCE/CATEGORY/NAME"'
            )
    return aliases


def aliases_of(root: Path) -> Mapping[str, str]:
    """The aliases of a library: name to full module name.

    A manifest that cannot be read gives none; the commands about sources tell of it.
    """
    try:
        aliases = read_aliases((root / MANIFEST).read_bytes())
    except (OSError, ConfigError):
        return {}
    mount = f"{PACKAGE}.vendor"
    return {name: f"{mount}.{id_.replace('/', '.')}" for name, id_ in aliases.items()}
