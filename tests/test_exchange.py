"""The end of a cell, message by message, in an order that a real kernel gives only sometimes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dynasaur.kernel.exchange import Exchange
from dynasaur.kernel.limits import Limits
from dynasaur.kernel.transcript import Transcript
from dynasaur.kernel.wire import Channel, Content, Packet, Wire
from dynasaur.proxy.refusal import Refusal


class Recorded:
    """A kernel whose messages were recorded: what it is asked makes no difference."""

    def __init__(self, packets: Sequence[Packet]) -> None:
        self._packets = list(packets)
        self.wire: Wire = self
        self.remote = False

    def send(self, channel: Channel, kind: str, content: Content) -> str:
        return "request"

    def receive(self, seconds: float) -> Packet | None:
        return self._packets.pop(0) if self._packets else None

    def connect(self, seconds: float) -> bool:
        return True

    def resubscribe(self) -> None: ...

    def close(self) -> None: ...

    def alive(self) -> bool:
        return True

    def interrupt(self) -> None: ...

    def excess(self) -> str:
        return ""

    def refusals(self) -> tuple[Refusal, ...]:
        return ()

    def cause_of_death(self) -> str:
        return ""

    def complaint(self) -> str:
        return ""

    def kill(self) -> None: ...


def idle(number: int | None) -> Packet:
    return Packet("iopub", "status", "request", {"execution_state": "idle"}, 1, number)


def printed(text: str, number: int | None) -> Packet:
    return Packet("iopub", "stream", "request", {"name": "stdout", "text": text}, 1, number)


def reply(number: int | None) -> Packet:
    return Packet("shell", "execute_reply", "request", {"status": "ok"}, 1, number)


@pytest.mark.parametrize(
    ("packets", "output"),
    [
        ([printed("a", 1), reply(2), idle(3)], "a"),
        ([printed("a", 1), idle(3), reply(2)], "a"),
        ([idle(1), reply(3), printed("a", 2), idle(4)], "a"),
        ([idle(1), printed("a", 2), reply(3), printed("b", 2), idle(4)], "ab"),
        ([reply(None), idle(None), printed("late", None)], ""),
    ],
)
def test_a_cell_is_over_with_the_idle_that_follows_its_reply(
    packets: list[Packet], output: str
) -> None:
    transcript = Transcript(0)
    outcome = Exchange(Recorded(packets), transcript, Limits(), {}, silence=0.2).run({}, 5.0)
    assert outcome.heard
    assert str(transcript.output) == output


def test_an_early_idle_alone_is_not_believed() -> None:
    outcome = Exchange(Recorded([idle(1), reply(2)]), Transcript(0), Limits(), {}, silence=0.1).run(
        {}, 5.0
    )
    assert not outcome.heard
