"""A new action that is like an existing one is admitted, and said to be near it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dynasaur import Library
from dynasaur.registry.near import Neighbourhood
from tests.builders.repos import git
from tests.builders.upkeep import Inside, a_library, copy_of

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


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patch:
        assert a_library(folder, patch).add(TOTAL).refused == ()
    return folder


@pytest.fixture
def library(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    return copy_of(template, tmp_path, monkeypatch)


def test_what_is_near_is_said_and_no_reason_to_refuse(library: Library) -> None:
    admission = library.add(LOUDER)
    assert admission.admitted == ("total_of_gains",)
    assert "total_of_gains is near " in admission.note
    assert "/total_of_positives (0." in admission.note


def test_reviewer_and_model_see_what_is_near(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    (remark,) = library.registry.remarks([LOUDER])
    assert remark.name == "total_of_gains"
    assert re.fullmatch(
        r"is near stats/total_of_positives \(0\.\d\d\),"
        r" `total_of_positives\(numbers: list\[float\]\) -> float`:"
        r" call that if it does what you need",
        remark.text,
    )
    assert library.registry.remarks([OTHER, TOTAL.replace("> 0", "> 0.0")]) == ()
    library.add(LOUDER)
    message = git(library.root, "log", "-1", "--format=%B")
    assert re.search(
        r"^total_of_gains is near stats/total_of_positives \(0\.\d\d\)\.$", message, re.MULTILINE
    )
    assert re.search(r"^Dynasaur-Near: stats/total_of_positives 0\.\d\d$", message, re.MULTILINE)
    assert "near" not in (library.root / "actions/stats/total_of_gains.py").read_text()
    for name, other in ("total_of_gains", "positives"), ("total_of_positives", "gains"):
        done = Inside(capsys)("show", name, "--library", str(library.root))
        assert re.search(rf"^near: stats/total_of_{other} \(0\.\d\d\)$", done.err, re.MULTILINE)
        told = Inside(capsys)("show", name, "--library", str(library.root), "--json").json
        assert [one["name"] for one in told["near"]] == [f"stats/total_of_{other}"]


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
    assert near.nearest([(module, LOUDER)])[module][0][0].endswith("total_of_positives")
    path.unlink()
    assert near.nearest([(module, LOUDER)]) == {module: []}
