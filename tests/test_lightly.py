"""The openai package, imported without types that nobody asked for, is the same package."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PROGRAM = """
import sys
{before}
import openai
loaded = sum(name.startswith("openai.types.") for name in sys.modules)
import importlib, json, pkgutil
import openai.types
found = {{}}
walk = pkgutil.walk_packages(openai.types.__path__, "openai.types.")
for name in ["openai.types", *(one.name for one in walk if one.ispkg)]:
    package = importlib.import_module(name)
    for one in dir(package):
        value = getattr(package, one)
        if one[0] != "_" and one != "annotations" and not isinstance(value, type(sys)):
            where = [getattr(value, key, "") for key in ("__module__", "__qualname__")]
            found[f"{{name}}:{{one}}"] = [type(value).__name__, *where]
print(json.dumps([loaded, found]))
"""
LIGHTEN = "from dynasaur.models.lightly import lighten\nlighten()\nlighten()"


def python(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    ).stdout


@pytest.fixture(scope="module")
def both() -> tuple[tuple[int, dict[str, list[str]]], tuple[int, dict[str, list[str]]]]:
    plain, light = (json.loads(python(PROGRAM.format(before=one))) for one in ("", LIGHTEN))
    return plain, light


def test_every_name_is_what_it_was(
    both: tuple[tuple[int, dict[str, list[str]]], tuple[int, dict[str, list[str]]]],
) -> None:
    (_, plain), (_, light) = both
    assert len(plain) > 500
    assert light == plain


def test_few_types_are_imported_before_they_are_asked_for(
    both: tuple[tuple[int, dict[str, list[str]]], tuple[int, dict[str, list[str]]]],
) -> None:
    (plain, _), (light, _) = both
    assert light < plain / 3


def test_what_is_not_there_is_an_error_of_the_usual_kind() -> None:
    program = f"""{LIGHTEN}
import openai.types
try:
    openai.types.NoSuchType
except AttributeError as error:
    print(error)
try:
    from openai.types.chat import NoSuchType
except ImportError as error:
    print(error.name)
from openai.types import *
print(Completion.__name__)
"""
    said = python(program).splitlines()
    assert said == [
        "module 'openai.types' has no attribute 'NoSuchType'",
        "openai.types.chat",
        "Completion",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "from .a import B\nprint('more than names')\n",
        "from .a import *\n",
        "from ..a import B\n",
        "from .a import (\n",
        "from .a import a\n",
    ],
)
def test_a_package_that_does_more_is_left_as_it_is(source: str) -> None:
    from dynasaur.models.lightly import _origins

    assert _origins(source.encode()) is None
