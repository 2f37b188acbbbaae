"""Logging in to servers that want it."""

from __future__ import annotations

from typing import Any

from dynasaur.toolbox.values import Server


def login(server: Server) -> Any:
    """What logs the requests to a server in; None where it wants no login."""
    del server
    return None
