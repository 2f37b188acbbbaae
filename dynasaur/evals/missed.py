"""Why answers were missed, told from the record by rule.

The paper sorts the errors of agents with and without implementation by hand into insufficient
tooling, failure to follow instructions, and others (arXiv 2411.01747). The kinds here follow
that; the first that fits counts.

| kind | when |
|---|---|
| lacked a tool | its code was more than the calls that are allowed, or used what is not there |
| instructions | a reply held no usable code, or the answer had not the form that was asked for |
| gave up | the model said that it cannot |
| limit | steps, tokens or time were used up, or nothing new came of its steps |
| error in code | a step ended in another error |
| wrong | none of these: it went through, and the answer is not right |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from dynasaur.evals.attempt import NO_CODE, REFUSED
from dynasaur.evals.results import Result
from dynasaur.record import End

KINDS = ("lacked a tool", "instructions", "gave up", "limit", "error in code", "wrong")

_NOT_THERE = frozenset({REFUSED, "NameError", "ImportError", "ModuleNotFoundError"})


def why_missed(result: Result) -> str:
    """The kind of a result that is not right and did not fail."""
    tool, instructions, gave_up, limit, error, wrong = KINDS
    if _NOT_THERE.intersection(result.errors):
        return tool
    if NO_CODE in result.errors or result.end == End.UNFIT:
        return instructions
    if result.end == End.GAVE_UP:
        return gave_up
    if result.end in (End.LIMIT, End.STUCK):
        return limit
    return error if result.errors else wrong


def missed(results: Iterable[Result]) -> Counter[str]:
    """How often each kind occurs among results that are scored and not right."""
    return Counter(why_missed(one) for one in results if one.right is False and not one.failed)
