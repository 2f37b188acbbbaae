"""A module's text read as an action, without ever importing it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from dynasaur.errors import ActionError
from dynasaur.source.docs import Docs, read_docs
from dynasaur.source.head import read_head
from dynasaur.source.imports import imported_by
from dynasaur.source.text import Lines, normal, on_one_line, tree_of
from dynasaur.types import Action, Parameter, ParameterKind

Function = ast.FunctionDef | ast.AsyncFunctionDef


def read_action(text: str, *, path: Path, category: str, source: str, module: str) -> Action:
    """Reads a module as an action: parsed only, never imported.

    Args:
        text: The module's text.
        path: Its file, whose stem is the action's name.
        category: The package that it lies in; empty in a flat library.
        source: `local`, or the name of the source it comes from.
        module: Its full dotted name (`actions.tables.mean`).

    Returns:
        The action.

    Raises:
        ActionError: It is none: not Python, no public function or several, another name than
            the file's, a malformed head. One line, with the line's number.
    """
    plain = normal(text)
    tree = tree_of(plain, str(path))
    function = _public_function(tree, path)
    try:
        head = read_head(plain)
    except ActionError as error:
        raise ActionError(f"{path}: {error}") from error
    lines = Lines(plain)
    docstring = docstring_of(function)
    docs = read_docs(docstring)
    parameters = parameters_of(function, lines, docs)
    returns = on_one_line(function.returns, lines) if function.returns else ""
    return Action(
        name=function.name,
        category=category,
        source=source,
        module=module,
        signature=_signature(function, parameters, returns),
        parameters=parameters,
        returns=returns,
        summary=docs.summary,
        docstring=docstring,
        text=text,
        path=path,
        requires=imported_by(tree, module),
        dependencies=head.dependencies,
        provenance=head.provenance,
    )


def public_functions(tree: ast.Module) -> dict[str, Function]:
    """The functions defined at a module's top level without a leading underscore; last one wins."""
    defined = (node for node in tree.body if isinstance(node, Function))
    return {node.name: node for node in defined if not node.name.startswith("_")}


def docstring_of(function: Function) -> str:
    """The function's docstring, indentation cleaned; empty where it has none."""
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        value = first.value.value
        return inspect.cleandoc(value) if isinstance(value, str) else ""
    return ""


def parameters_of(function: Function, lines: Lines, docs: Docs) -> tuple[Parameter, ...]:
    """The function's parameters, in order, with the docstring's words on each."""
    return tuple(
        Parameter(
            argument.arg,
            on_one_line(argument.annotation, lines) if argument.annotation else "",
            on_one_line(default, lines) if default else None,
            kind,
            docs.args.get(argument.arg, ""),
        )
        for argument, default, kind in _arguments(function.args)
    )


def _arguments(
    arguments: ast.arguments,
) -> Iterator[tuple[ast.arg, ast.expr | None, ParameterKind]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    missing: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    for number, (argument, default) in enumerate(
        zip(positional, missing + list(arguments.defaults), strict=True)
    ):
        yield argument, default, "positional" if number < len(arguments.posonlyargs) else "normal"
    if arguments.vararg:
        yield arguments.vararg, None, "variadic"
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield argument, default, "keyword"
    if arguments.kwarg:
        yield arguments.kwarg, None, "variadic-keyword"


def _public_function(tree: ast.Module, path: Path) -> Function:
    functions = public_functions(tree)
    name = path.stem
    if not functions:
        raise ActionError(f"{path}:1: no public function; define `{name}` at the top level")
    if len(functions) > 1:
        line = list(functions.values())[1].lineno
        names = ", ".join(f"`{name}`" for name in functions)
        raise ActionError(f"{path}:{line}: several public functions ({names}); keep one per file")
    (function,) = functions.values()
    if function.name != name:
        raise ActionError(
            f"{path}:{function.lineno}: the function is `{function.name}` and the file `{name}`;"
            " give both one name"
        )
    return function


def _signature(function: Function, parameters: tuple[Parameter, ...], returns: str) -> str:
    parts: list[str] = []
    kinds = [parameter.kind for parameter in parameters]
    for number, parameter in enumerate(parameters):
        if parameter.kind == "keyword" and not {"keyword", "variadic"} & set(kinds[:number]):
            parts.append("*")
        parts.append(_spelled(parameter))
        if parameter.kind == "positional" and kinds[number + 1 : number + 2] != ["positional"]:
            parts.append("/")
    start = "async " if isinstance(function, ast.AsyncFunctionDef) else ""
    end = f" -> {returns}" if returns else ""
    return f"{start}{function.name}({', '.join(parts)}){end}"


def _spelled(parameter: Parameter) -> str:
    stars = {"variadic": "*", "variadic-keyword": "**"}.get(parameter.kind, "")
    hint = f": {parameter.annotation}" if parameter.annotation else ""
    equals = " = " if parameter.annotation else "="
    default = "" if parameter.default is None else f"{equals}{parameter.default}"
    return f"{stars}{parameter.name}{hint}{default}"
