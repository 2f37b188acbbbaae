"""What a value must be to be one of a setting."""

from __future__ import annotations

import re
from dataclasses import fields
from difflib import get_close_matches
from typing import Any

from dynasaur.config.settings import CHOICES, Settings
from dynasaur.config.sizes import size_in_bytes
from dynasaur.errors import ConfigError, UsageError
from dynasaur.proxy.allowed import check_network
from dynasaur.types import Evidence

_KINDS: dict[str, type] = {
    "temperature": float,
    "seed": int,
    "max_output_tokens": int,
    "search_price": float,
}
"""Of settings that have no default of their type."""

_PATTERN = re.compile(r"https://[A-Za-z0-9.-]+(?:/[A-Za-z0-9_.~*-]+)+/?")

_FROM_ZERO = {"temperature": 2.0, "seed": 2.0**63, "retries": 100.0, "search_price": 100.0}
"""Numbers that may be zero, and how large they may be."""


def checked(name: str, value: object, where: object) -> object:
    """The value that a setting has, of its type.

    Args:
        name: The setting's name.
        value: What was given for it.
        where: Where it stands, for errors.

    Raises:
        ConfigError: There is no such setting, or the value has no sense.
    """
    known = {field.name: field.default for field in fields(Settings)}
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        raise ConfigError(f"{where}: unknown setting {name!r}: {hint}")
    result = _converted(name, value, _KINDS.get(name, type(known[name])), where)
    if result not in CHOICES.get(name, (result,)):
        expected = ", ".join(CHOICES[name])
        raise ConfigError(f"{where}: {name} = {value!r}: must be one of {expected}")
    why = _no_number(name, result) if isinstance(result, int | float) else _no_text(name, result)
    if why:
        raise ConfigError(f"{where}: {name} = {value!r}: {why}")
    if name == "network":
        try:
            check_network(str(result))
        except UsageError as error:
            raise ConfigError(f"{where}: {error}") from None
    return result


def _no_number(name: str, number: float) -> str:
    """What a number must be that it is not; empty where it is."""
    most = _FROM_ZERO.get(name)
    if most is None:
        return "" if 0 < number < float("inf") else "must be above zero"
    return "" if 0 <= number <= most else f"must be from 0 to {most:g}"


def _no_text(name: str, text: object) -> str:
    """What a text must be like that it is not; empty where it is."""
    if name == "memory":
        try:
            size_in_bytes(str(text))
        except ValueError:
            return "must be like 4GiB or 512MiB"
    if name == "reasoning_effort" and not re.fullmatch(r"[\w-]{1,32}", str(text)):
        return "must be a word, such as low or high"
    if name == "allowed_sources":
        return _no_patterns(str(text))
    return _no_paths(str(text)) if name == "hooks" else ""


def _no_paths(text: str) -> str:
    paths = (one.strip() for one in text.split(",") if one.strip())
    whole = all(one.startswith(("/", "~")) and one.isprintable() for one in paths)
    return "" if whole else "must be whole paths of repositories, such as ~/actions"


def _no_patterns(text: str) -> str:
    for pattern in filter(None, (one.strip() for one in text.split(","))):
        if not _PATTERN.fullmatch(pattern):
            return f"{pattern!r} is no pattern: write https://HOST/PATH, where * stands for a part"
    return ""


def _converted(name: str, value: object, kind: Any, where: object) -> object:
    try:
        if isinstance(value, bool) or (kind is str and not isinstance(value, str)):
            raise ValueError  # noqa: TRY301 - one way out for all values without sense
        if kind is int and isinstance(value, float):
            raise ValueError  # noqa: TRY301
        return kind(value)
    except (TypeError, ValueError):
        raise ConfigError(f"{where}: {name} = {value!r}: {_expected(kind)}") from None


def _expected(kind: type) -> str:
    if kind is Evidence:
        return f"must be one of {', '.join(Evidence)}"
    return {int: "must be a whole number", float: "must be a number"}.get(kind, "must be text")
