"""The house rules of the initial actions, and what holds for all of them."""

from __future__ import annotations

import ast
import builtins
import doctest
import importlib
import inspect
import keyword
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path
from types import FunctionType

import pytest

ACTIONS = Path(__file__).parents[1] / "actions"
FILES = sorted(ACTIONS.glob("*/[!_]*.py"))
KINDS = {  # every parameter name of the initial actions, and the one annotation that it has
    "a": "int",
    "algorithm": "str",
    "b": "int",
    "by": "str",
    "column": "str",
    "data": "Any",
    "date": "str",
    "days": "int",
    "descending": "bool",
    "end": "str",
    "expression": "str",
    "fields": "dict[str, str]",
    "folder": "str",
    "from_latitude": "float",
    "from_longitude": "float",
    "from_unit": "str",
    "from_zone": "str",
    "groups": "dict[Any, float]",
    "items": "list[Any]",
    "k": "int",
    "key": "str",
    "kind": "str",
    "language": "str",
    "n": "int",
    "name_pattern": "str",
    "number": "int",
    "numbers": "list[float]",
    "obey_robots": "bool",
    "others": "list[Any]",
    "page": "int",
    "parameters": "dict[str, str] | None",
    "path": "str",
    "pattern": "str",
    "percent": "float",
    "phrase": "str",
    "query": "str",
    "question": "str",
    "render": "bool",
    "rows": "list[dict[str, Any]]",
    "seconds": "float",
    "sheet": "str",
    "sql": "str",
    "start": "str",
    "text": "str",
    "title": "str",
    "time": "str",
    "to_latitude": "float",
    "to_longitude": "float",
    "to_unit": "str",
    "to_zone": "str",
    "url": "str",
    "whole_words": "bool",
    "year": "int | None",
}
MAY_VARY = {"value": {"float", "Any"}}
GIVERS = {  # what an initial action may import besides the standard library, and what gives it
    "charset_normalizer": "charset-normalizer",
    "httpx": "httpx",
    "libarchive": "libarchive-c",
    "lxml": "lxml",
    "matplotlib": "matplotlib",
    "duckdb": "duckdb",
    "markitdown": "mammoth markitdown pdfplumber python-pptx",
    "olefile": "olefile",
    "openpyxl": "openpyxl",
    "pdfplumber": "pdfplumber",
    "PIL": "pillow",
    "pypdfium2": "pypdfium2",
    "striprtf": "striprtf",
    "tinytag": "tinytag",
    "xlrd": "xlrd",
    "playwright": "playwright",
    "protego": "protego",
    "trafilatura": "lxml-html-clean trafilatura",
}
# For some of its files alone: an action that is useful without may leave it to the error message.
# So it may what only helpers of another category need: a web page is opened without a PDF's reader.
OPTIONAL = {"libarchive-c", "olefile", "openpyxl", "playwright", "xlrd"}

each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def function_of(file: Path) -> FunctionType:
    module = importlib.import_module(f"actions.{file.parent.name}.{file.stem}")
    function = getattr(module, file.stem)
    assert isinstance(function, FunctionType)
    return function


def definition(file: Path) -> ast.FunctionDef:
    """The action's definition, the only public one of its file."""
    public = [
        node
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
    ]
    assert [node.name for node in public] == [file.stem]
    assert isinstance(public[0], ast.FunctionDef)
    return public[0]


def docstring(file: Path) -> str:
    return ast.get_docstring(definition(file)) or ""


def section(text: str, title: str) -> str:
    """One section of a Google docstring; empty where it has none."""
    match = re.search(rf"^{title}:\n((?:    .*\n?|\n)+)", text, re.MULTILINE)
    return match[1] if match else ""


def test_there_are_actions_of_every_kind() -> None:
    assert len(FILES) >= 30
    assert {file.parent.name for file in FILES} == {
        *("archives", "arithmetic", "dates", "documents", "files", "lists", "mail", "media"),
        *("stats", "structured", "system", "tables", "text", "units", "web"),
    }


def test_every_file_is_an_action_a_shared_helper_or_an_empty_init() -> None:
    folders = {ACTIONS} | {file.parent for file in FILES}
    for folder in folders:
        assert (folder / "__init__.py").read_bytes() == b""
    for file in set(ACTIONS.rglob("*.py")) - set(FILES):
        assert file.name.startswith("_")


def test_names_are_unique_and_shadow_nothing() -> None:
    counts = Counter(file.stem for file in FILES)
    assert [name for name, count in counts.items() if count > 1] == []
    taken = {*dir(builtins), *keyword.kwlist, *keyword.softkwlist, *sys.stdlib_module_names}
    assert {file.stem for file in FILES} & taken == set()
    assert {file.parent.name for file in FILES} & taken == set()


@each_file
def test_the_head_is_valid_and_says_initial(file: Path) -> None:
    text = file.read_text()
    block = re.match(r"# /// script\n((?:#(?: .*)?\n)+)# ///\n", text)
    assert block
    head = tomllib.loads(re.sub(r"^# ?", "", block[1], flags=re.MULTILINE))
    needed = head.pop("dependencies", [])
    assert head == {"requires-python": ">=3.11", "tool": {"dynasaur": {"origin": "initial"}}}
    # One with extras would be taken for missing, always.
    assert [one for one in needed if not re.fullmatch(r"[a-z0-9-]+>=[0-9.]+", one)] == []
    assert sorted(needed) == needed
    assert ast.get_docstring(ast.parse(text))


@each_file
def test_every_parameter_is_annotated_as_its_name_says(file: Path) -> None:
    node = definition(file)
    assert node.returns is not None
    arguments = node.args
    assert (arguments.vararg, arguments.kwarg, arguments.posonlyargs) == (None, None, [])
    for argument in [*arguments.args, *arguments.kwonlyargs]:
        assert argument.annotation is not None
        written = ast.unparse(argument.annotation)
        assert written in MAY_VARY.get(argument.arg, {KINDS.get(argument.arg)}), argument.arg


@each_file
def test_the_docstring_tells_all(file: Path) -> None:
    text = docstring(file)
    summary = text.split("\n")[0]
    assert summary.endswith(".")
    assert len(summary) <= 100
    names = [argument.arg for argument in definition(file).args.args]
    assert re.findall(r"^    (\w+): ", section(text, "Args"), re.MULTILINE) == names
    assert section(text, "Returns")
    titles = re.findall(r"^(\w+):$", text, re.MULTILINE)
    assert titles == [t for t in ("Args", "Returns", "Raises", "Examples") if t in titles]


@each_file
def test_every_error_raised_is_documented(file: Path) -> None:
    tree = ast.parse(file.read_text())
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    raised = {
        node.exc.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
    } - own
    documented = set(re.findall(r"^    (\w+): ", section(docstring(file), "Raises"), re.MULTILINE))
    assert raised <= documented


@each_file
def test_an_example_is_executed(file: Path) -> None:
    examples = doctest.DocTestParser().get_examples(section(docstring(file), "Examples"))
    assert any(file.stem in example.source and example.want for example in examples)
    assert not any(doctest.SKIP in example.options for example in examples)


def imported(file: Path) -> dict[str, bool]:
    """The top names of what a file imports absolutely, and whether one import is at its top."""
    tree = ast.parse(file.read_text())
    found: dict[str, bool] = {}
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            top = name.partition(".")[0]
            found[top] = found.get(top, False) or node in tree.body
    return {name: top for name, top in found.items() if name not in sys.stdlib_module_names}


def reached(file: Path) -> set[Path]:
    """A file and all that it imports relatively, on every way."""
    found: set[Path] = set()
    waiting = [file]
    while waiting:
        here = waiting.pop()
        if here in found:
            continue
        found.add(here)
        for node in ast.walk(ast.parse(here.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level:
                folder = here.parents[node.level - 1].joinpath(*(node.module or "").split("."))
                waiting.append(folder.with_suffix(".py"))
    return found


@each_file
def test_what_it_imports_is_named_in_its_head(file: Path) -> None:
    """Other people's packages are imported inside functions, and named by who reaches them."""
    packages: set[str] = set()
    own: set[str] = set()
    for module in reached(file):
        for name, at_top in imported(module).items():
            if name == "dynasaur":  # its host functions, which every kernel has
                continue
            assert name in GIVERS
            assert not at_top, f"{module.stem} imports {name} at its top"
            packages.update(GIVERS[name].split())
            if module.parent == file.parent:
                own.update(GIVERS[name].split())
    block = re.match(r"# /// script\n((?:#(?: .*)?\n)+)# ///\n", file.read_text())
    assert block
    head = tomllib.loads(re.sub(r"^# ?", "", block[1], flags=re.MULTILINE))
    named = {one.partition(">=")[0] for one in head.get("dependencies", [])}
    assert own - OPTIONAL <= named <= packages


def test_no_imports_go_in_a_circle() -> None:
    uses = {
        file.stem: {
            node.module.rpartition(".")[2]
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.ImportFrom) and node.level and node.module
        }
        for file in ACTIONS.glob("*/*.py")
    }
    assert {"to_number", "_numbers"} <= set(TopologicalSorter(uses).static_order())


def test_they_work_when_mounted_under_another_name(tmp_path: Path) -> None:
    home = tmp_path / "team" / "vendor" / "base"
    shutil.copytree(ACTIONS, home, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "prices.csv").write_text("price\n2\n4\n")
    code = """
from team.vendor.base.stats.mean import mean
from team.vendor.base.tables.numeric_column import numeric_column
from team.vendor.base.tables.read_table import read_table
print(mean(numeric_column(read_table("prices.csv"), "price")))
import sys
print([name for name in sys.modules if name.split(".")[0] in ("actions", "dynasaur")])
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, '.')\n{code}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "3.0\n[]\n"


@each_file
def test_arguments_are_left_as_they_were(file: Path, tmp_path: Path) -> None:
    """Actions that take rows, items or numbers give new values and change none of theirs."""
    function = function_of(file)
    given = {
        "rows": [{"a": 3, "d": "2024-01-01"}, {"a": 1, "d": "2024-01-02"}, {"a": 3, "d": None}],
        "numbers": [3, 1, 2],
        "items": ["2024-01-02", "2024-01-01", "2024-01-02"],
        "others": ["2024-01-02"],
        "groups": {"x": 1, "y": 2},
        "data": {"a": [{"b": 1}]},
        "column": "a",
        "by": "d",
        "value": 1,
        "n": 2,
        "percent": 50,
        "key": "a",
        "start": "2024-01-01",
        "end": "2024-01-02",
        "path": str(tmp_path / "made.csv"),
    }
    names = list(inspect.signature(function).parameters)
    if not {"rows", "numbers", "items", "groups", "data"} & set(names):
        return
    for package in imported(file):
        pytest.importorskip(package)
    if file.stem == "rows_between_dates":
        given["column"] = "d"
    arguments = {name: given[name] for name in names if name in given}
    before = repr(arguments)
    function(**arguments)
    assert repr(arguments) == before
