"""What is one action and what are two, case by case."""

# ruff: noqa: E501  # a case that is one line reads better than one that is six

from __future__ import annotations

import ast
import inspect
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynasaur.fingerprint import (
    NearIndex,
    constants_apart,
    fingerprint,
    parameter_names,
    similarity,
)

# Each pair is one action in two spellings.
EQUAL = {
    # level 1: tokens
    "layout": ("def f(a):\n    return g(a, 1)", "def f( a ):\n\n  return g(\n    a,\n    1,\n  )"),
    "comment": ("def f(a):\n    return a + 1", "# why\ndef f(a):  # how\n    return a + 1  # x"),
    "docstring": ('def f(a):\n    """One."""\n    return a + 1', "def f(a):\n    return a + 1"),
    "lone docstring": ('def f(a):\n    """One."""', "def f(a):\n    pass"),
    "quotes": ("def f(a):\n    return a + 'x\"y'", 'def f(a):\n    return a + "x\\"y"'),
    "raw string": ("def f(a):\n    return g(r'\\d', a)", "def f(a):\n    return g('\\\\d', a)"),
    "implied concatenation": (
        "def f(a):\n    return g('xy', a)",
        "def f(a):\n    return g('x' 'y', a)",
    ),
    "bytes": ("def f(a):\n    return a + b'a'", 'def f(a):\n    return a + b"\\x61"'),
    "numbers": ("def f(a):\n    return a + 255 + 1000", "def f(a):\n    return a + 0xFF + 1_000"),
    "floats": ("def f(a):\n    return a + 0.5", "def f(a):\n    return a + .50e0"),
    "parentheses": ("def f(a):\n    return a * b + 1", "def f(a):\n    return ((a * (b)) + (1))"),
    "tuple parentheses": ("def f(a):\n    return a, 1", "def f(a):\n    return (a, 1)"),
    "line continuation": ("def f(a):\n    return a + 1", "def f(a):\n    return a + \\\n        1"),
    "semicolon": ("def f(a):\n    g(a); h(a)", "def f(a):\n    g(a)\n    h(a)"),
    "pass": (
        "def f(a):\n    if a:\n        pass\n    g(a)",
        "def f(a):\n    if a:\n        pass\n    pass\n    g(a)",
    ),
    "list target": (
        "def f(a):\n    [b, c] = a\n    g(c, b)",
        "def f(a):\n    b, c = a\n    g(c, b)",
    ),
    "nested with": (
        "def f(a):\n    with a() as b, c(b) as d:\n        g(d)",
        "def f(a):\n    with a() as b:\n        with c(b) as d:\n            g(d)",
    ),
    # level 2: names
    "own name": ("def f(a):\n    return g(a)", "def h(a):\n    return g(a)"),
    "parameters": ("def f(a, b):\n    return a - b", "def f(b, a):\n    return b - a"),
    "locals": (
        "def f(a):\n    b = g(a)\n    return b + b",
        "def f(a):\n    c = g(a)\n    return c + c",
    ),
    "recursion": (
        "def f(a):\n    return f(a - 1) if a else 0",
        "def g(b):\n    return g(b - 1) if b else 0",
    ),
    "recursion by keyword": (
        "def f(a, b=0):\n    return f(a - 1, b=b) if a else b",
        "def f(a, c=0):\n    return f(a - 1, c=c) if a else c",
    ),
    "comprehension": (
        "def f(a):\n    return {x: y for x, y in a}",
        "def f(a):\n    return {y: x for y, x in a}",
    ),
    "comprehension scope": (
        "def f(x):\n    y = [x for x in x]\n    return y, x",
        "def f(a):\n    b = [c for c in a]\n    return b, a",
    ),
    "lambda": (
        "def f(a):\n    return sorted(a, key=lambda x: x[1])",
        "def f(a):\n    return sorted(a, key=lambda y: y[1])",
    ),
    "nested function": (
        "def f(a):\n    def g(b):\n        return a + b\n    return map(g, a)",
        "def f(b):\n    def h(a):\n        return b + a\n    return map(h, b)",
    ),
    "nonlocal": (
        "def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n        return n\n    return g",
        "def f():\n    m = 0\n    def g():\n        nonlocal m\n        m += 1\n        return m\n    return g",
    ),
    "except as": (
        "def f(a):\n    try:\n        g(a)\n    except E as e:\n        h(e)",
        "def f(a):\n    try:\n        g(a)\n    except E as x:\n        h(x)",
    ),
    "walrus": (
        "def f(a):\n    if (m := g(a)):\n        h(m)",
        "def f(a):\n    if (n := g(a)):\n        h(n)",
    ),
    "match": (
        "def f(a):\n    match a:\n        case [x, *y]:\n            g(x, y)\n        case {'k': v}:\n            g(v)",
        "def f(a):\n    match a:\n        case (p, *q):\n            g(p, q)\n        case {'k': r}:\n            g(r)",
    ),
    "helper": (
        "def _h(x):\n    return x + 1\ndef f(a):\n    return _h(a)",
        "def f(a):\n    return _g(a)\ndef _g(y):\n    return y + 1",
    ),
    "helper by keyword": (
        "def _h(x, y):\n    return x - y\ndef f(a):\n    return _h(y=1, x=a)",
        "def _h(p, q):\n    return p - q\ndef f(a):\n    return _h(q=1, p=a)",
    ),
    "other function": (
        "def f(a):\n    return g(a)",
        "def other():\n    return 1\ndef f(a):\n    return g(a)",
    ),
    "constant": ("SIZE = 3\ndef f(a):\n    return a[SIZE]", "N = 3\ndef f(a):\n    return a[N]"),
    "main guard": (
        "def f(a):\n    return g(a)",
        "def f(a):\n    return g(a)\nif __name__ == '__main__':\n    f(1)",
    ),
    "f-string": ("def f(a):\n    return f'{a!r:>{a}}x'", 'def f(b):\n    return f"{b!r:>{b}}x"'),
    "name of another function": (
        "def f(a):\n    return g(a.__name__, a)",
        "def f(b):\n    return g(b.__name__, b)",
    ),
    "line ends": (
        "def f(a):\r\n    return g(a, '''x\r\ny''')",
        "def f(a):\n    return g(a, 'x\\ny')",
    ),
    # imports and hints
    "import as": (
        "import numpy as np\ndef f(a):\n    return np.sum(a)",
        "import numpy\ndef f(a):\n    return numpy.sum(a)",
    ),
    "from import": (
        "from math import sqrt\ndef f(a):\n    return sqrt(a)",
        "import math\ndef f(a):\n    return math.sqrt(a)",
    ),
    "submodule": (
        "import os.path\ndef f(a):\n    return os.path.join(a, 'x')",
        "from os import path as p\ndef f(a):\n    return p.join(a, 'x')",
    ),
    "import inside": (
        "import requests\ndef f(a):\n    return requests.get(a)",
        "def f(a):\n    import requests\n    return requests.get(a)",
    ),
    "import further down": (
        "import json\ndef f(a):\n    b = g(a)\n    return json.dumps(b)",
        "def f(a):\n    b = g(a)\n    import json as j\n    return j.dumps(b)",
    ),
    "unused import": (
        "def f(a):\n    return g(a)",
        "import math\nfrom typing import Any\ndef f(a):\n    return g(a)",
    ),
    "future import": (
        "def f(a):\n    return g(a)",
        "from __future__ import annotations\ndef f(a):\n    return g(a)",
    ),
    "plain hints": (
        "def f(a):\n    b = g(a)\n    return b, b",
        "def f(a: list[int] | None) -> tuple[int, ...]:\n    b: int = g(a)\n    return b, b",
    ),
    "hints of collections.abc": (
        "def f(a):\n    return g(a)",
        "from collections.abc import Iterable\nimport collections.abc as c\ndef f(a: Iterable[int]) -> c.Set[int]:\n    return g(a)",
    ),
    "imported hints": (
        "def f(a):\n    return g(a)",
        "from typing import Any, Dict\nfrom pathlib import Path\ndef f(a: Dict[str, Path]) -> Any:\n    return g(a)",
    ),
    # level 3: rewrites
    "return None": ("def f(a):\n    g(a)", "def f(a):\n    g(a)\n    return None"),
    "unreachable": ("def f(a):\n    return g(a)", "def f(a):\n    return g(a)\n    h(a)"),
    "flipped": (
        "def f(a):\n    if a:\n        g(a)\n    else:\n        h(a)\n    k(a)",
        "def f(a):\n    if not a:\n        h(a)\n    else:\n        g(a)\n    k(a)",
    ),
    "not in": (
        "def f(a, b):\n    if a not in b:\n        g(a)\n    else:\n        h(a)\n    k(a)",
        "def f(a, b):\n    if a in b:\n        h(a)\n    else:\n        g(a)\n    k(a)",
    ),
    "elif": (
        "def f(a):\n    if a > 1:\n        g()\n    elif a < 1:\n        h()",
        "def f(a):\n    if a > 1:\n        g()\n    else:\n        if a < 1:\n            h()",
    ),
    "else after return": (
        "def f(a):\n    if a:\n        return g(a)\n    h(a)\n    return k(a)",
        "def f(a):\n    if a:\n        return g(a)\n    else:\n        h(a)\n        return k(a)",
    ),
    "guard": (
        "def f(a):\n    if not a:\n        return\n    g(a)\n    h(a)",
        "def f(a):\n    if a:\n        g(a)\n        h(a)",
    ),
    "continue": (
        "def f(a):\n    for x in a:\n        if not x:\n            continue\n        g(x)\n        h(x)",
        "def f(a):\n    for x in a:\n        if x:\n            g(x)\n            h(x)",
    ),
    "nested if": (
        "def f(a, b):\n    if a:\n        if b:\n            g(a)\n            h(b)",
        "def f(a, b):\n    if a and b:\n        g(a)\n        h(b)",
    ),
    "nested negated if": (
        "def f(a, b):\n    if not a:\n        if b:\n            g(a)\n            h(b)",
        "def f(a, b):\n    if not a and b:\n        g(a)\n        h(b)",
    ),
    "De Morgan": (
        "def f(a, b):\n    if not (a and b):\n        g(a)\n        h(b)",
        "def f(a, b):\n    if not a or not b:\n        g(a)\n        h(b)",
    ),
    "ternary return": (
        "def f(a):\n    if a > 0:\n        return g(a)\n    return h(a)",
        "def f(a):\n    return g(a) if a > 0 else h(a)",
    ),
    "ternary value": (
        "def f(a):\n    if a > 0:\n        b = g(a)\n    else:\n        b = h(a)\n    return b, b",
        "def f(a):\n    b = g(a) if a > 0 else h(a)\n    return b, b",
    ),
    "ternary chain": (
        "def f(a):\n    if a == 0:\n        return 'x'\n    elif a == 1:\n        return 'y'\n    else:\n        return 'z'",
        "def f(a):\n    return 'x' if a == 0 else 'y' if a == 1 else 'z'",
    ),
    "boolean": (
        "def f(a, b):\n    if a in b:\n        return True\n    else:\n        return False",
        "def f(a, b):\n    return a in b",
    ),
    "temporary": ("def f(a):\n    b = g(a)\n    return b", "def f(a):\n    return g(a)"),
    "temporary chain": (
        "def f(a):\n    b = g(a)\n    c = h(b)\n    return c",
        "def f(a):\n    return h(g(a))",
    ),
    "temporary in arms": (
        "def f(a):\n    if a:\n        b = g(a)\n        return b\n    h(a)\n    b = k(a)\n    return b",
        "def f(a):\n    if a:\n        return g(a)\n    h(a)\n    return k(a)",
    ),
    "append loop": (
        "def f(a):\n    b = []\n    for x in a:\n        if x:\n            b.append(g(x))\n    return b",
        "def f(a):\n    return [g(x) for x in a if x]",
    ),
    "append loops": (
        "def f(a):\n    b = []\n    for x in a:\n        for y in x:\n            b.append(y)\n    g(b)\n    h(b)",
        "def f(a):\n    b = [y for x in a for y in x]\n    g(b)\n    h(b)",
    ),
    "append loop in try": (
        "def f(a):\n    try:\n        b = []\n        for x in a:\n            b.append(g(x))\n        h(b)\n    except E:\n        k()",
        "def f(a):\n    try:\n        b = [g(x) for x in a]\n        h(b)\n    except E:\n        k()",
    ),
    "filled dict": (
        "def f(a):\n    b = {}\n    for x in a:\n        b[x] = g(x)\n    return b",
        "def f(a):\n    return {x: g(x) for x in a}",
    ),
    "format": (
        "def f(a, b):\n    return '{}: {:.2f}'.format(a, b)",
        "def f(a, b):\n    return f'{a}: {b:.2f}'",
    ),
    "percent": (
        "def f(a, b):\n    return '%s is %r' % (a, b)",
        "def f(a, b):\n    return f'{a!s} is {b!r}'",
    ),
    "str in f-string": ("def f(a):\n    return f'x{str(a)}'", "def f(a):\n    return f'x{a!s}'"),
    "added strings": (
        "def f(a):\n    return 'x' + str(a) + 'y'",
        "def f(a):\n    return f'x{a!s}y'",
    ),
    "counting": (
        "def f(a):\n    n = 0\n    for x in a:\n        n += 1\n    return n, n",
        "def f(a):\n    n = 0\n    for x in a:\n        n = n + 1\n    return n, n",
    ),
    "first values": (
        "def f(a):\n    n = 0\n    b = []\n    for x in a:\n        n += x\n        b.insert(0, n)\n    return b",
        "def f(a):\n    b = []\n    n = 0\n    for x in a:\n        n += x\n        b.insert(0, n)\n    return b",
    ),
    "range": (
        "def f(a):\n    return [g(i) for i in range(0, a)]",
        "def f(a):\n    return [g(i) for i in range(a)]",
    ),
    "empty dict": (
        "def f(a):\n    b = dict()\n    g(a, b)\n    return b",
        "def f(a):\n    b = {}\n    g(a, b)\n    return b",
    ),
    "keywords of a builtin": (
        "def f(a):\n    return sorted(a, key=len, reverse=True)",
        "def f(a):\n    return sorted(a, reverse=True, key=len)",
    ),
    "empty bytes": (
        "def f(a):\n    return a.x(k=b'', j=1)",
        'def g(b):\n    return b.x(k=b"", j=0x1)',
    ),
    "while 1": (
        "def f(a):\n    while 1:\n        g(a)",
        "def f(a):\n    while True:\n        g(a)",
    ),
}

# Each pair is two actions, however alike they look.
APART = {
    # values and operations
    "constant": ("def f(a):\n    return a + 1", "def f(a):\n    return a + 2"),
    "type of a constant": ("def f(a):\n    return a + 1", "def f(a):\n    return a + 1.0"),
    "bool and int": ("def f(a):\n    return g(a, 1)", "def f(a):\n    return g(a, True)"),
    "text and bytes": ("def f(a):\n    return g(a, 'x')", "def f(a):\n    return g(a, b'x')"),
    "space in a string": (
        "def f(a):\n    return g(a, 'x y')",
        "def f(a):\n    return g(a, 'x  y')",
    ),
    "text of an f-string": ("def f(a):\n    return f'x{a}'", "def f(a):\n    return f'y{a}'"),
    "format spec": ("def f(a):\n    return f'{a:.2f}'", "def f(a):\n    return f'{a:.3f}'"),
    "conversion": ("def f(a):\n    return f'{a}'", "def f(a):\n    return f'{a!r}'"),
    "shown name": ("def f(a):\n    return f'{a=}'", "def f(b):\n    return f'{b=}'"),
    "operator": ("def f(a, b):\n    return a - b", "def f(a, b):\n    return a + b"),
    "operands": ("def f(a, b):\n    return a - b", "def f(a, b):\n    return b - a"),
    "association": ("def f(a, b):\n    return a / b / 2", "def f(a, b):\n    return a / (b / 2)"),
    "comparison": ("def f(a, b):\n    return a < b", "def f(a, b):\n    return a <= b"),
    "chained comparison": (
        "def f(a, b, c):\n    return a < b < c",
        "def f(a, b, c):\n    return (a < b) < c",
    ),
    "negated comparison": (
        "def f(a, b):\n    return not a == b",
        "def f(a, b):\n    return a != b",
    ),
    "negation": ("def f(a):\n    if a:\n        g()", "def f(a):\n    if not a:\n        g()"),
    "and, or": ("def f(a, b):\n    return a and b", "def f(a, b):\n    return a or b"),
    "value of and": (
        "def f(a, b):\n    return not a and b",
        "def f(a, b):\n    return not (a or not b)",
    ),
    "in, is": ("def f(a, b):\n    return a in b", "def f(a, b):\n    return a is b"),
    "slice": ("def f(a):\n    return a[1:]", "def f(a):\n    return a[:1]"),
    "slice step": ("def f(a):\n    return a[1:2]", "def f(a):\n    return a[1:2:1]"),
    "index by a tuple": ("def f(a):\n    return a[1]", "def f(a):\n    return a[1,]"),
    "tuple and list": ("def f(a):\n    return a, 1", "def f(a):\n    return [a, 1]"),
    "star": ("def f(a):\n    return g(a)", "def f(a):\n    return g(*a)"),
    "set and dict": ("def f(a):\n    return {*a}", "def f(a):\n    return {**a}"),
    # calls
    "called name": ("def f(a):\n    return min(a)", "def f(a):\n    return max(a)"),
    "method": ("def f(a):\n    return a.keys()", "def f(a):\n    return a.values()"),
    "arguments": ("def f(a, b):\n    return g(a, b)", "def f(a, b):\n    return g(b, a)"),
    "keyword": ("def f(a):\n    return g(a, x=1)", "def f(a):\n    return g(a, y=1)"),
    "keyword or position": ("def f(a):\n    return g(x=a)", "def f(a):\n    return g(a)"),
    "keyword order of a stranger": (
        "def f(a):\n    return g(x=1, y=a)",
        "def f(a):\n    return g(y=a, x=1)",
    ),
    "keyword order of dict": (
        "def f(a):\n    return dict(x=1, y=a)",
        "def f(a):\n    return dict(y=a, x=1)",
    ),
    "reference and call": ("def f(a):\n    return a.g", "def f(a):\n    return a.g()"),
    # variables
    "variable": (
        "def f(a, b):\n    c = a\n    return g(c, b)",
        "def f(a, b):\n    c = a\n    return g(c, a)",
    ),
    "other order of parameters": (
        "def f(a, b):\n    return a - b",
        "def f(b, a):\n    return a - b",
    ),
    "two variables or one": (
        "def f(a):\n    b = g(a)\n    c = h(a)\n    return k(b, c)",
        "def f(a):\n    b = g(a)\n    b = h(a)\n    return k(b, b)",
    ),
    "comprehension variable or not": (
        "def f(a, x):\n    return [x for x in a]",
        "def f(a, x):\n    return [x for y in a]",
    ),
    "local or global": (
        "def f():\n    n = 1\n    return g(n)",
        "def f():\n    global n\n    n = 1\n    return g(n)",
    ),
    "nonlocal or local": (
        "def f():\n    n = 0\n    def g():\n        nonlocal n\n        n = 1\n    g()\n    return n",
        "def f():\n    n = 0\n    def g():\n        n = 1\n    g()\n    return n",
    ),
    "default": ("def f(a, b=1):\n    return g(a, b)", "def f(a, b=2):\n    return g(a, b)"),
    "no default": ("def f(a, b=1):\n    return g(a, b)", "def f(a, b):\n    return g(a, b)"),
    "keyword only": ("def f(a, b):\n    return g(a, b)", "def f(a, *, b):\n    return g(a, b)"),
    "positional only": ("def f(a, b):\n    return g(a, b)", "def f(a, /, b):\n    return g(a, b)"),
    "variadic": ("def f(a):\n    return g(a)", "def f(*a):\n    return g(a)"),
    "names in locals()": (
        "def f(a):\n    return '{a}'.format(**locals())",
        "def f(b):\n    return '{a}'.format(**locals())",
    ),
    "names in eval": (
        "def f(a, b):\n    return eval('a - b')",
        "def f(b, a):\n    return eval('a - b')",
    ),
    "names in a query": (
        "def f(d, x):\n    return d.query('a > @x')",
        "def f(d, y):\n    return d.query('a > @x')",
    ),
    "names of a callback": (
        "def f(a):\n    def g(x, y=0):\n        return x - y\n    return h(g, y=a)",
        "def f(a):\n    def g(y, x=0):\n        return y - x\n    return h(g, y=a)",
    ),
    # statements
    "order of statements": ("def f(a):\n    g(a)\n    h(a)", "def f(a):\n    h(a)\n    g(a)"),
    "missing statement": ("def f(a):\n    g(a)\n    h(a)", "def f(a):\n    h(a)"),
    "break, continue": (
        "def f(a):\n    for x in a:\n        if x:\n            break\n        g(x)",
        "def f(a):\n    for x in a:\n        if x:\n            continue\n        g(x)",
    ),
    "return in the loop": (
        "def f(a):\n    for x in a:\n        b = g(x)\n    return b",
        "def f(a):\n    for x in a:\n        b = g(x)\n        return b",
    ),
    "exception": ("def f(a):\n    raise ValueError(a)", "def f(a):\n    raise TypeError(a)"),
    "cause": (
        "def f(a):\n    try:\n        g(a)\n    except E as e:\n        raise F(a)",
        "def f(a):\n    try:\n        g(a)\n    except E as e:\n        raise F(a) from e",
    ),
    "handler": (
        "def f(a):\n    try:\n        g(a)\n    except E:\n        h()",
        "def f(a):\n    try:\n        g(a)\n    except Exception:\n        h()",
    ),
    "finally": (
        "def f(a):\n    try:\n        g(a)\n    finally:\n        h()",
        "def f(a):\n    g(a)\n    h()",
    ),
    "else of a loop": (
        "def f(a):\n    for x in a:\n        if g(x):\n            break\n    else:\n        h()",
        "def f(a):\n    for x in a:\n        if g(x):\n            break\n    h()",
    ),
    "for, while": ("def f(a):\n    while a:\n        g(a)", "def f(a):\n    if a:\n        g(a)"),
    "async": ("def f(a):\n    return g(a)", "async def f(a):\n    return g(a)"),
    "await": ("async def f(a):\n    return g(a)", "async def f(a):\n    return await g(a)"),
    "generator": ("def f(a):\n    return", "def f(a):\n    return\n    yield"),
    "yield": ("def f(a):\n    yield a", "def f(a):\n    yield from a"),
    "list or generator": (
        "def f(a):\n    return [g(x) for x in a]",
        "def f(a):\n    return (g(x) for x in a)",
    ),
    "decorator": ("@cache\ndef f(a):\n    return g(a)", "def f(a):\n    return g(a)"),
    "parameters under a decorator": (
        "@option('--a')\ndef f(a):\n    return a + a",
        "@option('--a')\ndef f(b):\n    return b + b",
    ),
    "match guard": (
        "def f(a):\n    match a:\n        case [x] if x:\n            g(x)",
        "def f(a):\n    match a:\n        case [x]:\n            g(x)",
    ),
    "capture or value": (
        "def f(a):\n    match a:\n        case x:\n            g(1)",
        "def f(a):\n    match a:\n        case m.x:\n            g(1)",
    ),
    # what surrounds the function
    "helper's body": (
        "def _h(x):\n    return x + 1\ndef f(a):\n    return _h(a)",
        "def _h(x):\n    return x + 2\ndef f(a):\n    return _h(a)",
    ),
    "module constant": ("N = 3\ndef f(a):\n    return a[N]", "N = 4\ndef f(a):\n    return a[N]"),
    "module state": (
        "import random\nrandom.seed(1)\ndef f(a):\n    return random.choice(a)",
        "import random\ndef f(a):\n    return random.choice(a)",
    ),
    "import source": (
        "import numpy as np\ndef f(a):\n    return np.sum(a)",
        "import scipy as np\ndef f(a):\n    return np.sum(a)",
    ),
    "stranger's import": (
        "import plugin\ndef f(a):\n    return g(a)",
        "def f(a):\n    return g(a)",
    ),
    "submodule not loaded": (
        "import xml\ndef f(a):\n    return xml.dom.minidom.parse(a)",
        "import xml.dom.minidom\ndef f(a):\n    return xml.dom.minidom.parse(a)",
    ),
    "submodule not loaded by name": (
        "import PIL\ndef f(a):\n    return PIL.Image.open(a)",
        "from PIL import Image\ndef f(a):\n    return Image.open(a)",
    ),
    "order of module statements": (
        "A = g()\nB = h()\ndef f(a):\n    return a[A:B]",
        "B = h()\nA = g()\ndef f(a):\n    return a[A:B]",
    ),
    "stdout at import": (
        "from sys import stdout\ndef f(a):\n    stdout.write(a)",
        "import sys\ndef f(a):\n    sys.stdout.write(a)",
    ),
    "meaningful hint": (
        "def f(a: OAuth[Literal['mail.read']]):\n    return g(a)",
        "def f(a: OAuth[Literal['mail.send']]):\n    return g(a)",
    ),
    "class": (
        "class P:\n    x: int = 1\ndef f(a):\n    return P(a)",
        "class P:\n    x: int = 2\ndef f(a):\n    return P(a)",
    ),
    "normal form of names": ("def f(\ufb01):\n    return fi", "def f(x):\n    return fi"),
    "name of a nested function": (
        "def f(a):\n    def g():\n        return a\n    return h(g, g.__name__)",
        "def f(a):\n    def k():\n        return a\n    return h(k, k.__name__)",
    ),
    "names in sys.modules": (
        "import sys\nx = 1\ndef f(a):\n    return getattr(sys.modules[__name__], 'x') + x",
        "import sys\ny = 1\ndef f(a):\n    return getattr(sys.modules[__name__], 'x') + y",
    ),
    "carriage return": ("def f(a):\r    return\r    a", "def f(a):\n    return a"),
    # rewrites that would not be sound
    "temporary before a changing attribute": (
        "STATE = g()\ndef f(a):\n    b = h(a)\n    return STATE.value.append(b)",
        "STATE = g()\ndef f(a):\n    return STATE.value.append(h(a))",
    ),
    "temporary before a changing global": (
        "def f(a):\n    b = h(a)\n    return k(b)\ndef _s(x):\n    global k\n    k = x\nk = h",
        "def f(a):\n    return k(h(a))\ndef _s(x):\n    global k\n    k = x\nk = h",
    ),
    "module that may be missing": (
        "def f(a):\n    try:\n        import fcntl\n        fcntl.flock(a, 1)\n    except ImportError:\n        g(a)",
        "import fcntl\ndef f(a):\n    try:\n        fcntl.flock(a, 1)\n    except ImportError:\n        g(a)",
    ),
    "shadowed builtin": (
        "def f(range, a):\n    return range(0, a)",
        "def f(range, a):\n    return range(a)",
    ),
    "builtin shadowed later": (
        "def _r(*a):\n    return a\ndef f(a):\n    return range(0, a)\nrange = _r",
        "def _r(*a):\n    return a\ndef f(a):\n    return range(a)\nrange = _r",
    ),
    "temporary seen by a handler": (
        "def f(a):\n    b = 0\n    try:\n        b = g(a)\n        return b\n    finally:\n        h(b)",
        "def f(a):\n    b = 0\n    try:\n        return g(a)\n    finally:\n        h(b)",
    ),
    "temporary captured": (
        "def f(a):\n    b = 0\n    def h():\n        return b\n    g(h)\n    b = k(a)\n    return b",
        "def f(a):\n    b = 0\n    def h():\n        return b\n    g(h)\n    return k(a)",
    ),
    "captured loop variable": (
        "def f(a):\n    for y in a:\n        b = []\n        for x in y:\n            b.append(lambda: x)\n        g(b, b)",
        "def f(a):\n    for y in a:\n        b = [lambda: x for x in y]\n        g(b, b)",
    ),
    "temporary evaluated later": (
        "def f(a):\n    b = g(a)\n    return h(a), b",
        "def f(a):\n    return h(a), g(a)",
    ),
    "partial list after an exception": (
        "def f(a):\n    try:\n        b = []\n        for x in a:\n            b.append(g(x))\n    except E:\n        pass\n    return b",
        "def f(a):\n    try:\n        b = [g(x) for x in a]\n    except E:\n        pass\n    return b",
    ),
    "partial list after a swallowed exception": (
        "def f(a):\n    with suppress(E):\n        b = []\n        for x in a:\n            b.append(g(x))\n    return b",
        "def f(a):\n    with suppress(E):\n        b = [g(x) for x in a]\n    return b",
    ),
    "key computed before the value": (
        "def f(a):\n    b = {}\n    for x in a:\n        b[k(x)] = g(x)\n    return b",
        "def f(a):\n    return {k(x): g(x) for x in a}",
    ),
    "copy that may fail": (
        "def f(a):\n    c = 0\n    if a:\n        x = g(a)\n    try:\n        b = x\n        c = 1\n        h(b, c)\n    except E:\n        pass\n    return k(c, c)",
        "def f(a):\n    c = 0\n    if a:\n        x = g(a)\n    try:\n        c = 1\n        b = x\n        h(b, c)\n    except E:\n        pass\n    return k(c, c)",
    ),
    "after an if": (
        "def f(a):\n    if a:\n        g(a)\n    h(a)",
        "def f(a):\n    if a:\n        g(a)\n    else:\n        h(a)",
    ),
    "loop variable used afterwards": (
        "def f(a, x):\n    b = []\n    for x in a:\n        b.append(g(x))\n    return b, x",
        "def f(a, x):\n    b = [g(x) for x in a]\n    return b, x",
    ),
    "list read while it is made": (
        "def f(a):\n    b = []\n    for x in a:\n        b.append(g(x, b))\n    return b",
        "def f(a):\n    b = [g(x, b) for x in a]\n    return b",
    ),
    "lists in place": (
        "def f(a, b):\n    a += b\n    return g(a)",
        "def f(a, b):\n    a = a + b\n    return g(a)",
    ),
    "value changed before it is shown": (
        "def f(a):\n    return '{} {}'.format(a, a.pop())",
        "def f(a):\n    return f'{a} {a.pop()}'",
    ),
    "percent of one thing": ("def f(a):\n    return 'x%s' % a", "def f(a):\n    return f'x{a!s}'"),
    "dependent first values": (
        "def f(a):\n    b = 0\n    c = b\n    h(b, c)\n    return g(b, c)",
        "def f(a):\n    c = b\n    b = 0\n    h(b, c)\n    return g(b, c)",
    ),
    "truth of a comparison": (
        "def f(a, b):\n    if a == b:\n        return True\n    return False",
        "def f(a, b):\n    return a == b",
    ),
    "empty is not zero": (
        "def f(a):\n    if not a:\n        g()",
        "def f(a):\n    if len(a) == 0:\n        g()",
    ),
    "if default": (
        "def f(a):\n    b = g(a)\n    if a:\n        b = h(a)\n    return k(b, b)",
        "def f(a):\n    b = h(a) if a else g(a)\n    return k(b, b)",
    ),
}


@pytest.mark.parametrize("case", EQUAL)
def test_one_action_in_two_spellings(case: str) -> None:
    one, other = EQUAL[case]
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize("case", APART)
def test_two_actions_that_look_alike(case: str) -> None:
    one, other = APART[case]
    assert fingerprint(one) != fingerprint(other)


@pytest.mark.parametrize("case", [*EQUAL, *(f"{name} (apart)" for name in APART)])
def test_the_cases_are_python(case: str) -> None:
    for source in APART[case[:-8]] if case.endswith(" (apart)") else EQUAL[case]:
        compile(source, case, "exec")


LONG = "def f(a):\n    b = g(a, {0})\n    for x in b:\n        h(x, {1})\n    return b"


def test_lifted_looks_past_constants() -> None:
    one, other = LONG.format("1", "'x'"), LONG.format("2.5", "'y'")
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(one, "lifted") == fingerprint(other, "lifted")


def test_the_constants_that_differ() -> None:
    one, other = LONG.format("1", "'x'"), LONG.format("2.5", '"it\'s"')
    assert constants_apart(one, other) == (("1", "2.5"), ("'x'", '"it\'s"'))
    assert constants_apart(one, one) == ()
    assert constants_apart(one, LONG.format("1", "y")) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LONG.format("1", "'x'"), LONG.format("None", "'x'")),
        (LONG.format("1", "'x'"), LONG.format("1", "y")),
        ("def f(a):\n    return a / 2", "def f(a):\n    return a / 3"),
        (
            "def f(a):\n    b = a + 1\n    return g(b, b)",
            "def f(a):\n    b = a + 2\n    return g(b, b)",
        ),
    ],
)
def test_lifted_keeps_apart(one: str, other: str) -> None:
    assert fingerprint(one, "lifted") != fingerprint(other, "lifted")


def test_the_action_is_the_last_public_function_or_the_named_one() -> None:
    module = "def f(a):\n    return g(a)\ndef _h(a):\n    return k(a)"
    assert fingerprint(module) == fingerprint("def f(a):\n    return g(a)")
    assert fingerprint(module, name="_h") == fingerprint("def h(a):\n    return k(a)")
    assert fingerprint(module, name="missing") == fingerprint(module + "", name="missing")
    assert fingerprint(module, name="missing") != fingerprint(module)


def test_unreadable_text_is_equal_to_itself_alone() -> None:
    for text in ("def f(:", "x = 1", "", "print 'x'", "\ud800", "def f():\n    from m import *\n"):
        assert fingerprint(text) == fingerprint(text)
        assert fingerprint(text) != fingerprint(text + " ")


MOUNTED = "from {} import mean as m\ndef f(a):\n    b = m(a)\n    return g(b, m(b))"


@pytest.mark.parametrize(
    ("path", "module"),
    [
        (".mean", "actions.stats.f"),
        ("..stats.mean", "actions.tables.f"),
        ("actions.stats.mean", ""),
        ("actions.stats.mean", "elsewhere.f"),
        ("...stats.mean", "actions.tables.deep.f"),
    ],
)
def test_a_relative_import_is_what_it_names(path: str, module: str) -> None:
    found = fingerprint(MOUNTED.format(path), module=module)
    assert found == fingerprint(MOUNTED.format("actions.stats.mean"))
    assert found != fingerprint(MOUNTED.format(".mean"), module="actions.tables.f")


def test_a_relative_import_above_everything_stays_as_it_is() -> None:
    text = MOUNTED.format("...mean")
    assert fingerprint(text, module="a.f") == fingerprint(text)


def test_parameter_names() -> None:
    assert parameter_names("def f(a, *b, c=1, **d):\n    return a") == ("a", "b", "c", "d")
    assert parameter_names("def f(") == ()


@settings(max_examples=200, deadline=None)
@given(
    st.text()
    | st.lists(
        st.sampled_from(
            [
                "def f(x):",
                "\n",
                "\n    ",
                "x",
                " = ",
                "(",
                ")",
                "[",
                "for x in",
                "if ",
                ":",
                "return ",
                "'",
                "f'{",
                "}'",
                "lambda",
                "*",
                "match x:",
                "case ",
                "class A:",
                "import a",
                "\\",
                "@",
            ]
        )
    ).map("".join)
)
def test_no_text_raises(text: str) -> None:
    assert len(fingerprint(text)) == len(fingerprint(text, "lifted")) == 32
    assert 0 <= similarity(text, "def f(a):\n    return a") <= 1


# --- generated functions -----------------------------------------------------------------------

NAMES = ["a", "b", "c", "d"]


def _expressions() -> st.SearchStrategy[str]:
    leaves = st.sampled_from([*NAMES, "0", "1", "2", "3"])
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(
                lambda p: f"({' '.join(p)})"
            ),
            st.tuples(inner, st.sampled_from(["<", "==", ">="]), inner).map(
                lambda p: f"({' '.join(p)})"
            ),
            st.tuples(inner, inner, inner).map(lambda p: f"({p[0]} if {p[1]} else {p[2]})"),
            inner.map(lambda x: f"(not {x})"),
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
                lambda p: f"({' '.join(p)})"
            ),
            st.tuples(inner, inner).map(lambda p: f"sum([{p[0]} for d in range({p[1]} % 3)])"),
        ),
        max_leaves=6,
    )


def _indent(block: str) -> str:
    return "\n".join(f"    {line}" for line in block.split("\n"))


def _blocks() -> st.SearchStrategy[str]:
    simple = st.one_of(
        st.tuples(st.sampled_from(NAMES), _expressions()).map(lambda p: f"{p[0]} = {p[1]}"),
        st.tuples(st.sampled_from(NAMES), _expressions()).map(lambda p: f"{p[0]} += {p[1]}"),
        _expressions().map(lambda x: f"return {x}"),
        _expressions().map(lambda x: f"log.append({x})"),
    )
    return st.recursive(
        simple,
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=4).map("\n".join),
            st.tuples(_expressions(), inner).map(lambda p: f"if {p[0]}:\n{_indent(p[1])}"),
            st.tuples(_expressions(), inner, inner).map(
                lambda p: f"if {p[0]}:\n{_indent(p[1])}\nelse:\n{_indent(p[2])}"
            ),
            st.tuples(
                st.sampled_from(NAMES), inner, st.sampled_from(["", "\ncontinue", "\nbreak"])
            ).map(lambda p: f"for {p[0]} in range(3):\n{_indent(p[1] + p[2])}"),
        ),
        max_leaves=8,
    )


def _functions() -> st.SearchStrategy[str]:
    return _blocks().map(lambda block: f"def f(a, b, log):\n    c = d = 1\n{_indent(block)}")


def _behaviour(source: str) -> list[object]:
    """What the function returns and logs for some arguments, exceptions by type."""
    space: dict[str, object] = {}
    exec(compile(source, "generated", "exec"), space)
    found: list[object] = []
    for arguments in [(0, 0), (1, 2), (3, 1), (-2, 5)]:
        log: list[object] = []
        try:
            result: object = space["f"](*arguments, log)  # type: ignore[operator]
        except Exception as error:  # noqa: BLE001  # the generated code may raise anything
            result = type(error).__name__
        found.append((result, log))
    return found


class _Rename(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg = self.names.get(node.arg, node.arg)
        return node


@settings(max_examples=150, deadline=None)
@given(_functions(), st.permutations([*NAMES, "log"]))
def test_renaming_keeps_the_fingerprint(source: str, names: list[str]) -> None:
    tree = _Rename(dict(zip([*NAMES, "log"], names, strict=True))).visit(ast.parse(source))
    assert fingerprint(ast.unparse(tree)) == fingerprint(source)


class _Respell(ast.NodeTransformer):
    """Say some statements in another way that means the same."""

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        if node.orelse:
            flipped = ast.UnaryOp(ast.Not(), node.test)
            return ast.If(flipped, node.orelse, node.body)
        return node

    def visit_Return(self, node: ast.Return) -> list[ast.stmt]:
        assert node.value is not None
        kept = ast.Assign([ast.Name("kept", ast.Store())], node.value)
        return [kept, ast.Return(ast.Name("kept", ast.Load()))]


@settings(max_examples=150, deadline=None)
@given(_functions())
def test_other_spellings_keep_the_fingerprint(source: str) -> None:
    tree = ast.fix_missing_locations(_Respell().visit(ast.parse(source)))
    assert fingerprint(ast.unparse(tree)) == fingerprint(source)


@settings(max_examples=60, deadline=None)
@given(st.lists(_functions(), min_size=8, max_size=30))
def test_merged_functions_behave_alike(sources: list[str]) -> None:
    groups: dict[str, list[str]] = {}
    for source in sources:
        groups.setdefault(fingerprint(source), []).append(source)
    for group in groups.values():
        first = _behaviour(group[0])
        assert all(_behaviour(other) == first for other in group[1:])


# --- near --------------------------------------------------------------------------------------

BASE = inspect.getsource(_behaviour)
WITH_PRINT = BASE.replace("    found:", "    print('start')\n    found:", 1)


def test_similarity_is_between_equal_and_unlike() -> None:
    assert similarity(BASE, BASE) == 1
    assert 0.6 < similarity(BASE, WITH_PRINT) < 1
    assert similarity(BASE, LONG) < 0.3


def test_near_index_finds_adds_and_forgets() -> None:
    index = NearIndex()
    for number, source in enumerate([*(pair[0] for pair in EQUAL.values()), BASE]):
        index.add(f"k{number}", source)
    base = f"k{len(EQUAL)}"
    assert [near.key for near in index.query(WITH_PRINT)] == [base]
    assert index.query(BASE)[0].score == 1
    assert index.query(BASE, ignore=[base]) == []
    index.add(base, LONG)
    assert index.query(BASE) == []
    index.add("again", BASE)
    assert index.query(BASE)[0].key == "again"
    index.remove("again")
    index.remove("again")
    assert index.query(BASE) == []
    assert "again" not in index
    assert len(index) == len(EQUAL) + 1


def test_near_index_of_nothing() -> None:
    assert NearIndex().query(BASE) == []
    assert len(NearIndex.from_bytes(NearIndex().to_bytes())) == 0


def test_near_index_finds_old_and_recent_alike() -> None:
    index = NearIndex()
    for number in range(300):
        index.add(
            f"k{number}",
            f"def f(a):\n    x{number} = g{number}(a)\n    return h(a, x{number}, {number})",
        )
        if number % 50 == 0:
            index.query(BASE)
    index.add("late", BASE)
    for number in (0, 120, 299):
        source = f"def f(q):\n    z = g{number}(q)\n    return h(q, z, {number})"
        assert index.query(source)[0].key == f"k{number}"
    assert index.query(WITH_PRINT)[0].key == "late"


def test_near_index_survives_as_bytes() -> None:
    index = NearIndex()
    index.add("a", BASE)
    index.add("b", LONG)
    data = index.to_bytes()
    again = NearIndex.from_bytes(data)
    assert again.query(WITH_PRINT) == index.query(WITH_PRINT) != []
    for damaged in (b"", b"else", data[:-4], data[:20]):
        with pytest.raises(ValueError, match="near clones"):
            NearIndex.from_bytes(damaged)


def test_heavy_libraries_stay_unloaded_until_asked() -> None:
    code = (
        "import sys, dynasaur.fingerprint; "
        "sys.exit(any(name in sys.modules for name in ('tree_sitter', 'numpy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
