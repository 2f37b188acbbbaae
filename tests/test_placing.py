"""Where a new action goes when nothing but the model can tell, and what its head says it needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from dynasaur.record import Undocumented
from dynasaur.registry import Gate, placing
from dynasaur.registry.needs import requirements
from tests.builders.gate import Place, Shared, called, made, shared_kernel
from tests.builders.growth import documented
from tests.builders.repos import git, isolate

KNOWN = {"stats", "tables", "my_Old"}


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ('CATEGORIES = {"f": "stats", "g": "chess"}', {"f": "stats", "g": "chess"}),
        ('CATEGORIES: dict[str, str] = {"f": " Stats "}', {"f": "stats"}),
        ('CATEGORIES = {"f": "MY_OLD"}', {"f": "my_Old"}),
        ('import os\nCATEGORIES = {"f": "two_words"}\ndef f(): ...', {"f": "two_words"}),
        ('CATEGORIES = {"f": "class"}', {}),
        ('CATEGORIES = {"f": "match"}', {}),
        ('CATEGORIES = {"f": "vendor"}', {}),
        ('CATEGORIES = {"f": "con"}', {}),
        ('CATEGORIES = {"f": "a/b"}', {}),
        ('CATEGORIES = {"f": "../../etc"}', {}),
        ('CATEGORIES = {"f": "_hidden"}', {}),
        ('CATEGORIES = {"f": "größe"}', {}),
        ('CATEGORIES = {"f": "' + "x" * 31 + '"}', {}),
        ('CATEGORIES = {"f": 3, "g": None, "h": ""}', {}),
        ('CATEGORIES = {"f": __import__("os").getcwd()}', {}),
        ('CATEGORIES = ["stats"]', {}),
        ('OTHER = {"f": "stats"}', {}),
        ('def g():\n    CATEGORIES = {"f": "stats"}', {}),
        ("CATEGORIES = {", {}),
        ("", {}),
    ],
)
def test_a_reply_gives_categories_that_can_be_packages(reply: str, found: dict[str, str]) -> None:
    assert placing.categories(reply, KNOWN) == found


def known(name: str) -> str:
    return {"yaml": "PyYAML>=6.0.2", "numpy": "numpy>=2.1", "sklearn": "scikit-learn>=1.5"}.get(
        name, ""
    )


@pytest.mark.parametrize(
    ("text", "declared", "wanted"),
    [
        ("import yaml, os\nfrom numpy.linalg import norm", (), ("numpy>=2.1", "PyYAML>=6.0.2")),
        ("import numpy as np", ("numpy<2",), ("numpy<2",)),
        ("import sklearn.svm", ("scikit_learn[x]",), ("scikit_learn[x]",)),
        ("from .numpy import x\nfrom ..yaml import y", (), ()),
        ("from actions.numpy.yaml import yaml", ("attrs>=23",), ("attrs>=23",)),
        ("import unknown\nimport json.yaml", (), ()),
        ("def f():\n    try:\n        import yaml\n    finally: g()", (), ("PyYAML>=6.0.2",)),
        ("if TYPE_CHECKING:\n    import numpy\nelse:\n    import yaml", (), ("PyYAML>=6.0.2",)),
    ],
)  # fmt: skip
def test_a_head_says_which_packages_a_module_imports(
    text: str, declared: tuple[str, ...], wanted: tuple[str, ...]
) -> None:
    assert requirements(text, declared, known) == wanted


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    with shared_kernel(tmp_path_factory.mktemp("kernel") / "work") as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, kernel: Shared, monkeypatch: pytest.MonkeyPatch) -> Place:
    isolate(monkeypatch, tmp_path / "home")
    return made(tmp_path / "library", kernel)


def test_one_request_asks_for_documentation_and_categories(place: Place) -> None:
    first = documented("doubled_value", "return value * 2")
    bare = "def halved_value(value):\n    return value / 2\n"
    user = documented("quartered_value", "return halved_value(value) / doubled_value(1)")
    asked: list[Sequence[Undocumented]] = []

    def ask(wanting: Sequence[Undocumented]) -> str:
        asked.append(wanting)
        reply = documented("halved_value", "return value / 2", "value: float")
        table = {"doubled_value": "scaling", "halved_value": "arithmetic", "mean": "stats"}
        return f"CATEGORIES = {table!r}\n{reply}"

    calls = called("doubled_value", "1", "2"), called("halved_value", "1", "0.5")
    harvest = place.harvest(
        first, bare, user, calls=[*calls, called("quartered_value", "1", "0.25")]
    )
    done = place.registry.admit(harvest, ask)
    assert done.admitted == ("doubled_value", "halved_value", "quartered_value"), done.refused
    (wanting,) = asked
    lacks = {one.name: one.missing for one in wanting}
    assert list(lacks) == ["doubled_value", "halved_value", "quartered_value"]
    assert all(
        "its category" in missing[-1] and "stats" in missing[-1] for missing in lacks.values()
    )
    assert [len(lacks[name]) for name in ("doubled_value", "quartered_value")] == [1, 1]
    text = place.text("misc/quartered_value")  # nothing was said of it
    assert "from ..arithmetic.halved_value import halved_value\n" in text
    assert "from ..scaling.doubled_value import doubled_value\n" in text
    assert 'evidence = "replayed"' in place.text("scaling/doubled_value")
    assert git(place.root, "status", "--porcelain") == ""


def test_who_cannot_be_asked_or_says_nothing_leaves_it_in_misc(place: Place) -> None:
    for number, ask in enumerate([None, lambda _: "", lambda _: "CATEGORIES = {'x': 'stats'}"]):
        name = f"raised_by_{'abc'[number]}"
        cell = documented(name, f"return value + {number + 5}")
        done = place.registry.admit(
            place.harvest(cell, calls=[called(name, "1", str(number + 6))]), ask
        )
        assert done.admitted == (name,), done.refused
        assert place.text(f"misc/{name}")


def test_the_head_names_the_packages_of_what_is_admitted(place: Place) -> None:
    place.gate = Gate(distribution=known)
    cell = "import numpy as np\n" + documented("root_of_value", "return float(np.sqrt(value))")
    done = place.registry.admit(place.harvest(cell, calls=[called("root_of_value", "4", "2.0")]))
    assert done.admitted == ("root_of_value",), done.refused
    assert '# dependencies = ["numpy>=2.1"]\n' in place.text("misc/root_of_value")
