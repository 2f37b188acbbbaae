"""What an evaluation does: everything that shapes its results, and the manifest that says so."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Literal

from dynasaur import __version__
from dynasaur.errors import UsageError
from dynasaur.evals.problem import Problem
from dynasaur.types import Json

Part = Literal["accumulation", "implementation", "initial-actions"]
PARTS: tuple[Part, ...] = ("accumulation", "implementation", "initial-actions")

Baseline = Literal["none", "react"]
BASELINES: tuple[Baseline, ...] = ("none", "react")

LIBRARIES = ("openai", "scikit-learn", "tree-sitter-python", "ipykernel", "math-verify")
"""What is named in the manifest beside Python and this package."""

PLACES = ("data",)
"""Where things lie on this machine: no part of what is done."""


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
        accept: The weakest evidence that admits a function.
        freeze: Nothing is admitted.
        ablate: Parts of the method that are left out.
        baseline: `none`: a model and a kernel, without library. `react`: the initial actions
            only, one call a step. Empty: neither.
        batch: Problems that see the library in one and the same state.
        scorer: Another scorer than the suite's own; empty for that one.
        answer_format: What an answer must look like, said to the agent; empty for nothing.
        reformulate: The answer is put into that form by a second request, as in the paper.
        match: The results whose tokens, problem by problem, are the budget; empty for none.
        library: The commit of the library that it began with; empty for an empty one.
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
    accept: str = "solved"
    freeze: bool = False
    ablate: tuple[Part, ...] = ()
    baseline: Baseline | Literal[""] = ""
    batch: int = 8
    scorer: str = ""
    answer_format: str = ""
    reformulate: bool = False
    match: str = ""
    library: str = ""

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
        return self.baseline != "none" and "initial-actions" not in self.ablate

    @property
    def offered(self) -> int:
        """Actions offered with a task."""
        return 0 if self.baseline == "none" else self.k


def manifest(plan: Plan, problems: Sequence[Problem]) -> dict[str, Json]:
    """All that shapes the results: the plan, the problems, the prompts, the versions.

    Args:
        plan: The plan.
        problems: The problems, in their order.
    """
    told = "\n".join(
        json.dumps([one.id, one.question, one.truth, list(one.choices)]) for one in problems
    )
    document: dict[str, Json] = json.loads(json.dumps(asdict(plan)))
    return {
        "format": 1,
        "plan": document,
        "problems": len(problems),
        "problems_sha256": hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest(),
        "prompts_sha256": hashlib.sha256(_prompts().encode()).hexdigest(),
        "versions": {
            "dynasaur": __version__,
            "python": platform.python_version(),
            **{name: _version(name) for name in LIBRARIES},
        },
    }


def _prompts() -> str:
    """The text of all prompts."""
    folder = files("dynasaur").joinpath("templates")
    found = sorted(folder.iterdir(), key=lambda one: one.name)
    return "\n".join(one.read_text(encoding="utf-8") for one in found if one.name.endswith(".md"))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def check_same(old: Mapping[str, Json], new: Mapping[str, Json], where: Path) -> None:
    """An evaluation goes on only as it began.

    Raises:
        UsageError: Something that shapes results is different; says what.
    """
    before, now = _flat(old), _flat(new)
    for key in sorted(before.keys() | now.keys()):
        if before.get(key) != now.get(key) and key.removeprefix("plan.") not in PLACES:
            raise UsageError(
                f"{where} was begun with {key} = {before.get(key)!r}, now it is "
                f"{now.get(key)!r}: use the same, or another -o"
            )


def _flat(document: Mapping[str, Json], prefix: str = "") -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key, value in document.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


def as_in_the_paper(plan: Plan) -> Plan:
    """The paper's protocol: 20 steps, temperature 0.5, k = 10, whatever ran is admitted.

    Accumulation on the first split, frozen for any other.
    """
    return replace(plan, max_steps=20, temperature=0.5, k=10, accept="executed", reformulate=True)
