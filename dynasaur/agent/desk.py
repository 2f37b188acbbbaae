"""The host functions of a kernel: what its code can ask of the run that is under way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Any, Protocol

from dynasaur import prompts
from dynasaur.agent.hosted import HostedKernel
from dynasaur.agent.looking import looking
from dynasaur.agent.outside import Outside
from dynasaur.agent.protocols import HostFunctions, Library
from dynasaur.agent.scene import Permit, Spender
from dynasaur.errors import ActionError, BlockedError
from dynasaur.record import HostCall
from dynasaur.types import Given, Hit, Json, Observation

ASKED_LIMIT = 2_000
"""Characters of a host call's arguments that the record keeps."""

RESULT_LIMIT = 50_000
"""Characters of its result."""

MESSAGE_LIMIT = 500
"""Characters of what its error says."""


def written(args: Sequence[Json], kwargs: Mapping[str, Json]) -> str:
    """The arguments of a host call as the record has them."""
    return prompts.cut(json.dumps([*args, kwargs] if kwargs else args), ASKED_LIMIT)


class Served(Spender, Protocol):
    """The run that a desk serves, as it sees it.

    Attributes:
        asked: The calls of host functions so far.
        answers: The answers that were submitted.
        room: Characters of results that its record still takes.
    """

    asked: list[HostCall]
    answers: list[Json]
    room: int

    def offer(self, hits: Iterable[Hit]) -> None:
        """Note what the model has been shown."""

    def misfit(self, answer: Json) -> str:
        """Why an answer is sent back; empty when it is not."""

    def block(self, reason: str) -> None:
        """End it: a person is needed, and none is there."""

    def is_over(self) -> bool:
        """No further step is to come."""

    def settle(self) -> None:
        """Wait until what was recorded is written."""


class Desk(HostedKernel):
    """One kernel with its work folder and its host functions, for one run after the other.

    Args:
        library: The library.
        work: The work folder.
        outside: Gives the host functions beyond the library's; None for none.
        permit: Sees that one of those may be called; None: all may.

    Attributes:
        run: The run under way, which the host functions serve.
    """

    run: Served

    def __init__(
        self,
        library: Library,
        work: Path,
        outside: Outside | None = None,
        permit: Permit | None = None,
    ) -> None:
        self.library = library
        self.work = work
        functions: HostFunctions = {
            **looking(library.retriever, lambda hits: self.run.offer(hits)),
            "submit_final_answer": self.submit_final_answer,
        }
        super().__init__(library, work, functions, lambda: self.run, outside, permit)

    def execute(
        self, code: str, *, timeout: float, sent: Callable[[], None] | None = None
    ) -> Observation:
        """Run one cell; see `Kernel.execute`."""
        self.begin(timeout)
        return self.kernel.execute(code, timeout=timeout, sent=sent)

    def _heard(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, each call of it kept for the record."""

        @wraps(function)
        def noted(*args: Json, **kwargs: Json) -> Any:
            signature(function).bind(*args, **kwargs)
            if self.run.is_over():
                raise RuntimeError(f"{name}() is not called: the run is over")
            given = written(args, kwargs)
            self.run.settle()  # what it does may be final: the steps before are on record
            try:
                result = function(*args, **kwargs)
            except Exception as error:
                if isinstance(error, BlockedError):
                    self.run.block(str(error))
                said = prompts.cut(str(error), MESSAGE_LIMIT)
                kind = type(error).__name__
                self.run.asked.append(HostCall(name, given, kind, message=said))
                raise
            self.run.asked.append(HostCall(name, given, result=self._kept(result)))
            return result

        return noted

    def _kept(self, result: Json | Given) -> str | None:
        """A result as the record keeps it: what is too large for it is not kept in part."""
        if isinstance(result, Given):
            if result.files or result.images:
                return None
            result = result.result
        text = json.dumps(result, ensure_ascii=False)
        if len(text) > min(RESULT_LIMIT, self.run.room):
            return None
        self.run.room -= len(text)
        return text

    def submit_final_answer(self, answer: Json) -> Json:
        """Give the answer to the task. The run ends with this step."""
        if problem := self.run.misfit(answer):
            raise ActionError(
                f"the answer does not have the form that was asked for: {problem}. "
                "Submit it once more, in that form."
            )
        self.run.answers.append(answer)
        return None
