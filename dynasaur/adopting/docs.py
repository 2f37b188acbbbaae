"""Docstrings as packages write them: Google's way, NumPy's, and that of reStructuredText."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from dynasaur.source.docs import read_docs

_FIELD = re.compile(r"^:(param|parameter|arg|returns?)\s*([^:]*):\s*(.*)$")
_UNDERLINE = re.compile(r"^-{3,}\s*$")
_NAMED = re.compile(r"^(\*{0,2}\w+(?:\s*,\s*\w+)*)\s*(?::.*)?$")
_GOOGLE = re.compile(r"^(?:Args|Arguments|Parameters|Returns?|Yields|Raises|Examples?|Notes?):\s*$")
LONGEST_BODY = 1_200


@dataclass(frozen=True, slots=True)
class Docs:
    """What a docstring says.

    Attributes:
        summary: Its first sentence or paragraph.
        body: The paragraphs before its first section, without the summary.
        args: What it says of parameters, on one line each.
        returns: What it says of the result.
    """

    summary: str = ""
    body: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    returns: str = ""


def docs_of(text: str) -> Docs:
    """Reads a docstring of any of these forms; what it does not say is empty."""
    lines = text.strip().split("\n")
    head, rest = _head(lines)
    google = read_docs("\n".join(["x", *rest]))
    numpy_args, numpy_returns = _numpy(rest)
    fields, field_returns = _fields(rest)
    summary, _, body = "\n".join(head).strip().partition("\n\n")
    plain = "\n\n".join(" ".join(part.split()).rstrip(":") for part in body.split("\n\n"))
    return Docs(
        " ".join(summary.split()),
        plain[:LONGEST_BODY],
        {**google.args, **numpy_args, **fields},
        google.returns or numpy_returns or field_returns,
    )


def _head(lines: list[str]) -> tuple[list[str], list[str]]:
    """What stands before the first section, and the rest."""
    for at, line in enumerate(lines):
        underlined = at + 1 < len(lines) and _UNDERLINE.match(lines[at + 1].strip())
        starts = line.strip().startswith((">>>", ".. ")) or _FIELD.match(line.strip())
        if _GOOGLE.match(line) or underlined or starts:
            return lines[:at], lines[at:]
    return lines, []


def _numpy(lines: list[str]) -> tuple[dict[str, str], str]:
    """The parameters and the result of sections whose titles are underlined."""
    args: dict[str, list[str]] = {}
    returns: list[str] = []
    section, names = "", [""]
    for at, line in enumerate(lines):
        if at + 1 < len(lines) and _UNDERLINE.match(lines[at + 1].strip()):
            section, names = line.strip(), [""]
        elif _UNDERLINE.match(line.strip()):
            continue
        elif section in {"Parameters", "Other Parameters"}:
            if line and not line[0].isspace() and (found := _NAMED.match(line)):
                names = [one.strip().lstrip("*") for one in found[1].split(",")]
            elif line.strip():
                for name in names:
                    args.setdefault(name, []).append(line.strip())
        elif section == "Returns" and line[:1].isspace() and line.strip():
            returns.append(line.strip())
    return {name: " ".join(said)[:300] for name, said in args.items() if name}, " ".join(returns)[
        :300
    ]


def _fields(lines: list[str]) -> tuple[dict[str, str], str]:
    """The parameters and the result of fields such as `:param x: ...`."""
    args: dict[str, str] = {}
    returns = ""
    name: str | None = None
    for line in lines:
        if found := _FIELD.match(line.strip()):
            name = "" if found[1].startswith("return") else (found[2].split() or [""])[-1]
            said = found[3]
        elif name is not None and line.strip() and not line.strip().startswith(":"):
            said = line.strip()
        else:
            name = None
            continue
        if name:
            args[name] = f"{args.get(name, '')} {said}".strip()[:300]
        else:
            returns = f"{returns} {said}".strip()[:300]
    return args, returns
