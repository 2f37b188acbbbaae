"""What `dynasaur eval` puts together: agent, model, scorers, workers."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynasaur import config
from dynasaur.commands._wiring import open_library, outside_of
from dynasaur.types import Json, Manner, Reply

if TYPE_CHECKING:
    from dynasaur.agent.protocols import Model
    from dynasaur.config import Settings
    from dynasaur.evals.attempt import Job, Ready
    from dynasaur.evals.plan import Plan
    from dynasaur.evals.scorers.table import Scorer
    from dynasaur.library import Library

NO_LIMIT = 1_000
"""Steps of a run whose budget is in tokens."""


def make_agent(job: Job) -> Ready:
    """The agent of one job, made in the worker."""
    from dynasaur.agent import Agent, Limits, Options
    from dynasaur.agent.form import Form
    from dynasaur.evals.attempt import Held, Ready
    from dynasaur.evals.restricted import ONE_CALL, ONLY_CALLS, Restricted

    plan = job.plan
    library, settings = _opened(job.library, plan, job.settings, job.data)
    asked = model = eval_model(plan)
    instructions = ""
    if not plan.implements:
        one = plan.baseline == "react"
        instructions = ONE_CALL if one else ONLY_CALLS
        find = library.retriever.find
        model = Restricted(model, lambda name: find(name) is not None, one=one)
    tokens = None if plan.baseline == "best-of" else job.tokens
    options = Options(
        Limits(plan.max_steps if tokens is None else NO_LIMIT, tokens=tokens),
        plan.cell_timeout,
        plan.offered,
        instructions=instructions,
        form=Form(plan.answer_format) if plan.reformulate and plan.answer_format else None,
    )
    outside = outside_of(library, settings, lambda: asked)
    agent = Agent(Held(library), model, options, outside=outside)
    return Ready(agent, lambda: getattr(asked, "served", ()))


SHAPING = (
    "sandbox",
    "memory",
    "network",
    "install",
    "packages",
    "mcp_config",
    "gateway",
    "kernel_name",
    "retriever",
    "embeddings",
    "search",
    "search_url",
    "search_price",
    "vision_model",
    "audio_model",
)
"""Settings, beside what the plan holds, that can change a result."""


def shaping(root: Path, given: Mapping[str, Any]) -> dict[str, Json]:
    """What holds of these, wherever it is set, for the manifest and for all workers.

    Args:
        root: The evaluation's library.
        given: What the command line gave; None means not given.
    """
    found = config.load(root, os.environ, given)
    return {name: getattr(found, name) for name in SHAPING}


def eval_model(plan: Plan) -> Model:
    """The model of a plan; the planner and scripts take no sampling."""
    manner = Manner(
        plan.temperature,
        plan.seed or None,
        plan.reasoning_effort,
        plan.max_output_tokens,
        plan.api,
    )
    return named_model(plan.model, manner)


def chosen_model() -> str:
    """The name of the model that one's own settings choose; empty where they choose none."""
    file = config.table_of(config.user_file(), ())
    return os.environ.get("DYNASAUR_MODEL") or str(file.get("model", ""))


def named_model(name: str, manner: Manner = Manner()) -> Model:  # noqa: B008 - frozen
    """A model by its name, with what the user says of it; an empty one is for what there is."""
    from dynasaur.models.catalog import resolve

    own = config.table_of(config.user_file(), ("models",))
    return resolve(name, os.environ, tables=(own, {}), manner=manner)


def eval_library(
    root: Path, plan: Plan, settings: Mapping[str, Any], data: Path | None = None
) -> Library:
    """The evaluation's own library; counters of use would make its results depend on order."""
    return _opened(root, plan, settings, data)[0]


def _opened(
    root: Path, plan: Plan, settings: Mapping[str, Any], data: Path | None
) -> tuple[Library, Settings]:
    flags = {**settings, "accept": plan.accept, "deliver": "merge"}
    return open_library(root, flags, usage=False, initial=plan.initial_actions, data=data)


def scorers(plan: Plan) -> Callable[[str], Scorer]:
    """The scorer of a name; the judge draws with the plan's seed, at its own temperature."""
    from dynasaur.evals.scorers.judge import judged
    from dynasaur.evals.scorers.table import JUDGE, SCORERS
    from dynasaur.types import Message

    def ask(prompt: str) -> Reply:
        model = named_model(plan.judge or plan.model, Manner(seed=plan.seed or None))
        return model.reply([Message("user", prompt)])

    return lambda name: judged(ask) if name == JUDGE else SCORERS[name]
