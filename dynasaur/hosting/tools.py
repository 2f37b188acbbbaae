"""The tools of other programs' servers, called for the code of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynasaur.agent.outside import Provided, Scene
from dynasaur.errors import DynasaurError
from dynasaur.hosting.means import Means
from dynasaur.types import Given, Json

if TYPE_CHECKING:
    from dynasaur.toolbox.box import Toolbox
    from dynasaur.toolbox.clients import Clients


def tools(scene: Scene, means: Means) -> Provided:
    """`call_tool`, which the actions of tools call."""
    toolbox = means.toolbox
    if toolbox is None or not toolbox.servers:
        return Provided({})
    from dynasaur.toolbox.clients import Clients
    from dynasaur.toolbox.results import given_of
    from dynasaur.toolbox.stubs import action_name, unwrapped

    clients = Clients(toolbox, means.environ)
    _learn(toolbox, clients, brief=means.brief)
    clients.wait = scene.wait
    made: dict[str, int] = {}

    def call_tool(server: str, tool: str, arguments: dict[str, Json]) -> Given:
        """Call a tool of a server."""
        if not isinstance(arguments, dict):
            raise TypeError("the arguments of a tool are a dict by their names")
        found = toolbox.server(str(server))
        name = action_name(found.name, str(tool))
        known = toolbox.catalogue.tools(found).get(str(tool))
        if known is None or not known.reads_only:
            scene.approve(
                f"{found.name}/{tool}", arguments, "the tool does not say that it only reads"
            )
        result = clients.call(found, str(tool), dict(arguments))
        made[name] = made.get(name, 0) + 1
        wrapped = known is not None and unwrapped(known.gives) is not known.gives
        return given_of(result, f"{name}-{made[name]}", wrapped=wrapped)

    return Provided({"call_tool": call_tool}, clients.close)


def _learn(toolbox: Toolbox, clients: Clients, *, brief: bool) -> None:
    """Ask the servers whose tools are not known yet; what cannot be asked is told, and left."""
    from dynasaur.toolbox.box import untrusted

    for server in toolbox.servers.values():
        if toolbox.catalogue.is_listed(server):
            continue
        if brief and toolbox.catalogue.missed_lately(server):
            continue
        try:
            if toolbox.is_trusted(server):
                clients.refresh(server)
                continue
            toolbox.warn(untrusted(server))
        except (ConnectionError, RuntimeError, TimeoutError, DynasaurError) as error:
            toolbox.warn(f"the tools of {server.name} are not there: {error}")
        toolbox.catalogue.missed(server)
