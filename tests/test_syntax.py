"""What a cell needs from outside, case by case."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynasaur.syntax import action_imports, free_names, parse

FREE = [
    # plain uses and bindings
    ("x", "x"),
    ("x = 1\nx", ""),
    ("print(len(xs))", "xs"),
    ("a.b.c(d=e)", "a e"),
    ("import os.path as p\np.join(q)", "q"),
    ("import os.path\nos.sep", ""),
    ("from math import sqrt as root, pi\nroot(pi) + sqrt(2)", "sqrt"),
    ("from math import *\nsqrt(2)", "sqrt"),
    ("from . import words\nwords", ""),
    ("f'{a:{b}} {c!r}'", "a b c"),
    ("__name__, __file__, __debug__", ""),
    # the order at the top level counts
    ("total = total(prices)", "total prices"),
    ("print(total(1))\ndef total(x): return x", "total"),
    ("def f(): return g()\ndef g(): return 1", ""),
    ("def f(): return g()\nf()", "g"),
    ("n += 1", "n"),
    ("n = 0\nn += 1", ""),
    ("x: int\nx", "x"),
    ("x: Table = 1\nx", "Table"),
    ("for row in rows: row", "rows"),
    ("for row in row: pass", "row"),
    ("with load(p) as (a, *b): a, b", "load p"),
    ("while (line := read()): line", "read"),
    ("a, (b, *c) = d\na, b, c", "d"),
    ("a[i] = a.b = 1", "a i"),
    ("x = y = x", "x"),
    # del and except bind only for a while
    ("x = 1\ndel x\nx", "x"),
    ("del x", "x"),
    ("x = 1\ndel x[0], x.y", ""),
    ("try: f()\nexcept E as e: e\ne", "f E e"),
    ("try: pass\nexcept* E as e: e", "E"),
    # comprehensions
    ("[x for x in xs if x > y]", "xs y"),
    ("[x for x in x]", "x"),
    ("[(x, y) for x in xs for y in x]", "xs"),
    ("{k: v for k, v in d.items()}\nk", "d k"),
    ("[last := f(x) for x in xs]\nlast", "f xs"),
    ("def g():\n    any((hit := x) for x in [1])\n    return hit", ""),
    ("[lambda: x for x in y]", "y"),
    ("async def f():\n    return [x async for x in xs]", "xs"),
    # functions
    ("def f(a, /, b, *c, d, **e): return a, b, c, d, e, f", ""),
    ("def f(a=a, *, b=b): return a", "a b"),
    ("def f(x: Table) -> Row: pass", "Table Row"),
    ("from __future__ import annotations\ndef f(x: Table): pass\nclass Table: pass", ""),
    ("def f(x: Table): pass\nclass Table: pass", "Table"),
    ("@cached(size)\ndef f(): pass", "cached size"),
    ("f = lambda x, y=z: x + y + w", "z w"),
    ("def f():\n    print(x)\n    x = 1", ""),
    ("def f():\n    def g(): return x\n    x = 1\n    return g", ""),
    ("def f():\n    def g(): return x\n    return g", "x"),
    ("def f():\n    global n\n    n = 1\ndef g(): return n", ""),
    ("def f():\n    global n\n    return n", "n"),
    ("def f():\n    n = 1\n    def g():\n        global n\n        return n", "n"),
    ("def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n    return g", ""),
    ("def f():\n    del x\n    return x", ""),
    ("async def f():\n    async with a as b:\n        await c(b)", "a c"),
    ("await fetch(url)", "fetch url"),
    ("def f():\n    import os\nos", "os"),
    # classes
    ("class A(B, metaclass=M):\n    x = 1\n    y = x", "B M"),
    ("class A:\n    x = 1\n    def f(self): return x", "x"),
    ("class A:\n    x = 1\n    y = [x for _ in z]", "x z"),
    ("class A:\n    xs = [1]\n    ys = [x for x in xs]", ""),
    ("class A:\n    def f(self): return A, super(), __class__", ""),
    ("class A:\n    x = x", "x"),
    ("def f():\n    x = 1\n    class A:\n        x = x", "x"),
    ("def f():\n    x = 1\n    class A:\n        y = x", ""),
    ("class A:\n    class B: pass\n    def f(self) -> B: pass", ""),
    ("class A:\n    def f(self): return g(self)\n    g = 1", "g"),
    ("class A:\n    x = 1\n    del x\n    y = x", "x"),
    # match
    ("match v:\n    case {'k': k, **rest}: k, rest", "v"),
    ("match v:\n    case [a, *b] | (a, b): a, b", "v"),
    ("match v:\n    case P(x=0, y=c) as p if c > t: p", "v P t"),
    ("match v:\n    case m.RED: pass\n    case _: pass", "v m"),
    # cells that are not quite Python
    ("%matplotlib inline\nx", "x"),
    ("%time mean(xs)", "mean xs"),
    ("%timeit -n 10 mean(xs)", "mean xs"),
    ("!ls -l {folder}\ny", "y"),
    ("files = !ls\nfiles", ""),
    ("mean?", "mean"),
    ("?mean", "mean"),
    ("x = (a\n  % b)", "a b"),
    ("s = '''\n%no magic\n!neither\n'''\nt", "t"),
    ("if c:\n    !ls\n    %cd x\nd", "c d"),
    ("%%time\ny = f(x)", "f x"),
    ("%%bash\necho $x", ""),
    # cells that are no Python here
    ("f(y", "f y"),
    ("def f(x):\n    return g(x) +", "g"),
    ("with open(p) as h:\n    h.read(", "p"),
    ("import os\nos.getcwd() os", ""),
    ("a.b(c=d) e", "a d e"),
    ("", ""),
    ("\x00", ""),
]


@pytest.mark.parametrize(("code", "names"), FREE)
def test_free_names(code: str, names: str) -> None:
    assert free_names(code) == frozenset(names.split())


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the syntax came with Python 3.12")
@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("def f[T: B](x: T) -> T: return x", "B"),
        ("class A[T](Base[T]):\n    def f(self, x: T) -> T: return x", "Base"),
        ("type Pair[T] = tuple[T, T] | Late\nclass Late: pass\nPair", ""),
    ],
)
def test_free_names_of_generics(code: str, names: str) -> None:
    assert free_names(code) == frozenset(names.split())


def test_free_names_survives_depth() -> None:
    deep = "+".join(["x"] * 5000)
    assert free_names(deep) == {"x"}
    assert free_names("(" * 3000 + "y" + ")" * 3000) == {"y"}


@settings(max_examples=300, deadline=None)
@given(
    st.text()
    | st.lists(
        st.sampled_from(
            ["def ", "x", "(", ")", ":", "\n", "\t", "%", "!", "?", "=", "'", "[", "in "]
        )
    ).map("".join)
)
def test_free_names_and_action_imports_never_raise(code: str) -> None:
    assert isinstance(free_names(code), frozenset)
    assert isinstance(action_imports(code), tuple)


@pytest.mark.parametrize("name", ["argparse", "dataclasses", "functools", "typing"])
def test_a_module_of_the_standard_library_needs_nothing(name: str) -> None:
    source = Path(sys.modules[name].__file__ or "").read_text(encoding="utf-8")
    assert free_names(source) == frozenset()


IMPORTS = [
    ("from actions.tables.mean import mean", ["actions.tables.mean"]),
    ("import actions.tables.mean as m", ["actions.tables.mean"]),
    ("import actions.a.b, os, actions.c.d", ["actions.a.b", "actions.c.d"]),
    (
        "from actions.tables import mean, total as t",
        ["actions.tables.mean", "actions.tables.total"],
    ),
    ("from actions.mean import mean", ["actions.mean"]),
    ("from actions import mean", ["actions.mean"]),
    ("from actions.vendor.base.tables.read import read", ["actions.vendor.base.tables.read"]),
    ("from actions.vendor.base.tables import read", ["actions.vendor.base.tables.read"]),
    ("from actions.vendor.base.read import read", ["actions.vendor.base.read"]),
    ("from actions.tables.mean import _helper", ["actions.tables.mean"]),
    ("from actions.tables.mean import (\n  mean,  # why\n  other)", ["actions.tables.mean"]),
    ("def f():\n    if c:\n        import actions . a . b\n", ["actions.a.b"]),
    ("import actions.a.b\nfrom actions.a.b import b", ["actions.a.b"]),
    ("%time\nimport actions.a.b\nx = (", ["actions.a.b"]),
    ("import actionslib.a.b\nimport os\nfrom . import actions\nimport actions", []),
    ("'import actions.a.b'  # import actions.c.d", []),
]


@pytest.mark.parametrize(("code", "modules"), IMPORTS)
def test_action_imports(code: str, modules: list[str]) -> None:
    assert action_imports(code) == tuple(modules)


def test_parse_takes_any_text() -> None:
    assert parse("x = 1").root_node.type == "module"
    assert parse(b"\xff\xfe def (").root_node.has_error
    assert parse("\ud800").root_node.type == "module"


def test_tree_sitter_stays_unloaded_until_asked() -> None:
    code = "import sys, dynasaur.syntax; sys.exit('tree_sitter' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
