from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from dynasaur import Library
from dynasaur.categories import EACH, Categories, examples
from dynasaur.errors import ActionError
from dynasaur.store import Entry, Store, base_path
from dynasaur.types import Action


def initial() -> list[Action]:
    store = Store(base_path(), source="base", mount="actions.vendor.base")
    return [store.read(entry) for entry in store.entries().values()]


@pytest.fixture(scope="module")
def categories() -> Categories:
    return Categories(initial)


@pytest.mark.parametrize(
    ("name", "docstring", "category"),
    [
        ("variance", "Variance of numbers: the mean of the squared deviations.", "stats"),
        ("date_of_easter", "Date of Easter Sunday in a year.", "dates"),
        ("drop_rows", "Rows of a table without those where a column has a value.", "tables"),
        ("is_perfect_number", "Whether a whole number is the sum of its divisors.", "arithmetic"),
    ],
)
def test_what_stands_out_is_told(
    categories: Categories, name: str, docstring: str, category: str
) -> None:
    assert categories.of(name, docstring) == category


@pytest.mark.parametrize(
    ("name", "docstring"),
    [
        ("greet_politely", "Greeting for a person, by name."),
        ("pixel_color", "Color of a pixel in an image."),
        ("", ""),
    ],
)
def test_where_nothing_stands_out_nothing_is_told(
    categories: Categories, name: str, docstring: str
) -> None:
    assert categories.of(name, docstring) == ""


def test_most_initial_actions_are_placed_right_without_having_been_seen() -> None:
    """Every fifth is left out and asked: most are placed, nearly all of those rightly."""
    actions = initial()
    asked = right = placed = 0
    for fold in range(5):
        unseen = actions[fold::5]
        seen = Categories(partial(_without, actions, unseen))
        for action in unseen:
            said = seen.of(action.name, action.docstring)
            asked += 1
            placed += bool(said)
            right += said == action.category
    assert placed / asked > 0.5
    assert right / placed > 0.9


def _without(actions: list[Action], unseen: list[Action]) -> list[Action]:
    return [action for action in actions if action not in unseen]


def test_a_large_library_is_learned_from_in_part() -> None:
    """Some of each category, spread over it; of another's source, none; nothing else is read."""
    read: list[str] = []

    class Many:
        def entries(self) -> dict[str, Entry]:
            names = [(f"c{n % 9}", f"a{n}") for n in range(9_000)] + [("few", "one")]
            found = [
                Entry(f"actions.{kind}.{name}", name, kind, "local", name, "")
                for kind, name in names
            ]
            other = Entry("actions.vendor.x.c1.b", "b", "c1", "x", "b", "")
            return {entry.module: entry for entry in [*found, other]}

        def read(self, entry: Entry) -> Action:
            read.append(entry.name)
            raise ActionError("it is not needed here")

    assert list(examples([Many(), Many()], {"local"})) == []
    assert len(read) == len(set(read)) == 9 * EACH + 1
    assert max(int(name[1:]) for name in read if name != "one") > 8_000
    assert "b" not in read


def test_with_nothing_to_tell_apart_nothing_is_told() -> None:
    assert Categories(list).of("mean", "Mean of numbers.") == ""
    one_kind = [action for action in initial() if action.category == "stats"]
    assert Categories(lambda: one_kind).of("mean", "Mean of numbers.") == ""


EASTER = '''
def date_of_easter(year: int) -> str:
    """Date of Easter Sunday in a year.

    Args:
        year: The year.

    Returns:
        The date, ISO 8601.
    """
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    month, day = divmod(h + k - 7 * ((a + 11 * h + 22 * k) // 451) + 114, 31)
    return f"{year}-{month:02}-{day + 1:02}"
'''


def test_an_added_function_goes_where_its_words_belong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    library, _ = Library.create(tmp_path / "library")
    assert library.add(EASTER).refused == ()
    assert library.get("date_of_easter").category == "dates"
