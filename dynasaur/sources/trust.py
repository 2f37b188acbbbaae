"""What the person has agreed to once, on this machine: an address, and what its actions may do."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path

from dynasaur.config import trust_file
from dynasaur.errors import StoreError
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

    def _read(self) -> dict[str, set[str]]:
        """What is there; a file that cannot be read grants nothing."""
        try:
            blocks = tomllib.loads(self._file.read_text("utf-8")).get("trust", [])
            return {str(one["url"]): set(map(str, one["capabilities"])) for one in blocks}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError):
            return {}
