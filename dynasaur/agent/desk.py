"""The host functions of a kernel: what its code can ask of the run that is under way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Protocol

from dynasaur import prompts
from dynasaur.agent.looking import looking
from dynasaur.agent.protocols import Kernel, Library
from dynasaur.errors import ActionError
from dynasaur.record import HostCall
from dynasaur.types import Hit, Json

ASKED_LIMIT = 2_000
"""Characters of a host call's arguments that the record keeps."""


class Served(Protocol):
    """The run that a desk serves, as it sees it."""

    asked: list[HostCall]
    answers: list[Json]

    def offer(self, hits: Iterable[Hit]) -> None:
        """Note what the model has been shown."""

    def misfit(self, answer: Json) -> str:
        """Why an answer is sent back; empty when it is not."""


class Desk:
    """One kernel with its work folder and its host functions, for one run after the other.

    Attributes:
        library: The library.
        work: The work folder.
        kernel: The kernel; not started yet.
        run: The run under way, which the host functions serve.
    """

    run: Served

    def __init__(self, library: Library, work: Path) -> None:
        self.library = library
        self.work = work
        functions = looking(library.retriever, lambda hits: self.run.offer(hits))
        functions = {**functions, "submit_final_answer": self.submit_final_answer}
        noted = {name: self._noting(function) for name, function in functions.items()}
        self.kernel: Kernel = library.kernel(work, noted)

    def _noting(self, function: Callable[..., Json]) -> Callable[..., Json]:
        """The same function, each call of it kept for the record."""

        @wraps(function)
        def noted(*args: Json, **kwargs: Json) -> Json:
            signature(function).bind(*args, **kwargs)
            given = prompts.cut(json.dumps([*args, kwargs] if kwargs else args), ASKED_LIMIT)
            try:
                result = function(*args, **kwargs)
            except Exception as error:
                self.run.asked.append(HostCall(function.__name__, given, type(error).__name__))
                raise
            self.run.asked.append(HostCall(function.__name__, given))
            return result

        return noted

    def submit_final_answer(self, answer: Json) -> Json:
        """Give the answer to the task. The run ends with this step."""
        if problem := self.run.misfit(answer):
            raise ActionError(
                f"the answer does not have the form that was asked for: {problem}. "
                "Submit it once more, in that form."
            )
        self.run.answers.append(answer)
        return None
