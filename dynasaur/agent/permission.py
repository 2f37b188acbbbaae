"""Whether a host function may be called: a person is asked where the user wants that."""

from __future__ import annotations

import json

from dynasaur import prompts
from dynasaur.agent.options import Approval
from dynasaur.agent.protocols import Listener, Person
from dynasaur.errors import BlockedError
from dynasaur.types import Json

SHOWN = 2_000
"""Characters of a call's arguments that the person is shown."""


class Permission:
    """Asks before a call.

    Args:
        approve: What the user wants to be asked of.
        person: Who is asked; None for nobody.
        listener: Told before a question is printed.
    """

    def __init__(
        self, approve: Approval, person: Person | None = None, listener: Listener | None = None
    ) -> None:
        self._approve = approve
        self._person = person
        self._listener = listener or Listener()

    def __call__(self, name: str, arguments: Json, why: str) -> None:
        """See that a call may be made; see `Scene.approve`."""
        if self._approve == "never":
            return
        if self._person is None:
            raise BlockedError(
                f"{name} needs approval ({why}), and nobody is there to give it; run in a "
                "terminal, or with --approve never"
            )
        self._listener.asking()
        given = prompts.cut(json.dumps(arguments, ensure_ascii=False), SHOWN)
        refusal = self._person.refusal(name, given, why)
        if refusal is not None:
            said = f": {refusal}" if refusal else ""
            raise PermissionError(f"the user did not let {name} be called{said}")
