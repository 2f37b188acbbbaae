"""The text of an action that calls a function or a tool of another package.

What the package says of itself is not trusted: it becomes a name only after it was made one, a
default only as an escaped literal, documentation only as text.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dynasaur.adopting.docs import Docs, docs_of
from dynasaur.errors import ActionError
from dynasaur.toolbox.stubs import parameters_of, shown_text, snake

LONGEST_NAME = 60
LONGEST_DOC = 20_000
"""Characters of a docstring that are read."""

_SUMMARY = 90
_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\(\))?\Z", re.ASCII)
_OUTPUTS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_IMPORTS = {
    "Any": "from typing import Any",
    "Literal": "from typing import Literal",
    "Path": "from pathlib import Path",
    **{one: f"from datetime import {one}" for one in ("date", "datetime", "time", "timedelta")},
}


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One parameter.

    Attributes:
        name: As the action has it.
        key: As the tool has it.
        kind: As `inspect` names it.
        hint: Its type.
        default: Its default as source; None for none, `...` where it is left to the function.
        doc: What is said of it.
    """

    name: str
    key: str
    kind: str
    hint: str
    default: str | None
    doc: str


def action_text(module: str, told: Mapping[str, Any], name: str) -> str:
    """An action that calls what was described.

    Args:
        module: The module that it lies in.
        told: Its description, as `probe.look` gives it.
        name: What the action is called.

    Raises:
        ActionError: It cannot be one.
    """
    path = str(told.get("path", ""))
    if problem := told.get("problem"):
        raise ActionError(f"{told.get('name')}: {' '.join(str(problem).split())[:300]}")
    if not _PATH.match(path) or not all(part.isidentifier() for part in module.split(".")):
        raise ActionError(f"{module}:{path} is no name of Python")
    docs = docs_of(shown_text(str(told.get("doc", "")), LONGEST_DOC))
    is_function = told.get("kind") == "function"
    parameters = _of_function(told, docs) if is_function else _of_schema(told, docs)
    returns = _hint(told.get("returns")) if is_function else _output(told)
    first, dot, rest = path.partition(".")
    bare = first.removesuffix("()")
    private = f"_{bare.strip('_') or 'it'}"
    called = f"{private}{first[len(bare) :]}{dot}{rest}"
    header, body = _code(told, called, parameters)
    awaits = "async " if told.get("awaited") else ""
    lines = [
        f'"""{_summary(docs, name)}"""',
        "",
        *_imports(" ".join([header, body, returns])),
        f"from {module} import {bare} as {private}",
        "",
        "",
        f"{awaits}def {name}({header}) -> {returns}:",
        textwrap.indent(_docstring(docs, name, module, path, parameters), "    "),
        textwrap.indent(body.replace("return ", "return await ") if awaits else body, "    "),
    ]
    return "\n".join(lines) + "\n"


def action_name(name: str) -> str:
    """A name in the manner of Python's functions; never that of a keyword or builtin."""
    made = snake(name.rpartition(".")[2])[:LONGEST_NAME]
    taken = keyword.iskeyword(made) or hasattr(builtins, made) or made in sys.stdlib_module_names
    return f"{made}_tool" if taken else made


def _code(
    told: Mapping[str, Any], called: str, parameters: Sequence[_Parameter]
) -> tuple[str, str]:
    """The parameters of the header, and the body."""
    if told.get("kind") == "function":
        return _header(parameters), _call(called, parameters)
    needed = [one for one in parameters if one.default is None]
    others = [one for one in parameters if one.default is not None]
    given = [f"{one.key!r}: {one.name}" for one in [*needed, *others] if one.default != "None"]
    lines = [f"_given: dict[str, Any] = {{{', '.join(given)}}}"]
    for one in others:
        if one.default == "None":
            lines += [f"if {one.name} is not None:", f"    _given[{one.key!r}] = {one.name}"]
    way = f"{called}.invoke(_given)" if told.get("kind") == "langchain" else f"{called}(**_given)"
    return _header([*needed, *others]), "\n".join([*lines, f"return {way}"])


def _header(parameters: Sequence[_Parameter]) -> str:
    parts: list[str] = []
    kinds = [one.kind for one in parameters]
    for at, one in enumerate(parameters):
        stars = {"VAR_POSITIONAL": "*", "VAR_KEYWORD": "**"}.get(one.kind, "")
        if one.kind == "KEYWORD_ONLY" and not {"KEYWORD_ONLY", "VAR_POSITIONAL"} & set(kinds[:at]):
            parts.append("*")
        hint, default = one.hint, one.default
        if default == "..." or (default == "None" and not hint.endswith(("None", "Any"))):
            hint = hint if hint == "Any" else f"{hint} | None"
        default = "None" if default == "..." else default
        parts.append(f"{stars}{one.name}: {hint}{'' if default is None else f' = {default}'}")
        if one.kind == "POSITIONAL_ONLY" and kinds[at + 1 : at + 2] != ["POSITIONAL_ONLY"]:
            parts.append("/")
    return ", ".join(parts)


def _call(called: str, parameters: Sequence[_Parameter]) -> str:
    """The call of a function: as it was called itself; its own defaults stay its own."""
    left = [one for one in parameters if one.default == "..."]
    lines = ["_given: dict[str, Any] = {}"] if left else []
    for one in left:
        if one.kind == "POSITIONAL_ONLY":
            raise ActionError(f"{one.name} has a default that cannot be written down")
        lines += [f"if {one.name} is not None:", f'    _given["{one.name}"] = {one.name}']
    parts = []
    after = False
    for one in parameters:
        if one in left:
            after = True
        elif one.kind == "VAR_POSITIONAL":
            parts.append(f"*{one.name}")
        elif one.kind == "VAR_KEYWORD":
            parts.append(f"**{one.name}")
        else:
            by_name = one.kind == "KEYWORD_ONLY" or after
            parts.append(f"{one.name}={one.name}" if by_name else one.name)
    parts += ["**_given"] if left else []
    return "\n".join([*lines, f"return {called}({', '.join(parts)})"])


def _of_function(told: Mapping[str, Any], docs: Docs) -> list[_Parameter]:
    found = []
    for one in told.get("parameters", ()):
        name = str(one.get("name"))
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ActionError(f"{told.get('name')}: {name!r} is no name of a parameter")
        default = _default(one.get("default"))
        doc = docs.args.get(name) or f"The {name.replace('_', ' ').strip()} of the function."
        found.append(
            _Parameter(name, name, str(one.get("kind")), _hint(one.get("hint")), default, doc)
        )
    return found


def _of_schema(told: Mapping[str, Any], docs: Docs) -> list[_Parameter]:
    schema = told.get("schema")
    schema = schema if isinstance(schema, dict) else {}
    properties = schema.get("properties")
    if isinstance(properties, dict):  # what the schema leaves out, the documentation may say
        documented = {
            key: {"description": docs.args[key], **one}
            for key, one in properties.items()
            if key in docs.args and isinstance(one, dict)
        }
        schema = {**schema, "properties": {**properties, **documented}}
    return [
        _Parameter(one.name, one.key, "POSITIONAL_OR_KEYWORD", one.type, one.default, one.doc)
        for one in parameters_of(schema)
    ]


def _output(told: Mapping[str, Any]) -> str:
    return _OUTPUTS.get(str(told.get("output")), "Any")


_OF_HINTS = (
    *(ast.Expression, ast.Name, ast.Load, ast.Subscript, ast.Tuple, ast.Constant),
    *(ast.BinOp, ast.BitOr, ast.UnaryOp, ast.USub),
)


def _hint(text: object) -> str:
    """A hint as it is where it is made of names and literals alone; it will be evaluated."""
    try:
        tree = ast.parse(str(text), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "Any"
    return str(text) if all(isinstance(one, _OF_HINTS) for one in ast.walk(tree)) else "Any"


def _default(text: object) -> str | None:
    """A default as it is where it is a literal; else it is left to the function."""
    if text is None:
        return None
    try:
        ast.literal_eval(str(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "..."
    return str(text)


def _imports(text: str) -> list[str]:
    words = set(re.findall(r"\w+", text))
    lines = {line for name, line in _IMPORTS.items() if name in words}
    return [*sorted(lines), *([""] if lines else [])]


def _summary(docs: Docs, name: str) -> str:
    said = docs.summary or f"{name.replace('_', ' ').capitalize()}."
    line = textwrap.shorten(said.replace("\\", "/").replace('"', "'"), _SUMMARY, placeholder=" ...")
    return line if line.endswith((".", "!", "?")) else f"{line}."


def _docstring(
    docs: Docs, name: str, module: str, path: str, parameters: Sequence[_Parameter]
) -> str:
    parts = [f'"""{_summary(docs, name)}', f"It calls `{path}` of the module `{module}`."]
    body = "\n\n".join(
        textwrap.fill(one, 88, break_long_words=False) for one in docs.body.split("\n\n") if one
    )
    parts += [_safe(body)] if body else []
    if parameters:
        lines = [
            textwrap.fill(
                f"{one.name}: {_safe(one.doc)}",
                88,
                initial_indent="    ",
                subsequent_indent=" " * 8,
            )
            for one in parameters
        ]
        parts.append("Args:\n" + "\n".join(lines))
    said = _safe(docs.returns) or "What it gives."
    parts.append(
        "Returns:\n" + textwrap.fill(said, 88, initial_indent="    ", subsequent_indent="    ")
    )
    return "\n\n".join(parts) + '\n"""'


def _safe(text: str) -> str:
    """Text as it stands inside a docstring."""
    return text.replace("\\", "\\\\").replace('"""', "'''").strip('"')
