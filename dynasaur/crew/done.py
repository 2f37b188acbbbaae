"""What became of a job."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from dynasaur.errors import DynasaurError

J = TypeVar("J")
R = TypeVar("R")


class Crew(Protocol[J, R]):
    """Workers; a context manager that ends them."""

    def __enter__(self) -> Crew[J, R]: ...

    def __exit__(self, *_: object) -> None: ...

    def run(self, jobs: Iterable[J]) -> Iterator[Done[J, R]]:
        """Do jobs; those that are over are given as they come, not in order."""


ATTEMPTS = 3
"""Workers that may die of one job before it is given up."""


@dataclass(frozen=True, slots=True)
class Done(Generic[J, R]):
    """One job that is over.

    Attributes:
        job: The job.
        result: What the work gave; None where it failed.
        error: Why it failed, in one line; empty where it did not.
    """

    job: J
    result: R | None
    error: str = ""


def in_one_line(error: BaseException) -> str:
    """An exception for people: ours speak for themselves, others say their class and place."""
    text = " ".join(str(error).split())
    if isinstance(error, DynasaurError):
        return text
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({frames[-1].name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}{': ' if text else ''}{text}{place}"
