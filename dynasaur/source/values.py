"""Which expressions a module may hold at its top level: values that need no running of programs."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from dynasaur.source.changes import CHANGERS
from dynasaur.source.text import words

Origin = Callable[[str], str]
"""Where a name comes from: `re` or `collections.Counter` for an import, `class` for a class of the
same text, `builtins` for what nothing bound, empty for anything else."""

_BUILTINS = words(
    "abs bool bytearray bytes callable chr complex dict divmod enumerate filter float format"
    " frozenset getattr hasattr hash hex int isinstance issubclass len list map max memoryview"
    " min object oct ord pow property range repr reversed round set slice sorted str sum super"
    " tuple type zip"
)
_MODULES = words(
    "abc collections collections.abc contextvars copy dataclasses decimal enum fractions"
    " functools itertools math cmath operator re string struct types typing typing_extensions"
    " weakref zoneinfo"
)
_CALLS = words(
    "ast.literal_eval base64.b64decode datetime.date datetime.datetime datetime.time"
    " datetime.timedelta datetime.timezone datetime.datetime.strptime"
    " datetime.date.fromisoformat datetime.datetime.fromisoformat fractions.Fraction"
    " ipaddress.ip_address ipaddress.ip_network json.dumps json.loads logging.getLogger"
    " numpy.arange numpy.array numpy.dtype numpy.eye numpy.float64 numpy.int64 numpy.linspace"
    " numpy.ones numpy.sqrt numpy.zeros pathlib.Path pathlib.PurePath pathlib.PurePosixPath"
    " pathlib.PureWindowsPath os.path.basename os.path.dirname os.path.join os.path.normpath"
    " random.Random textwrap.dedent threading.Condition threading.Event threading.Lock"
    " threading.RLock threading.local unicodedata.lookup unicodedata.normalize uuid.UUID"
)
_METHODS = frozenset(
    name
    for kind in (str, bytes, dict, list, tuple, frozenset, set, int, float)
    for name in dir(kind)
    if not name.startswith("_") and name not in CHANGERS
)
_MAKERS = words("__init__ __new__ __post_init__")
_LITERALS = (
    ast.Constant,
    ast.JoinedStr,
    ast.List,
    ast.Tuple,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.BinOp,
)


def running(value: ast.expr, origin: Origin) -> ast.expr | None:
    """The first part of an expression that runs a program; None where it is a plain value.

    Plain are literals, names, attributes, operators, comprehensions, lambdas, and calls that only
    build a value: `re.compile`, `frozenset`, `Decimal`, `"a b".split`, a class of the same text.
    """
    inner = {
        name.id
        for node in ast.walk(value)
        if isinstance(node, ast.comprehension)
        for name in ast.walk(node.target)
        if isinstance(name, ast.Name)
    }

    def known(name: str) -> str:
        return "value" if name in inner else origin(name)

    for node in _evaluated(value):
        if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom):
            return node
        if isinstance(node, ast.Call) and not _builds(node.func, known):
            return node
    return None


def runs_when_made(node: ast.ClassDef, origin: Origin) -> bool:
    """Whether making an instance of a class runs more than plain expressions."""
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name in _MAKERS:
            for inner in ast.walk(method):
                if isinstance(inner, ast.Call) and not _is_super(inner) and running(inner, origin):
                    return True
    return False


def _is_super(call: ast.Call) -> bool:
    """`super().__init__(...)`, and the `super()` in it."""
    return "super" in {name.id for name in ast.walk(call.func) if isinstance(name, ast.Name)}


def _evaluated(value: ast.expr) -> Iterator[ast.expr]:
    """The expression's parts, but for the bodies of lambdas, which run later."""
    stack: list[ast.AST] = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.expr):
            yield node
        inside = node.args if isinstance(node, ast.Lambda) else node
        stack.extend(reversed(list(ast.iter_child_nodes(inside))))


def _builds(callee: ast.expr, origin: Origin) -> bool:
    """Whether calling it only builds a value."""
    name = _dotted(callee, origin)
    if name:
        module, _, last = name.rpartition(".")
        if module.startswith("builtins"):
            return last in (_BUILTINS if module == "builtins" else _METHODS)
        return name == "class" or name in _CALLS or module in _MODULES
    if isinstance(callee, ast.Attribute):
        return callee.attr in _METHODS and _is_literal(callee.value, origin)
    return False


def _is_literal(node: ast.expr, origin: Origin) -> bool:
    """A receiver whose methods are known: a literal, or what such a method or a builtin gave."""
    if isinstance(node, ast.Subscript):
        return _is_literal(node.value, origin)
    if isinstance(node, ast.Call):
        inner = node.func
        if isinstance(inner, ast.Attribute) and _is_literal(inner.value, origin):
            return True
        return _dotted(inner, origin).startswith("builtins.")
    return (
        isinstance(node, _LITERALS)
        or (isinstance(node, ast.Name) and origin(node.id) == "value")
        or _dotted(node, origin).startswith("builtins.")
    )


def _dotted(node: ast.expr, origin: Origin) -> str:
    """The full name of what an expression names, by the imports in force; empty if none."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    home = origin(node.id)
    if home in {"", "value"} or (home == "class" and parts):
        return ""
    if home == "class":
        return home
    base = f"builtins.{node.id}" if home == "builtins" else home
    return ".".join([base, *reversed(parts)])
