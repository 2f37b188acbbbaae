"""What people have agreed to: an address and what its actions may do, or a pattern of addresses."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from dynasaur.config import trust_file
from dynasaur.errors import StoreError
from dynasaur.pins import Address
from dynasaur.repo.files import write_whole

HEAD = "# What you agreed to take from where. Remove a block to be asked again.\n"


class Trust:
    """The record of a person's yes, kept outside of every library.

    Args:
        file: Where it is; by default in the user's data folder.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or trust_file()

    def covers(self, url: str, capabilities: Iterable[str]) -> bool:
        """Whether the person has agreed to all of this of an address."""
        return url in self._read() and set(capabilities) <= self._read()[url]

    def grant(self, url: str, capabilities: Iterable[str]) -> None:
        """Remember a yes.

        Raises:
            StoreError: It cannot be written.
        """
        known = self._read()
        known[url] = known.get(url, set()) | set(capabilities)
        blocks = (
            f"\n[[trust]]\nurl = {json.dumps(one)}\n"
            f"capabilities = {json.dumps(sorted(known[one]))}\n"
            for one in sorted(known)
        )
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, (HEAD + "".join(blocks)).encode())
        except OSError as error:
            raise StoreError(f"{self._file} cannot be written: {error.strerror}") from error

    @property
    def urls(self) -> frozenset[str]:
        """The addresses that the person has agreed to."""
        return frozenset(self._read())

    def _read(self) -> dict[str, set[str]]:
        """What is there; a file that cannot be read grants nothing."""
        try:
            blocks = tomllib.loads(self._file.read_text("utf-8")).get("trust", [])
            return {str(one["url"]): set(map(str, one["capabilities"])) for one in blocks}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError):
            return {}


def allowed(address: Address, patterns: str) -> bool:
    """Whether an address is one of those that the user's settings allow without asking.

    Args:
        address: The address; plain http is never one.
        patterns: `https://HOST/PATH` between commas, where `*` stands for a part of the path. Host
            and path are compared as we read them, so a pattern holds for ssh as well.
    """
    if address.scheme == "http":
        return False
    asked = [address.host, *_parts(address.path)]
    for pattern in filter(None, (one.strip() for one in patterns.split(","))):
        host, _, path = pattern.removeprefix("https://").partition("/")
        wanted = [host.lower(), *_parts(path)]
        same_shape = len(asked) == len(wanted) and asked[0] == wanted[0]
        if same_shape and all(map(fnmatchcase, asked[1:], wanted[1:])):
            return True
    return False


def _parts(path: str) -> list[str]:
    return path.strip("/").removesuffix(".git").split("/")
