"""`dynasaur check`: real files, a real kernel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from dynasaur import Library
from dynasaur.audit import Audit, Fault, Report
from dynasaur.errors import UsageError
from tests.builders.cli import dynasaur
from tests.builders.gate import Shared, shared_kernel
from tests.builders.repos import isolate

GOOD = '''"""Doubles."""


def doubled_number(number: int) -> int:
    """Twice a number.

    Args:
        number: The number.

    Returns:
        Two times it.

    Examples:
        >>> doubled_number(2)
        4
        >>> doubled_number(open("none.txt"))  # doctest: +SKIP
        5
    """
    return 2 * number
'''

TWO_TIMES = GOOD.replace("doubled_number", "two_times")
TRIPLED = GOOD.replace("doubled", "Doubled").replace("_number", "_Number")
TRIPLED = TRIPLED.replace("2 *", "3 *").replace("        4", "        6")


def importing(statements: str) -> str:
    return GOOD.replace("\n\n\ndef", f"\n\n{statements}\n\n\ndef")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    patch = pytest.MonkeyPatch()
    isolate(patch, tmp_path_factory.mktemp("home"))
    made, _ = Library.create(tmp_path_factory.mktemp("of checks") / "library ö")
    patch.undo()
    return made


@pytest.fixture(autouse=True)
def clean(library: Library) -> None:
    for path in sorted((library.root / "actions").rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        elif path.parent.name != "actions" or path.name != "__init__.py":
            path.unlink()
    (library.root / "actions" / "__init__.py").write_text("")


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    with shared_kernel(tmp_path_factory.mktemp("kernel") / "work") as running:
        yield running


def put(library: Library, files: dict[str, str | bytes]) -> None:
    for name, text in files.items():
        path = library.root / "actions" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.parent.name != "actions" and "vendor" not in name:
            (path.parent / "__init__.py").touch()
        path.write_bytes(text.encode() if isinstance(text, str) else text)


def check(
    library: Library, kernel: Shared, paths: Sequence[Path] = (), *, evidence: bool = False
) -> Report:
    registry = library.registry
    registry._kernel = lambda folder, functions: kernel
    return Audit(registry).run(paths, evidence=evidence)


def lines(faults: Sequence[Fault]) -> list[str]:
    return [
        f"{'/'.join(fault.path.parts[fault.path.parts.index('actions') + 1 :])}:"
        f"{fault.finding.line}: {fault.finding.rule}: {fault.finding.message}"
        for fault in faults
    ]


def test_a_library_that_keeps_every_rule_is_clean(library: Library, kernel: Shared) -> None:
    other = GOOD.replace("doubled", "halved").replace("2 * number", "number // 2")
    other = other.replace("        4\n", "        1\n")
    uses = (
        GOOD.replace("doubled_number", "twice_doubled")
        .replace("\n\n\ndef", "\n\nfrom ..numbers.doubled_number import doubled_number\n\n\ndef")
        .replace("        4\n", "        8\n")
        .replace("2 * number", "2 * doubled_number(number)")
    )
    put(
        library,
        {
            "numbers/doubled_number.py": GOOD,
            "flat_halved.py": other.replace("halved_number", "flat_halved"),
            "more/twice_doubled.py": uses,
            "more/_helper.py": "LIMIT = 3\n",
            ".hidden/broken.py": "def (",
            "__pycache__/broken.py": "def (",
        },
    )
    report = check(library, kernel, evidence=True)
    assert lines(report.faults) == []
    assert report.checked == 7


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (
            {"x/doubled_number.py": GOOD.replace("number: int)", "number)")},
            ["x/doubled_number.py:4: documented: the parameter `number` has no type"],
        ),
        (
            {"x/doubled_number.py": "x = 1\ndef ("},
            ["x/doubled_number.py:2: parses: "],
        ),
        (
            {"x/doubled_number.py": b"\xff\xfe"},
            ["x/doubled_number.py:1: parses: "],
        ),
        (
            {"x/doubled_number.py": GOOD.replace("def doubled", "def tripled")},
            ["x/doubled_number.py:4: parses: the function is `tripled_number`"],
        ),
        (
            {"x/doubled_number.py": "# /// script\n# x = \n# ///\n" + GOOD},
            ["x/doubled_number.py:1: parses: the head is not valid TOML"],
        ),
        (
            {"x/doubled_number.py": importing("import nowhere")},
            ["x/doubled_number.py:3: imports: it does not import alone: ModuleNotFoundError"],
        ),
        (
            {
                "x/doubled_number.py": importing("import xml\n\nPARSE = xml.dom.minidom.parse")
            },
            ["x/doubled_number.py:5: imports: it does not import alone: AttributeError"],
        ),
        (
            {"x/doubled_number.py": importing("from .no import no")},
            ["x/doubled_number.py:3: requires: it imports actions.x.no, which is not there"],
        ),
        (
            {
                "x/_lost.py": "from .gone import gone\n",
                "x/doubled_number.py": importing("from . import _lost"),
            },
            [
                "x/_lost.py:1: requires: it imports actions.x.gone, which is not there",
                "x/doubled_number.py:1: requires: no module actions.x.gone among the actions",
            ],
        ),
        (
            {
                "x/doubled_number.py": GOOD,
                "y/halved_up.py": "from actions.x.doubled_number import doubled_number\n"
                + GOOD.replace("doubled_number", "halved_up").replace(
                    "2 * number", "doubled_number(number)"
                ),
            },
            ["y/halved_up.py:1: requires: it imports actions.x.doubled_number by its full name"],
        ),
        (
            {"x/doubled_number.py": GOOD, "y/two_times.py": TWO_TIMES},
            ["y/two_times.py:4: clone: it is the same as x/doubled_number; call that instead"],
        ),
        (
            {"x/doubled_number.py": GOOD, "y/Doubled_Number.py": TRIPLED},
            [
                "y/Doubled_Number.py:4: names: ",
                "y/Doubled_Number.py:4: unique: its name is that of x/doubled_number",
            ],
        ),
        (
            {"x/doubled_number.py": GOOD.replace("        4\n", "        5\n")},
            ["x/doubled_number.py:14: examples: `doubled_number(2)` gave 4, not 5"],
        ),
        ({"x/__init__.py": "LOUD = 1\n"}, ["x/__init__.py:1: place: a package's `__init__.py`"]),
        ({"x/y/doubled_number.py": GOOD}, ["x/y/doubled_number.py:1: place: actions lie in"]),
        ({"x/my-action.py": GOOD}, ["x/my-action.py:1: place: its path is no module's name"]),
        (
            {"vendor/a/x/loose.py": "def loose(): return 1\n", "vendor/a/x/bad.py": "def ("},
            ["vendor/a/x/bad.py:1: parses: "],
        ),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_found_with_its_line(
    library: Library, kernel: Shared, files: dict[str, str | bytes], found: list[str]
) -> None:
    put(library, files)
    report = lines(check(library, kernel, evidence=True).faults)
    assert len(report) == len(found), report
    for line, expected in zip(report, found, strict=True):
        assert line.startswith(expected)


def test_an_action_of_the_built_in_source_is_no_action_to_save_again(
    library: Library, kernel: Shared
) -> None:
    base = Path(__file__).resolve().parent.parent / "actions" / "lists" / "unique.py"
    text = base.read_text(encoding="utf-8").replace("def unique(", "def distinct_items(")
    put(library, {"x/distinct_items.py": text})
    (found,) = lines(check(library, kernel).faults)
    assert found.endswith("clone: it is the same as base/lists/unique; call that instead")


def test_examples_are_run_only_when_asked_for(library: Library, kernel: Shared) -> None:
    put(library, {"x/doubled_number.py": GOOD.replace("        4\n", "        5\n")})
    assert check(library, kernel).faults == ()


def test_links_are_told_of_and_not_followed(library: Library, kernel: Shared) -> None:
    put(library, {"x/doubled_number.py": GOOD})
    (library.root / "actions" / "x" / "linked_one.py").symlink_to("doubled_number.py")
    assert [line.split(": ")[1] for line in lines(check(library, kernel).faults)] == ["place"]


def test_named_paths_are_looked_at_alone(library: Library, kernel: Shared) -> None:
    bad = GOOD.replace("-> int", "")
    put(library, {"x/doubled_number.py": bad, "y/two_times.py": TWO_TIMES})
    actions = library.root / "actions"
    first = check(library, kernel, [actions / "x"])
    assert [line.split(": ")[1] for line in lines(first.faults)] == ["clone", "documented"]
    second = check(library, kernel, [actions / "y" / "two_times.py"])
    assert [line.split(": ")[1] for line in lines(second.faults)] == ["clone"]
    assert check(library, kernel, [library.root]).checked == 5
    for path in (library.root / ".gitignore", library.root / "none.py", Path("/etc")):
        with pytest.raises(UsageError):
            check(library, kernel, [path])


def test_the_command_prints_sorted_lines_and_a_total(library: Library) -> None:
    put(library, {"x/doubled_number.py": GOOD, "x/bad_one.py": "def (", "a/bad_two.py": "x"})
    done = dynasaur("check", "--evidence", cwd=library.root)
    assert done.code == 1
    places = [line.split(": ")[0] for line in done.out.splitlines()]
    assert places == ["actions/a/bad_two.py:1", "actions/x/bad_one.py:1"]
    assert done.err == "dynasaur: 6 files checked, 2 findings\n"
    found = dynasaur("check", "actions/x", "--json", cwd=library.root)
    assert found.code == 1
    assert found.json["checked"] == 3
    (finding,) = found.json["findings"]
    assert (finding["path"], finding["line"]) == ("actions/x/bad_one.py", 1)
    assert (finding["rule"], set(finding)) == ("parses", {"path", "line", "rule", "message"})


def test_a_file_name_begins_no_line_of_its_own(library: Library) -> None:
    put(library, {"text/a\ndynasaur: nothing found\n.py": "def (\n"})
    done = dynasaur("check", cwd=library.root)
    assert done.code == 1
    assert len(done.out.splitlines()) == 1


def test_the_command_is_silent_on_a_clean_library(library: Library) -> None:
    put(library, {"x/doubled_number.py": GOOD})
    done = dynasaur("check", "--library", library.root, cwd=library.root.parent)
    assert (done.code, done.out) == (0, "")
    assert done.err == "dynasaur: 3 files checked, nothing found\n"


@pytest.mark.parametrize("path", ["none.py", ".gitignore"])
def test_a_path_that_is_no_action_is_a_wrong_call(library: Library, path: str) -> None:
    done = dynasaur("check", path, cwd=library.root)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"dynasaur: error: {path}: no ")


def test_the_initial_actions_keep_the_rules(kernel: Shared) -> None:
    """Their examples run, too, where the packages of the extra are installed that some need."""
    root = Path(__file__).resolve().parent.parent
    all_there = all(map(find_spec, ("httpx", "lxml", "markitdown", "matplotlib", "trafilatura")))
    faults = check(Library(root), kernel, evidence=all_there).faults
    assert [line for line in lines(faults) if " clone: " not in line] == []


def test_a_conflict_that_a_merge_left_is_called_one(library: Library) -> None:
    sides = GOOD.replace("    return", "<<<<<<< HEAD\n    return")
    put(library, {"text/doubled_number.py": f"{sides}=======\n    return number\n>>>>>>> other\n"})
    done = dynasaur("check", cwd=library.root)
    assert done.code == 1
    assert done.out == (
        "actions/text/doubled_number.py:19: parses: a merge left a conflict; resolve it\n"
    )
