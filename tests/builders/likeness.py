"""Whether two functions are the same program: same code, and the same meaning of its names."""

from __future__ import annotations

import builtins
import dis
import enum
import types
from collections.abc import Iterator
from types import CodeType, FunctionType

_SIMPLE = int | float | complex | str | bytes | types.EllipsisType | types.ModuleType


def difference(old: object, new: object, *, depth: int = 12) -> str:
    """The first way in which two values differ as programs; empty where they do not.

    Functions are compared by their compiled code and by what the names in it mean, classes by
    their members, containers by their elements, other values by type and `repr`.
    """
    return next(_differences(old, new, depth, set()), "")


def _differences(old: object, new: object, depth: int, seen: set[int]) -> Iterator[str]:
    if old is new or depth == 0 or id(new) in seen:
        return
    seen.add(id(new))
    if type(old).__name__ != type(new).__name__:
        yield f"{old!r:.60} became {new!r:.60}"
    elif isinstance(old, FunctionType) and isinstance(new, FunctionType):
        yield from _functions(old, new, depth, seen)
    elif isinstance(old, _SIMPLE | enum.Enum) and str(old) != str(new):
        yield f"{old!r:.60} became {new!r:.60}"
    else:
        ones, others = _parts(old), _parts(new)
        if list(ones) != list(others):
            yield f"{list(ones)!r:.60} became {list(others)!r:.60}"
        for key in ones.keys() & others.keys():
            yield from _differences(ones[key], others[key], depth - 1, seen)


def _parts(value: object) -> dict[str, object]:
    """What a value is made of: a class's members, a container's elements."""
    match value:
        case type():
            own = {"__module__", "__dict__", "__weakref__", "__doc__"}
            own |= {"__firstlineno__", "__static_attributes__"}  # of Python 3.13
            return {name: part for name, part in vars(value).items() if name not in own}
        case list() | tuple():
            return {str(number): part for number, part in enumerate(value)}
        case dict():
            return {str(key): part for key, part in value.items()}
        case _:
            return {"wrapped": getattr(value, "__wrapped__", None)}


def _functions(old: FunctionType, new: FunctionType, depth: int, seen: set[int]) -> Iterator[str]:
    yield from _codes(old.__code__, new.__code__)
    yield from _differences(old.__defaults__, new.__defaults__, depth - 1, seen)
    yield from _differences(old.__kwdefaults__, new.__kwdefaults__, depth - 1, seen)
    for name in _global_names(old.__code__):
        if name in old.__globals__ and name not in new.__globals__:
            if old.__globals__[name] is not getattr(builtins, name, None):
                yield f"{old.__name__} lost {name}"
        elif name in old.__globals__:
            for found in _differences(
                old.__globals__[name], new.__globals__[name], depth - 1, seen
            ):
                yield f"{name}: {found}"


def _codes(old: CodeType, new: CodeType) -> Iterator[str]:
    for part in ("co_names", "co_varnames", "co_freevars", "co_flags"):
        if getattr(old, part) != getattr(new, part):
            yield f"{part} of {old.co_name}"
    for one, other in zip(old.co_consts, new.co_consts, strict=True):
        if isinstance(one, CodeType):
            yield from _codes(one, other)
        elif one != other and repr(one) != repr(other):  # sets have no order, nan no equal
            yield f"constant {one!r:.60} became {other!r:.60}"


def _global_names(code: CodeType) -> set[str]:
    """Names that the code and the functions in it may look up in the module."""
    names = {
        instruction.argval
        for instruction in dis.get_instructions(code)
        if instruction.opname in {"LOAD_GLOBAL", "LOAD_NAME"}
        and not instruction.argval.startswith("__")  # `__name__`, `__file__`: of the module itself
    }
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _global_names(constant)
    return names
