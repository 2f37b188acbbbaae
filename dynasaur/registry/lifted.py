"""Actions that differ in constants only: what the one action would look like that could be both."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence

from dynasaur import source
from dynasaur.fingerprint import constants_apart
from dynasaur.types import Action

SHOWN = 120
"""Characters that the constants of a note may take."""

WIDEST = 200
"""Characters that a signature of a note may take."""

_AT_MOST = 4
"""New parameters that still make one action of two."""

_OPERATORS: dict[type[ast.operator], str] = {
    ast.Mult: "factor",
    ast.Div: "divisor",
    ast.FloorDiv: "divisor",
    ast.Mod: "modulus",
    ast.Pow: "exponent",
    ast.Add: "offset",
    ast.Sub: "offset",
}
_ARGUMENTS = {
    "split": ("separator", "limit"),
    "rsplit": ("separator", "limit"),
    "join": ("separator",),
    "round": ("", "digits"),
    "get": ("key", "default"),
    "open": ("path", "mode"),
    "startswith": ("prefix",),
    "endswith": ("suffix",),
    "strftime": ("form",),
    "strptime": ("", "form"),
    "replace": ("old", "new"),
    "strip": ("characters",),
    "encode": ("encoding",),
    "decode": ("encoding",),
    "range": ("count",),
}
"""What the arguments of common callables are, by position."""

_PLAIN = {"str": "text", "bytes": "data", "int": "number", "float": "number", "complex": "number"}
_ORDER = ("int", "float", "complex")


def one_action(one: Action, other: Action, place: str) -> str:
    """That two actions could be one, in words: which constants, and the signature it would have.

    The new parameters have the constants of the existing action as defaults, so that its callers
    would go on as before.

    Args:
        one: The new action.
        other: The existing one, with the same lifted fingerprint.
        place: How people name that one.
    """
    apart = constants_apart(one.text, other.text, (one.module, other.module))
    shown = "; ".join(f"{here} here, {there} there" for here, there in apart)
    constants = f" ({shown})" if apart and len(shown) <= SHOWN else ""
    signature = generalised(other, apart) if apart else ""
    parameters = "a parameter" if len(apart) == 1 else "parameters"
    like = f", `{signature}`" if 0 < len(signature) <= WIDEST else ""
    return (
        f"and {place} differ in constants only{constants}:"
        f" they could be one action with {parameters}{like}"
    )


def generalised(action: Action, apart: Sequence[tuple[str, str]]) -> str:
    """The signature of an action whose constants became parameters; empty where they are too many.

    Args:
        action: The existing action.
        apart: Pairs of literals as Python source, the existing action's second.
    """
    tree = source.tree_of(source.normal(action.text), action.name)
    function = source.public_functions(tree)[action.name]
    made = copy.deepcopy(function)
    made.body, made.decorator_list = [ast.Pass()], []
    taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    taken |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    places = list(_places(tree, function))
    for here, there in apart:
        found = next((one for one in places if _spelled(one[0]) == there), None)
        if found is not None:
            places.remove(found)
        hint, is_default = (found[1], found[2]) if found else ("", False)
        if is_default:
            continue  # it is a parameter already
        kind = _kind(here, there)
        name = _free(hint or _PLAIN.get(kind, "value"), taken)
        taken.add(name)
        made.args.kwonlyargs.append(ast.arg(name, ast.parse(kind, mode="eval").body))
        made.args.kw_defaults.append(ast.parse(there, mode="eval").body)
    if len(made.args.kwonlyargs) - len(function.args.kwonlyargs) > _AT_MOST:
        return ""
    text = ast.unparse(ast.Module([made], []))
    return source.read_action(
        text, path=action.path, category=action.category, source=action.source, module=action.module
    ).signature


def _free(name: str, taken: set[str]) -> str:
    if not name.isidentifier() or name in taken:
        name = f"{name}_value" if name.isidentifier() else "value"
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _kind(here: str, there: str) -> str:
    """The type that takes both literals."""
    kinds = {type(ast.literal_eval(text)).__name__ for text in (here, there)}
    if kinds <= set(_ORDER):
        return max(kinds, key=_ORDER.index)
    return " | ".join(sorted(kinds))


def _spelled(node: ast.Constant) -> str:
    return repr(node.value)


# --- what a constant is, by where it stands -----------------------------------------------------


def _places(
    tree: ast.Module, function: ast.FunctionDef | ast.AsyncFunctionDef
) -> Iterator[tuple[ast.Constant, str, bool]]:
    """Constants with a name for each, and whether it is a default of the function's parameters."""
    own = {id(default) for default in (*function.args.defaults, *function.args.kw_defaults)}
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Constant):
                yield child, _called(node, child), id(child) in own


def _called(parent: ast.AST, node: ast.Constant) -> str:
    """What a constant may be called, by what it stands in; empty where that tells nothing."""
    match parent:
        case ast.keyword(arg=str(name)):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name.lower().strip("_")
        case ast.Call():
            return _argument(parent, node)
        case ast.BinOp():
            text = isinstance(node.value, str) and isinstance(parent.op, ast.Add)
            if text:
                return "suffix" if node is parent.right else "prefix"
            return _OPERATORS.get(type(parent.op), "")
        case ast.Compare():
            return _compared(parent, node)
        case ast.Dict():
            return _entry(parent, node)
        case ast.Subscript():
            return "key" if isinstance(node.value, str) else "index"
        case ast.Return():
            return "result"
    return ""


def _argument(call: ast.Call, node: ast.Constant) -> str:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else _last(call.func)
    known = _ARGUMENTS.get(name, ())
    at = next((number for number, one in enumerate(call.args) if one is node), len(known))
    return known[at] if at < len(known) else ""


def _compared(compare: ast.Compare, node: ast.Constant) -> str:
    """`row["region"] == "North"` compares the region; `x > 3` with a limit."""
    if any(isinstance(one, ast.Eq | ast.NotEq) for one in compare.ops):
        other = compare.left if compare.left is not node else compare.comparators[0]
        return _last(other)
    return "limit"


def _entry(table: ast.Dict, node: ast.Constant) -> str:
    for key, value in zip(table.keys, table.values, strict=True):
        if value is node and isinstance(key, ast.Constant):
            return str(key.value).lower()
    return ""


def _last(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name.lower()
    return ""
