"""A click command made of an action's signature: what a word on the command line means."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Sequence

import click

from dynasaur.calling import Arguments
from dynasaur.errors import UsageError
from dynasaur.types import Action, Parameter

Read = Callable[[str], object]


def command_of(action: Action, call: Callable[[Arguments, bool], int]) -> click.Command:
    """The command of one action: its parameters as arguments and options.

    Args:
        action: The action.
        call: Called with the arguments and whether JSON is wanted; gives the exit code.
    """
    names = {parameter.name for parameter in action.parameters}
    parameters: list[click.Parameter] = [
        option for one in action.parameters if (option := _option(one)) is not None
    ]
    parameters.append(click.Argument(["words"], nargs=-1, type=click.UNPROCESSED, metavar=""))
    if "json" not in names:
        parameters.append(
            click.Option(
                ["--json", "as_json_"], is_flag=True, help="Print the result as one JSON document."
            )
        )

    def run(words: tuple[str, ...], as_json_: bool = False, **options: object) -> int:
        return call(_given(action, words, options), as_json_)

    return click.Command(
        action.name,
        params=parameters,
        callback=run,
        help=action.summary,
        context_settings={"help_option_names": ["--help"], "ignore_unknown_options": True},
        epilog="An argument may stand without its option's name, in order. Lists and tables are "
        "written as JSON or Python, a list of texts also with commas. A file that is named is "
        "shown to the action.",
        options_metavar="[ARGUMENT]... [OPTIONS]",
    )


def _option(parameter: Parameter) -> click.Option | None:
    if parameter.kind not in {"normal", "keyword"}:
        return None
    name = f"--{parameter.name.replace('_', '-')}"
    told = parameter.doc or ""
    if parameter.default is not None:
        told = f"{told}  [default: {parameter.default}]".strip()
    kind = _kind(parameter.annotation)
    if kind == "bool":
        declared = [f"{name}/--no-{name[2:]}", f"p_{parameter.name}"]
        return click.Option(declared, default=None, help=told)
    return click.Option(
        [name, f"p_{parameter.name}"],
        default=None,
        type=click.UNPROCESSED,
        metavar=_metavar(parameter.annotation),
        help=told,
    )


def _given(action: Action, words: Sequence[str], options: dict[str, object]) -> Arguments:
    """Put words and options to parameters, as a call in Python would."""
    positional: list[object] = []
    named: dict[str, object] = {}
    rest = list(words)
    for word in rest:
        if word.startswith("--") and word[2:3].isalpha():
            raise UsageError(
                f"{action.name} has no {word.partition('=')[0]}; see `dynasaur call {action.name} "
                f"--help`; options of `dynasaur call` stand before the name"
            )
    for parameter in action.parameters:
        option = options.get(f"p_{parameter.name}")
        if parameter.kind == "variadic":
            positional += [_value(parameter, word) for word in rest]
            rest = []
        elif option is not None:
            value = option if isinstance(option, bool) else _value(parameter, str(option))
            named[parameter.name] = value
        elif rest and parameter.kind in {"positional", "normal"} and not named:
            positional.append(_value(parameter, rest.pop(0)))
        elif parameter.default is None and parameter.kind != "variadic-keyword":
            raise UsageError(
                f"{action.name} needs {parameter.name} ({parameter.annotation or 'any value'}); "
                f"see `dynasaur call {action.name} --help`"
            )
    if rest:
        raise UsageError(
            f"{action.name} has no place for {rest[0]!r}; see `dynasaur call {action.name} --help`"
        )
    return Arguments(tuple(positional), named)


def _value(parameter: Parameter, word: str) -> object:
    try:
        return reader(parameter.annotation)(word)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        wanted = parameter.annotation or "any value"
        raise UsageError(f"{parameter.name}: {word!r} is no {wanted}") from None


def reader(annotation: str) -> Read:
    """What makes a value of a word, as a type hint has it; raises ValueError when it is none."""
    try:
        tree = ast.parse(annotation or "Any", mode="eval").body
    except SyntaxError:
        return _anything
    return _reader(tree)


def _metavar(annotation: str) -> str:
    """The type hint, or the choices of a `Literal`, as help shows them."""
    try:
        choices = ast.literal_eval(annotation.removeprefix("Literal"))
    except (ValueError, SyntaxError):
        choices = None
    if annotation.startswith("Literal[") and isinstance(choices, list):
        return f"[{'|'.join(map(str, choices))}]"
    return (annotation or "value").upper()[:30]


def _kind(annotation: str) -> str:
    return annotation.strip().removesuffix("| None").strip()


def _reader(tree: ast.expr) -> Read:
    match tree:
        case ast.Name(id="int"):
            return int
        case ast.Name(id="float"):
            return float
        case ast.Name(id="str" | "Path") | ast.Attribute(attr="Path"):
            return str
        case ast.Name(id="bool"):
            return _truth
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _either(left, right)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=inner):
            return _one_of(inner)
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return _either(inner, ast.Constant(None))
        case ast.Subscript(value=ast.Name(id="list" | "Sequence" | "Iterable"), slice=inner):
            return _list(_reader(inner))
        case ast.Constant(value=None):
            return _none
    return _structured if isinstance(tree, ast.Subscript) else _anything


def _truth(word: str) -> bool:
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if word.lower() not in known:
        raise ValueError(word)
    return known[word.lower()]


def _none(word: str) -> None:
    if word.lower() not in {"none", "null"}:
        raise ValueError(word)


def _either(left: ast.expr, right: ast.expr) -> Read:
    """The one that takes it; text, which takes anything, last."""
    readers = sorted((_reader(left), _reader(right)), key=lambda one: one is str)

    def read(word: str) -> object:
        for one in readers:
            try:
                return one(word)
            except (ValueError, SyntaxError):
                continue
        raise ValueError(word)

    return read


def _one_of(inner: ast.expr) -> Read:
    values = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    known = {str(one.value): one.value for one in values if isinstance(one, ast.Constant)}

    def read(word: str) -> object:
        if word not in known:
            raise ValueError(word)
        return known[word]

    return read


def _list(element: Read) -> Read:
    def read(word: str) -> object:
        if word.lstrip().startswith(("[", "(", "{")):
            return _structured(word)
        return [element(part.strip()) for part in word.split(",")] if word.strip() else []

    return read


def _structured(word: str) -> object:
    """JSON, or a literal of Python."""
    try:
        return json.loads(word)
    except ValueError:
        return ast.literal_eval(word)


def _anything(word: str) -> object:
    """A number, a list, a table where it reads like one; else text."""
    try:
        return _structured(word)
    except (ValueError, SyntaxError):
        return word
