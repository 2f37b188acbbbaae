"""JSON for actions: what a signature takes and gives, and values as arguments of a call."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from jsonschema.validators import Draft202012Validator

from dynasaur.schemas import arguments_of, inputs_of, literal, output_of
from dynasaur.schemas.read import Hints
from dynasaur.source import read_action
from dynasaur.types import Action

TEXT = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number"}
MODULE = """
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple, NotRequired, TypedDict

Rows = list[dict[str, Any]]
Again = list["Again"]


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Place(TypedDict):
    name: str
    at: NotRequired[float]


@dataclass
class Point:
    x: float
    y: float = 0.0


class Pair(NamedTuple):
    left: int
    right: int
"""


def action(header: str, text: str = "") -> Action:
    body = f'{text}\n\ndef {header}:\n    """Do it.\n\n    Args:\n        a: The first.\n    """\n'
    return read_action(body, path=Path("do.py"), category="", source="local", module="actions.do")


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        ("", {}),
        ("Any", {}),
        ("Callable[[int], str]", {}),
        ("not a type", {}),
        ("list[" * 200 + "int" + "]" * 200, None),
        ("int", {"type": "integer"}),
        ("float", NUMBER),
        ("bool", {"type": "boolean"}),
        ("None", {"type": "null"}),
        ("'str'", TEXT),
        ("pathlib.Path", TEXT),
        ("datetime.date", {**TEXT, "format": "date"}),
        ("list", {"type": "array"}),
        ("Sequence[float]", {"type": "array", "items": NUMBER}),
        ("set[str]", {"type": "array", "items": TEXT}),
        ("tuple[float, ...]", {"type": "array", "items": NUMBER}),
        (
            "tuple[str, float]",
            {"type": "array", "prefixItems": [TEXT, NUMBER], "minItems": 2, "maxItems": 2},
        ),
        ("dict[str, float]", {"type": "object", "additionalProperties": NUMBER}),
        ("Counter[str]", {"type": "object", "additionalProperties": {"type": "integer"}}),
        ("str | None", {"anyOf": [TEXT, {"type": "null"}]}),
        ("Optional[str]", {"anyOf": [TEXT, {"type": "null"}]}),
        ("Union[str, float]", {"anyOf": [TEXT, NUMBER]}),
        ("str | Any", {}),
        ('Literal["a", "b", 3, -1, None]', {"enum": ["a", "b", 3, None, -1]}),
        ("Annotated[str, 'words']", TEXT),
        ("Rows", {"type": "array", "items": {"type": "object"}}),
        ("Colour", {"enum": ["red", "blue"]}),
        ("pandas.DataFrame", {"type": "array", "items": {"type": "object"}}),
        ("np.ndarray", {"type": "array"}),
    ],
)
def test_a_hint_is_a_schema(hint: str, schema: dict[str, Any] | None) -> None:
    takes = Hints(MODULE, "actions.do").shape(hint).takes
    Draft202012Validator.check_schema(dict(takes))
    if schema is not None:
        assert takes == schema


def test_classes_of_the_module_are_followed() -> None:
    hints = Hints(MODULE, "actions.do")
    place = hints.shape("Place").takes
    assert (place["required"], set(place["properties"])) == (["name"], {"name", "at"})  # type: ignore[arg-type]
    assert hints.shape("Point").takes["required"] == ["x"]
    assert hints.shape("Pair").gives == {"type": "array"}
    Draft202012Validator.check_schema(dict(hints.shape("Again").takes))  # it ends


@pytest.mark.parametrize(
    ("hint", "value", "made"),
    [
        ("int", 3.0, 3),
        ("float", float("inf"), float("inf")),
        ("Path", "a/b", Path("a/b")),
        ("Path | None", None, None),
        ("date", "2026-01-02", dt.date(2026, 1, 2)),
        ("list[datetime]", ["2026-01-02T03:04:05"], [dt.datetime(2026, 1, 2, 3, 4, 5)]),
        ("Decimal", "1.10", Decimal("1.10")),
        ("Fraction", "1/3", Fraction(1, 3)),
        ("bytes", "ö", "ö".encode()),
        ("set[int]", [1, 1, 2], {1, 2}),
        ("frozenset[str]", ["a"], frozenset("a")),
        ("tuple[int, str]", [1, "a"], (1, "a")),
        ("tuple[Path, ...]", ["a"], (Path("a"),)),
        ("dict[int, Path]", {"1": "a"}, {1: Path("a")}),
        ("dict[str, float]", {"1": 2}, {"1": 2}),
        ("str | list[Path]", ["a"], [Path("a")]),
        ("str | list[Path]", "a", "a"),
        ("TypedThing", {"a": '"; import os; "'}, {"a": '"; import os; "'}),
        ("list[Any]", [True, None, {"a": [1.5]}], [True, None, {"a": [1.5]}]),
    ],
)
def test_a_value_becomes_source(hint: str, value: object, made: object) -> None:
    got = eval(Hints("", "m").shape(hint).source(value))
    assert (got, type(got)) == (made, type(made))


def test_a_value_that_does_not_fit_is_given_as_it_is() -> None:
    hints = Hints(MODULE, "actions.do")
    for hint in ("list[Path]", "tuple[int, int]", "dict[int, str]", "set[int]", "Point", "Path"):
        assert eval(hints.shape(hint).source(7.5) if hint != "Path" else "7.5") == 7.5
    assert eval(hints.shape("dict[int, str]").source({"x": "a"})) == {"x": "a"}


def test_own_classes_are_made_where_they_are_defined() -> None:
    hints = Hints(MODULE, "actions.do")
    made = "__import__('actions.do', fromlist=['_'])"
    assert hints.shape("Colour").source("red") == f"{made}.Colour('red')"
    assert hints.shape("list[Point]").source([{"x": 1}]) == f"[{made}.Point(**{{'x': 1}})]"
    assert hints.shape("Place").source({"name": "a"}) == "{'name': 'a'}"


def test_inputs_say_what_is_needed_and_told() -> None:
    one = action("do(a: int, b: str = 'x', *rest: float, c: list[int] = NONE, **more: str) -> int")
    assert inputs_of(one) == {
        "type": "object",
        "properties": {
            "a": {"type": "integer", "description": "The first."},
            "b": {**TEXT, "default": "x"},
            "rest": {"type": "array", "items": NUMBER},
            "c": {
                "type": "array",
                "items": {"type": "integer"},
                "description": "(default: NONE)",
            },
        },
        "required": ["a"],
        "additionalProperties": TEXT,
    }
    nothing = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    assert inputs_of(action("do()")) == nothing
    json.dumps(inputs_of(action("do(a=1e999, b=(1, {2}), c=float('nan'))")), allow_nan=False)


def test_output_allows_what_the_kernel_makes_of_a_result() -> None:
    assert output_of(action("do() -> Any")) == output_of(action("do()")) == {}
    schema = output_of(action("do() -> dict[str, float]"))
    for value in ({"a": 1}, {"a": "nan"}, {}):
        Draft202012Validator(schema).validate(value)
    assert not Draft202012Validator(schema).is_valid({"a": "x"})


@pytest.mark.parametrize(
    ("header", "named", "called"),
    [
        ("do(a, b=2)", {"b": 1, "a": 3}, "b=1, a=3"),
        ("do(a, b=2, /, c=3)", {"a": 1, "c": 4}, "1, c=4"),
        ("do(a=1, b=2, /)", {"b": 4}, "1, 4"),
        ("do(a=1, b=2, /)", {}, ""),
        ("do(a, b=2, *rest, c=3)", {"a": 1, "rest": [5, 6], "c": 0}, "1, 2, 5, 6, c=0"),
        ("do(a, *rest)", {"a": 1, "rest": []}, "a=1"),
        ("do(**more)", {"x": 1, "not a name": 2}, "x=1, **{'not a name': 2}"),
    ],
)
def test_arguments_by_name_are_a_call(header: str, named: dict[str, object], called: str) -> None:
    assert arguments_of(action(header), named=named) == called


def test_arguments_by_place_have_their_types() -> None:
    one = action("do(a: Path, *rest: Path)")
    path = "__import__('pathlib').Path"
    assert arguments_of(one, ("x", "y"), {}) == f"{path}('x'), {path}('y')"
    assert literal({"a": [float("nan")]}) == "{'a': [float('nan')]}"
