"""Text that is kept or shared, without what must not be: for tasks in heads, trailers, records."""

from __future__ import annotations

from dynasaur.checks.paths import without_homes
from dynasaur.tokens import without_secrets


def scrubbed(text: str) -> str:
    """The text with tokens and keys replaced by `[secret]`, and paths under a home by `~`.

    Args:
        text: Any text.
    """
    return without_homes(without_secrets(text))
