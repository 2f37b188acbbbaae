"""The tool servers of a library as its user has configured them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from dynasaur.errors import ConfigError
from dynasaur.toolbox.catalogue import Catalogue
from dynasaur.toolbox.stubs import category
from dynasaur.toolbox.trust import is_trusted
from dynasaur.toolbox.values import Server


class Toolbox:
    """The servers, and what is known of their tools. Nothing here connects to anything.

    Args:
        root: The library's root.
        data: The folder of what is derived.
        servers: The servers, by name.
        warn: Told on one line what the user should know.
    """

    def __init__(
        self,
        root: Path,
        data: Path,
        servers: Mapping[str, Server],
        warn: Callable[[str], object] | None = None,
    ) -> None:
        self.root = root
        self.servers = servers
        self.warn = warn or (lambda _: None)
        self.catalogue = Catalogue(data, servers)

    def is_trusted(self, server: Server) -> bool:
        """Whether a server may be reached."""
        return is_trusted(server, self.root)

    def server(self, name: str) -> Server:
        """The server of a name, which may be reached.

        Raises:
            ConfigError: There is none, or the user has not agreed to it.
        """
        server = self.servers.get(name)
        if server is None:
            known = ", ".join(self.servers) or "none"
            raise ConfigError(
                f"no tool server {name[:60]!r} is configured (there are: {known}): name it in "
                "[tool.dynasaur.mcp.NAME] or in the file of --mcp-config"
            )
        if not self.is_trusted(server):
            raise ConfigError(untrusted(server))
        return server

    def unasked(self, name: str) -> str:
        """Why the tool that an action's name may mean is not known; empty where none may."""
        for server in self.servers.values():
            named = name == category(server.name) or name.startswith(f"{category(server.name)}_")
            if named and not self.is_trusted(server):
                return untrusted(server)
            if named and not self.catalogue.is_listed(server):
                return (
                    f"no action {name[:64]!r} is known: the tool server {server.name} was not "
                    "asked yet what it has; `dynasaur tools --refresh` does that"
                )
        return ""


def untrusted(server: Server) -> str:
    """Why a server of the library's own settings is not reached, and what to do."""
    return (
        f"the library wants to use the tool server {server.name} ({server.told()[:200]}): look at "
        f"{server.where}, and where you agree, `dynasaur tools trust {server.name}`"
    )
