"""Modules as text: reading an action, its head, its imports, without ever importing it."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path

import pytest

from dynasaur.errors import ActionError
from dynasaur.source import (
    Head,
    move,
    read_action,
    read_docs,
    read_head,
    relative_imports,
    with_head,
)
from dynasaur.source.head import Toml
from dynasaur.types import Action, Parameter, Provenance

MODULE = '''# /// script
# requires-python = ">=3.11"
# dependencies = ["pandas>=2"]
#
# [tool.dynasaur]
# origin = "generated"
# task = "What is the mean price in sales.csv?"
# evidence = "replayed"
# ///
"""Mean of one column of a CSV file."""

import pandas as pd

from .read_table import read_table


def mean_of_column(path: str, /, column: str = "price", *, skip: "int | None" = None) -> float:
    """Mean of one column of a CSV file.

    Args:
        path: The CSV file.
        column: The column's header,
            as it is written.

    Returns:
        The mean.

    Raises:
        KeyError: No such column.
    """
    return float(read_table(path)[column].mean())
'''


def read(text: str, name: str = "f") -> Action:
    path = Path("actions/things") / f"{name}.py"
    return read_action(
        text, path=path, category="things", source="local", module=f"actions.things.{name}"
    )


# --- an action ------------------------------------------------------------------------------------


def test_an_action_is_read_whole() -> None:
    action = read(MODULE, "mean_of_column")
    assert action.name == "mean_of_column"
    assert action.signature == (
        'mean_of_column(path: str, /, column: str = "price", *, skip: "int | None" = None) -> float'
    )
    assert action.parameters == (
        Parameter("path", "str", None, "positional", "The CSV file."),
        Parameter("column", "str", '"price"', "normal", "The column's header, as it is written."),
        Parameter("skip", '"int | None"', "None", "keyword", ""),
    )
    assert action.returns == "float"
    assert action.summary == "Mean of one column of a CSV file."
    assert action.text == MODULE
    assert action.requires == ("actions.things.read_table",)
    assert action.dependencies == ("pandas>=2",)
    assert action.provenance == Provenance(
        "generated", "What is the mean price in sales.csv?", evidence="replayed"
    )


@pytest.mark.parametrize(
    ("header", "signature"),
    [
        ("def f()", "f()"),
        ("def f(a, b=1)", "f(a, b=1)"),
        ("def f(a, /, b, *, c)", "f(a, /, b, *, c)"),
        ("def f(a, b, /)", "f(a, b, /)"),
        ("def f(a, b, c, /, d)", "f(a, b, c, /, d)"),
        ("def f(a, /, *b, c)", "f(a, /, *b, c)"),
        ("def f(*a: int, c, **d)", "f(*a: int, c, **d)"),
        ("def f(*, c=1)", "f(*, c=1)"),
        ("async def f() -> 'int'", "async f() -> 'int'"),
        ("def f(\n    a: list[\n  int  # x\n ],\n)", "f(a: list[int])"),
    ],
)
def test_the_signature_stands_on_one_line(header: str, signature: str) -> None:
    assert read(f"{header}:\n    pass\n").signature == signature


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def f(:\n", "f.py:1: invalid syntax"),
        ("x = 1\ny = (\n", "f.py:2: '(' was never closed"),
        ("\0", "f.py:1: "),
        ("\ud800", "f.py:1: "),
        ("(" * 3000 + ")" * 3000, "f.py:1: "),
        ("", "f.py:1: no public function; define `f`"),
        ("def _f(): pass\nclass f: pass\n", "f.py:1: no public function"),
        ("def f(): pass\n\ndef g(): pass\n", "f.py:3: several public functions (`f`, `g`)"),
        ("\ndef g(): pass\n", "f.py:2: the function is `g` and the file `f`"),
        (
            "# /// script\n# x = \n# ///\ndef f(): pass\n",
            "f.py: line 1: the head is not valid TOML",
        ),
    ],
)
def test_what_is_no_action_is_told_on_one_line(text: str, reason: str) -> None:
    with pytest.raises(ActionError) as told:
        read(text)
    assert reason in str(told.value)
    assert "\n" not in str(told.value)


def test_reading_gives_no_warning_and_runs_nothing() -> None:
    read("def f():\n    return '\\d' is 1\n")  # warnings are errors here
    read("raise SystemExit\ndef f(): pass\n")


def test_overloads_are_one_function() -> None:
    text = "from typing import overload\n@overload\ndef f(a: int): ...\ndef f(a, b=1): ...\n"
    assert read(text).signature == "f(a, b=1)"


# --- its docstring --------------------------------------------------------------------------------


def test_a_docstring_is_read_by_its_sections() -> None:
    docs = read_docs("""Sums.

    Said before.

    Args:
        a (int): One,
            and more: of it.

            And more.
        *b: Two.
        c.d: Three.
      e: nothing
    Left of them.
        f: no parameter

    Keyword Args:
        g: Four.

    Yields:
        int: All.

    Raises:
        x.Error: Never.
    """)
    assert docs.summary == "Sums."
    assert docs.args == {
        "a": "One, and more: of it. And more.",
        "b": "Two.",
        "c.d": "Three.",
        "e": "nothing",
        "g": "Four.",
    }
    assert docs.returns == "int: All."
    assert docs.raises == {"x.Error": "Never."}


@pytest.mark.parametrize("text", ["", "\n", "Args:", "Args:\n    x", "A.\n\nArgs:\n:\n", "\0"])
def test_any_docstring_is_read(text: str) -> None:
    assert read_docs(text).args == {}


# --- its head -------------------------------------------------------------------------------------

PEP_723 = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
"""The reference expression of PEP 723: what every other tool reads with."""


def as_others_read(text: str) -> dict[str, object]:
    (found,) = PEP_723.finditer(text)
    lines = found["content"].splitlines(keepends=True)
    return tomllib.loads("".join(line[2:] if line.startswith("# ") else line[1:] for line in lines))


UGLY = [
    "plain",
    'She said "mean"\nthen \'\'\'and""" went',
    "# ///\n# /// script\n# x = 1",
    "back\\slash \\u0041 tab\t bell\x07 del\x7f nul\0",
    "line\u2028separator\u0085next\x0cfeed\rreturn",
    "größe 你好 😀 \u202ertl",
]


@pytest.mark.parametrize("task", UGLY)
def test_any_text_survives_in_a_head(task: str) -> None:
    head = Head(">=3.11", ("a>=1", task), Provenance("generated", task, "m", "r", "called"))
    text = with_head("# ///\nX = 1\n", head)
    assert read_head(text) == head
    told = as_others_read(text)
    assert told["tool"] == {
        "dynasaur": {
            "origin": "generated",
            "task": task,
            "model": "m",
            "run": "r",
            "evidence": "called",
        }
    }
    assert text.endswith("# ///\n\n# ///\nX = 1\n")
    assert compile(text, "module", "exec")


def test_half_a_surrogate_pair_cannot_be_kept() -> None:
    text = with_head("", Head(provenance=Provenance(task="a\ud800b")))
    assert read_head(text).provenance.task == "a\ufffdb"
    text.encode()


def test_the_head_of_the_design_is_written_as_it_is_read() -> None:
    assert with_head(MODULE, read_head(MODULE)) == MODULE


def test_everything_else_in_the_block_is_kept() -> None:
    extra: dict[str, Toml] = {
        "exclude": [1, 2.5, True, {"a b": "c"}],
        "when": dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC),
        "tool": {"uv": {"x": 1, "deep": {"y": []}, "": {}}, "dynasaur": {"note": "n"}},
    }
    head = Head(provenance=Provenance(origin="written"), extra=extra)
    assert read_head(with_head("X = 1\n", head)) == head


def test_a_head_is_put_in_the_place_of_the_old_one() -> None:
    text = with_head(MODULE, Head(">=3.12"))
    assert text.startswith('# /// script\n# requires-python = ">=3.12"\n# ///\n"""Mean')
    assert with_head(text, Head()).startswith('"""Mean')
    assert with_head("#!/usr/bin/env python\nX = 1\n", Head(">=3.12")).startswith("#!/usr")


@pytest.mark.parametrize(
    "text", ["", "#!", "# /// script\n# ///", "#!/bin/sh\n# /// script\n# ///"]
)
def test_a_head_is_put_where_there_is_nothing_else(text: str) -> None:
    head = Head(">=3.11")
    made = with_head(text, head)
    assert read_head(made) == head
    assert with_head(with_head(made, Head()), head) == made
    assert made.startswith(text[:2] if text.startswith("#!") else "# /// script\n")


def test_a_block_inside_a_string_is_no_head() -> None:
    text = '"""Doc.\n\n# /// script\n# dependencies = ["x"]\n# ///\n"""\n'
    assert read_head(text) == Head()
    assert with_head(text, Head(">=3.11")).endswith(text)


def test_a_head_may_have_line_ends_of_windows_and_a_mark() -> None:
    text = "\ufeff" + MODULE.replace("\n", "\r\n")
    assert read_head(text) == read_head(MODULE)
    assert read(text, "mean_of_column").dependencies == ("pandas>=2",)


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("# /// script\n# x = 1\n", "line 1: the `# /// script` block has no closing"),
        ("\n# /// script\n# ///\n\n# /// script\n# ///\n", "line 5: a second"),
        ("# /// script\n# dependencies = 'x'\n# ///\n", "`dependencies` must be a list"),
        ("# /// script\n# dependencies = [1]\n# ///\n", "`dependencies` must be text"),
        ("# /// script\n# requires-python = 3\n# ///\n", "`requires-python` must be text"),
        ("# /// script\n# tool = 3\n# ///\n", "`tool.dynasaur` must be a table"),
        ("# /// script\n# tool.dynasaur = 3\n# ///\n", "`tool.dynasaur` must be a table"),
        ("# /// script\n# tool.dynasaur.task = 3\n# ///\n", "`task` must be text"),
        ("# /// script\n# ]\n# ///\n", "line 1: the head is not valid TOML"),
    ],
)
def test_a_malformed_head_is_told(block: str, reason: str) -> None:
    with pytest.raises(ActionError) as told:
        read_head(block)
    assert reason in str(told.value)
    assert "\n" not in str(told.value)


# --- its imports ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "module", "found"),
    [
        ("from .b import b", "actions.t.a", ("actions.t.b",)),
        ("from . import b, c as d", "actions.t.a", ("actions.t.b", "actions.t.c")),
        ("from ..u.b import b", "actions.t.a", ("actions.u.b",)),
        ("from ..u import b", "actions.t.a", ("actions.u.b",)),
        ("from .b import b", "actions.a", ("actions.b",)),
        ("from .._browser import page", "actions.t.a", ("actions._browser",)),
        ("from ..vendor.base.t.b import b", "actions.t.a", ("actions.vendor.base.t.b",)),
        ("from .b import b", "actions.vendor.base.t.a", ("actions.vendor.base.t.b",)),
        ("from ..u import b", "actions.vendor.base.t.a", ("actions.vendor.base.u.b",)),
        ("from .b import B, b", "actions.t.a", ("actions.t.b",)),
        ("from .b import helper", "actions.t.a", ("actions.t.b",)),
        ("from .b import B, b", "actions.a", ("actions.b",)),
        ("from .b import B", "actions.a", ("actions.b",)),
        ("from .b import *", "actions.t.a", ("actions.t.b",)),
        ("def f():\n    from .b import b", "actions.t.a", ("actions.t.b",)),
        (
            "try:\n    from .b import b\nexcept ImportError: from .c import c",
            "actions.t.a",
            ("actions.t.b", "actions.t.c"),
        ),
        ("from actions.t.b import b", "actions.t.a", ("actions.t.b",)),
        ("import actions.t.b as x, os", "actions.t.a", ("actions.t.b",)),
        ("from ....far import x", "actions.t.a", ()),
        ("import os\nfrom os import path", "actions.t.a", ()),
    ],
)
def test_imports_of_actions(line: str, module: str, found: tuple[str, ...]) -> None:
    assert relative_imports(line, module) == found


@pytest.mark.parametrize(
    ("line", "module", "to", "moved"),
    [
        ("from .b import b", "actions.t.a", "actions.u.a", "from ..t.b import b"),
        ("from ..t.b import b", "actions.u.a", "actions.t.a", "from .b import b"),
        ("from .b import b", "actions.t.a", "actions.t.z", "from .b import b"),
        ("from .b import b", "actions.a", "actions.t.a", "from ..b import b"),
        (
            "from  . b  import (b,\n  c)  # n",
            "actions.t.a",
            "actions.u.a",
            "from ..t.b import (b,\n  c)  # n",
        ),
        ("from . \\\n b import b", "actions.t.a", "actions.u.a", "from ..t.b import b"),
        ("é = 'é'; from .b import b", "actions.t.a", "actions.u.a", "é = 'é'; from ..t.b import b"),
        ("from .x.importer import b", "actions.a", "actions.t.a", "from ..x.importer import b"),
        (
            "from .moving import moving",
            "actions.t.a",
            "actions.t.a",
            "from ..v.moving import moving",
        ),
        ("from . import moving", "actions.t.a", "actions.t.a", "from ..v import moving"),
        (
            "s = 'from .b import b'; import os",
            "actions.t.a",
            "actions.u.a",
            "s = 'from .b import b'; import os",
        ),
    ],
)
def test_a_moved_modules_imports(line: str, module: str, to: str, moved: str) -> None:
    assert move(line, module, to, {"actions.t.moving": "actions.v.moving"}) == moved
