"""What is known of the servers' tools without asking them: a derived source of actions."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from dynasaur.config import PACKAGE
from dynasaur.errors import StoreError
from dynasaur.store import Entry, Store, base_path
from dynasaur.toolbox.stubs import DESCRIBED, category, stubs
from dynasaur.toolbox.values import Server, Tool
from dynasaur.types import BASE, TOOLS

FORMAT = 1
"""Raised whenever stubs are made otherwise."""

LATELY = 600.0
"""Seconds after which a server that could not be asked may be asked again, and told of."""

MOST = 500
"""Tools of one server that are taken."""


class Catalogue(Store):
    """The tools of the servers that are configured now, as a store of actions.

    Args:
        data: The folder of what is derived.
        servers: The servers, by name.
    """

    def __init__(self, data: Path, servers: Mapping[str, Server]) -> None:
        self._folder = data / "tools"
        self.servers = servers
        mount = f"{PACKAGE}.vendor.{TOOLS}"
        super().__init__(self._folder / PACKAGE, source=TOOLS, mount=mount)

    def entries(self) -> Mapping[str, Entry]:
        """The tools' actions by full module name; those of other servers are not there."""
        listed = {category(one.name) for one in self.servers.values() if self.is_listed(one)}
        if not listed:
            return {}
        return {name: e for name, e in super().entries().items() if e.category in listed}

    def is_listed(self, server: Server) -> bool:
        """Whether it is known what tools a server has, as it is configured now."""
        return self._list(server).is_file()

    def missed(self, server: Server) -> None:
        """Keep that a server could not be asked now."""
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._mark(server).touch()

    def missed_lately(self, server: Server) -> bool:
        """Whether a server, as it is configured now, could not be asked a short time ago."""
        try:
            return 0 <= time.time() - self._mark(server).stat().st_mtime < LATELY
        except OSError:
            return False

    def ask_again(self, server: Server) -> None:
        """What kept a server from being asked is over: it may be asked at once."""
        with suppress(OSError):
            self._mark(server).unlink()

    def tools(self, server: Server) -> dict[str, Tool]:
        """A server's tools, by their names there; none where they are not known."""
        try:
            told = json.loads(self._list(server).read_text(encoding="utf-8"))
            return {one["name"]: Tool(**one) for one in told}
        except (OSError, ValueError, TypeError, KeyError):
            return {}

    def keep(self, server: Server, tools: Iterable[Tool]) -> bool:
        """Keep what a server says it has now.

        Returns:
            Whether that differs from what was known.

        Raises:
            StoreError: It cannot be written.
        """
        chosen = [one for one in tools if not server.tools or one.name in server.tools][:MOST]
        known = self._list(server)
        self.ask_again(server)
        from dynasaur.repo.files import write_whole

        data = (json.dumps(list(map(_bounded, chosen)), indent=1) + "\n").encode()
        texts = {name: text for name, (_, text) in self.stubs(server, chosen).items()}
        try:
            if known.is_file() and known.read_bytes() == data:
                return False
            self._write(self.package / category(server.name), texts)
            for old in self._folder.glob(f"{category(server.name)}-*.json"):
                old.unlink()
            write_whole(known, data)
        except OSError as error:
            raise StoreError(f"{self._folder} cannot be written: {error.strerror}") from error
        return True

    def stubs(self, server: Server, tools: Iterable[Tool]) -> dict[str, tuple[Tool, str]]:
        """The actions of a server's tools: name to tool and module text."""
        initial = {entry.name for entry in Store(base_path(), source=BASE).entries().values()}
        return stubs(server, tools, initial)

    @staticmethod
    def _write(folder: Path, texts: Mapping[str, str]) -> None:
        from dynasaur.repo.files import write_whole

        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            write_whole(folder / f"{name}.py", text.encode())
        for old in folder.glob("*.py"):
            if old.stem not in texts:
                old.unlink()

    def _mark(self, server: Server) -> Path:
        return self._list(server).with_suffix(".missed")

    def _list(self, server: Server) -> Path:
        return self._folder / f"{category(server.name)}-{server.key[:16]}-{FORMAT}.json"


def _bounded(tool: Tool) -> dict[str, object]:
    return {**asdict(tool), "description": tool.description[: 2 * DESCRIBED]}
