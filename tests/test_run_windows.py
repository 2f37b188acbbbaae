"""A conversation that outgrows the model's window, at windows of 8k, 32k and 128k tokens.

Real runs against a server that counts tokens and refuses what is too long, as endpoints do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.builders.chat_server import ChatServer, Raw, Request, Step, failure
from tests.builders.cli import dynasaur

KEPT = 2
"""Steps at the end that are never touched."""

Messages = list[dict[str, Any]]


def tokens(request: Request, rate: float) -> int:
    """What the server counts: so many tokens for a byte of what was said."""
    said = sum(len(one["content"].encode()) + 16 for one in request.body["messages"])
    return math.ceil(said * rate)


def script(
    steps: int, printed: int, written: int, rate: float
) -> Iterator[Callable[[Request], Step]]:
    """Steps that print and write much, each its own; the last submits what the first kept."""

    def made(number: int) -> Callable[[Request], Step]:
        code = f"print('begin {number};' + 'x' * {printed} + f'end {{{number}}};')"
        if number == 0:
            code = f"first = 41\n{code}"
        if number == steps - 1:
            code = "submit_final_answer(first + 1)"
        else:
            code += f"\n# {'y' * written}"
        return lambda request: Step(f"Step {number}.", code, tokens(request, rate))

    return (made(number) for number in range(steps))


@pytest.mark.parametrize(
    ("window", "steps", "printed", "written", "rate"),
    [
        (8_192, 16, 2_000, 400, 0.3),
        (8_192, 16, 1_500, 400, 0.42),
        (32_768, 26, 8_000, 1_500, 0.3),
        (131_072, 48, 9_000, 7_000, 0.25),
    ],
    ids=["8k", "8k of dense text", "32k", "128k"],
)
def test_the_policy(
    window: int, steps: int, printed: int, written: int, rate: float, tmp_path: Path
) -> None:
    assert dynasaur("init", tmp_path, cwd=tmp_path).code == 0
    (tmp_path / "config" / "dynasaur").mkdir(parents=True)
    settings = tmp_path / "config" / "dynasaur" / "config.toml"
    settings.write_text(f"[models.test]\ncontext = {window}\n")
    refused: list[int] = []

    def too_long(request: Request) -> Raw | None:
        if (count := tokens(request, rate)) <= window:
            return None
        refused.append(count)
        return failure(400, f"maximum context length is {window} tokens", "context_length_exceeded")

    words = ("run", "What comes after what the first step keeps?", "--max-steps", "99", "-q")
    with ChatServer(script(steps, printed, written, rate), rule=too_long) as server:
        env = {"OPENAI_BASE_URL": server.url, "XDG_CONFIG_HOME": str(tmp_path / "config")}
        done = dynasaur(*words, "--deliver", "none", cwd=tmp_path, env=env)
    assert (done.code, done.out) == (0, "42\n"), done.err
    assert not refused
    talks: list[Messages] = [request.body["messages"] for request in server.chats]
    assert len(talks) == steps
    for number, talk in enumerate(talks):
        keeps_what_it_must(talk, number, printed)
        gives_way_oldest_first(talk, printed)
    for earlier, later in pairwise(talks):
        replies_only_after_observations(earlier, later, printed)
    grown = [later[: len(earlier)] == earlier for earlier, later in pairwise(talks)]
    assert 2 <= grown.count(False) <= steps // (4 if rate <= 0.3 else 2)  # dense text: little room
    largest = max(tokens(request, rate) for request in server.chats)
    assert largest > 0.6 * window


def whole(message: dict[str, Any], printed: int) -> bool:
    return "x" * printed in message["content"]


def keeps_what_it_must(talk: Messages, number: int, printed: int) -> None:
    """The system message, the task, and the last steps as they were."""
    assert talk[0]["role"] == "system"
    assert "What comes after what the first step keeps?" in talk[1]["content"]
    assert len(talk) == 2 + 2 * number
    for place in range(max(0, number - KEPT), number):
        said, seen = talk[2 + 2 * place : 4 + 2 * place]
        assert said["content"].startswith(f"Step {place}.")
        assert f"print('begin {place};'" in said["content"]
        assert whole(seen, printed)
        assert f"begin {place};" in seen["content"]


def gives_way_oldest_first(talk: Messages, printed: int) -> None:
    """Observations are whole from some step on, and none is lost without a note."""
    seen = talk[3::2]
    flags = [whole(one, printed) for one in seen]
    assert flags == sorted(flags)
    for one, is_whole in zip(seen, flags, strict=True):
        assert one["content"].startswith("Observation:")
        assert is_whole or "left out" in one["content"]


def replies_only_after_observations(earlier: Messages, later: Messages, printed: int) -> None:
    """The model's own words are touched only where no older observation is left whole."""
    before, now = earlier[2::2], later[2 : len(earlier) : 2]
    if any(one != other for one, other in zip(before, now, strict=True)):
        assert not any(whole(one, printed) for one in later[3::2][:-KEPT])
