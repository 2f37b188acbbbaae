"""Host functions that answer from the record of a run: what the world said then, it says again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from dynasaur.agent.desk import written
from dynasaur.agent.protocols import HostFunctions
from dynasaur.record import HostCall, Step
from dynasaur.types import HOSTED, Json


class Answers:
    """Gives to each call of a step what the same call gave when it was recorded.

    Args:
        library: The functions that look into the library: they answer themselves where the record
            does not. All others belong to the outside world, which is not asked.
    """

    def __init__(self, library: HostFunctions) -> None:
        self._library = library
        self._left: list[HostCall] = []

    def functions(self, steps: Iterable[Step]) -> dict[str, Callable[..., Any]]:
        """The host functions for a kernel that runs these steps again."""
        named = {call.name for step in steps for call in step.asked} - {"submit_final_answer"}
        outside = {f"{HOSTED}{name}": self._answering(name) for name in named - {*self._library}}
        return {**{name: self._answering(name) for name in self._library}, **outside}

    def turn_to(self, *steps: Step) -> None:
        """Answer by the record of these steps from now on."""
        self._left = [call for step in steps for call in step.asked]

    def _answering(self, name: str) -> Callable[..., Any]:
        def answer(*args: Json, **kwargs: Json) -> Any:
            given = written(args, kwargs)
            for call in self._left:
                if (call.name, call.arguments) == (name, given):
                    self._left.remove(call)
                    if call.error:
                        raise _error(call)
                    if call.result is not None:
                        return json.loads(call.result)
                    break
            if name in self._library:
                return self._library[name](*args, **kwargs)
            raise RuntimeError(
                f"{name}() is not asked again, and the run's record does not have what it gave "
                f"for {given[:200]}"
            )

        answer.__name__ = name
        return answer


def _error(call: HostCall) -> Exception:
    """An error of the recorded class, with what it said."""
    kind: type[Exception] = type(call.error, (Exception,), {})
    return kind(call.message)
