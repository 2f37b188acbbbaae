"""What a suite is: where its data is had, and how a row of it becomes a problem."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dynasaur.errors import UsageError
from dynasaur.evals.problem import Problem
from dynasaur.evals.rows import SUFFIXES, Row, read_rows


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row came from.

    Attributes:
        file: Its file.
        where: File and row, to be named when something is wrong with it.
        seed: What the order of options is drawn with.
        root: The data's folder, or the one file that it is.
    """

    file: Path
    where: str
    seed: int
    root: Path

    @property
    def name(self) -> str:
        """What tells the row from all others of the data, wherever that lies."""
        below = self.file.relative_to(self.root).as_posix() if self.file != self.root else "."
        row = self.where.removeprefix(str(self.file))
        return f"{self.file.name if below == '.' else below}{row}"

    def shuffled(self, key: str, items: Sequence[int]) -> list[int]:
        """The items in an order that depends on the seed and the key alone."""
        result = list(items)
        random.Random(f"{self.seed}:{key}").shuffle(result)  # noqa: S311 - no secret
        return result


@dataclass(frozen=True, slots=True)
class Suite:
    """One benchmark.

    Attributes:
        name: As the command line takes it.
        splits: What can be asked for; the first is the default.
        patterns: Globs below the data's folder, with `{split}`; the first that matches counts.
        read: Makes a problem of one row; None where the row is not of the split.
        answer_format: What an answer must look like, said to the agent.
        hub: The data set on the Hugging Face hub; empty where it has none.
        page: Where people get the data, or accept its terms.
        gated: Its terms forbid to pass its problems on: no repository and no log has them.
    """

    name: str
    splits: tuple[str, ...]
    patterns: tuple[str, ...]
    read: Callable[[Row, Place], Problem]
    answer_format: str
    page: str
    hub: str = ""
    gated: bool = False

    def accumulates_on(self, split: str) -> bool:
        """By the paper's protocol a library grows on the other splits, where there are some."""
        others = any(not one.startswith("test") for one in self.splits)
        return not (split.startswith("test") and others)

    def load(self, folder: Path, split: str = "", *, seed: int = 0) -> list[Problem]:
        """The problems of a split, in the order of the data.

        Raises:
            UsageError: There is no such split or no data for it, or a row makes no sense.
        """
        files = self._files(folder, split or self.splits[0])
        problems = [
            replace(self.read(row, Place(file, where, seed, folder)), gated=self.gated)
            for file in files
            for where, row in read_rows(file)
        ]
        if not problems:
            raise UsageError(f"{folder}: no problem in it")
        seen: set[str] = set()
        for problem in problems:
            if not problem.question.strip():
                raise UsageError(f"{folder}: the problem {problem.id!r} has no question")
            if problem.id in seen:
                raise UsageError(f"{folder}: two problems have the id {problem.id!r}")
            seen.add(problem.id)
        return problems

    def _files(self, folder: Path, split: str) -> list[Path]:
        if split not in self.splits:
            known = ", ".join(self.splits)
            raise UsageError(f"{self.name} has no split {split!r}; its splits are {known}")
        if folder.is_file():
            return [folder]
        if not folder.exists():
            raise UsageError(f"{folder}: it is not there; data of {self.name}: {self.page}")
        patterns = [pattern.format(split=split) for pattern in self.patterns]
        for pattern in patterns:
            found = [path for path in sorted(folder.glob(pattern)) if path.suffix in SUFFIXES]
            if found:
                return found
        raise UsageError(
            f"{folder}: no data of {self.name}, split {split}: there is no "
            f"{' or '.join(patterns[:3])}; get it from {self.page}"
        )
