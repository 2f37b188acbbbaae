"""What lies in a folder of packages, read from its metadata; nothing is imported."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from dynasaur.packages.wants import canonical

if TYPE_CHECKING:
    from importlib import metadata  # a search of actions would pay a fifth of its imports for it

_OWN = "dynasaur"


def installed_in(site: Path) -> dict[str, str]:
    """Canonical name to version of the packages in a folder."""
    return {canonical(name): version for name, version, _ in _found([str(site)])}


def host_version(name: str) -> str:
    """The version of a package that is there with this program itself; empty for none."""
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def giver_of(name: str, paths: Sequence[str]) -> tuple[str, str] | None:
    """Name and version of the package that gives an import name; None for none or several."""
    top = name.partition(".")[0]
    if not top or top in sys.stdlib_module_names:
        return None
    givers = {found: version for found, version, tops in _found(paths) if top in tops}
    givers.pop(_OWN, None)
    return next(iter(givers.items())) if len(givers) == 1 else None


def _found(paths: Sequence[str]) -> Iterator[tuple[str, str, frozenset[str]]]:
    from importlib import metadata

    for one in metadata.distributions(path=list(paths)):
        name = one.metadata["Name"] if one.metadata is not None else None
        if isinstance(name, str) and name:
            yield name, one.version or "0", _tops(one)


def _tops(one: metadata.Distribution) -> frozenset[str]:
    """The import names of a package: from its list of files, or what it says itself."""
    if (said := one.read_text("top_level.txt")) is not None:
        return frozenset(said.split())
    found = set()
    for file in one.files or ():
        path = PurePosixPath(file)
        if path.suffix in (".py", ".so", ".pyd") and not path.parts[0].endswith(".dist-info"):
            found.add(path.parts[0].partition(".")[0])
    return frozenset(found)
