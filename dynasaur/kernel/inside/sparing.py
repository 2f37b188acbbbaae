"""Spare each cell what IPython and ipykernel do for it again and again, and nothing comes of."""

from __future__ import annotations

import ast
import sys
import warnings
import zlib
from collections.abc import Callable, Sequence
from typing import Any

_STEPS = ("cleanup_transforms", "line_transforms", "token_transformers")

_PROMPT = "In ["
"""So a pasted prompt begins, which is Python as well: an annotation."""

_FLAGS = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def install(shell: Any) -> None:
    """Spare the cells of this shell all of it; what another version does otherwise, stays."""
    take_python_as_it_is(shell)
    leave_dates()
    remember_signatures()
    sum_in_c()


def take_python_as_it_is(shell: Any) -> None:
    """Have the shell rewrite only what is no Python yet: it reads each cell twice, token by token.

    Once a cell has added a way of rewriting of its own, everything is rewritten again.
    """
    manager = shell.input_transformer_manager
    rewrite = manager.transform_cell

    def steps() -> list[list[Any]]:
        return [list(getattr(manager, name, ())) for name in _STEPS]

    usual = steps()

    def rewritten(cell: str) -> Any:
        if _is_python(cell) and steps() == usual:
            return cell if cell.endswith("\n") else f"{cell}\n"
        return rewrite(cell)

    manager.transform_cell = rewritten


def _is_python(cell: str) -> bool:
    if cell[:1].isspace() or cell.startswith(_PROMPT):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(cell, "<cell>", "exec", _FLAGS, dont_inherit=True)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True


def leave_dates() -> None:
    """Leave the time in a message as it came: it is made a date, only to be text again."""
    session = _names_of("jupyter_client.session")
    if "extract_dates" in session:
        session["extract_dates"] = lambda value: value


def remember_signatures() -> None:
    """Look once which parameters the shell's methods have, not for every cell."""
    kernel = _names_of("ipykernel.ipkernel")
    look: Callable[[Any, Sequence[str]], Any] | None = kernel.get("_accepts_parameters")
    if look is None:
        return
    known: dict[Any, Any] = {}

    def remembered(method: Any, names: Sequence[str]) -> Any:
        key = method, tuple(names)
        if key not in known:
            known[key] = look(method, names)
        return known[key]

    kernel["_accepts_parameters"] = remembered


def sum_in_c() -> None:
    """Name a cell's file by a sum made in C: a sum in Python takes longer than most cells.

    Only a debugger, of which there is none, would go by the sum.
    """
    compiler = _names_of("ipykernel.compiler")
    if "murmur2_x86" in compiler:
        compiler["murmur2_x86"] = lambda text, seed: zlib.crc32(text.encode("utf-8"), seed)


def _names_of(module: str) -> dict[str, Any]:
    return vars(sys.modules[module]) if module in sys.modules else {}
