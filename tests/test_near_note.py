"""A new action that is like an existing one is admitted, and said to be near it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynasaur import Library
from dynasaur.registry.near import Neighbourhood

TOTAL = '''
def total_of_positives(numbers: list[float]) -> float:
    """Total of the numbers above zero.

    Args:
        numbers: The numbers.

    Returns:
        Their total.
    """
    result = 0.0
    for number in numbers:
        if number > 0:
            result += number
    result = round(result, 6)
    return result
'''
LOUDER = TOTAL.replace("total_of_positives", "total_of_gains").replace(
    "    result = round", "    print(len(numbers))\n    result = round"
)
OTHER = '''
def initials_of(name: str) -> str:
    """Initials of a name.

    Args:
        name: The name.

    Returns:
        The first letters.
    """
    return "".join(word[0].upper() for word in name.split() if word)
'''


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    made, _ = Library.create(tmp_path / "library")
    assert made.add(TOTAL).refused == ()
    return made


def test_what_is_near_is_said_and_no_reason_to_refuse(library: Library) -> None:
    admission = library.add(LOUDER)
    assert admission.admitted == ("total_of_gains",)
    assert "total_of_gains is near " in admission.note
    assert "/total_of_positives (0." in admission.note


def test_what_is_like_nothing_is_not_linked(library: Library) -> None:
    admission = library.add(OTHER)
    assert admission.admitted == ("initials_of",)
    assert " is near " not in admission.note


@pytest.mark.parametrize("content", [b"", b"torn", None])
def test_the_kept_index_is_made_again(library: Library, content: bytes | None) -> None:
    file = library.data / "near.bin"
    assert file.is_file()
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    assert "total_of_gains is near " in library.add(LOUDER).note


def test_an_edited_action_is_seen_and_a_removed_one_forgotten(library: Library) -> None:
    (path,) = library.root.glob("actions/*/total_of_positives.py")
    module = "actions.misc.total_of_gains"
    near = Neighbourhood(library._stores, library.data / "near.bin")
    assert near.nearest([(module, LOUDER)])[module][0].endswith("total_of_positives")
    path.unlink()
    assert near.nearest([(module, LOUDER)]) == {}
