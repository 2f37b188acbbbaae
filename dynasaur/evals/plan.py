"""What an evaluation does: everything that shapes its results, and the manifest that says so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from dynasaur.errors import UsageError
from dynasaur.evals import origins
from dynasaur.evals.problem import Problem
from dynasaur.types import Api, Json

Part = Literal["accumulation", "implementation", "initial-actions"]
PARTS: tuple[Part, ...] = ("accumulation", "implementation", "initial-actions")

Baseline = Literal["none", "react", "best-of"]
BASELINES: tuple[Baseline, ...] = ("none", "react", "best-of")

PLACES = ("plan.data", "plan.source", "plan.endpoint", "code.commit", "records")
"""Where things lie on this machine, or what something else tells too: no part of what is done."""

LATER = ("served",)
"""What only the end of an evaluation knows."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an evaluation does.

    Attributes:
        suite: The suite's name.
        data: Where its data lies.
        split: Which part of it.
        limit: How many problems, from the first; 0 for all.
        seed: Draws the order of options, and is sent to models that take one.
        model: The model's name, as `--model` takes it.
        endpoint: Where the model is; empty where it needs no network.
        max_steps: Steps of a run.
        k: Actions offered with a task.
        cell_timeout: Seconds of one cell.
        temperature: The sampling temperature; None for the model's own.
        reasoning_effort: How much a reasoning model is to think; empty for its own.
        max_output_tokens: Tokens that one reply may have; None for the model's own limit.
        api: What the model's endpoint is asked by.
        accept: The weakest evidence that admits a function.
        freeze: Nothing is admitted.
        ablate: Parts of the method that are left out.
        baseline: `none`: a model and a kernel, without library. `react`: the initial actions
            only, one call a step. `best-of`: as `none`, but several runs vote, as many as fit
            into the budget. Empty: none of these.
        batch: Problems that see the library in one and the same state.
        scorer: Another scorer than the suite's own; empty for that one.
        judge: The model that judges where `llm-judge` scores; empty for the one that answers.
        answer_format: What an answer must look like, said to the agent; empty for nothing.
        reformulate: The answer is put into that form by a second request, as in the paper.
        match: The results whose tokens, problem by problem, are the budget; empty for none.
        source: The library that it began with; empty for an empty one.
        library: The commit of that library; empty for none of its actions.
        share: How much of that library's actions it began with, in percent.
    """

    suite: str
    data: str
    split: str
    limit: int = 0
    seed: int = 0
    model: str = "planner"
    endpoint: str = ""
    max_steps: int = 20
    k: int = 10
    cell_timeout: float = 300.0
    temperature: float | None = None
    reasoning_effort: str = ""
    max_output_tokens: int | None = None
    api: Api = "auto"
    accept: str = "solved"
    freeze: bool = False
    ablate: tuple[Part, ...] = ()
    baseline: Baseline | Literal[""] = ""
    batch: int = 8
    scorer: str = ""
    judge: str = ""
    answer_format: str = ""
    reformulate: bool = False
    match: str = ""
    source: str = ""
    library: str = ""
    share: float = 100.0

    @property
    def accumulates(self) -> bool:
        """What runs leave is put through the gate."""
        return not (self.freeze or self.baseline or "accumulation" in self.ablate)

    @property
    def implements(self) -> bool:
        """The model may write code of its own, not just call actions."""
        return self.baseline != "react" and "implementation" not in self.ablate

    @property
    def initial_actions(self) -> bool:
        """The initial actions are there."""
        return not self.bare and "initial-actions" not in self.ablate

    @property
    def bare(self) -> bool:
        """There is no library at all."""
        return self.baseline in ("none", "best-of")

    @property
    def offered(self) -> int:
        """Actions offered with a task."""
        return 0 if self.bare else self.k


def manifest(
    plan: Plan,
    problems: Sequence[Problem],
    settings: Mapping[str, Json] | None = None,
    tokens: Mapping[str, int] | None = None,
) -> dict[str, Json]:
    """All that shapes the results: plan, problems, prompts, settings, code and versions.

    Args:
        plan: The plan.
        problems: The problems, in their order.
        settings: Those that can change a result, as they hold; None for the defaults.
        tokens: What each problem may use; None for no limit.
    """
    budgets = json.dumps(dict(tokens or {}), sort_keys=True).encode("utf-8", "surrogatepass")
    document: dict[str, Json] = json.loads(json.dumps(asdict(plan)))
    scorers: list[Json] = [*sorted({plan.scorer or one.scorer for one in problems})]
    return {
        "format": 1,
        "plan": document,
        "settings": dict(settings or {}),
        "problems": len(problems),
        "problems_sha256": _problems(problems),
        "budgets_sha256": hashlib.sha256(budgets).hexdigest() if tokens else "",
        "scorers": scorers,
        "prompts_sha256": origins.prompts(),
        "code": origins.code(),
        "versions": origins.versions(),
    }


def _problems(problems: Sequence[Problem]) -> str:
    """The hash of all that the problems say, their attachments with it."""
    digest = hashlib.sha256()
    for one in problems:
        told = [one.id, one.question, one.truth, one.scorer, one.choices, dict(one.details)]
        digest.update(json.dumps(told, sort_keys=True).encode("utf-8", "surrogatepass"))
        for path in one.files:
            digest.update(path.name.encode("utf-8", "surrogateescape"))
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def check_same(old: Mapping[str, Json], new: Mapping[str, Json], where: Path) -> None:
    """An evaluation goes on only as it began.

    Raises:
        UsageError: Something that shapes results is different; says what.
    """
    before, now = flat(old), flat(new)
    keys = sorted(before.keys() | now.keys(), key=lambda key: (not key.startswith("plan."), key))
    for key in keys:
        if before.get(key) != now.get(key) and key not in (*PLACES, *LATER):
            raise UsageError(
                f"{where} was begun with {key} = {before.get(key)!r}, now it is "
                f"{now.get(key)!r}: use the same, or another -o"
            )


def flat(document: Mapping[str, Json], prefix: str = "") -> dict[str, Json]:
    """A manifest as one table; the names of what lies inside another are joined by dots."""
    found: dict[str, Json] = {}
    for key, value in document.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


def as_in_the_paper(plan: Plan, *, validation: bool) -> Plan:
    """The paper's protocol: 20 steps, temperature 0.5, k = 10, whatever ran is admitted.

    Args:
        plan: The plan to change.
        validation: Its split is one to accumulate on; for any other the library is frozen.
    """
    return replace(
        plan,
        max_steps=20,
        temperature=0.5,
        k=10,
        accept="executed",
        reformulate=True,
        freeze=plan.freeze or not validation,
    )
