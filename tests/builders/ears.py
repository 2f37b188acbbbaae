"""Who listens to a model, and keeps what it hears."""

from __future__ import annotations

from dynasaur.types import Ear


class Heard(Ear):
    """Wants the thought as it comes.

    Attributes:
        pieces: What came of the thought.
        waits: Why there was a wait, each.
        remarks: What was told besides.
    """

    wants_stream = True

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.waits: list[str] = []
        self.remarks: list[str] = []

    def heard(self, text: str) -> None:
        self.pieces.append(text)

    def waiting(self, seconds: float, why: str) -> None:
        self.waits.append(why)

    def remarked(self, line: str) -> None:
        self.remarks.append(line)
