"""What is wanted of the package index, by whom, and whether it can be had together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynasaur.errors import ActionError, UsageError
from dynasaur.source import read_head
from dynasaur.types import Module

if TYPE_CHECKING:
    from packaging.requirements import Requirement

MOST = 50
"""Requirements of one step with its actions."""

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Want:
    """One requirement.

    Attributes:
        requirement: In the form of PEP 508: `pandas>=2`.
        by: Who wants it, in words: `this step`, `the action read_table`.
    """

    requirement: str
    by: str

    def __str__(self) -> str:
        return f"{self.requirement} (wanted by {self.by})"


def wants_of(modules: Iterable[Module]) -> tuple[Want, ...]:
    """What the heads of modules ask for; a head that cannot be read asks for nothing."""
    found = []
    for module in modules:
        try:
            dependencies = read_head(module.text).dependencies
        except ActionError:
            continue
        by = f"the action {module.name.rpartition('.')[2]}"
        found += [Want(text, by) for text in dependencies]
    return tuple(found)


class Unfit(Exception):  # noqa: N818 - an answer, not a failure of ours
    """A requirement that is not gone after; says why."""


def read(want: Want) -> Requirement | None:
    """The requirement; None where its marker says that it is not for this machine.

    Raises:
        Unfit: It has no sense, or names an address instead of a package of the index.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        found = Requirement("" if len(want.requirement) > _LONGEST else want.requirement)
    except InvalidRequirement as error:
        raise Unfit(
            f"{want.requirement[:_LONGEST]!r}, wanted by {want.by}, is no requirement: write a "
            f"name with versions, such as pandas>=2"
        ) from error
    if found.url is not None:
        raise Unfit(
            f"{found.name}, wanted by {want.by}, names an address; only packages of the index "
            f"are installed"
        )
    if found.marker is not None and not found.marker.evaluate():
        return None
    found.marker = None
    return found


def canonical(name: str) -> str:
    """The name by which spellings of one package are equal."""
    from packaging.utils import canonicalize_name

    return canonicalize_name(name)


def allow_list(text: str) -> dict[str, Requirement]:
    """The setting `packages`: what may be installed without asking, by canonical name.

    Raises:
        UsageError: An entry has no sense.
    """
    found = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            entry = read(Want(part, "the setting packages"))
        except Unfit as error:
            raise UsageError(str(error)) from error
        if entry is not None:
            found[canonical(entry.name)] = entry
    return found


def clash(wants: Sequence[Want]) -> str:
    """Why these wants cannot be met together, as far as they alone show it; empty where not.

    A version that one asks for exactly must do for all others.
    """
    from packaging.version import InvalidVersion, Version

    read_ones = [(want, found) for want in wants if (found := _read_or_none(want)) is not None]
    for want, exact in read_ones:
        for pin in exact.specifier:
            if pin.operator != "==" or pin.version.endswith(".*"):
                continue
            try:
                version = Version(pin.version)
            except InvalidVersion:
                continue
            for other, found in read_ones:
                same = canonical(found.name) == canonical(exact.name)
                if same and not found.specifier.contains(version, prereleases=True):
                    return f"{want.by} wants {exact}, {other.by} wants {found}"
    return ""


def contested(wants: Sequence[Want]) -> str:
    """Packages for which several ask differently, in words: who wants what; empty for none."""
    by_name: dict[str, list[tuple[Want, Requirement]]] = {}
    for want in wants:
        if (found := _read_or_none(want)) is not None:
            by_name.setdefault(canonical(found.name), []).append((want, found))
    parts = [
        ", ".join(f"{want.by} wants {found}" for want, found in group)
        for group in by_name.values()
        if len({str(found.specifier) for _, found in group}) > 1
    ]
    return "; ".join(parts)


def _read_or_none(want: Want) -> Requirement | None:
    try:
        return read(want)
    except Unfit:
        return None
