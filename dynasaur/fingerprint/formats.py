"""Text that is put together: f-strings, `format`, `%` and `+`, in the form of f-strings."""

from __future__ import annotations

import string
from collections.abc import Sequence

from dynasaur.fingerprint.binding import Notes
from dynasaur.fingerprint.effects import is_immutable, is_still
from dynasaur.fingerprint.terms import Node, builtin, kind


def text(parts: list[Node]) -> Node:
    """An f-string: neighbouring constants joined, without fields a plain string."""
    joined: list[Node] = []
    for part in parts:
        pieces = part[1:] if kind(part) == "text" else (part,)
        for piece in pieces:
            if kind(piece) == "string" and joined and kind(joined[-1]) == "string":
                joined[-1] = ("string", joined[-1][1] + piece[1])
            elif piece != ("string", ""):
                joined.append(piece)
    if not joined:
        return ("string", "")
    return joined[0] if len(joined) == 1 and kind(joined[0]) == "string" else ("text", *joined)


def field(value: Node, conversion: str, spec: Node, notes: Notes) -> Node:
    """One replacement field. `format(str(x), "")` is `str(x)`, which is what `!s` gives."""
    bare = not conversion and spec is None and kind(value) == "call"
    if bare and len(value[2]) == 1 and not value[3] and kind(value[2][0]) != "star":
        name = builtin(value[1], {"str", "repr"}, notes)
        if name:
            return ("field", value[2][0], name[0], None)
    return ("field", value, conversion, spec)


def format_call(template: Node, values: list[Node], notes: Notes) -> Node | None:
    """`"{} is {!r}".format(a, b)` as an f-string, which formats with the same calls.

    The f-string evaluates each value just before formatting it, `format` all of them first.
    """
    if kind(template) != "string" or any(kind(value) == "star" for value in values):
        return None
    if not _independent(values):
        return None
    fields = _split(template[1])
    if fields is None or [index for _, index, _, _ in fields if index >= 0] != list(
        range(len(values))
    ):
        return None
    parts: list[Node] = []
    for literal, index, conversion, spec in fields:
        parts.append(("string", literal))
        if index >= 0:
            parts.append(
                field(values[index], conversion, ("string", spec) if spec else None, notes)
            )
    return text(parts)


def _split(template: str) -> list[tuple[str, int, str, str]] | None:
    """A format string as (literal, number of the value or -1, conversion, spec), if it is plain."""
    found: list[tuple[str, int, str, str]] = []
    automatic = 0
    numbered = False
    try:
        for literal, name, spec, conversion in string.Formatter().parse(template):
            if name is None:
                found.append((literal, -1, "", ""))
                continue
            if "{" in (spec or "") or not (name == "" or name.isdecimal()):
                return None
            found.append((literal, int(name) if name else automatic, conversion or "", spec or ""))
            automatic += not name
            numbered |= bool(name)
    except ValueError:
        return None
    return None if automatic and numbered else found


def binary(operator: str, left: Node, right: Node, notes: Notes) -> Node:
    """An operator. `"a" + str(x)` is an f-string: both sides are exactly strings."""
    if operator == "%":
        found = percent(left, right)
        return ("binary", operator, left, right) if found is None else found
    if operator == "+" and kind(left) in {"string", "text"}:
        if kind(right) in {"string", "text"}:
            return text([left, right])
        if kind(right) == "call" and len(right[2]) == 1:
            piece = field(right, "", None, notes)
            if piece[2] == "s":
                return text([left, piece])
    return ("binary", operator, left, right)


def _independent(values: Sequence[Node]) -> bool:
    """Evaluating a value does not change how those before it are formatted."""
    immutable = True
    for value in values:
        if not (immutable or is_still(value)):
            return False
        immutable = immutable and is_immutable(value)
    return True


def percent(template: Node, values: Node) -> Node | None:
    """`"%s is %r" % (a, b)` as an f-string: `%s` is `str()` and `%r` is `repr()`."""
    if kind(template) != "string" or kind(values) != "tuple" or "%%" in template[1]:
        return None
    pieces = template[1].split("%")
    values = values[1:]
    if len(pieces) != len(values) + 1 or not all(piece[:1] in {"s", "r"} for piece in pieces[1:]):
        return None
    if any(kind(value) == "star" for value in values) or not _independent(values):
        return None
    parts: list[Node] = [("string", pieces[0])]
    for piece, value in zip(pieces[1:], values, strict=True):
        parts += [("field", value, piece[0], None), ("string", piece[1:])]
    return text(parts)
