"""Plays the loop of a run in this process: the planner's code against real actions and files."""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import math
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dynasaur import prompts
from dynasaur.models.planner import PlannerModel
from dynasaur.retriever import Retriever
from dynasaur.store import Store, base_path
from dynasaur.types import CellError, Ending, Message, Observation, Task


@dataclass
class Played:
    """What one run came to."""

    answers: list[object] = field(default_factory=list)
    gave_up: str = ""
    codes: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def function(self) -> str:
        """The source of the function that the last try defined; empty when it only called."""
        return next(
            (
                code
                for code in reversed(self.codes)
                if code.lstrip().startswith(("def ", "from typing"))
            ),
            "",
        )


class Bench:
    """A library to play against: the built-in actions, and modules added in a folder."""

    def __init__(self, folder: Path | None = None) -> None:
        stores = [Store(base_path(), source="base", mount="actions.vendor.base")]
        if folder is not None:
            stores.insert(0, Store(folder))
        self._retriever = Retriever(stores)
        self._found: dict[tuple[str, int], list[str]] = {}
        self._known = {entry.name for store in stores for entry in store.entries().values()}

    def find_actions(self, query: str, k: int = 10) -> list[str]:
        """What the kernel's function of this name gives; asked once for each query."""
        if (query, k) not in self._found:
            hits = self._retriever.search(query, k)
            self._found[query, k] = [prompts.action_line(hit.action) for hit in hits]
        return list(self._found[query, k])

    def play(self, text: str, files: Sequence[Path] = (), most_steps: int = 8) -> Played:
        """Runs one task in the folder of its files."""
        played = Played()
        names = [(file.name, file.stat().st_size) for file in files]
        hits = self._retriever.offer(text, 10)
        said = prompts.opening(Task(text, tuple(files)), names, hits)
        played.messages += [prompts.system(), Message("user", said)]
        scope: dict[str, object] = {
            "find_actions": self.find_actions,
            "submit_final_answer": played.answers.append,
        }
        for _ in range(most_steps):
            reply = PlannerModel().reply(played.messages)
            if reply.gave_up:
                played.gave_up = reply.gave_up
                return played
            played.codes.append(reply.code)
            played.messages.append(prompts.assistant(reply))
            with contextlib.chdir(files[0].parent if files else Path.cwd()):
                observation = self._run(reply.code, scope)
            played.messages.append(prompts.observed(observation))
            if played.answers:
                return played
        return played

    def _run(self, code: str, scope: dict[str, object]) -> Observation:
        self._load(code, scope)
        out = io.StringIO()
        try:
            with contextlib.redirect_stdout(out):
                exec(compile(code, "<cell>", "exec"), scope)
        except Exception as error:  # noqa: BLE001
            seen = CellError(type(error).__name__, str(error), traceback.format_exc(limit=-2))
            return Observation(Ending.ERROR, out.getvalue(), error=seen)
        return Observation(output=out.getvalue())

    def _load(self, code: str, scope: dict[str, object]) -> None:
        """Imports the actions that the code names, as the kernel does."""
        names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
        for name in names & self._known - scope.keys():
            action = self._retriever.find(name)
            assert action is not None
            if action.source == "base":
                module = importlib.import_module(f"actions.{action.category}.{action.name}")
                scope[name] = getattr(module, name)
            else:
                self._load(action.text, scope)
                exec(action.text, scope)


def same(one: object, other: object) -> bool:
    """Equal, numbers up to rounding."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return isinstance(one, bool) == isinstance(other, bool) and math.isclose(one, other)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return one == other
