"""Which servers the user has agreed to: a library that names one may have come from a stranger."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from dynasaur.config import data_place
from dynasaur.errors import StoreError
from dynasaur.toolbox.values import Server

_FILE = "trusted-tools.json"
_LARGEST = 10_000_000
"""Bytes of a file of the library whose content is a part of what the user agrees to."""


def is_trusted(server: Server, root: Path) -> bool:
    """Whether a server may be reached: the user named it, or agreed to it as it stands."""
    return server.whose != "library" or _key(server, root) in _read()


def grant(server: Server, root: Path) -> None:
    """Remember the user's yes to a server as it stands.

    Raises:
        StoreError: It cannot be written.
    """
    from dynasaur.repo.files import write_whole

    known = {**_read(), _key(server, root): f"{server.name} of {root}: {server.told()}"}
    file = data_place(_FILE)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, (json.dumps(known, indent=1) + "\n").encode())
    except OSError as error:
        raise StoreError(f"{file} cannot be written: {error.strerror}") from error


def _key(server: Server, root: Path) -> str:
    """What the user agrees to: the server, and the library's own files that it is started with."""
    folder = root / server.folder
    contents = (_content(folder / one) for one in (server.command, *server.arguments))
    return server.key_of((str(root), *contents))


def _content(path: Path) -> str:
    try:
        if path.is_file() and path.stat().st_size <= _LARGEST:
            return hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError):
        pass
    return ""


def _read() -> dict[str, str]:
    """What is there; a file that cannot be read grants nothing."""
    try:
        found = json.loads(data_place(_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
