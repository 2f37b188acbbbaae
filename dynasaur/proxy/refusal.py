"""What a proxy did not carry out, as its user is told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that was not carried out.

    Attributes:
        reason: Why, in words.
        host: What a user could allow (`example.org`, `example.org:8443`); empty where that would
            not help.
    """

    reason: str
    host: str
