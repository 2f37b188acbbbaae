"""The results of an evaluation on disk: one line a problem, one line an admission.

`results.jsonl` grows when a problem is over, `admissions.jsonl` when what its run left was
judged. A line is written whole or not at all: half a line at the end is what a kill left, and
is cut off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from dynasaur.errors import UsageError
from dynasaur.ledger import Ledger, read_ledger
from dynasaur.types import Json


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one problem.

    Attributes:
        id: The problem.
        group: Its group.
        batch: Number of its batch, from 0.
        number: Its place among the problems, from 0.
        run: Its run; empty where there was none.
        status: The run's status; `lost` where its workers died.
        end: Why the run is over.
        reason: For a run without an answer, why, in one line.
        answer: The answer as JSON.
        right: It is right; None where the truth is kept back.
        why: How that was told.
        steps: Steps taken.
        errors: The exception's class, for each step that ended in one.
        seconds: Wall time.
        prompt_tokens: Tokens of all prompts.
        completion_tokens: Tokens of all replies.
        cost: US dollars; None where the price is not known.
        offered: Actions that the model was shown.
        loaded: Actions that were loaded.
        called: Actions that were called.
        succeeded: Actions that were called and returned.
        generated: Those of the called that the library had got from earlier problems.
        served: What answered, as the endpoint names it, and the options that it refused.
        runs: All runs of the problem, where several voted.
        votes: How many of them gave the answer.
        judge_tokens: Tokens of a model that judged the answer.
        judge_cost: US dollars of that; None where the price is not known.
    """

    id: str
    group: str
    batch: int
    number: int = 0
    run: str = ""
    status: str = "lost"
    end: str = ""
    reason: str = ""
    answer: Json = None
    right: bool | None = False
    why: str = ""
    steps: int = 0
    errors: tuple[str, ...] = ()
    seconds: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = 0.0
    offered: tuple[str, ...] = ()
    loaded: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    succeeded: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()
    served: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    votes: int = 0
    judge_tokens: int = 0
    judge_cost: float | None = 0.0

    @property
    def failed(self) -> bool:
        """Model, kernel or worker failed: that says nothing of the answer."""
        return self.status in ("failed", "lost", "killed")

    @property
    def outcome(self) -> str:
        """What became of the problem, in one or two words; without an answer, why."""
        if self.status == "solved":
            return {True: "right", False: "wrong", None: "not scored"}[self.right]
        return self.end or self.status

    @property
    def tokens(self) -> int:
        """Tokens in all."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Admitted:
    """What the gate made of one problem's run.

    Attributes:
        id: The problem.
        run: Its run.
        names: The new actions.
        refused: The others, each with the reason.
        prompt_tokens: Tokens of the request for documentation; 0 where there was none.
        completion_tokens: Tokens of its reply.
        cost: US dollars; None where the price is not known.
    """

    id: str
    run: str
    names: tuple[str, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = 0.0


def total_cost(costs: Iterable[float | None]) -> float | None:
    """US dollars in all; None where one of them is not known."""
    known = list(costs)
    return None if None in known else sum(cost for cost in known if cost is not None)


L = TypeVar("L", Result, Admitted)


def read_lines(path: Path, kind: type[L]) -> list[L]:
    """The lines of a file, as far as they are whole; none where there is no file.

    Raises:
        UsageError: A line is no such line.
        StoreError: It cannot be read.
    """
    return [_line(where, row, kind) for where, row in read_ledger(path)]


class Lines(Generic[L]):
    """A file of one kind of lines, to which this process adds; a context manager.

    Args:
        path: The file.
        kind: What a line holds.

    Attributes:
        all: The lines, those that were added included.

    Raises:
        UsageError: Another process adds to it, or a line is no such line.
        StoreError: It cannot be written.
    """

    def __init__(self, path: Path, kind: type[L]) -> None:
        self._ledger = Ledger(path)
        self.all: list[L] = [_line(where, row, kind) for where, row in self._ledger.rows]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ledger.close()

    def add(self, line: L) -> None:
        """Add a line; it is on the disk when this returns.

        Raises:
            StoreError: It cannot be written.
        """
        self._ledger.add(asdict(line))
        self.all.append(line)


def _line(where: str, row: Mapping[str, Any], kind: type[L]) -> L:
    """A row as a value; what a later version added is passed over."""
    known = {one.name for one in fields(kind)}
    lists = {key: tuple(v) for key, v in row.items() if isinstance(v, list) and key != "answer"}
    try:
        made = kind(**{key: v for key, v in {**row, **lists}.items() if key in known})
    except TypeError as error:
        raise UsageError(f"{where} is damaged: {error}") from error
    for one in fields(made):
        value = getattr(made, one.name)
        if not isinstance(value, _KINDS.get(str(one.type), object)) or (
            isinstance(value, tuple) and not all(isinstance(part, str) for part in value)
        ):
            raise UsageError(f"{where} is damaged: {one.name} = {repr(value)[:80]}")
    return made


_NONE = type(None)
_KINDS: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "float | None": (int, float, _NONE),
    "bool | None": (bool, _NONE),
    "tuple[str, ...]": (tuple,),
    "Mapping[str, str]": (dict,),
}
"""What JSON has for the fields; the answer can be anything."""
