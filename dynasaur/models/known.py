"""What is known of models: a table of ours, the user's own, and that of the library.

The user's table wins over ours. A library may come from a stranger: what its table says of a
price never counts, so that it cannot talk `--max-cost` down; the rest of it does.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from importlib.resources import files

from dynasaur.config.values import checked
from dynasaur.errors import ConfigError
from dynasaur.types import Manner, ModelFacts

_DATE = re.compile(r"-\d{4}-\d\d-\d\d\Z|-\d{8}\Z|-latest\Z")
_MANNER = tuple(one.name for one in fields(Manner))
_KEYS = ("context", "price", "images", *_MANNER)


def facts_of(
    name: str, own: Mapping[str, object] | None = None, library: Mapping[str, object] | None = None
) -> ModelFacts:
    """What is known of a model.

    Args:
        name: Its name, as the user gives it.
        own: The user's table: model's name to its entry.
        library: The library's table.

    Raises:
        ConfigError: An entry has no sense; names it.
    """
    facts = _read(_entry(name, _shipped()), name)
    theirs = _entry(name, library or {})
    if theirs:
        facts = replace(_updated(facts, theirs, name), price=facts.price)
    return _updated(facts, _entry(name, own or {}), name)


def _entry(name: str, table: Mapping[str, object]) -> Mapping[str, object]:
    """A model's entry, by its name, without its date, or without what stands before it."""
    bare = name.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    for key in (name, bare, _DATE.sub("", bare)):
        if key in table:
            entry = table[key]
            if not isinstance(entry, Mapping):
                raise ConfigError(f"models.{key}: must be a table with {', '.join(_KEYS)}")
            return {one.replace("-", "_"): value for one, value in entry.items()}
    return {}


def _read(entry: Mapping[str, object], name: str) -> ModelFacts:
    return _updated(ModelFacts(), entry, name)


def _updated(facts: ModelFacts, entry: Mapping[str, object], name: str) -> ModelFacts:
    if unknown := sorted(entry.keys() - set(_KEYS)):
        known = ", ".join(_KEYS)
        raise ConfigError(f"models.{name}: unknown key {unknown[0]!r}; known are {known}")
    context, price = entry.get("context", facts.context), facts.price
    if context is not None and (not isinstance(context, int) or context < 1_000):
        raise ConfigError(f"models.{name}: context must be a number of tokens, 1000 or more")
    if "price" in entry:
        price = _price(entry["price"], name)
    images = entry.get("images", facts.images)
    if not isinstance(images, bool):
        raise ConfigError(f"models.{name}: images must be true or false")
    said = {
        key: checked(key, value, f"models.{name}") for key, value in entry.items() if key in _MANNER
    }
    manner = Manner(**said).over(facts.manner)  # type: ignore[arg-type]
    return ModelFacts(context, price, images, manner)


def _price(value: object, name: str) -> tuple[float, float, float]:
    numbers = value if isinstance(value, list) else []
    if len(numbers) != 3 or not all(
        isinstance(one, int | float) and not isinstance(one, bool) and 0 <= one < float("inf")
        for one in numbers
    ):
        raise ConfigError(
            f"models.{name}: price must be three numbers: US dollars for a million tokens of "
            "prompt, of cached prompt, and of reply"
        )
    return float(numbers[0]), float(numbers[1]), float(numbers[2])


@cache
def _shipped() -> Mapping[str, object]:
    text = files("dynasaur").joinpath("models", "known.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
