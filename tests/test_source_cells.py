"""Cells to candidates: the closure of each function, verbatim, or the reason why not."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from dynasaur.source import Use, effects
from tests.builders.source import saved, taken, text_of

# --- what travels -------------------------------------------------------------------------------

TRAVELS = [
    pytest.param(
        'import numpy as np\ndef f(x: float) -> float:\n    """Root."""\n    return np.sqrt(x)\n',
        '"""Root."""\n\nimport numpy as np\n\n\ndef f(x: float) -> float:\n    """Root."""\n'
        "    return np.sqrt(x)\n",
        id="an import keeps its alias",
    ),
    pytest.param(
        "import os, sys as system\ndef f():\n    return system.argv\n",
        '"""F."""\n\nimport sys as system\n\n\ndef f():\n    return system.argv\n',
        id="of several imports only the one needed",
    ),
    pytest.param(
        "from math import (\n    pi,  # the circle\n    tau,\n)\ndef f():\n    return pi + tau\n",
        '"""F."""\n\nfrom math import (\n    pi,  # the circle\n    tau,\n)\n\n\n'
        "def f():\n    return pi + tau\n",
        id="an import of which all is needed stays as written",
    ),
    pytest.param(
        "from math import pi as p, tau\ndef f():\n    return p\n",
        '"""F."""\n\nfrom math import pi as p\n\n\ndef f():\n    return p\n',
        id="part of a from import",
    ),
    pytest.param(
        "import os\nimport os.path\nimport xml.dom\ndef f():\n    return os.path.sep\n",
        '"""F."""\n\nimport os\nimport os.path\n\n\ndef f():\n    return os.path.sep\n',
        id="submodules imported under one name",
    ),
    pytest.param(
        "from somewhere import os\nimport os.path\ndef f():\n    return os.path.sep\n",
        '"""F."""\n\nimport os.path\n\n\ndef f():\n    return os.path.sep\n',
        id="a submodule imported over another name",
    ),
    pytest.param(
        "# how much\nRATE = 0.2  # a fifth\nBASE = {'a': RATE}\n\nUNUSED = 1\n"
        "def f(x):\n    return x * BASE['a']\n",
        '"""F."""\n\n# how much\nRATE = 0.2  # a fifth\nBASE = {\'a\': RATE}\n\n\n'
        "def f(x):\n    return x * BASE['a']\n",
        id="constants of constants, with comments and quotes as written",
    ),
    pytest.param(
        "RATE = 1\ndef f(x=RATE):\n    return x + RATE\nRATE = 2\n",
        '"""F."""\n\nRATE = 1\n\n\ndef f(x=RATE):\n    return x + RATE\n\n\nRATE = 2\n',
        id="a default keeps the value that it was made of, though the name is bound anew",
    ),
    pytest.param(
        "import re\n_WORD = re.compile(r'\\w+')\ndef f(t):\n    return _WORD.findall(t)\n",
        '"""F."""\n\nimport re\n\n_WORD = re.compile(r\'\\w+\')\n\n\n'
        "def f(t):\n    return _WORD.findall(t)\n",
        id="a compiled pattern is a constant",
    ),
    pytest.param(
        "A = 1; B = 2; C = A + B  # sum\ndef f():\n    return C\n",
        '"""F."""\n\nA = 1\nB = 2\nC = A + B  # sum\n\n\ndef f():\n    return C\n',
        id="semicolons on one line",
    ),
    pytest.param(
        "A = 1; B = [\n    A,\n    'é', 2,\n    3]; C = B\ndef f():\n    return C\n",
        '"""F."""\n\nA = 1\nB = [\n    A,\n    \'é\', 2,\n    3]\nC = B\n\n\n'
        "def f():\n    return C\n",
        id="semicolons around several lines",
    ),
    pytest.param(
        "def _g(x):\n    # inside\n    return _h(x)\ndef _h(x): return _g(x - 1) if x else 0\n"
        "def f(x):\n    return _g(x)\n",
        '"""F."""\n\n\ndef _g(x):\n    # inside\n    return _h(x)\n\n\n'
        "def _h(x): return _g(x - 1) if x else 0\n\n\ndef f(x):\n    return _g(x)\n",
        id="private helpers that call each other",
    ),
    pytest.param(
        "from dataclasses import dataclass\n\n@dataclass\nclass P:\n    x: int\n\n"
        "def f(x: int) -> P:\n    return P(x)\n",
        '"""F."""\n\nfrom dataclasses import dataclass\n\n\n@dataclass\nclass P:\n    x: int\n\n\n'
        "def f(x: int) -> P:\n    return P(x)\n",
        id="a dataclass and its decorator's import",
    ),
    pytest.param(
        "import functools\n# warm\n@functools.lru_cache(\n    maxsize=None,\n)\n"
        "def f(x):\n    return x\n    # the end\n",
        '"""F."""\n\nimport functools\n\n\n# warm\n@functools.lru_cache(\n    maxsize=None,\n)\n'
        "def f(x):\n    return x\n    # the end\n",
        id="a decorator over lines, comments above and below",
    ),
    pytest.param(
        "try:\n    import ujson as json\nexcept ImportError:\n    import json\n"
        "def f(t):\n    return json.loads(t)\n",
        '"""F."""\n\ntry:\n    import ujson as json\nexcept ImportError:\n    import json\n\n\n'
        "def f(t):\n    return json.loads(t)\n",
        id="an import with a fallback",
    ),
    pytest.param(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from decimal import Decimal\n"
        "def f(x: 'Decimal') -> 'list[Decimal]':\n    return [x]\n",
        '"""F."""\n\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n'
        "    from decimal import Decimal\n\n\n"
        "def f(x: 'Decimal') -> 'list[Decimal]':\n    return [x]\n",
        id="names used in quoted annotations only",
    ),
    pytest.param(
        "from __future__ import annotations\nimport decimal\ndef f(x: decimal.Decimal): return x\n",
        '"""F."""\n\nfrom __future__ import annotations\n\nimport decimal\n\n\n'
        "def f(x: decimal.Decimal): return x\n",
        id="annotations from the future",
    ),
    pytest.param(
        "N = 2\nM = N\ndef f(a=N, *, b=(lambda: M)):\n    return a, b()\n",
        '"""F."""\n\nN = 2\nM = N\n\n\ndef f(a=N, *, b=(lambda: M)):\n    return a, b()\n',
        id="defaults",
    ),
    pytest.param(
        "K = 3\nclass _C:\n    size = K\n    def m(self):\n        return L\nL = 4\n"
        "def f():\n    return _C().m()\n",
        '"""F."""\n\nK = 3\n\n\nclass _C:\n    size = K\n    def m(self):\n        return L\n\n\n'
        "L = 4\n\n\ndef f():\n    return _C().m()\n",
        id="class attributes and methods",
    ),
    pytest.param(
        "COUNT = 0\ndef f():\n    global COUNT\n    COUNT += 1\n    return COUNT\n",
        '"""F."""\n\nCOUNT = 0\n\n\ndef f():\n    global COUNT\n    COUNT += 1\n    return COUNT\n',
        id="global",
    ),
    pytest.param(
        "LIMIT = (half := 8) * 2\ndef f(xs):\n    return [y for x in xs if (y := x) > half]\n",
        '"""F."""\n\nLIMIT = (half := 8) * 2\n\n\n'
        "def f(xs):\n    return [y for x in xs if (y := x) > half]\n",
        id="walrus",
    ),
    pytest.param(
        "größe = 2\ndef f(ß):\n    return ß * größe  # é\n",
        '"""F."""\n\ngröße = 2\n\n\ndef f(ß):\n    return ß * größe  # é\n',
        id="names beyond ASCII",
    ),
    pytest.param(
        "\ufeff\fX = 1\r\n\fdef f():\r\n\treturn '''a\r\n\f#b''', X\r\n",
        "\"\"\"F.\"\"\"\n\nX = 1\n\n\ndef f():\n\treturn '''a\n\f#b''', X\n",
        id="byte order mark, form feeds, tabs, CRLF",
    ),
    pytest.param(
        "async def f(x):\n    async with x as y:\n        return await y\n",
        '"""F."""\n\n\nasync def f(x):\n    async with x as y:\n        return await y\n',
        id="async",
    ),
    pytest.param(
        "def f():\n    import json as j\n    def g():\n        return j.dumps(1)\n    return g()\n",
        '"""F."""\n\n\ndef f():\n    import json as j\n    def g():\n'
        "        return j.dumps(1)\n    return g()\n",
        id="imports and functions inside",
    ),
    pytest.param(
        "import json\n# /// script\n# dependencies = []\n# ///\ndef f():\n    return json\n",
        '"""F."""\n\nimport json\n\n\ndef f():\n    return json\n',
        id="a script block above is no comment of the function",
    ),
    pytest.param(
        "with open('x') as handle:\n    import csv\ndef f(p):\n    return csv.reader(p)\n",
        '"""F."""\n\nimport csv\n\n\ndef f(p):\n    return csv.reader(p)\n',
        id="an import inside code that runs",
    ),
    pytest.param(
        "X = 1\nY = X + 1\nX = 5\ndef f():\n    return X + Y\n",
        '"""F."""\n\nX = 1\nY = X + 1\nX = 5\n\n\ndef f():\n    return X + Y\n',
        id="a constant bound twice, both needed",
    ),
    pytest.param(
        "def f(n):\n    return n and f(n - 1)\nf = f(3)\n",
        '"""F."""\n\n\ndef f(n):\n    return n and f(n - 1)\n',
        id="a result under the function's name does not hide it",
    ),
    pytest.param(
        "%%time\ndef f():\n    return 1\n",
        '"""F."""\n\n\ndef f():\n    return 1\n',
        id="a timed cell",
    ),
    pytest.param(
        "%matplotlib inline\n!pip install 'x\nfiles = !ls (\nlen?\npip install y\n"
        "X = '''\n!kept\n'''\nY = (7\n  % 2)\ndef f():\n    return X, Y\n",
        "\"\"\"F.\"\"\"\n\nX = '''\n!kept\n'''\nY = (7\n  % 2)\n\n\ndef f():\n    return X, Y\n",
        id="magics beside it",
    ),
    pytest.param(
        "    def f():\n        return 1\n",
        '"""F."""\n\n\ndef f():\n    return 1\n',
        id="an indented cell",
    ),
    pytest.param(
        'def f():\n    r"""Say "C:\\new" now"""\n',
        '"""Say "C:\\\\new" now"""\n\n\ndef f():\n    r"""Say "C:\\new" now"""\n',
        id="a backslash in the summary",
    ),
    pytest.param(
        "def f():\n    'Ends in \"'\n",
        '"""Ends in " """\n\n\ndef f():\n    \'Ends in "\'\n',
        id="a quote at the summary's end",
    ),
]


@pytest.mark.parametrize(("cell", "module"), TRAVELS)
def test_travels_verbatim(cell: str, module: str) -> None:
    candidate = taken(cell)["f"]
    assert candidate.problem == ""
    assert text_of(candidate) == module
    compile(module, "module", "exec")


def test_what_earlier_cells_defined_travels() -> None:
    found = taken("import math\nR = 2\n", "def _sq(x): return x * x\n", "def f(): return _sq(R)\n")
    assert text_of(found["f"]) == (
        '"""F."""\n\nR = 2\n\n\ndef _sq(x): return x * x\n\n\ndef f(): return _sq(R)\n'
    )


def test_the_last_definition_wins() -> None:
    found = taken("_K = 1\ndef f(): return _K\n", "def f(): return _K + 1\n", "_K = 2\n")
    assert list(found) == ["f"]
    assert text_of(found["f"]) == '"""F."""\n\n_K = 2\n\n\ndef f(): return _K + 1\n'


def test_a_function_may_be_called_top() -> None:
    cell = "N = 1\ndef top(x):\n    global N\n    y = x\n    import os as z\n    return y, z, N\n"
    found = taken(cell)["top"]
    assert not found.problem
    assert "N = 1" in text_of(found)


def test_what_a_literal_type_holds_is_no_name() -> None:
    cell = (
        "import typing as t\nfrom typing import Annotated, Literal\nX = 1\nY = 2\n"
        "def f(a: Literal['X'], b: 't.Literal[\"X\"]', c: Annotated['Y', 'X']): return a\n"
    )
    text = text_of(taken(cell)["f"])
    assert "X = 1" not in text
    assert "Y = 2" in text
    assert "import typing as t" in text


def test_long_imports_are_laid_out_over_lines() -> None:
    names = [f"a_rather_long_name_{number}" for number in range(6)]
    cell = f"from somewhere import {', '.join(names)}\ndef f():\n    return {'+'.join(names[1:])}\n"
    text = text_of(taken(cell)["f"])
    lines = "".join(f"    {name},\n" for name in names[1:])
    assert f"\nfrom somewhere import (\n{lines})\n" in text


def test_private_functions_classes_and_lambdas_are_no_candidates() -> None:
    assert taken("def _f(): pass\nclass C: pass\ng = lambda: 1\ndef __h__(): pass\n") == {}


NEWER = [
    "X = 1\ntype Pair[T] = tuple[T, Y]\nY = int\ndef f(p: Pair[int]): return p",
    "class _B: pass\ndef f[T: _B](x: T) -> T:\n    def g[U](u: U) -> U: return u\n    return g(x)",
    "class Box[T]:\n    x: T\n    def get(self) -> T: ...\ndef f(b: Box[int]): return b.get()",
    "def f(x):\n    return f'{x!r:{'>5'}} {', '.join(['a'])}'",
    "def f(x):\n    return [lambda: (y, z) for y in x for z in [y] if (w := z)]",
]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of Python 3.12")
@pytest.mark.parametrize("cell", NEWER)
def test_newer_syntax_travels(cell: str) -> None:
    candidate = taken(cell)["f"]
    assert candidate.problem == ""
    names: dict[str, object] = {}
    exec(compile(text_of(candidate), "module", "exec"), names)
    assert "f" in names
    assert ("Pair" in names) == ("Pair" in cell)


MAGICS = [
    "%matplotlib inline",
    "!pip install 'x",
    '!echo "(" {',
    "files = !ls (",
    "a, b = %who_ls",
    "?len",
    "len?",
    "str.split??",
    "pip install y",
    "ls -la",
    "%timeit x = 1",
    "!ls \\\n  -la",
    "for i in (1,):\n    !echo {i}",
    "!cat '''",
    "%env A=$B",
]


@pytest.mark.parametrize("magic", MAGICS)
@pytest.mark.parametrize("other", ["X = 1", "!echo it's"])
def test_lines_that_only_a_notebook_runs_do_no_harm(magic: str, other: str) -> None:
    function = "def f(x):\n    return (x\n      % 2), '''\n!kept'''"
    candidate = taken(f"{magic}\n{other}\n{function}\n{magic}\n")["f"]
    assert candidate.problem == ""
    assert candidate.parts == (function,)


# --- what it uses -------------------------------------------------------------------------------


def test_functions_defined_together_import_one_another() -> None:
    found = taken("def read(p):\n    return [p]\ndef f(p):\n    return read(p)\n")
    assert found["f"].uses == (Use("read"),)
    assert text_of(found["f"], {"read": "actions.tables.read"}) == (
        '"""F."""\n\nfrom ..tables.read import read\n\n\ndef f(p):\n    return read(p)\n'
    )


def test_an_action_of_the_library_is_found_by_its_bare_name() -> None:
    module = "actions.vendor.base.tables.read_table"
    found = taken("def f(p):\n    return read_table(p)\n", known={"read_table": module})["f"]
    assert found.uses == (Use("read_table", module),)
    assert "\nfrom ..vendor.base.tables.read_table import read_table\n" in text_of(found)


@pytest.mark.parametrize(
    ("line", "use", "imported"),
    [
        (
            "from actions.tables.mean import mean",
            Use("mean", "actions.tables.mean"),
            "from ..tables.mean import mean",
        ),
        (
            "from actions.tables.mean import mean as m",
            Use("mean", "actions.tables.mean", "m"),
            "from ..tables.mean import mean as m",
        ),
        (
            "from actions.things.mean import mean",
            Use("mean", "actions.things.mean"),
            "from .mean import mean",
        ),
        ("from actions.mean import mean", Use("mean", "actions.mean"), "from ..mean import mean"),
    ],
)
def test_explicit_imports_of_actions_become_relative(line: str, use: Use, imported: str) -> None:
    name = use.alias or use.name
    outside = taken(f"{line}\ndef f(x):\n    return {name}(x)\n")["f"]
    assert outside.uses == (use,)
    assert f"\n{imported}\n" in text_of(outside)
    inside = taken(f"def f(x):\n    {line}  # here\n    return {name}(x)\n")["f"]
    assert inside.uses == (Use(use.name, use.module, use.alias, inside=True),)
    assert f"\n    {imported}  # here\n" in text_of(inside)
    assert text_of(inside).count("import") == 1


def test_the_saved_name_of_a_used_action_may_differ_from_the_runs() -> None:
    found = taken("from actions.a.mean import mean\ndef f(x):\n    return mean(x)\n")["f"]
    assert "\nfrom ..b.mean import mean\n" in text_of(found, {"mean": "actions.b.mean"})


# --- what cannot travel ---------------------------------------------------------------------------

REFUSED = [
    ("def f(): return nowhere()", "it uses `nowhere`, which nothing defines"),
    ("df = read(1)\ndef f(): return df.x", "whose value came from running code (`read(1)`)"),
    ("df = read(1)\nN = len(df)\ndef f(): return N", "it uses `df`, whose value came from"),
    ("import functools\nX = functools.partial(read, 1)()\ndef f(): return X", "running code"),
    ("with open('x') as h:\n    t = h.read()\ndef f(): return t", "it uses `t`, whose value"),
    ("for i in range(3): pass\ndef f(): return i", "it uses `i`, whose value"),
    ("T = {}\nT['a'] = 1\ndef f(): return T", "`T` is changed later"),
    (
        "T = []\nfor i in (1, 2):\n    T.append(i)\ndef f(): return T",
        "`for i in (1, 2): T.append(i)`",
    ),
    ("import random\nT = [1, 2]\nrandom.shuffle(T)\ndef f(): return T", "(`random.shuffle(T)`)"),
    ("def g(t): t[1] = 2\nT = dict()\nif 1:\n    g(t=T)\ndef f(): return T", "`T` is changed"),
    ("T = [1]\nX = T.pop()\ndef f(): return T", "`T` is changed later by other code"),
    (
        "class C:\n    def __init__(self): self.x = read(1)\nT = C()\ndef f(): return T",
        "(`C()`)",
    ),
    ("N = 1\nN += 1\ndef f(): return N", "it uses `N`, whose value"),
    ("def f(): pass\nf.x = 1", "`f` is changed later"),
    ("class C: pass\nC.m = print\ndef f(): return C", "`C` is changed later"),
    ("from math import *\ndef f(): return sqrt(2)", "`from math import *`; import it by its name"),
    ("from math import *\ndef f(): return pow(2, 3)", "`pow` may come from `from math import *`"),
    ("def f():\n    !ls", "it holds a magic"),
    ("def _g():\n    x = %pwd\n    return x\ndef f(): return _g()", "it holds a magic"),
    ("x = !ls\ndef f(): return x", "it uses `x`, whose value"),
    ("def f(n): return g(n)\ndef g(n): return f(n)", "it and `g` use one another"),
    ("def f(n): return _h(n)\ndef _h(n): return g(n)\ndef g(n): return f(n)", "use one another"),
    ("def f(n): return g(n)\ndef g(n): return nowhere", "it uses `g`, which cannot be kept either"),
    ("if 1 > 0:\n    def f(): return 1", "it is defined inside `if`"),
    ("@app.get('/')\ndef f(): return 1", "it uses `app`, which nothing defines"),
    ("import actions.a.b\ndef f(): return actions.a.b.b()", "from actions.a.b import b"),
    ("from actions import a\ndef f(): return a.b.b()", "it imports the module `actions.a`"),
    ("def f():\n    import actions.a.b as b\n    return b", "from actions.a.b import b"),
    ("def f(): return display(1)", "it uses `display`, which exists only during a run"),
    ("def f(): return 1\n_old = f\ndef f(): return _old()", "uses an earlier definition of `f`"),
    ("def g(): pass\nT = [g]\ndef g(): return 1\ndef f(): return T", "definition of `g`"),
    ("def f(x): submit_final_answer(x)", "which exists only during a run"),
    ("S = 0\ndef g():\n    global S\n    S = 1\ndef f(): return S", "the changing variable `S`"),
    ("S = {}\ndef g(k): S[k] = 1\ndef f(k): return S[k]", "the changing variable `S` with `g`"),
    ("from .g import g\ndef f(): return g()", "`g` comes from a relative import"),
    ("def f():\n    from .g import g\n    return g", "it holds a relative import"),
    ("def f(x: nowhere): return x", "it uses `nowhere`, which nothing defines"),
    ("def f():\n    def g(x: nowhere): return x\n    return g", "it uses `nowhere`, which"),
    ("class C:\n    x: nowhere\ndef f(): return C", "it uses `nowhere`, which nothing defines"),
    ("def f():\n    nowhere.append(1)", "it uses `nowhere`, which nothing defines"),
    ("def g():\n    global S\n    S = 1\ndef f(): return S", "it uses `S`, which nothing defines"),
]


@pytest.mark.parametrize(("cell", "reason"), REFUSED)
def test_refused_with_the_reason(cell: str, reason: str) -> None:
    problem = taken(cell)["f"].problem
    assert reason in problem
    assert "\n" not in problem


LOOK_ALIKES = [
    "class T:\n    def top(self): return self\ndef f(): return T",
    "def _h():\n    def top(n):\n        return n\n    return top\ndef f(): return _h()",
    "S = {}\ndef _get(k): return S.pop(k)\ndef g(k): return _get(k)\ndef f(k): return _get(k)",
    "import random\nT = (1, 2)\nrandom.seed(T)\nS = 'x'\nplot(S)\ndef f(): return T, S",
    "import functools\ndef g(): pass\ng = functools.cache(g)\ndef f(): return g()",
    "def f(x): return g(x)\ndef g(x): pass\ndef g(x): return x",
    "import re\nP = re.compile('a')\nuse(P)\ndef f(): return P",
    "T = [1, 2]\nprint(T)\nn = max(T)\nX = sorted(T)\ndef f(): return T",
    "def g(t): return len(t)\nT = [1]\nT2 = g(T)\nassert g(T) == 1\ndef f(): return T",
    "class C:\n    def __init__(self): super().__init__(str({}))\nT = C()\ndef f(): return T",
    "T = {}\nT['a'] = 1\nT = {'b': 2}\ndef f(): return T",
    "from math import *\ndef f(x): return len(x)",
    "df = read(1)\ndef f(df): return df.x",
    "df = read(1)\ndef f(): return [df for df in range(3)]",
    "import os\nos.environ['A'] = '1'\ndef f(): return os.sep",
    "def f(x: 'nowhere.Thing'): return x",
    "from typing import Literal\ndef f(x: 'Literal[\"nowhere\"]'): return x",
    "def f():\n    x: nowhere = 1\n    return x",
    "def f():\n    class C: pass\n    def g(x: C): return x\n    return g",
    "class C:\n    class D: pass\n    x: D\ndef f(): return C",
    "from __future__ import annotations\ndef f(x: nowhere): return x",
    "def g():\n    !ls\ndef f(): return 1",
    "def f():\n    global S\n    S = 1\n    return S",
    "W = 'a b'.split()\nF = frozenset(W)\nM = str.maketrans('a', 'b')\ndef f(): return F, M",
]


@pytest.mark.parametrize("cell", LOOK_ALIKES)
def test_look_alikes_travel(cell: str) -> None:
    found = taken(cell)["f"]
    assert found.problem == ""
    compile(text_of(found), "module", "exec")


@pytest.mark.parametrize(
    "cell",
    [
        "%%bash\ndef f(): pass\n",
        "def f(:\n",
        "\0",
        "\ud800",
        "(" * 5000,
        "x = " + "-" * 50000 + "1",
        "",
    ],
    ids=["bash", "syntax", "null", "surrogate", "brackets", "depth", "empty"],
)
def test_cells_that_are_no_python_give_nothing(cell: str) -> None:
    assert taken(cell) == {}
    assert list(taken(cell, "def f(): pass\n")) == ["f"]


DEEP = {
    "sum": "X = 1" + "+1" * 700,
    "calls": "X = 'a'" + ".strip()" * 400,
    "attributes": "X = q" + ".x" * 800 + "()",
    "hints": "def g(x: '" + "list[" * 90 + "]" * 90 + "') -> " + "list[" * 90 + "]" * 90 + ": 1",
    "elif": "if x:\n    import a\n" + "elif x:\n    import a\n" * 400,
    "lambda": "X = " + "lambda: " * 300 + "1",
    "assignment": "X[" + "-" * 700 + "1] = 2",
}


@pytest.mark.parametrize("cell", DEEP.values(), ids=DEEP.keys())
def test_deep_nesting_does_no_harm(cell: str) -> None:
    assert "f" in taken(f"{cell}\ndef h(): return X\n", "def f(): pass\n")
    effects(cell)


# --- it behaves the same --------------------------------------------------------------------------


def test_saved_modules_import_alone_and_behave_the_same(tmp_path: Path) -> None:
    first = """
import functools as ft
from enum import Enum
class Unit(Enum):
    M = "m"
    KM = "km"
_FACTOR = {Unit.M: 1, Unit.KM: 1000}
"""
    second = """
def metres(n, unit="m"):
    return n * _FACTOR[Unit(unit)]
@ft.lru_cache
def total(*ns, unit="m"):
    return sum(metres(n, unit) for n in ns)
async def later(n):
    return total(n, n, unit="km")
"""
    modules = saved(tmp_path, [first, second])
    assert modules["metres"].metres(2, "km") == 2000
    assert modules["total"].total(1, 2) == 3
    assert asyncio.run(modules["later"].later(2)) == 4000


SHARED = """
import collections, dataclasses
@dataclasses.dataclass
class Point:
    x: int
class OddError(Exception): pass
Pair = collections.namedtuple("Pair", "a b")
MISSING = object()
class _Inner: pass
def point(x=MISSING):
    if x is MISSING:
        raise OddError
    return Point(x)
def is_point(p: Point) -> bool:
    return isinstance(p, Point)
def safe(x):
    try:
        return point(x) if x % 2 else point()
    except OddError:
        return MISSING
def pair(x): return Pair(x, _Inner())
def first(p): return p.a if isinstance(p, Pair) else None
"""


def test_a_class_that_functions_share_stays_one_class(tmp_path: Path) -> None:
    modules = saved(tmp_path, [SHARED])
    point, is_point, safe = (modules[name] for name in ("point", "is_point", "safe"))
    assert is_point.is_point(point.point(1))
    assert safe.safe(2) is point.MISSING
    assert safe.safe(1) == point.Point(1)
    assert modules["first"].first(modules["pair"].pair(3)) == 3


def test_shared_classes_are_imported_from_one_module() -> None:
    found = taken(SHARED)
    assert found["is_point"].uses == (Use("point", classes=("Point",), called=False),)
    assert found["safe"].uses == (Use("point", classes=("MISSING", "OddError")),)
    places = {name: f"actions.things.{name}" for name in found}
    assert text_of(found["is_point"], places) == (
        '"""Is point."""\n\nfrom .point import Point\n\n\n'
        "def is_point(p: Point) -> bool:\n    return isinstance(p, Point)\n"
    )
    assert "\nfrom .point import MISSING, OddError, point\n" in text_of(found["safe"], places)


def test_the_home_of_a_class_is_the_function_that_needs_no_other(tmp_path: Path) -> None:
    cells = ["class C: pass\n", "def f(): return isinstance(g(), C)\n", "def g(): return C()\n"]
    assert taken(*cells)["f"].uses == (Use("g", classes=("C",)),)
    assert saved(tmp_path, cells)["f"].f()


def test_private_classes_are_copied() -> None:
    found = taken("class _C: pass\ndef f(): return _C()\ndef g(): return _C()\n")
    assert not found["f"].uses
    assert not found["g"].uses


def test_a_class_of_functions_that_use_each_other_breaks_nothing() -> None:
    found = taken("class C: pass\ndef f(): return g, C\ndef g(): return f, C\ndef h(): return C\n")
    assert all(candidate.problem for candidate in found.values())
