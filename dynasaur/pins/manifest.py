"""`dynasaur.toml`: which sources a library wants, and what of them. People write it.

Where we change it, everything else in it stays as it is: comments, order, other tables.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dynasaur.errors import ConfigError, UsageError
from dynasaur.pins.address import Address, check_name, check_revision

MANIFEST = "dynasaur.toml"
_KEYS = ("url", "rev", "take", "hold", "fork")
_GLOB = re.compile(r"(?:[A-Za-z0-9_*?]+/)?[A-Za-z0-9_*?]+")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a library wants of one source.

    Attributes:
        name: What the source is called here.
        address: Where it lies.
        rev: A tag, a branch or a commit; empty for its default branch.
        take: Patterns of the actions to vendor (`text/*`, `web/fetch_page`).
        hold: It is not to be updated.
        fork: Where `give` pushes to; empty to push to the source itself.
    """

    name: str
    address: Address
    rev: str = ""
    take: tuple[str, ...] = ()
    hold: bool = False
    fork: str = ""


def read_manifest(data: bytes | None) -> dict[str, Wish]:
    """The sources that a manifest names; none where there is none.

    Raises:
        ConfigError: It cannot be read, or something in it has no sense.
    """
    sources = manifest_table(data).get("sources", {})
    if not isinstance(sources, dict):
        raise ConfigError(f"{MANIFEST}: sources is no table; write [sources.NAME]")
    wishes = {}
    for name, given in sources.items():
        try:
            wishes[name] = _wish(name, given)
        except UsageError as error:
            raise ConfigError(f"{MANIFEST}: sources.{name[:60]}: {error}") from None
    return wishes


def edit_manifest(data: bytes | None, name: str, values: Mapping[str, object] | None) -> bytes:
    """The manifest with one source's values set, or with the source taken away.

    Args:
        data: The manifest as it is.
        name: The source.
        values: What to set; None removes the source. A value of None removes the key; a list
            adds to the one that is there.

    Raises:
        ConfigError: The manifest cannot be read.
    """
    import tomlkit

    read_manifest(data)
    document = tomlkit.parse((data or b"").decode("utf-8"))
    if "sources" not in document:
        document["sources"] = tomlkit.table(is_super_table=True)
    sources: Any = document["sources"]
    if values is None:
        if name in sources:
            del sources[name]
    else:
        if name not in sources:
            sources[name] = tomlkit.table()
        for key, value in values.items():
            _set(sources[name], key, value)
    text = tomlkit.dumps(document).encode()
    read_manifest(text)  # what we write must be what we read
    return text


def _set(table: Any, key: str, value: object) -> None:
    if value is None:
        table.pop(key, None)
    elif isinstance(value, list) and key in table:
        for one in value:
            if one not in table[key]:
                table[key].append(one)
    else:
        table[key] = value


def check_glob(pattern: str) -> str:
    """A pattern of actions.

    Raises:
        UsageError: It is none.
    """
    if not _GLOB.fullmatch(pattern):
        raise UsageError(
            f"{pattern[:100]!r} is no pattern of actions: write NAME, CATEGORY/NAME or CATEGORY/*"
        )
    return pattern


def check_fork(text: str) -> Address:
    """The address of a fork of a source's repository.

    Raises:
        UsageError: It is none.
    """
    address = Address.parse(text)
    if address.folder:
        raise UsageError(
            f"a fork has the library where the source has it: leave #subdirectory={address.folder}"
            " out"
        )
    return address


def manifest_table(data: bytes | None) -> dict[str, Any]:
    """All that a manifest says.

    Raises:
        ConfigError: It cannot be read.
    """
    try:
        return tomllib.loads((data or b"").decode("utf-8"))
    except (UnicodeDecodeError, RecursionError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{MANIFEST}: cannot be read: {error}") from error


def _wish(name: str, given: object) -> Wish:
    check_name(name)
    if not isinstance(given, dict):
        raise UsageError("is no table; write [sources.NAME]")
    for key in given:
        if key not in _KEYS:
            raise UsageError(f"unknown key {key[:60]!r}: known are {', '.join(_KEYS)}")
    text = {key: given.get(key, "") for key in ("url", "rev", "fork")}
    take, hold = given.get("take", []), given.get("hold", False)
    if not all(isinstance(value, str) for value in text.values()) or not isinstance(hold, bool):
        raise UsageError("url, rev and fork must be texts, hold true or false")
    if not isinstance(take, list) or not all(isinstance(one, str) for one in take):
        raise UsageError("take must be a list of texts")
    if text["rev"]:
        check_revision(text["rev"])
    fork = check_fork(text["fork"]).url if text["fork"] else ""
    patterns = tuple(check_glob(one) for one in take)
    return Wish(name, Address.parse(text["url"]), text["rev"], patterns, hold, fork)
