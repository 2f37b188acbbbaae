"""What people have rejected: a committed file, so that it does not come back.

One line for each action, sorted, so that branches that reject different actions merge.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = "rejected.toml"
"""Its name, in the actions package."""

ATTRIBUTES = ".gitattributes"
UNION = f"{FILE} merge=union"
"""What git needs to be told, in the package's attributes, to take the lines of both branches."""

_TITLE = "# Rejected by people: the gate refuses what is the same as one of these."


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One rejected action.

    Attributes:
        fingerprint: Of its exact level.
        name: How people named it (`tables/mean`).
        reason: Why it was rejected, on one line.
    """

    fingerprint: str
    name: str
    reason: str


def read(package: Path) -> Mapping[str, Tombstone]:
    """The tombstones of an actions package, by fingerprint; none where the file cannot be read."""
    try:
        return parse((package / FILE).read_text("utf-8", "replace"))
    except OSError:
        return {}


def parse(text: str) -> dict[str, Tombstone]:
    """The tombstones of a file's text; a line that is none, such as a merge's mark, is skipped."""
    found = {}
    for line in text.splitlines():
        try:
            table = tomllib.loads(line)
        except (tomllib.TOMLDecodeError, RecursionError):
            continue
        for fingerprint, about in table.items():
            if isinstance(about, dict):
                name, reason = str(about.get("name", "")), str(about.get("reason", ""))
                found[fingerprint] = Tombstone(fingerprint, name, reason)
    return found


def render(tombstones: Iterable[Tombstone]) -> str:
    """The file's text."""
    lines = {
        f"{_string(one.fingerprint)} = {{ name = {_string(one.name)}, "
        f"reason = {_string(one.reason)} }}"
        for one in tombstones
    }
    return "\n".join([_TITLE, *sorted(lines)]) + "\n"


def _string(text: str) -> str:
    """A TOML string: JSON's, once all that cannot be printed is a space."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return json.dumps(" ".join(printable.split()), ensure_ascii=False)
