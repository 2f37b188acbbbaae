r"""MATH: equal in mathematics, judged by the `math-verify` library (Hugging Face)."""

from __future__ import annotations

import threading

from dynasaur.errors import UsageError
from dynasaur.evals.problem import Problem, Score
from dynasaur.evals.scorers.answers import as_text, boxed
from dynasaur.types import Json

SECONDS = 5
"""For parsing, and again for comparing; the library needs the main thread to keep it."""


def mathematics(answer: Json, problem: Problem) -> Score:
    r"""The truth is LaTeX, the last `\boxed{}` of it where there is one; so is the answer.

    An answer that parses neither as LaTeX nor as an expression is compared as text.

    Raises:
        UsageError: The library is not installed.
    """
    try:
        from math_verify import parse, verify
    except ImportError:
        raise UsageError(
            "this suite is scored with math-verify; pip install 'dynasaur[eval]'"
        ) from None
    seconds = SECONDS if threading.current_thread() is threading.main_thread() else None
    text = as_text(answer)
    given, truth = boxed(text) or text, boxed(problem.truth) or problem.truth
    if _bare(given) == _bare(truth):
        return Score(True)
    gold = parse(rf"\boxed{{{truth}}}", parsing_timeout=seconds)
    for form in (rf"\boxed{{{given}}}", given):
        prediction = parse(form, parsing_timeout=seconds)
        if prediction and verify(gold, prediction, timeout_seconds=seconds):
            return Score(True, f"equal as {prediction[0]}")
    return Score(False)


def _bare(text: str) -> str:
    return "".join(text.split()).strip("$")
