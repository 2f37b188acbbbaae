"""Leave secrets out of the record: what looks like one, and what the environment holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from dynasaur.tokens import ENVIRONMENT_NAME, MASK, without_secrets
from dynasaur.types import Json

SHORTEST = 8
"""Characters that a variable's value must have: shorter ones are words of every text."""

_LONG = 40
"""Characters of a text that is remembered: a run's record is written again after each step."""


class Redactor:
    """Takes secrets out of texts and documents.

    Args:
        environ: The environment; the values of its variables that are named like keys are secrets.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        named = (value for name, value in environ.items() if ENVIRONMENT_NAME.search(name))
        values = {value.strip() for value in named if len(value.strip()) >= SHORTEST}
        # The longest first: one may be a part of another.
        self._values = tuple(sorted(values, key=lambda value: (-len(value), value)))

    def text(self, text: str) -> str:
        """The text, each secret in it replaced by `[secret]`."""
        if len(text) < _LONG:
            return _redacted(text, self._values)
        return _remembered(text, self._values)

    def document(self, value: Json) -> Json:
        """The document, secrets in its texts and keys replaced."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.document(item) for item in value]
        if isinstance(value, dict):
            return {self.text(key): self.document(item) for key, item in value.items()}
        return value


def _redacted(text: str, values: tuple[str, ...]) -> str:
    if values:
        text = _pattern(values).sub(MASK, text)
    return without_secrets(text)


_remembered = lru_cache(maxsize=512)(_redacted)


@lru_cache(maxsize=4)
def _pattern(values: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, values)))
