"""What holds for any text at all, and for any program that cells can make."""

from __future__ import annotations

import inspect
import random
import re
import tempfile
import textwrap
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dynasaur.checks import rules
from dynasaur.errors import ActionError
from dynasaur.source import (
    Head,
    candidates,
    effects,
    gather,
    move,
    read_action,
    read_head,
    relative_imports,
    with_head,
)
from dynasaur.source.imports import relative
from dynasaur.types import Provenance
from tests.builders.source import saved, taken, text_of

FEW = settings(max_examples=60, deadline=None, database=None)
MANY = settings(max_examples=300, deadline=None, database=None)

# --- any text -----------------------------------------------------------------------------------

FRAGMENTS = """\
def f(a, b: "int | None" = 1, *c, **d) -> list[int]:
    return [x for x in a if (y := x)]
async def g(): await f(1)
class C(Base, metaclass=M): x: int = 1
@deco(1)
import os, sys as s
from . import x
from ..a.b import c as d, e
from actions.t.mean import mean as m
from math import *
from __future__ import annotations
X = 1; Y = 2  # two
T["a"] += 1
try: import q
except ImportError: q = None
if TYPE_CHECKING:
else:
    global X
    '''text
    "\\
%matplotlib inline
x = !ls
%%bash
len?
# /// script
# dependencies = ["a"]
# [tool.dynasaur]
# ///
\"""Doc.
Args:
    a: Text.
)]}
({[
\\
\t
match x:
    case C(y=1, **z): pass
lambda: (yield)
del X
π = "\N{PILE OF POO}\ud800\0"
f"{x!r:{y}} {'a' "b"}"
type A[T] = list[T]
\f
return await x
"""
PIECES = FRAGMENTS.split("\n")

lines = st.lists(st.sampled_from(PIECES), max_size=12).map("\n".join)
REAL = inspect.getsource(textwrap) + inspect.getsource(re)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A piece of real modules with something cut out and something put in."""
    start = draw(st.integers(0, len(REAL) - 1))
    text = REAL[start : start + draw(st.integers(0, 3000))]
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 30))
        text = text[:at] + draw(st.sampled_from([*PIECES, "\r\n", "\r"])) + text[at + cut :]
    return text


texts = st.text(max_size=200) | lines | damaged()


@MANY
@given(st.lists(texts, max_size=4))
def test_cells_of_any_text_give_candidates(cells: list[str]) -> None:
    for candidate in candidates(cells, lambda name: f"actions.t.{name}" if name < "m" else None):
        assert "\n" not in candidate.problem
        if not candidate.problem:
            module = text_of(candidate)
            compile(module, "module", "exec")
            assert relative_imports(module, "actions.things.x") is not None
            assert module.endswith("\n")
            assert not module.endswith("\n\n")


@MANY
@given(texts)
def test_any_text_is_read_or_refused_on_one_line(text: str) -> None:
    for read in (_findings, read_head, effects, _imports, _moved, _headed):
        try:
            read(text)
        except ActionError as error:
            said = str(error)
        else:
            said = "none"
        assert said
        assert "\n" not in said


def _findings(text: str) -> object:
    action = read_action(
        text, path=Path("f.py"), category="t", source="local", module="actions.t.f"
    )
    return rules.findings(action)


def _imports(text: str) -> object:
    return relative_imports(text, "actions.t.f"), gather(["actions.t.f"], {"actions.t.f": text}.get)


def _moved(text: str) -> None:
    there = move(text, "actions.t.f", "actions.vendor.base.u.f")
    back = move(there, "actions.vendor.base.u.f", "actions.t.f")
    known = relative_imports(text, "actions.t.f")
    assert relative_imports(back, "actions.t.f") == known


def _headed(text: str) -> None:
    head = Head(">=3.11")
    assert read_head(with_head(text, head)) == head
    assert with_head(with_head(text, Head(">=3.12")), head) == with_head(text, head)


# --- heads --------------------------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
values = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
heads = st.builds(
    Head,
    words,
    st.lists(words, max_size=3).map(tuple),
    st.builds(Provenance, words, words, words, words, words),
    st.dictionaries(words.map("x-".__add__), values, max_size=3),
)


@MANY
@given(heads, lines)
def test_a_head_is_read_as_it_was_written(head: Head, body: str) -> None:
    try:
        read_head(body)
    except ActionError:
        body = ""
    text = with_head(body, head)
    assert read_head(text) == head
    rest = with_head(text, Head())
    assert rest.strip() in body


# --- programs -------------------------------------------------------------------------------------


class Program:
    """A random program of constants, helpers, classes and public functions of one argument."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.constants: list[str] = []
        self.functions: list[str] = []
        self.classes: list[str] = []
        self.cells: list[str] = [""]
        for number in range(self.random.randint(3, 14)):
            if not self.random.randrange(3):
                self.cells.append("")
            self.cells[-1] += self.random.choice(
                [self.constant, self.helper, self.public, self.public, self.klass]
            )(number)

    def value(self) -> str:
        """An expression without `x`: a number, or a constant defined before."""
        known = self.random.choice([*self.constants, "3"]) if self.constants else "2"
        return self.random.choice(["1", "len('ab')", known, f"({known} + 1)"])

    def constant(self, number: int) -> str:
        name = f"{self.random.choice(['', '_'])}C{number % 4}"  # often bound anew
        text = self.random.choice(
            [
                "{} = {}\n",
                "# said\n{} = {}  # so\n",
                "{}: int = {}\n",
                "{} = int({})\n",
                "{} = {};\n",
            ]
        ).format(name, self.value())
        self.constants.append(name)
        return text

    def expression(self) -> str:
        parts = ["x", self.value()]
        if self.functions:
            parts.append(f"{self.random.choice(self.functions)}(x - 1)")
        if self.classes:
            parts.append(f"{self.random.choice(self.classes)}(x).twice()")
        return " + ".join(self.random.sample(parts, k=self.random.randint(1, len(parts))))

    def function(self, name: str) -> str:
        default = self.value()
        body = self.random.choice(
            [
                "    return {e}\n",
                "    # why\n    y = {e}\n    return y\n    # end\n",
                '    """Says {e}."""\n    def inner(z): return z + {v}\n    return inner({e})\n',
                "    return sum([{e} for x in (x, {v})])\n",
                "    import math as m\n\n    return m.floor({e})\n",
                "    return (lambda y: y + {e})(default)\n",
            ]
        ).format(e=self.expression(), v=self.value())
        decorator = self.random.choice(["", "@ft.lru_cache(\n    maxsize=None,\n)\n"])
        imported = "import functools as ft, math\n" if decorator else ""
        self.functions.append(name)
        return f"{imported}{decorator}def {name}(x, default={default}):\n{body}"

    def helper(self, number: int) -> str:
        return self.function(f"_h{number}")

    def public(self, number: int) -> str:
        return self.function(f"p{number}")

    def klass(self, number: int) -> str:
        name = f"{self.random.choice(['', '_'])}K{number}"
        text = (
            f"class {name}:\n    base = {self.value()}\n\n    def __init__(self, x):\n"
            f"        self.x = x\n\n    def twice(self):\n        x = self.x\n"
            f"        return self.base + {self.expression()}\n"
        )
        self.classes.append(name)
        return text


@FEW
@given(st.integers(0, 10**9))
def test_saved_modules_compute_what_the_cells_computed(seed: int) -> None:
    program = Program(seed)
    namespace: dict[str, object] = {}
    for cell in program.cells:
        exec(cell, namespace)
    with tempfile.TemporaryDirectory() as folder:
        modules = saved(Path(folder), program.cells)
    assert set(modules) == {name for name in program.functions if name.startswith("p")}
    for name, module in modules.items():
        for x in (-2, 0, 5):
            original = namespace[name]
            assert callable(original)
            assert getattr(module, name)(x) == original(x)


@FEW
@given(st.integers(0, 10**9))
def test_everything_travels_verbatim(seed: int) -> None:
    program = Program(seed)
    text = "".join(program.cells)
    for candidate in taken(*program.cells).values():
        for part in candidate.parts:
            for line in part.split("\n"):
                assert line.removesuffix(";") in text
        (own,) = [part for part in candidate.parts if f"def {candidate.name}(" in part]
        assert f"{own}\n" in text


# --- imports between actions ----------------------------------------------------------------------

roots = st.sampled_from(["actions", "actions.vendor.base", "actions.vendor.other"])
modules = st.builds(
    "{}.{}.{}".format, roots, st.sampled_from(["t", "u", "base"]), st.sampled_from(["a", "b", "t"])
)


@MANY
@given(modules, modules, modules)
def test_a_relative_import_names_the_module_it_was_made_for(
    target: str, module: str, to: str
) -> None:
    name = target.rpartition(".")[2]
    line = f"from {relative(target, module)} import {name}\n"
    assert relative_imports(line, module) == (target,)
    assert relative_imports(move(line, module, to), to) == (target,)
    assert move(move(line, module, to), to, module) == line
    moved = move(line, module, module, {target: to})
    assert relative_imports(moved, module) == (to,)
