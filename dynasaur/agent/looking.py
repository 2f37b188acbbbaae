"""The host functions that look into the library; a run, its replay and its notebook have them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dynasaur import prompts
from dynasaur.agent.protocols import HostFunctions, Retriever
from dynasaur.errors import ActionError
from dynasaur.types import Hit, Json

MOST = 50
"""Actions that one call finds, at most."""

HOST_FUNCTIONS = ("find_actions", "show_action", "submit_final_answer")
"""What the code of a run can call besides Python and actions."""


def looking(
    retriever: Retriever, offer: Callable[[Sequence[Hit]], object] | None = None
) -> HostFunctions:
    """`find_actions` and `show_action`.

    Args:
        retriever: Finds them.
        offer: Told what was found.
    """

    def find_actions(query: str, k: int = 10) -> Json:
        """Actions of the library that fit a query, best first, one line each."""
        hits = retriever.search(str(query), max(1, min(int(k), MOST)))
        if offer:
            offer(hits)
        return [prompts.action_line(hit.action) for hit in hits]

    def show_action(name: str) -> Json:
        """The source of an action."""
        action = retriever.find(str(name))
        if action is None:
            raise ActionError(f"no action {name!r}; find_actions(query) tells which there are")
        return action.text

    return {"find_actions": find_actions, "show_action": show_action}
