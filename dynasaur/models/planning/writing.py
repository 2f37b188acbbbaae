"""A composition as the code of a step: a direct call, or a new documented function and its call."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from dynasaur.models.planning.binding import role
from dynasaur.models.planning.literals import Literal
from dynasaur.models.planning.nodes import Node
from dynasaur.models.planning.signatures import Offer, Slot
from dynasaur.models.planning.words import name_words

_NOUNS = {"filter": "filtered", "sort": "sorted", "convert": "converted"}
_PASSED = frozenset({"rows", "items", "words", "lines"})
_FILES = {"table": "table", "json": "JSON", "text": "text"}
_KNOWN_TYPES = frozenset(
    {"list", "dict", "tuple", "set", "str", "int", "float", "bool", "None", "Any"}
)
_DOCS = {
    "path": "The file.",
    "column": "Name of the column.",
    "by": "Name of the column to group by.",
    "value": "The value that the column is compared with.",
    "n": "How many.",
    "key": "The path of the values in the JSON data.",
    "pattern": "The regular expression.",
    "phrase": "The words to look for.",
    "start": "The first date.",
    "end": "The last date.",
}


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One parameter of the function that is written, and what this task gives for it."""

    name: str
    type: str
    value: str
    doc: str


class _Signature:
    """The parameters that a composition's literals become."""

    def __init__(self, node: Node) -> None:
        self._names: dict[tuple[int, str], str] = {}
        found: list[tuple[bool, _Parameter]] = []
        for call in node.walk():
            for slot, literal in call.own:
                if literal.kind != "flag":
                    found.append((literal.kind == "file", self._add(call, slot, literal)))
        # Files first, as people expect them.
        self.parameters = [one for is_file, one in found if is_file]
        self.parameters += [one for is_file, one in found if not is_file]

    def given(self, call: Node, slot: Slot, literal: Literal) -> str:
        """The expression that the function's body gives for a parameter of a call."""
        return "True" if literal.kind == "flag" else self._names[_key(call, slot)]

    def _add(self, call: Node, slot: Slot, literal: Literal) -> _Parameter:
        taken = set(self._names.values())
        verb = name_words(call.offer.name)[0]
        options = [slot.name, f"{verb}_{slot.name}", *(f"{slot.name}_{n}" for n in range(2, 99))]
        name = next(option for option in options if option not in taken)
        self._names[_key(call, slot)] = name
        doc = _DOCS.get(role(slot), f"The {' '.join(name_words(slot.name))}.")
        doc = doc if name == slot.name else f"{doc[:-1]}, for `{call.offer.name}`."
        return _Parameter(name, _portable(slot.type), repr(_plain(literal)), doc)


def call_code(node: Node, taken: Iterable[str]) -> str:
    """Code that computes a composition, keeps it as `result` and prints it.

    Args:
        node: The composition.
        taken: Names of actions, which a new function must not have.
    """
    if node.calls == 1:
        given = [
            f"{slot.name}={_value(literal)}" if len(node.own) > 1 else _value(literal)
            for slot, literal in node.own
        ]
        return f"result = {node.offer.name}({', '.join(given)})\nprint(result)\n"
    signature = _Signature(node)
    name = function_name(node, taken)
    given = [f"{parameter.name}={parameter.value}" for parameter in signature.parameters]
    call = f"result = {name}({', '.join(given)})\nprint(result)\n"
    return f"{_function(node, name, signature)}\n\n{call}"


def function_name(node: Node, taken: Iterable[str]) -> str:
    """A name that says what a composition does, from its outermost call inwards."""
    words: list[str] = []
    for fragment in _fragments(node):
        if words and words[-1] in _PASSED and set(fragment) & _PASSED:
            words = [*words[:-1], *(["twice"] if words == fragment else fragment)]
        else:
            words += ["of", *fragment] if words else fragment
    name = "_".join(words) or node.offer.name
    free = set(taken)
    options = (name, f"{name}_of_file", *(f"{name}_{n}" for n in range(2, 99)))
    return next(option for option in options if option not in free)


def _fragments(node: Node) -> list[list[str]]:
    """The words that each call of a composition adds to its name."""
    found = []
    for call in node.walk():
        words = [_NOUNS.get(word, word) for word in call.offer.name.split("_")]
        if call.offer.heads:
            found.append(words)
        elif any(literal.kind == "column" for _, literal in call.own):
            found.append(["column"])
        elif not any(literal.kind == "file" for _, literal in call.own):
            found.append(words)
    return found


def _function(node: Node, name: str, signature: _Signature) -> str:
    header = ", ".join(f"{one.name}: {one.type}" for one in signature.parameters)
    returns = _portable(node.offer.returns)
    lines = [f"def {name}({header}) -> {returns}:"]
    if len(lines[0]) > 100:
        inner = [f"    {one.name}: {one.type}," for one in signature.parameters]
        lines = [f"def {name}(", *inner, f") -> {returns}:"]
    lines += textwrap.indent(_docstring(node, name, signature), "    ").splitlines()
    lines += [f"    {statement}" for statement in _Body(signature).statements(node)]
    text = "\n".join(lines) + "\n"
    return f"from typing import Any\n\n\n{text}" if re.search(r"\bAny\b", text) else text


def _docstring(node: Node, name: str, signature: _Signature) -> str:
    calls = [*node.walk()][::-1]
    steps = "; ".join(_step(call.offer) for call in calls)
    arguments = [f"    {one.name}: {one.doc}" for one in signature.parameters]
    parts = [
        f'"""{_summary(node, name)}',
        "",
        *textwrap.wrap(f"In order: {steps}.", 92),
        "",
        "Args:",
        *arguments,
        "",
        "Returns:",
        *textwrap.wrap(
            f"{_step(node.offer)}.", 88, initial_indent="    ", subsequent_indent="    "
        ),
        '"""',
    ]
    return "\n".join(parts)


def _summary(node: Node, name: str) -> str:
    words = name.removesuffix("_of_file").replace("column", "a_column").split("_")
    for call in node.walk():
        if any(literal.kind == "file" for _, literal in call.own):
            kinds = [_FILES[word] for word in name_words(call.offer.name) if word in _FILES]
            words += ["of", "a", *kinds[:1], "file"]
            break
    text = " ".join(words)
    return text[0].upper() + text[1:] + "."


def _step(offer: Offer) -> str:
    """What one action does, in its author's words, short."""
    plain = re.sub(r"\s*\([^()]*\)", "", offer.summary).rstrip(".") or offer.name
    return plain.partition(": ")[0]


class _Body:
    """The statements that make the calls, innermost first."""

    def __init__(self, signature: _Signature) -> None:
        self._signature = signature
        self._live: set[str] = {parameter.name for parameter in signature.parameters}

    def statements(self, node: Node) -> list[str]:
        """All statements of the function, the last of which returns."""
        lines, call = self._call(node)
        return [*lines, f"return {call}"]

    def _call(self, node: Node) -> tuple[list[str], str]:
        lines: list[str] = []
        given: list[str] = []
        passed: set[str] = set()
        plain = True
        for slot, argument in node.arguments:
            if isinstance(argument, Node):
                inner, call = self._call(argument)
                variable = self._variable(slot)
                lines += [*inner, f"{variable} = {call}"]
                passed.add(variable)
                expression = variable
            else:
                expression = self._signature.given(node, slot, argument)
            plain = plain and not slot.by_name and slot is node.offer.slots[len(given)]
            given.append(expression if plain else f"{slot.name}={expression}")
        self._live -= passed
        return lines, f"{node.offer.name}({', '.join(given)})"

    def _variable(self, slot: Slot) -> str:
        options = (slot.name, f"other_{slot.name}", *(f"{slot.name}_{n}" for n in range(2, 99)))
        name = next(option for option in options if option not in self._live)
        self._live.add(name)
        return name


def _portable(annotation: str) -> str:
    """The annotation where only built-in names and `Any` stand in it, else `Any`."""
    names = re.findall(r"[A-Za-z_]\w*", annotation)
    return annotation if set(names) <= _KNOWN_TYPES else "Any"


def _value(literal: Literal) -> str:
    return "True" if literal.kind == "flag" else repr(_plain(literal))


def _plain(literal: Literal) -> object:
    """The value as the code has it: lists as lists, numbers of a table as numbers."""
    return list(literal.value) if isinstance(literal.value, tuple) else literal.value


def _key(call: Node, slot: Slot) -> tuple[int, str]:
    return (id(call), slot.name)
