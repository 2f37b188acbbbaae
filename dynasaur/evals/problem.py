"""The frozen values of an evaluation: a problem, and what an answer to it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dynasaur.types import Json, Usage


@dataclass(frozen=True, slots=True)
class Problem:
    """One question of a suite, with its true answer.

    Attributes:
        id: Unique in its suite and stable between runs.
        question: What the agent is asked, whole.
        truth: The true answer, as the suite writes it.
        scorer: Name of the scorer that judges an answer.
        files: The attachments.
        group: What results are broken down by: a level, a subject; often empty.
        choices: The options of a question that has some, in the order in which it shows them.
        kept_back: The truth is not published, as in GAIA's test split: it is answered, not scored.
        details: What the scorer needs besides, such as the unit of a quantity.
        gated: It may not be passed on: no repository and no log has what it says.
    """

    id: str
    question: str = field(repr=False)
    truth: str = field(repr=False)
    scorer: str
    files: tuple[Path, ...] = ()
    group: str = ""
    choices: tuple[str, ...] = field(default=(), repr=False)
    kept_back: bool = False
    details: Mapping[str, Json] = field(default_factory=dict, repr=False)
    gated: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """What an answer is worth.

    Attributes:
        right: It is the true answer, by the scorer's rule.
        why: How that was told, where it is not plain: the value that was compared.
        usage: What it cost, where a model judged.
    """

    right: bool
    why: str = ""
    usage: Usage = Usage()
