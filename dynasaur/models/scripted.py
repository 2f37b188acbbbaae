"""A model that reads its replies from a file: for tests, demonstrations and replay."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from dynasaur.errors import ConfigError
from dynasaur.talk import FREE
from dynasaur.types import Ear, Message, Reply, Usage


class ScriptedModel:
    """Gives the replies of a JSON file in order, whatever it is asked.

    Args:
        path: A file with a list of `{"thought": "...", "code": "..."}`; `thought` may be absent.

    Raises:
        ConfigError: There is no such file, or it holds something else.
    """

    facts = FREE

    def __init__(self, path: Path) -> None:
        self.name = f"scripted:{path.name}"
        self._replies = iter(_read(path))

    def warm_up(self, then: Callable[[], None]) -> None:
        """Load nothing, and do something else."""
        then()

    def reply(self, messages: Sequence[Message], ear: Ear | None = None) -> Reply:  # noqa: ARG002
        """The next reply of the script; one that gives up when there are no more."""
        used = Usage(requests=1)
        thought, code = next(self._replies, ("", None))
        if code is None:
            return Reply("", "", used, gave_up="the script has no more replies")
        return Reply(thought, code, used, problem="" if code.strip() else "its code is empty")


def _read(path: Path) -> list[tuple[str, str]]:
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read the script {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"the script {path} is not JSON: {error}") from error
    if not isinstance(entries, list):
        raise ConfigError(f'the script {path} must be a list of {{"thought", "code"}} objects')
    return [_entry(path, number, entry) for number, entry in enumerate(entries, start=1)]


def _entry(path: Path, number: int, entry: object) -> tuple[str, str]:
    where = f"the script {path}, reply {number}"
    if not isinstance(entry, dict):
        raise ConfigError(f'{where}: must be an object with "thought" and "code"')
    if unknown := sorted(entry.keys() - {"thought", "code"}):
        raise ConfigError(f'{where}: has "{unknown[0]}"; only "thought" and "code" are known')
    thought, code = entry.get("thought", ""), entry.get("code")
    if not isinstance(thought, str) or not isinstance(code, str):
        raise ConfigError(f'{where}: "code" must be there, and "thought" and "code" must be text')
    return thought, code
