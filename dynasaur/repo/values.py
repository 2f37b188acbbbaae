"""What goes into a repository and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Deliver = Literal["merge", "branch", "pr", "none"]
"""What becomes of the commits: `merge` fast-forwards the current branch when that touches
nothing the person has changed; `branch` leaves them on a branch of their own; `pr` pushes that
branch and asks for a review; `none` commits nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """One commit to be.

    Attributes:
        subject: The commit's first line.
        body: The paragraphs after it; may be empty.
        trailers: The commit's trailers, in order; of several values each is one.
        files: Path below the library's root, with `/`, to its new content; None deletes it.
        overwrite: Files that exist with other content may be replaced. Without it such a
            change is never merged: it waits on its branch for a person.
        edits: Path to what makes its new content of the one that is committed (None: no such
            file). Made under the lock, of the very commit that the change follows, so that two
            writers never lose each other's.
        message: The whole message, where a hook has written it; else empty.
    """

    subject: str
    body: str
    trailers: Mapping[str, str | Sequence[str]]
    files: Mapping[str, bytes | None] = field(repr=False)
    overwrite: bool = False
    edits: Mapping[str, Callable[[bytes | None], bytes | None]] = field(
        default_factory=dict, repr=False
    )
    message: bytes = b""

    @property
    def paths(self) -> frozenset[str]:
        """All paths that it may touch."""
        return frozenset((*self.files, *self.edits))


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where commits went.

    Attributes:
        branch: The branch that holds them: the current one when merged, else one of their own.
        commits: Their ids, oldest first; a change that alters nothing makes none.
        merged: The library's current branch, index and files have them.
        note: One line for the user when there is something to say; else empty.
    """

    branch: str
    commits: tuple[str, ...]
    merged: bool
    note: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who commits. `fallback`: git has no identity configured, and this one stands in."""

    name: str
    email: str
    fallback: bool = False
