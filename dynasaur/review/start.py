"""A review begins: with the little that must be loaded before the library can be read."""

from __future__ import annotations

import pickle
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from dynasaur.repo.git import Git
from dynasaur.repo.place import Place, find
from dynasaur.repo.settings import read_settings
from dynasaur.review.beside import beside
from dynasaur.review.options import Options
from dynasaur.review.span import Span, span_of

if TYPE_CHECKING:
    from dynasaur.review.values import Report


def review(root: Path, text: str, options: Options | None = None, *, fetch: bool = False) -> Report:
    """Reviews a range of a library's history: nothing is checked out, imported or run.

    Args:
        root: The library's root.
        text: The range, as git has it.
        options: What is asked of it.
        fetch: What is missing in this clone may be fetched.

    Raises:
        UsageError: The range is none.
        StoreError: The library is in no repository, or git fails.
    """
    options = options or Options()
    place = find(root)
    git = Git(place.root, read_settings(Git(place.root)).filters_off)
    span = span_of(git, place, text, fetch=fetch)
    other = beside(partial(_look, git, place, span, options.words))
    try:
        from dynasaur.review.judge import review_span

        return review_span(git, place, span, options, other)
    finally:
        if other:
            other.end()


def _look(
    git: Git,
    place: Place,
    span: Span,
    kept: Path | None,
    questions: BinaryIO,
    answers: BinaryIO,
) -> None:  # pragma: no cover - it runs in the other process
    """What the other process does: it reads, is told what changed, and says what is like it."""
    from dynasaur.review.blobs import Objects
    from dynasaur.review.likeness import Likeness

    contents = Objects(git, place, span)
    look = Likeness(contents, contents.listed(), kept)
    look.read()
    try:
        changed = pickle.load(questions)  # noqa: S301 - this program's own words
    except EOFError:  # nothing that changed can be a clone
        changed = {}
    pickle.dump(look.of(changed), answers)
    answers.close()
    look.keep()
