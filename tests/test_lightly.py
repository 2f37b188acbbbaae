"""Packages that are imported without what nobody asked for are the same packages."""

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


CLIENT = """
from dynasaur.kernel.launcher import lighten_client
lighten_client()
import sys
from jupyter_client.session import Session
"""


def test_jupyter_client_comes_without_managers_until_one_is_asked_for() -> None:
    program = f"""{CLIENT}
import jupyter_client
print(bool(jupyter_client.__version__), jupyter_client.__file__.endswith("__init__.py"))
print("jupyter_client.manager" in sys.modules)
lighten_client()
from jupyter_client import BlockingKernelClient, KernelManager, find_connection_file
print(KernelManager.__module__, jupyter_client.BlockingKernelClient is BlockingKernelClient)
print(hasattr(jupyter_client, "nothing"))
"""
    told = python(program).splitlines()
    assert told == ["True True", "False", "jupyter_client.manager True", "False"]


@pytest.mark.parametrize("name", ["manager", "blocking", "provisioning", "client", "kernelspec"])
def test_each_part_of_jupyter_client_can_be_the_first_to_be_asked_for(name: str) -> None:
    program = f"""{CLIENT}
import jupyter_client.{name}
from jupyter_client import {name}, KernelManager
print({name} is sys.modules["jupyter_client.{name}"] and jupyter_client.{name} is {name})
"""
    assert python(program) == "True\n"


def test_jupyter_client_is_left_as_it_is_where_it_was_imported_before() -> None:
    program = f"""import jupyter_client
before = vars(jupyter_client).copy(){CLIENT}
print(sys.modules["jupyter_client"] is jupyter_client, vars(jupyter_client) == before)
"""
    assert python(program) == "True True\n"
