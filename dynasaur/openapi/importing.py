"""Bring a service's operations into a library: which files that makes, and writing them."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit

from dynasaur.config import PACKAGE
from dynasaur.errors import ActionError, UsageError
from dynasaur.openapi.document import Document
from dynasaur.openapi.modules import ORIGIN, action_name, module_text
from dynasaur.openapi.operations import Operation, operations
from dynasaur.repo.files import read_plain, write_whole
from dynasaur.source import read_head
from dynasaur.toolbox.stubs import snake

MOST = 100
"""Operations that are brought in without being chosen."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do.

    Attributes:
        service: What the service is called here: a category, and the name in the settings.
        url: Where it is; empty where the document does not say.
        files: Path below the library's root to content.
        left: The operations that cannot be called, with why.
        key: The settings that its key needs besides its variable.
    """

    service: str
    url: str
    files: Mapping[str, bytes]
    left: Mapping[str, str]
    key: Mapping[str, str]


def plan(
    document: Document,
    root: Path,
    where_is: Callable[[Sequence[str]], Mapping[str, str]],
    *,
    name: str = "",
    take: Sequence[str] = (),
    url: str = "",
) -> Plan:
    """What importing a service would do; nothing is written.

    Args:
        document: The service's description.
        root: The library's root.
        where_is: Gives the modules that names mean in the library.
        name: What to call the service; empty to take its title.
        take: Patterns of operations: their names (`get_*`) or `METHOD /path`.
        url: Where it is, if not where the document says.

    Raises:
        UsageError: Nothing fits, too much does, or a name or a file is somebody else's.
    """
    service = _service(document, name)
    known = list(operations(document))
    chosen = [one for one in known if not take or any(_fits(one, pattern) for pattern in take)]
    if not chosen:
        raise UsageError(f"{document.where} has no operation {' or '.join(take) or 'at all'}")
    if not take and len(chosen) > MOST:
        raise UsageError(
            f"{document.where} has {len(chosen):,} operations: choose with --take, "
            f"such as --take '{chosen[0].name}' or --take '*'"
        )
    left = {one.name: one.missing for one in chosen if one.missing}
    all_names = {one.name for one in known}
    named = {action_name(service, one.name, all_names): one for one in chosen if not one.missing}
    texts = {name: module_text(service, one, name) for name, one in named.items()}
    _free(where_is, service, texts)
    files = {f"{PACKAGE}/{service}/{name}.py": text.encode() for name, text in texts.items()}
    _ours(root, files)
    package = f"{PACKAGE}/{service}/__init__.py"
    if files and read_plain(root / package) is None:
        files[package] = b""
    return Plan(service, url.rstrip("/") or document.url, files, left, _key(document))


def differing(root: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """The paths of the files of a plan that are not there as they would be written."""
    return tuple(path for path in sorted(files) if read_plain(root / path) != files[path])


def write(root: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Write the files of a plan that differ; gives their paths.

    Raises:
        OSError: One cannot be written.
    """
    changed = differing(root, files)
    for path in changed:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        write_whole(root / path, files[path])
    return changed


def _service(document: Document, name: str) -> str:
    asked = name or document.title or urlsplit(document.where).netloc or Path(document.where).stem
    made = snake(asked)[:30].strip("_")
    if keyword.iskeyword(made) or made == "vendor":  # no package of the library can be called so
        made = f"{made}_service"
    if name and made != name:
        raise UsageError(f"a service cannot be called {name[:60]!r}: try {made}")
    return made


def _fits(operation: Operation, pattern: str) -> bool:
    names = operation.name, f"{operation.method} {operation.path}"
    return any(fnmatchcase(name, pattern) for name in names)


def _free(
    where_is: Callable[[Sequence[str]], Mapping[str, str]], service: str, names: Mapping[str, str]
) -> None:
    """See that no name is another action's."""
    for name, module in where_is([*names]).items():
        if module != f"{PACKAGE}.{service}.{name}":
            raise UsageError(f"{name} is {module} already: give the service another --name")


def _ours(root: Path, files: Mapping[str, bytes]) -> None:
    """See that only files that were made of a description are replaced."""
    for path in files:
        there = read_plain(root / path)
        if there is None:
            continue
        try:
            origin = read_head(there.decode()).provenance.origin
        except (ActionError, UnicodeDecodeError):
            origin = ""
        if origin != ORIGIN:
            raise UsageError(f"{path} was not made of a description: move it away, or --name")


def _key(document: Document) -> Mapping[str, str]:
    """How the service wants its key, by the first way that it names; empty for none."""
    holder = document.root if document.old else document.at(document.root.get("components"))
    ways = document.at(holder.get("securityDefinitions" if document.old else "securitySchemes"))
    for way in map(document.at, ways.values()):
        if way.get("type") == "apiKey" and way.get("in") in ("header", "query"):
            return {"key_in": str(way["in"]), "key_name": str(way.get("name", ""))}
        if "basic" in (way.get("type"), str(way.get("scheme")).lower()):
            return {"key_form": "Basic {key}"}
        if way.get("type") in ("http", "oauth2", "openIdConnect"):
            return {"key_in": "header", "key_name": "Authorization"}
    return {}
