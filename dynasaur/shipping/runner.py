"""Calls one Python function from the command line; needs nothing but the standard library.

Arguments stand in order or as `--name VALUE`; what is no text is written as JSON. The result is
printed: text as it is, everything else as JSON.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import sys
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path, PurePath
from typing import Any

from dynasaur.kernel.inside.plain import to_json

_ISO = (datetime, date, time)
_MADE = (Path, PurePath, Decimal, Fraction)
_LISTS = {"list", "Sequence", "MutableSequence", "Iterable", "Iterator", "Collection"}
_HELP = ("-h", "--help")


class Usage(Exception):  # noqa: N818 - it is shown to people, without a traceback
    """The words make no call."""


def run(function: Callable[..., Any], words: Sequence[str] | None = None) -> int:
    """Call a function with the words of a command line, and print what it gives.

    Args:
        function: The function.
        words: The words; those of this process where None.

    Returns:
        The exit code: 1 when the function raised, 2 when the words make no call.
    """
    given = list(sys.argv[1:] if words is None else words)
    if any(word in _HELP for word in given):
        sys.stdout.write(f"{_help(function)}\n")
        return 0
    try:
        places, named = arguments(function, given)
    except Usage as error:
        sys.stderr.write(f"{function.__name__}: {error}; see --help\n")
        return 2
    try:
        result = function(*places, **named)
        if inspect.isawaitable(result):
            result = asyncio.run(_whole(result))
        text = (
            result if isinstance(result, str) else json.dumps(to_json(result), ensure_ascii=False)
        )
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - whatever it raises is its caller's to read
        said = " ".join(str(error).split())
        sys.stderr.write(f"{function.__name__}: {type(error).__name__}: {said}\n")
        return 1
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")
    return 0


def arguments(
    function: Callable[..., Any], words: Sequence[str]
) -> tuple[list[Any], dict[str, Any]]:
    """What words give to a function, by place and by name.

    Raises:
        Usage: They do not fit.
    """
    parameters = inspect.signature(function).parameters
    hints = _hints(function)
    named, rest = _options(parameters, hints, list(words))
    places: list[Any] = []
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    earlier = [name for name, one in parameters.items() if one.kind is kind]
    for one in parameters.values():
        hint = hints.get(one.name, Any)
        if one.kind is one.VAR_POSITIONAL:
            if rest:  # before what it takes, each parameter needs its place
                places += [named.pop(name, parameters[name].default) for name in earlier]
            places += [_value(one.name, hint, word) for word in rest]
            rest = []
        elif one.name in named:
            if one.kind is one.POSITIONAL_ONLY:
                places.append(named.pop(one.name))
        elif rest and one.kind in {one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD}:
            value = _value(one.name, hint, rest.pop(0))
            if one.kind is one.POSITIONAL_ONLY:
                places.append(value)
            else:
                named[one.name] = value
        elif one.default is one.empty and one.kind is not one.VAR_KEYWORD:
            raise Usage(f"{one.name} is missing")
    if rest:
        raise Usage(f"there is no place for {rest[0]!r}")
    return places, named


def _options(
    parameters: Mapping[str, inspect.Parameter], hints: Mapping[str, Any], words: list[str]
) -> tuple[dict[str, Any], list[str]]:
    """What is given by name, and the words that are left."""
    named: dict[str, Any] = {}
    rest = []
    others = next((one.name for one in parameters.values() if one.kind is one.VAR_KEYWORD), None)
    variadic = {inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL}
    while words:
        word = words.pop(0)
        text, equals, value = word[2:].partition("=")
        if not word.startswith("--") or not text[:1].isalpha():
            rest.append(word)
            continue
        name = text.replace("-", "_")
        off = name.startswith("no_") and hints.get(name[3:]) is bool
        name = name[3:] if off else name
        known = name in parameters and parameters[name].kind not in variadic
        if not known and others is None:
            raise Usage(f"there is no --{text}")
        hint = hints.get(name if known else str(others), Any)
        if hint is bool and not equals:
            named[name] = not off
        elif equals or words:
            named[name] = _value(name, hint, value if equals else words.pop(0))
        else:
            raise Usage(f"--{text} needs a value")
    return named, rest


def _value(name: str, hint: Any, word: str) -> Any:
    try:
        return convert(hint, word, is_word=True)
    except (ValueError, TypeError, KeyError, ArithmeticError) as error:
        raise Usage(f"{name}: {word!r} does not fit {_shown(hint)} ({error})") from None


def convert(hint: Any, value: Any, *, is_word: bool = False) -> Any:
    """A value of a type from JSON, or from a word of a command line.

    Raises:
        ValueError: It is none.
        TypeError: It is none.
    """
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any or hint is object or isinstance(hint, typing.TypeVar):
        return _loose(value) if is_word else value
    if origin in {typing.Union, types.UnionType}:
        return _first(inner, value, is_word=is_word)
    if origin is typing.Literal:
        return {str(one): one for one in inner}[str(value)]
    if origin is typing.Annotated:
        return convert(inner[0], value, is_word=is_word)
    if hint is str:
        return _exactly(str, value)
    if hint is bytes:
        return _exactly(str, value).encode()
    kind = origin or hint
    if isinstance(kind, type) and issubclass(kind, (*_ISO, *_MADE, Enum)):
        return kind.fromisoformat(value) if issubclass(kind, _ISO) else kind(value)
    if is_word:
        listed = inner and getattr(kind, "__name__", "") in {*_LISTS, "set", "frozenset"}
        if listed and not value.lstrip().startswith("["):
            parts = [part.strip() for part in value.split(",")] if value.strip() else []
            return _collected(kind, [convert(inner[0], part, is_word=True) for part in parts])
        value = _json(value)
    return _structured(kind, inner, value)


def _structured(kind: Any, inner: tuple[Any, ...], value: Any) -> Any:
    if kind in {int, float, bool, type(None)}:
        return _scalar(kind, value)
    if kind is tuple and isinstance(value, list):
        if inner and inner[-1] is not ...:
            return tuple(convert(one, each) for one, each in zip(inner, value, strict=True))
        return tuple(convert(inner[0], each) for each in value) if inner else tuple(value)
    if isinstance(value, list):
        return _collected(kind, [convert(inner[0], each) for each in value] if inner else value)
    if isinstance(value, dict):
        hints = _hints(kind) if isinstance(kind, type) else {}
        if is_dataclass(kind) or hasattr(kind, "_fields"):
            return kind(**{key: convert(hints.get(key, Any), one) for key, one in value.items()})
        if typing.is_typeddict(kind):
            return {key: convert(hints.get(key, Any), one) for key, one in value.items()}
        if len(inner) == 2:
            return {_key(inner[0], key): convert(inner[1], one) for key, one in value.items()}
    if isinstance(kind, type) and kind in {list, dict, set, frozenset, tuple}:
        raise ValueError(f"no {kind.__name__}")
    return value


def _collected(kind: Any, items: list[Any]) -> Any:
    return kind(items) if kind in {set, frozenset} else items


def _scalar(kind: Any, value: Any) -> Any:
    if kind is float and isinstance(value, int | float | str) and not isinstance(value, bool):
        return float(value)
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    fits = value is None if kind is type(None) else type(value) is kind
    if not fits:
        raise ValueError(f"no {kind.__name__}")
    return value


def _first(hints: Sequence[Any], value: Any, *, is_word: bool) -> Any:
    """The first type that takes it; text, which takes anything, last."""
    for hint in sorted(hints, key=lambda one: one is str):
        try:
            return convert(hint, value, is_word=is_word)
        except (ValueError, TypeError, KeyError, ArithmeticError):
            continue
    raise ValueError("none of these")


def _exactly(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"no {kind.__name__}")
    return value


def _key(hint: Any, text: str) -> Any:
    return convert(hint, text, is_word=True) if hint in {int, float} else text


def _json(word: str) -> Any:
    named = {"true": True, "false": False, "none": None, "null": None}
    try:
        return named[word.lower()] if word.lower() in named else json.loads(word)
    except ValueError:
        return word


def _loose(value: Any) -> Any:
    return _json(value) if isinstance(value, str) else value


def _hints(function: Any) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function)
    except Exception:  # noqa: BLE001 - hints may name what is not there
        return {}


def _shown(hint: Any) -> str:
    return hint.__name__ if isinstance(hint, type) else str(hint).replace("typing.", "")


def _help(function: Callable[..., Any]) -> str:
    parameters = inspect.signature(function).parameters.values()
    shown = [one.name if one.default is one.empty else f"[{one.name}]" for one in parameters]
    usage = " ".join([Path(sys.argv[0]).name, *shown])
    return f"usage: {usage}\n\n{inspect.getdoc(function) or ''}".rstrip()


async def _whole(result: Any) -> Any:
    return await result
