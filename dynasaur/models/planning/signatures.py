"""The offered actions as the planner sees them: one line of text, read into typed parameters."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import cache

from dynasaur.models.planning.lexicon import STRUCTURE
from dynasaur.models.planning.words import concepts, main_concepts, name_words, stem

_LINE = re.compile(
    r"^\s*-?\s*(?P<header>[a-z]\w*\(.*\)\s*(?:->[^#]+)?)\s*(?:#\s*(?P<summary>.*))?$"
)
_EXAMPLES = re.compile(r",? such as |: ")
"""What follows names only examples, which a task must not be taken to mean."""
_STRUCTURE = frozenset(stem(word) for word in STRUCTURE)


@dataclass(frozen=True, slots=True)
class Slot:
    """One parameter of an offered action.

    Attributes:
        name: Its name.
        type: Its annotation as written; `Any` where there is none.
        default: Its default as written; None where it must be given.
        options: The strings that a `Literal[...]` annotation allows.
        of: The name of the action.
        by_name: It can only be given by name.
    """

    name: str
    type: str
    default: str | None = None
    options: tuple[str, ...] = ()
    of: str = ""
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """One offered action.

    Attributes:
        name: The function's name.
        slots: Its parameters that can be given by name, in order.
        returns: Its return annotation as written; `Any` where there is none.
        summary: What it does, in its author's words.
        heads: Concepts of its name that say what it does: a task must name each of them.
        vocabulary: All concepts of its name, summary and parameters.
    """

    name: str
    slots: tuple[Slot, ...]
    returns: str
    summary: str = ""
    heads: tuple[str, ...] = field(default=(), compare=False)
    vocabulary: frozenset[str] = field(default=frozenset(), compare=False)


@cache
def parse_offer(line: str) -> Offer | None:
    """One line of the list of actions; None where it is something else."""
    match = _LINE.match(line)
    if match is None:
        return None
    try:
        tree = ast.parse(f"def {match['header'].strip()}: ...").body[0]
    except SyntaxError:
        return None
    if not isinstance(tree, ast.FunctionDef):
        return None
    words = name_words(tree.name)
    summary = (match["summary"] or "").strip()
    said = _EXAMPLES.split(summary)[0]
    slots = _slots(tree.name, tree.args)
    slot_words = [word for slot in slots for word in name_words(slot.name)]
    return Offer(
        name=tree.name,
        slots=slots,
        returns=ast.unparse(tree.returns) if tree.returns else "Any",
        summary=summary,
        heads=tuple(word for word in main_concepts(words) if word not in _STRUCTURE),
        vocabulary=concepts(words) | concepts(name_words(said)) | concepts(slot_words),
    )


def _slots(name: str, arguments: ast.arguments) -> tuple[Slot, ...]:
    normal = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(normal) - len(arguments.defaults))
    pairs = [*zip(normal, [*defaults, *arguments.defaults], strict=True)]
    named = [*zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    return tuple(
        Slot(
            name=argument.arg,
            type=ast.unparse(argument.annotation) if argument.annotation else "Any",
            default=None if default is None else ast.unparse(default),
            options=_options(argument.annotation),
            of=name,
            by_name=number >= len(pairs),
        )
        for number, (argument, default) in enumerate([*pairs, *named])
    )


def _options(annotation: ast.expr | None) -> tuple[str, ...]:
    for node in ast.walk(annotation) if annotation else ():
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("Literal"):
            values = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            return tuple(str(v.value) for v in values if isinstance(v, ast.Constant))
    return ()
