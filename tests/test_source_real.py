"""Real modules, split into actions and put together again: the same programs."""

from __future__ import annotations

import ast
import importlib.util
import symtable
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from dynasaur.checks import rules
from dynasaur.source import Candidate, read_action
from dynasaur.source.reads import KNOWN
from tests.builders.likeness import difference
from tests.builders.source import saved, taken, text_of

LIBRARY = Path(sysconfig.get_path("stdlib"))

SAMPLE = (
    "base64 bisect calendar colorsys contextlib csv dataclasses difflib fileinput fnmatch fractions"
    " getopt gettext glob graphlib html hashlib inspect ipaddress keyword linecache locale"
    " mimetypes numbers ntpath operator optparse pathlib plistlib posixpath pprint quopri random"
    " reprlib rlcompleter sched shelve shlex shutil statistics string stringprep tempfile textwrap"
    " token tokenize traceback types uuid zipfile"
)
"""Modules of the standard library that say of themselves what they need, by name."""


def _fresh(name: str) -> ModuleType:
    """A module as it is before anybody has used it: some fill tables of theirs at a first call."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", SAMPLE.split())
def test_a_split_module_is_the_same_program(name: str, tmp_path: Path) -> None:
    text = _text(LIBRARY / f"{name}.py") or _text(LIBRARY / name / "__init__.py")
    original = _fresh(name)
    modules = saved(tmp_path, [text])
    compared = {
        function: difference(getattr(original, function), getattr(module, function))
        for function, module in modules.items()
        if type(getattr(original, function)).__name__ == "function"  # not replaced by C
    }
    assert {function: found for function, found in compared.items() if found} == {}


@pytest.mark.slow
def test_the_sample_is_worth_its_while() -> None:
    found = [c for name in SAMPLE.split() for c in taken(_text(LIBRARY / f"{name}.py")).values()]
    kept = [candidate for candidate in found if not candidate.problem]
    assert len(kept) > 250
    assert len(kept) > 0.6 * len(found)


@pytest.mark.slow
def test_modules_of_the_standard_library_split() -> None:
    files = [path for path in sorted(LIBRARY.glob("*.py")) if not path.stem.startswith("_")]
    assert len(files) > 150
    for path in files[::3]:
        text = _text(path)
        trees = _functions(text)
        for name, candidate in taken(text).items():
            if not candidate.problem:
                module = _module(candidate)
                _closed(module, f"{path.name}: {name}")
                assert _functions(module)[name] == trees[name]


@pytest.mark.slow
def test_rules_judge_any_module() -> None:
    for path in sorted(LIBRARY.glob("[a-z]*.py"))[::6]:
        for candidate in taken(_text(path)).values():
            if not candidate.problem:
                action = read_action(
                    _module(candidate),
                    path=Path(f"{candidate.name}.py"),
                    category="things",
                    source="local",
                    module=f"actions.things.{candidate.name}",
                )
                assert all("\n" not in finding.message for finding in rules.findings(action))


def _functions(text: str) -> dict[str, str]:
    """The dumped trees of the functions at the top level, by name."""
    return {
        node.name: ast.dump(node)
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _module(candidate: Candidate) -> str:
    return text_of(candidate, {use.name: f"actions.things.{use.name}" for use in candidate.uses})


def _closed(module: str, where: str) -> None:
    """Every name that the module reads is one that it binds, or a builtin."""
    bound: set[str] = set()
    read: set[str] = set()
    for table in _tables(symtable.symtable(module, where, "exec")):
        for symbol in table.get_symbols():
            at_top = table.get_type() == "module"
            made = symbol.is_assigned() or symbol.is_imported()
            if made and (at_top or symbol.is_declared_global()):
                bound.add(symbol.get_name())
            if symbol.is_referenced() and (at_top or symbol.is_global()):
                read.add(symbol.get_name())
    assert read - bound - KNOWN == set(), where


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)
