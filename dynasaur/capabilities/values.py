"""What a module can do: the kinds, and one use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

Confidence: TypeAlias = Literal["high", "medium", "low"]
"""`high`: the name is resolved. `medium`: a method that only such objects have, or a path in a
string. `low`: it could be."""


class Kind(StrEnum):
    """The ways in which code reaches beyond its arguments and its result."""

    NETWORK = "network"
    HOST = "host"
    SUBPROCESS = "subprocess"
    FILE_WRITE = "file-write"
    EVAL = "eval"
    ENVIRONMENT = "environment"
    SECRETS = "secrets"
    NATIVE = "native"
    DESERIALISATION = "deserialisation"
    DYNAMIC_IMPORT = "dynamic-import"
    OBFUSCATION = "obfuscation"
    IMPORT_EFFECTS = "import-effects"


@dataclass(frozen=True, slots=True, order=True)
class Capability:
    """One use of something that reaches beyond arguments and result.

    Attributes:
        line: Where it begins, from 1.
        column: Where it begins, in characters, from 1.
        kind: What it lets the code do.
        name: What is used, by its full name whatever it was imported as (`os.system`,
            `os.environ["HOME"]`).
        end_line: Its last line.
        end_column: The column after its last character.
        confidence: How sure that is.
    """

    line: int
    column: int
    kind: Kind
    name: str
    end_line: int
    end_column: int
    confidence: Confidence = "high"


def gained(before: Iterable[Capability], after: Iterable[Capability]) -> tuple[Capability, ...]:
    """The uses in `after` of what `before` does not use at all, the first of each.

    Args:
        before: The uses of the earlier text.
        after: Those of the later.
    """
    seen = {(one.kind, one.name) for one in before}
    found = []
    for one in sorted(after):
        if (one.kind, one.name) not in seen:
            seen.add((one.kind, one.name))
            found.append(one)
    return tuple(found)
