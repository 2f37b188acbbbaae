"""What is asked of a review."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from dynasaur.review.values import Change, Examples, Finding
    from dynasaur.review.waivers import Accepted

TextOf: TypeAlias = Callable[[str], str | None]
"""Gives the text of a module as it is after the range; None for none."""

Runner: TypeAlias = "Callable[[Sequence[Change], TextOf], tuple[Examples, Sequence[Finding]]]"
"""Runs the examples of changed actions."""

Progress: TypeAlias = Callable[[int, int], None]
"""Is told how many of the changed files are done, and of how many."""


def nobody(done: int, total: int) -> None:
    """Is told of progress, and says nothing of it."""


T = TypeVar("T")


class Steps:
    """Counts the steps of a review for those who wait for it.

    Args:
        told: Is told how many are done, and of how many.
        total: How many there are, about.
    """

    def __init__(self, told: Progress, total: int) -> None:
        self._told, self._total = told, total
        self._done = 0

    def over(self, some: Iterable[T]) -> Iterator[T]:
        """The same things, each a step."""
        for one in some:
            yield one
            self._done += 1
            self._told(min(self._done, self._total - 1), self._total)

    def end(self) -> None:
        """All is done, however many steps it took."""
        self._told(self._total, self._total)


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of a review.

    Attributes:
        select: Ids, starts of ids, or names of the only rules that are wanted; none: all.
        ignore: Those of the rules that are not wanted.
        accepted: What people have accepted besides the library's own file.
        run_examples: Runs the examples of changed actions; None: they are not run.
        unknown: Which of some packages the package index does not know; None: it is not asked.
        words: Where the words of texts are kept from one review to the next; None: nowhere.
        progress: Is told how far the review is.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    accepted: Mapping[str, Accepted] = field(default_factory=dict)
    run_examples: Runner | None = None
    unknown: Callable[[Iterable[str]], set[str]] | None = None
    words: Path | None = None
    progress: Progress = nobody
