"""The report's tables: title, what it says, rows of which the first is the head."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import combinations
from typing import Any

from dynasaur.evals.compared import compare
from dynasaur.evals.complexity import Complexity, middle
from dynasaur.evals.finished import Finished
from dynasaur.evals.missed import KINDS, missed

Rows = list[list[str]]
Table = tuple[str, str, Rows]

LEAST_P = 0.0001
"""A smaller one is said to be smaller, never to be 0."""

_RESULTS = (
    "Share of right answers with its 95 % interval (Wilson); failures of model, kernel or worker "
    "stand apart. Tokens and cost are those of all; the other numbers are means over problems."
)
_COMPARED = (
    "Over the problems that both have scored. p: McNemar's exact test, two-sided, not adjusted "
    "for the number of comparisons. Token ratio: "
    "second over first; where it is far from 1, a comparison of accuracies alone is not fair."
)
_MISSED = (
    "Answers that are not right, by the first kind that fits their record: used what is not there "
    "or not allowed; gave no usable code; gave up; used up its limits; met another error; or "
    "none of these."
)
_APART = "The same kinds, where one evaluation missed what another got right."
_FROZEN = "Nothing was admitted: the library held this share of what another one had."
_FUNNEL = (
    "Counted in problems after the one that an action came from. EGL: new actions for each action "
    "that a problem called."
)
_COMPLEXITY = "Medians: independent paths (McCabe), nodes of the syntax tree, lines with code."


def tables(all_of: Sequence[Finished]) -> Iterator[Table]:
    """All tables that the evaluations give."""
    yield "Results", _RESULTS, _results(all_of)
    yield "What was run", "", _made(all_of)
    if any(each.groups for each in all_of):
        yield "By group", "", _groups(all_of)
    if len(all_of) > 1:
        yield "Compared", _COMPARED, _compared(all_of)
    if sum(each.frozen is not None for each in all_of) > 1:
        yield "Library frozen", _FROZEN, _frozen(all_of)
    yield "How problems ended", "", _counts([each.ends for each in all_of], all_of)
    if any(each.errors for each in all_of):
        yield "Errors of steps", "", _counts([each.errors for each in all_of], all_of)
    yield "Why answers were missed", _MISSED, _missed(all_of)
    if apart := _apart(all_of):
        yield "Missed by one alone", _APART, apart
    yield "What became of generated actions", _FUNNEL, _funnels(all_of)
    if complexities := _complexities(all_of):
        yield "Complexity", _COMPLEXITY, complexities


def agent(plan: Mapping[str, Any]) -> str:
    """What kind of agent a plan is for, in words."""
    said = [f"without {part.replace('-', ' ')}" for part in plan["ablate"]]
    said += {
        "none": ["no library"],
        "react": ["initial actions, one call a step"],
        "best-of": ["no library, best of n"],
    }.get(plan["baseline"], [])
    if plan["freeze"]:
        said.append("frozen")
    if plan.get("source"):
        said.append(f"begun with {plan.get('share', 100):g} % of a library")
    if plan["match"]:
        said.append(f"at the tokens of {plan['match'].rpartition('/')[2]}")
    return ", ".join(said) or "full"


def _results(all_of: Sequence[Finished]) -> Rows:
    rows = [
        ["evaluation", "right", "failed", "tokens", "tokens each", "steps", "seconds", "cost"],
    ]
    for each in all_of:
        means = (f"{each.mean(what):,.1f}" for what in ("steps", "seconds"))
        rows.append(
            [
                each.name,
                str(each.accuracy()),
                str(len(each.failures)),
                f"{each.tokens:,}",
                f"{each.tokens / max(1, len(each.results)):,.0f}",
                *means,
                "unknown" if each.cost is None else f"${each.cost:,.4f}",
            ]
        )
    return rows


def _made(all_of: Sequence[Finished]) -> Rows:
    rows = [["evaluation", "agent", "model", "answered by", "data", "scorer", "code"]]
    for each in all_of:
        plan, known = each.plan, each.manifest
        code = str(known.get("code", {}).get("commit", ""))[:10]
        version = known.get("versions", {}).get("dynasaur", "")
        rows.append(
            [
                each.name,
                agent(plan),
                str(plan["model"]),
                "; ".join(known.get("served", [])) or "-",
                f"{plan['suite']}, {plan['split']}: {len(each.results)} of {known['problems']}",
                ", ".join(known.get("scorers", [])) or "-",
                f"{version} {code}".strip(),
            ]
        )
    return rows


def _groups(all_of: Sequence[Finished]) -> Rows:
    groups = sorted({group for each in all_of for group in each.groups})
    head = ["group", *(each.name for each in all_of)]
    return [head, *([group, *(str(one.accuracy(group)) for one in all_of)] for group in groups)]


def _compared(all_of: Sequence[Finished]) -> Rows:
    shares = ("first right", "second right")
    counted = ("both", "first only", "second only", "neither")
    rows = [["first", "second", *shares, "p", "token ratio", *counted]]
    for first, second in combinations(all_of, 2):
        found = compare(first, second)
        of = found.pairing
        ratio = f"{found.tokens[1] / found.tokens[0]:.2f}" if found.tokens[0] else "-"
        counts = map(str, (of.both, of.first, of.second, of.neither))
        right = map(str, found.shares)
        p = f"{of.p:.4f}" if of.p >= LEAST_P else f"< {LEAST_P}"
        rows.append([first.name, second.name, *right, p, ratio, *counts])
    return rows


def _frozen(all_of: Sequence[Finished]) -> Rows:
    rows = [["evaluation", "share", "actions", "right", "tokens each", "steps", "seconds"]]
    for each in all_of:
        if each.frozen is None:
            continue
        means = (f"{each.mean(what):,.1f}" for what in ("tokens", "steps", "seconds"))
        share, actions = f"{each.frozen.share:g} %", str(each.frozen.actions)
        rows.append([each.name, share, actions, str(each.accuracy()), *means])
    return rows


def _counts(counters: Sequence[Counter[str]], all_of: Sequence[Finished]) -> Rows:
    total: Counter[str] = Counter()
    for counter in counters:
        total.update(counter)
    return _of_kinds([kind for kind, _ in total.most_common()], counters, all_of)


def _missed(all_of: Sequence[Finished]) -> Rows:
    return _of_kinds(KINDS, [missed(each.results) for each in all_of], all_of)


def _of_kinds(
    kinds: Sequence[str], counters: Sequence[Counter[str]], all_of: Sequence[Finished]
) -> Rows:
    head = ["", *(one.name for one in all_of)]
    return [head, *([kind, *(str(one[kind]) for one in counters)] for kind in kinds)]


def _apart(all_of: Sequence[Finished]) -> Rows:
    rows = [["missed by", "right in", "problems", *KINDS]]
    for first, second in combinations(all_of, 2):
        pairs = zip(compare(first, second).missed, ((first, second), (second, first)), strict=True)
        for results, (one, other) in pairs:
            if not results:
                continue
            counts = missed(results)
            kinds = (str(counts[kind]) for kind in KINDS)
            rows.append([one.name, other.name, str(len(results)), *kinds])
    return rows if len(rows) > 1 else []


def _funnels(all_of: Sequence[Finished]) -> Rows:
    rows = [
        ["evaluation", "admitted", "offered", "loaded", "called", "succeeded", "never used", "EGL"]
    ]
    for each in all_of:
        counts = asdict(each.funnel).values()
        rows.append([each.name, *map(str, counts), str(each.never_used), f"{each.learning:.2f}"])
    return rows


def complexities(all_of: Sequence[Finished]) -> dict[str, list[Complexity]]:
    """Of the generated actions of each evaluation, and once of the initial ones that are alike."""
    rows: dict[str, list[Complexity]] = {}
    for each in all_of:
        for kind, found in each.complexities().items():
            if kind == "generated":
                rows[f"{kind}, {each.name}"] = found
            elif found not in rows.values():
                rows["initial" if "initial" not in rows else f"initial, {each.name}"] = found
    return rows


def _complexities(all_of: Sequence[Finished]) -> Rows:
    rows = [["actions", "number", "paths", "nodes", "lines"]]
    for kind, found in complexities(all_of).items():
        rows.append([kind, str(len(found)), *(f"{value:g}" for value in middle(found))])
    return rows if len(rows) > 1 else []
