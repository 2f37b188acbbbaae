from __future__ import annotations

import pytest

from dynasaur.record import Harvest
from dynasaur.registry import evidence
from dynasaur.types import Call, Evidence


def call(
    name: str = "f",
    *,
    ok: bool = True,
    module: str = "",
    arguments: str | None = "1",
    result: str | None = "2",
) -> Call:
    return Call(name, module, ok, arguments, result, "" if ok else "ValueError", 0.0, top=True)


def harvest(*calls: Call, solved: bool = True) -> Harvest:
    return Harvest("run", "task", "model", (), calls, solved)


@pytest.mark.parametrize(
    ("run", "level"),
    [
        (harvest(), Evidence.EXECUTED),
        (harvest(call("g")), Evidence.EXECUTED),
        (harvest(call(ok=False)), Evidence.EXECUTED),
        (harvest(call(module="actions.x.f")), Evidence.EXECUTED),
        (harvest(call(ok=False), call(), solved=False), Evidence.CALLED),
        (harvest(call()), Evidence.SOLVED),
    ],
)
def test_the_run_gives_a_level(run: Harvest, level: Evidence) -> None:
    assert evidence.level("f", run) is level


def test_each_level_reaches_itself_and_those_below() -> None:
    for found in Evidence:
        for wanted in Evidence:
            assert bool(evidence.shortfall(found, wanted)) == (found.rank < wanted.rank)


def test_calls_that_can_be_replayed_have_literals_and_differ() -> None:
    run = harvest(
        call(),
        call(),
        call(arguments=None),
        call(arguments="2", result=None),
        call(arguments="3"),
        call(arguments="4", ok=False),
    )
    assert [one.arguments for one in evidence.replayable("f", run)] == ["1", "3"]


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("1.0", "1.0000000000001", True),
        ("1.0", "1.00001", False),
        ("1", "1.0", False),
        ("True", "1", False),
        ("{1, 2}", "{2, 1}", True),
        ("{'a': 1.0, 'b': [2.0]}", "{'b': [2.0000000000001], 'a': 1.0}", True),
        ("[1, 2]", "[1]", False),
        ("[1]", "(1,)", False),
        ("{'a': 1}", "{'a': 1, 'b': 2}", False),
        ("'x'", "'x'", True),
        ("nan", "nan", True),
        ("<object>", "<other>", False),
    ],
)
def test_values_are_compared_not_texts(one: str, other: str, equal: bool) -> None:
    assert evidence.same(one, other) is equal
    assert evidence.same(other, one) is equal
