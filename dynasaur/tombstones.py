"""What people have rejected: a committed file, so that it does not come back.

One line for each action, sorted, so that branches that reject different actions merge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from dynasaur.config import PACKAGE
from dynasaur.fingerprint import VERSION, fingerprint
from dynasaur.toml_lines import rendered, tables

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
        at: The last commit that still had it.
        form: The version of the canonical form that the fingerprint is of.
    """

    fingerprint: str
    name: str
    reason: str
    at: str = ""
    form: int = VERSION


def read(package: Path) -> Mapping[str, Tombstone]:
    """The tombstones of an actions package, by fingerprint; none where the file cannot be read."""
    try:
        return parse((package / FILE).read_text("utf-8", "replace"))
    except OSError:
        return {}


def parse(text: str) -> dict[str, Tombstone]:
    """The tombstones of a file's text; a line that is none, such as a merge's mark, is skipped."""
    found = {}
    for key, about in tables(text):
        name, reason, at = (str(about.get(part, "")) for part in ("name", "reason", "at"))
        form = about.get("form", 1)
        found[key] = Tombstone(key, name, reason, at, form if isinstance(form, int) else 1)
    return found


def current(
    graves: Mapping[str, Tombstone], content: Callable[[str, str], bytes | None]
) -> dict[str, Tombstone]:
    """The same by fingerprints of today's canonical form, made anew from the rejected texts.

    Args:
        graves: Tombstones of any form.
        content: A file's content in a commit; None where it cannot be found (a shallow clone).
            Such a tombstone stays as it is, and keeps nothing out.
    """
    found = {}
    for old in graves.values():
        grave = old
        if old.form != VERSION and old.at:
            text = content(old.at, f"{PACKAGE}/{old.name}.py")
            if text is not None:
                module = f"{PACKAGE}.{old.name.replace('/', '.')}"
                again = fingerprint(text.decode("utf-8-sig", "replace"), module=module)
                grave = replace(old, fingerprint=again, form=VERSION)
        found[grave.fingerprint] = grave
    return found


def render(tombstones: Iterable[Tombstone]) -> str:
    """The file's text."""
    return rendered(
        _TITLE,
        (
            (
                one.fingerprint,
                {"name": one.name, "reason": one.reason, "at": one.at, "form": one.form},
            )
            for one in tombstones
        ),
    )
