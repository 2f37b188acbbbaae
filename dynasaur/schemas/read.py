"""A type hint's text read as a shape; names that the module itself defines are followed."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from dynasaur.schemas.shape import (
    Shape,
    anything,
    array,
    choice,
    constructed,
    either,
    number,
    plain,
    record,
    row,
    table,
)
from dynasaur.source.text import words
from dynasaur.types import Json

_DEEPEST = 12
_LISTS = words("list List Sequence MutableSequence Iterable Iterator Collection Generator")
_SETS = {"set": "set", "Set": "set", "AbstractSet": "set", "MutableSet": "set"} | dict.fromkeys(
    ("frozenset", "FrozenSet"), "frozenset"
)
_TABLES = words("dict Dict Mapping MutableMapping OrderedDict DefaultDict defaultdict Counter")
_THROUGH = words("Annotated Final Required NotRequired ReadOnly")
_TEXT: Mapping[str, Json] = {"type": "string"}
_ROWS: Mapping[str, Json] = {"type": "array", "items": {"type": "object"}}
_LIST: Mapping[str, Json] = {"type": "array"}
_EXACT: Mapping[str, Json] = {"type": ["number", "string"]}


def _time(name: str, form: str) -> Shape:
    made_by = f"__import__('datetime').{name}.fromisoformat"
    return constructed({"type": "string", "format": form}, made_by, str)


_PLAIN: Mapping[str, Callable[[], Shape]] = {
    "bool": lambda: plain({"type": "boolean"}, bool),
    "str": lambda: plain(_TEXT, str),
    "int": lambda: number("int"),
    "float": lambda: number("float"),
    "None": lambda: plain({"type": "null"}, type(None)),
    "bytes": lambda: plain(_TEXT, str, source=_bytes),
    "Path": lambda: constructed(_TEXT, "__import__('pathlib').Path", str),
    "PurePath": lambda: constructed(_TEXT, "__import__('pathlib').PurePath", str),
    "PathLike": lambda: plain(_TEXT, str),
    "date": lambda: _time("date", "date"),
    "datetime": lambda: _time("datetime", "date-time"),
    "time": lambda: _time("time", "time"),
    "Decimal": lambda: constructed(_EXACT, "__import__('decimal').Decimal", str, int, float),
    "Fraction": lambda: constructed(_EXACT, "__import__('fractions').Fraction", str, int, float),
    "DataFrame": lambda: constructed(_ROWS, "__import__('pandas').DataFrame", list, gives={}),
    "Series": lambda: constructed(_LIST, "__import__('pandas').Series", list, gives={}),
    "ndarray": lambda: constructed(_LIST, "__import__('numpy').array", list, gives={}),
    "tuple": lambda: array(anything(), "tuple"),
    "Tuple": lambda: array(anything(), "tuple"),
}


class Hints:
    """The hints of one module.

    Args:
        text: The module's text, whose own types are followed.
        module: Its full dotted name in the kernel.
    """

    def __init__(self, text: str, module: str) -> None:
        self._module = module
        try:
            body = ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            body = []
        self._classes = {one.name: one for one in body if isinstance(one, ast.ClassDef)}
        self._aliases = dict(_aliases(body))

    def shape(self, annotation: str) -> Shape:
        """What a hint is in JSON; what is not known can be anything."""
        try:
            tree = ast.parse(annotation.strip() or "Any", mode="eval").body
            return self._shape(tree, 0)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return anything()

    def _shape(self, tree: ast.expr, depth: int) -> Shape:
        if depth > _DEEPEST:
            return anything()
        match tree:
            case ast.Constant(value=None):
                return _PLAIN["None"]()
            case ast.Constant(value=str() as text):
                return self._shape(ast.parse(text, mode="eval").body, depth + 1)
            case ast.BinOp(op=ast.BitOr()):
                return either([self._shape(one, depth + 1) for one in _members(tree)])
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return self._named(name, depth)
            case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
                return self._made(name, _parts(inner), depth + 1)
        return anything()

    def _made(self, name: str, parts: list[ast.expr], depth: int) -> Shape:
        """`name[parts]`."""
        if name == "Literal":
            return _literal(parts)
        inner = [self._shape(one, depth) for one in parts]
        if name in {"Union", "Optional"}:
            return either([*inner, *([_PLAIN["None"]()] if name == "Optional" else [])])
        if name in {"tuple", "Tuple"}:
            if len(parts) == 2 and isinstance(parts[1], ast.Constant) and parts[1].value is ...:
                return array(inner[0], "tuple")
            return row([] if isinstance(parts[0], ast.Tuple) else inner)
        if name in _LISTS | {"deque"}:
            return array(inner[0])
        if name in _SETS:
            return array(inner[0], _SETS[name])
        if name in _TABLES:
            value = inner[1] if len(inner) > 1 else number("int")
            return table(inner[0], value)
        return inner[0] if name in _THROUGH else self._named(name, depth)

    def _named(self, name: str, depth: int) -> Shape:
        if name in self._classes:
            return self._class(self._classes[name], depth + 1)
        if name in self._aliases:
            return self._shape(self._aliases[name], depth + 1)
        if name in _PLAIN:
            return _PLAIN[name]()
        if name in _LISTS:
            return array(anything())
        if name in _SETS:
            return array(anything(), _SETS[name])
        return table(anything(), anything()) if name in _TABLES else anything()

    def _class(self, node: ast.ClassDef, depth: int) -> Shape:
        """A class that the module defines, where values of it can be made of JSON."""
        bases = {name for base in node.bases if (name := _name(base))}
        kinds = bases | {name for one in node.decorator_list if (name := _name(one))}
        made_by = f"__import__({self._module!r}, fromlist=['_']).{node.name}"
        if kinds & {"Enum", "StrEnum", "IntEnum"}:
            return choice(_values(node), made_by)
        if not kinds & {"TypedDict", "dataclass", "NamedTuple", "BaseModel"}:
            return anything()
        total = not any(
            key.arg == "total" and isinstance(key.value, ast.Constant) and key.value.value is False
            for key in node.keywords
        )
        fields, required = {}, []
        for part in node.body:
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                fields[part.target.id] = self._shape(part.annotation, depth)
                free = part.value is not None or not total or _is_free(part.annotation)
                required += [] if free else [part.target.id]
        if "TypedDict" in kinds:
            return record(fields, required)
        made = record(fields, required, made_by)
        # A NamedTuple leaves the kernel as a list; a class of others as it likes.
        gives: Mapping[str, Json] = {"type": "array"} if "NamedTuple" in kinds else {}
        return Shape(
            made.takes, made.gives if "dataclass" in kinds else gives, made.source, made.fits
        )


def _aliases(body: list[ast.stmt]) -> list[tuple[str, ast.expr]]:
    found = []
    for one in body:
        match one:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.append((name, value))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found.append((name, value))
        if type(one).__name__ == "TypeAlias":  # `type X = ...`, from Python 3.12 on
            found.append((one.name.id, one.value))  # type: ignore[attr-defined]
    return found


def _members(tree: ast.expr) -> list[ast.expr]:
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.BitOr):
        return [*_members(tree.left), *_members(tree.right)]
    return [tree]


def _parts(inner: ast.expr) -> list[ast.expr]:
    return inner.elts if isinstance(inner, ast.Tuple) and inner.elts else [inner]


def _literal(parts: list[ast.expr]) -> Shape:
    values = [one.value for one in parts if isinstance(one, ast.Constant)]
    known = [one for one in values if one is None or isinstance(one, str | int | bool)]
    negative = [-one.operand.value for one in parts if _is_negative(one)]  # type: ignore[attr-defined]
    return choice([*known, *negative]) if len(known) + len(negative) == len(parts) else anything()


def _is_negative(one: ast.expr) -> bool:
    return (
        isinstance(one, ast.UnaryOp)
        and isinstance(one.op, ast.USub)
        and isinstance(one.operand, ast.Constant)
        and isinstance(one.operand.value, int)
    )


def _is_free(annotation: ast.expr) -> bool:
    return isinstance(annotation, ast.Subscript) and _name(annotation.value) == "NotRequired"


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=function):
            return _name(function)
    return ""


def _values(node: ast.ClassDef) -> list[Json]:
    found: list[Json] = []
    for one in node.body:
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant):
            value = one.value.value
            found += [value] if isinstance(value, str | int | float) else []
    return found


def _bytes(value: object) -> str:
    return f"{value!r}.encode()" if isinstance(value, str) else repr(value)
