"""It can be read: a module of code, not of data."""

from __future__ import annotations

from collections.abc import Iterator

from dynasaur.checks.subject import ActionText, Finding

LARGEST = 65_536
"""Bytes of an action's module."""


def check(subject: ActionText) -> Iterator[Finding]:
    """The module is no larger than people and models read."""
    if message := too_large(subject.action.text):
        yield Finding("size", 1, message)


def too_large(text: str) -> str:
    """What is wrong with a text that is too large; empty for any other."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size <= LARGEST:
        return ""
    return f"it takes {size:,} bytes, more than {LARGEST:,}; keep data in a file, and pass its path"
