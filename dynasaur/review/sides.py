"""A file read as a module, on one side of a range: parsed, never imported."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

from dynasaur.capabilities import capabilities
from dynasaur.config import PACKAGE
from dynasaur.errors import ActionError
from dynasaur.fingerprint import fingerprint
from dynasaur.places import kind_of
from dynasaur.review.values import Blob, Side
from dynasaur.source import normal, read_action, tree_of
from dynasaur.types import LOCAL

Place: TypeAlias = Literal["action", "helper", "package", "vendored", "deep", "name", "other"]

_PLACED = re.compile(r"\s*(?:line )?(\d+): (.*)", re.DOTALL)
_PAPERS = re.compile(
    r"(?:LICEN[CS]E|COPYING|NOTICE|COPYRIGHT|README|CHANGELOG|AUTHORS)(?:[.-].*)?"
    r"|rejected\.toml|accepted\.toml|dynasaur\.lock|\.gitattributes|\.gitignore",
    re.IGNORECASE,
)


@lru_cache(maxsize=50_000)
def place_of(path: str) -> Place:
    """What a file is by its place in the actions package."""
    parts = path.removesuffix(".py").split("/")[1:]
    if not path.endswith(".py") or not parts:
        return "other"
    return kind_of(parts)


def is_paper(path: str) -> bool:
    """A file that is read by people or by git, and never runs."""
    return _PAPERS.fullmatch(path.rpartition("/")[2]) is not None


def module_of(path: str) -> str:
    """The full dotted name of a file's module."""
    parts = path.removesuffix(".py").split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def name_of(module: str) -> str:
    """How a module is named with its whole way below the package, which is its own name."""
    return module.removeprefix(f"{PACKAGE}.").replace(".", "/")


def read_side(blob: Blob) -> Side:
    """Reads a file as a module; what it is not, or why it cannot be read, is its problem."""
    module = module_of(blob.path)
    if blob.data is None:
        return Side(blob, module, "", problem=blob.problem or "it cannot be read")
    try:
        text = normal(blob.data.decode("utf-8-sig"))
        tree = tree_of(text, blob.path)
        can = capabilities(text)
    except UnicodeDecodeError:
        return Side(blob, module, "", problem="it is not UTF-8 text")
    except ActionError as error:
        line, problem = placed(str(error), blob.path, "module")
        return Side(blob, module, text, problem=problem, line=line)
    if not _holds_an_action(blob.path, tree):
        return Side(blob, module, text, capabilities=can)
    parts = module.split(".")
    vendored = parts[1] == "vendor"
    try:
        action = read_action(
            text,
            path=Path(blob.path),
            category=".".join(parts[3:-1] if vendored else parts[1:-1]),
            source=parts[2] if vendored else LOCAL,
            module=module,
        )
    except ActionError as error:
        line, problem = placed(str(error), blob.path, module)
        return Side(blob, module, text, problem=problem, line=line, capabilities=can)
    exact = fingerprint(text, name=action.name, module=module)
    return Side(blob, module, text, action, capabilities=can, exact=exact)


def _holds_an_action(path: str, tree: ast.Module) -> bool:
    place = place_of(path)
    if place in {"action", "deep"}:
        return True
    parts = path.split("/")
    own = not any(part.startswith("_") for part in parts)
    name = parts[-1].removesuffix(".py")
    defines = any(
        isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.name == name
        for one in tree.body
    )
    return place == "vendored" and len(parts) > 3 and own and defines


def placed(message: str, *names: str) -> tuple[int, str]:
    """An error's line, where it tells one, and its words."""
    for name in names:
        message = message.removeprefix(name)
    message = message.removeprefix(":").strip()
    found = _PLACED.match(message)
    return (int(found[1]), found[2]) if found else (1, message)


def function_of(side: Side) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The tree of the action's function; None where the module holds none."""
    return _function(side.text, side.action.name) if side.action else None


@lru_cache(maxsize=64)
def _function(text: str, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    for node in reversed(tree_of(text, name).body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return node
    return None
