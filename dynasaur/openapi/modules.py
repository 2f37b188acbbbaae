"""An operation as an action: a typed function that has the host ask the service."""

from __future__ import annotations

import textwrap
from collections.abc import Container, Iterable

from dynasaur.openapi.operations import Operation
from dynasaur.toolbox.stubs import (
    Parameter,
    described,
    given_of,
    header_of,
    parameters_of,
    quoted,
    shown_text,
)
from dynasaur.toolbox.typed import type_of

ORIGIN = "openapi"
"""The origin of an action that was made of a description; only such files are ever replaced."""

_DESCRIBED = 3_000
_WIDTH = 100
_MODULE = '''\
# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "{origin}"
# ///
"""{summary}"""

from typing import {types}

from dynasaur.host import call_api

_OPERATION: dict[str, Any] = {operation}


def {name}({parameters}) -> {returns}:
    """{summary}

{body}
    """
{given}
    return call_api({service!a}, _OPERATION, _given)
'''


def action_name(service: str, operation: str, others: Container[str]) -> str:
    """What an operation is called as an action: with its service's name, once where that will do.

    Args:
        service: What the service is called here.
        operation: The operation's name.
        others: The names of all its operations: no two actions get the same name.
    """
    bare = operation.removeprefix(f"{service}_")
    return operation if bare != operation and bare not in others else f"{service}_{operation}"


def module_text(service: str, operation: Operation, name: str) -> str:
    """The module of an operation.

    Args:
        service: What the service is called here.
        operation: The operation; its words are escaped, and never become code.
        name: What the action is called.
    """
    shown = sorted(parameters_of(operation.takes), key=lambda one: one.default is not None)
    header = header_of(shown)
    returns = type_of(operation.gives, operation.gives) if operation.gives else "Any"
    parameters = ", ".join(header)
    literal = "Literal[" in f"{parameters}{returns}"
    summary = _summary(service, operation)
    return _MODULE.format(
        origin=ORIGIN,
        summary=summary,
        types="Any, Literal" if literal else "Any",
        operation=_literal(operation),
        name=name,
        parameters=parameters if len(parameters) < _WIDTH - 30 else _in_lines(header),
        returns=returns,
        body=textwrap.indent("\n\n".join(_sections(service, operation, shown)), "    "),
        given=given_of(shown),
        service=service,
    )


def _literal(operation: Operation) -> str:
    """What the host has to know of an operation, as source in which nothing is hidden."""
    value = {"method": operation.method, "path": operation.path, "places": {**operation.places}}
    lines = (f"    {key!a}: {one!a},\n" for key, one in value.items())
    return f"{{\n{''.join(lines)}}}"


def _in_lines(header: list[str]) -> str:
    return "\n    " + ",\n    ".join(header) + ",\n"


def _summary(service: str, operation: Operation) -> str:
    first = shown_text(operation.description, 400).strip().partition("\n")[0]
    said = " ".join(first.split()).partition(". ")[0]
    words = said or operation.name.replace("_", " ")
    line = textwrap.shorten(f"{words.rstrip('.')} ({service})", 88, placeholder=" ...")
    return quoted(line[0].upper() + line[1:]) + "."


def _sections(service: str, operation: Operation, shown: list[Parameter]) -> Iterable[str]:
    """The parts of the docstring below its first line."""
    text = shown_text(operation.description, _DESCRIBED).strip()
    if text:
        yield described(f"the service {service}", text)
    if shown:
        yield "Args:\n" + "\n".join(
            f"    {one.name}: {quoted(one.doc.replace('The tool', 'The operation'))}"
            for one in shown
        )
    yield "Returns:\n    What the service answers: its JSON, else its text."
    yield (
        "Raises:\n    ConnectionError: The service cannot be reached, or answers with an error.\n"
        "    PermissionError: It refuses the key, or the user the call."
    )
