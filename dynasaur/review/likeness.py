"""The existing actions that changed ones may be clones of: a coarse look, then a closer one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dynasaur.fingerprint.crowd import MANY
from dynasaur.review.beside import Beside, by_two
from dynasaur.review.blobs import Contents, Difference
from dynasaur.review.forms import Likes, form
from dynasaur.review.sides import place_of
from dynasaur.review.words import Vocabulary
from dynasaur.source import normal

if TYPE_CHECKING:
    from concurrent.futures import Executor

CANDIDATES = 25
"""So many existing actions are compared whole: those that share the most words."""


class Likeness:
    """Looks through the library's actions as they are after the range.

    Args:
        contents: The range's contents.
        listed: Every file of the package afterwards.
        kept: Where the words of texts are kept from one review to the next; None: nowhere.
        ahead: Reads what is missing until it is asked for; None: that is done when it is.
    """

    def __init__(
        self,
        contents: Contents,
        listed: Mapping[str, tuple[str, str]],
        kept: Path | None,
        ahead: Executor | None = None,
    ) -> None:
        self._contents, self._listed = contents, listed
        known = {path: listed[path] for path in listed if _may_be_action(path)}
        self._words = Vocabulary(known, contents, kept, ahead)

    def read(self) -> None:
        """Reads what was not kept."""
        self._words.read()

    def keep(self) -> None:
        """Keeps what was read for the next review."""
        self._words.keep()

    def of(self, changed: Mapping[str, str]) -> Likes:
        """What changed files are to be compared with.

        Args:
            changed: The text of each, by path.
        """
        paths, half = [*changed], len(changed) // 2
        if not (self._words.late and 1 < len(paths) < MANY):  # more: one, with numpy
            return self._of(changed)
        parts = ({path: changed[path] for path in some} for some in (paths[:half], paths[half:]))
        mine, its = by_two(self._of, *parts)
        return Likes(mine.near | its.near, mine.texts | its.texts, mine.forms | its.forms)

    def _of(self, changed: Mapping[str, str]) -> Likes:
        found = Likes()
        nearest = self._words.nearest([*changed.values()], CANDIDATES + 1)
        for path, near in zip(changed, nearest, strict=True):
            found.near[path] = [one for one in near if one != path]
        wanted = {path for near in found.near.values() for path in near}
        found.texts = self._contents.texts(wanted, self._listed)
        asked = [path for path, near in found.near.items() if near]
        for path, text in [*found.texts.items(), *((one, changed[one]) for one in asked)]:
            if path not in found.forms:
                found.forms[path] = form(path, normal(text))
        return found


class Looking:
    """The look for what changed files are like, beside what else a review does.

    Args:
        contents: The range's contents.
        difference: What differs.
        kept: Where the words of texts are kept from one review to the next; None: nowhere.
        ahead: What runs beside this thread.
        other: The process that has begun to look; None: all is done in this one.
    """

    def __init__(
        self,
        contents: Contents,
        difference: Difference,
        kept: Path | None,
        ahead: Executor,
        other: Beside | None,
    ) -> None:
        self._given = contents, difference.paths, kept, ahead
        after = [place_of(pair.after.path) for pair in difference.pairs if pair.after]
        hopeless = {"action", "deep"}.isdisjoint(after)  # nothing that changed can be a clone
        self._own = None if other or hopeless else Likeness(*self._given)
        self._ahead, self._other = ahead, other
        self._changed: Mapping[str, str] = {}

    def ask(self, changed: Mapping[str, str]) -> None:
        """Says which files are meant: their texts, by path."""
        self._changed = changed
        if self._other and changed:
            self._ahead.submit(self._other.ask, changed)

    def found(self) -> Likes:
        """What they are to be compared with, once that is known."""
        if not self._changed:
            return Likes()
        told: Likes | None = self._other.answer() if self._other else None
        if told is not None:
            return told
        own = self._own or Likeness(*self._given)
        likes = own.of(self._changed)
        own.keep()
        return likes


def _may_be_action(path: str) -> bool:
    return path[path.rfind("/") + 1] != "_" and place_of(path) in {"action", "vendored"}
