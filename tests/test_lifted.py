"""Actions that differ in constants only: the one action that they could be."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynasaur.fingerprint import constants_apart
from dynasaur.registry.lifted import generalised, one_action
from dynasaur.source import read_action
from dynasaur.types import Action


def action(text: str) -> Action:
    return read_action(text, path=Path("f.py"), category="x", source="local", module="actions.x.f")


def test_the_constants_are_shown_while_they_are_short() -> None:
    body = "def f(x):\n    y = x * {}\n    for z in x:\n        y += {}\n    return y"
    one, other = action(body.format(2, 3)), action(body.format(2, 4))
    assert one_action(one, other, "x/f") == (
        "and x/f differ in constants only (3 here, 4 there): they could be one action with"
        " a parameter, `f(x, *, number: int = 4)`"
    )
    long = action(body.format(2, repr("x" * 200)))
    assert one_action(one, long, "x/f").endswith("they could be one action with a parameter")


GENERALISED = {
    "a rate and digits": (
        """
RATE = 0.19
def f(prices: list[float]) -> list[float]:
    found = []
    for price in prices:
        found.append(round(price * RATE, 2))
    found.sort()
    return found
""",
        {"0.19": "0.07", ", 2)": ", 3)"},
        "f(prices: list[float], *, digits: int = 2, rate: float = 0.19) -> list[float]",
    ),
    "a cell, a column and a limit": (
        """
def f(rows):
    kept = []
    for row in rows:
        if row["region"] == "North" and row["price"] > 10:
            kept.append(row)
        kept.sort()
    return kept
""",
        {'"North"': '"South"', "10": "2.5", '"price"': '"cost"'},
        "f(rows, *, region: str = 'North', key: str = 'price', limit: float = 10)",
    ),
    "a default is a parameter already": (
        """
async def f(path, *, mode="r"):
    with open(path, mode, encoding="utf-8") as file:
        text = file.read()
        text = text.split(",")
        await g(text)
    return text
""",
        {'"r"': '"rb"', '"utf-8"': '"latin-1"', '","': '";"'},
        "async f(path, *, mode='r', encoding: str = 'utf-8', separator: str = ',')",
    ),
    "names that are taken, other types": (
        """
def f(limit, *all, **more):
    found = []
    for one in all:
        if one > 5:
            found.append(one + 'x')
    found.sort()
    return {'unit': 'kg', 'n': found}
""",
        {"5": "6", "'x'": "b'x'", "'kg'": "'lb'"},
        "f(limit, *all, suffix: bytes | str = 'x', limit_value: int = 5, unit: str = 'kg', **more)",
    ),
    "too many": (
        """
def f(a):
    b = [a, 1, 2, 3, 4, 5]
    for c in b:
        g(c)
    return b
""",
        {"1, 2, 3, 4, 5": "6, 7, 8, 9, 10"},
        "",
    ),
}


@pytest.mark.parametrize("case", GENERALISED)
def test_the_one_action_that_two_could_be(case: str) -> None:
    text, changed, signature = GENERALISED[case]
    other = text
    for old, new in changed.items():
        assert old in other
        other = other.replace(old, new)
    assert generalised(action(text), constants_apart(other, text)) == signature
    if signature:
        compile(f"{signature.replace('f(', 'def f(', 1)}: pass", "signature", "exec")
