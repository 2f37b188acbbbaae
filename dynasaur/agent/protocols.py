"""What the agent works with, as it sees it. The adapters lie on the floors below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from dynasaur.record import Admission, Ask, Harvest, Step, Trajectory
from dynasaur.types import Action, Hit, Json, Message, Module, Observation, Refusal, Reply


class Model(Protocol):
    """What turns messages into a reply."""

    @property
    def name(self) -> str:
        """The name by which the user knows it."""

    def reply(self, messages: Sequence[Message]) -> Reply:
        """The next thought and code. Raises ModelError when there can be none."""


class Kernel(Protocol):
    """What runs code. `start` returns at once; the first use waits until it is ready."""

    def start(self) -> None:
        """Launch it."""

    def execute(self, code: str, *, timeout: float | None = None) -> Observation:
        """Run one cell; whatever the cell does, there is an observation."""

    def load(self, modules: Sequence[Module], names: Mapping[str, str]) -> tuple[str, ...]:
        """Make modules importable and bind names from them; gives the names newly bound."""

    def close(self) -> None:
        """End it, and all that it started."""


class Retriever(Protocol):
    """The way out of the library."""

    def offer(self, task: str, k: int) -> list[Hit]:
        """The best actions for a task, only those that stand out from noise."""

    def search(self, query: str, k: int) -> list[Hit]:
        """The best actions for a query."""

    def find(self, name: str) -> Action | None:
        """The action that a name means."""

    def modules(self, names: Iterable[str]) -> dict[str, str]:
        """The full module names that names mean, those that mean none left out."""

    def closure(self, names: Iterable[str]) -> tuple[Module, ...]:
        """The modules of these actions and of all that they require, requirements first."""


class Registry(Protocol):
    """The way into the library."""

    def admit(self, harvest: Harvest, ask: Ask | None = None) -> Admission:
        """Judge a run's functions and keep those that proved themselves."""

    def objections(self, cells: Sequence[str]) -> tuple[Refusal, ...]:
        """What would keep the functions of these cells out, without running anything."""


HostFunctions = Mapping[str, Callable[..., Json]]
KernelFactory = Callable[[Path, HostFunctions], Kernel]


class Library(Protocol):
    """The two ways, the kernels, and what is kept of runs."""

    @property
    def kernel(self) -> KernelFactory:
        """Makes the kernel of a run from its work folder and its host functions."""

    @property
    def retriever(self) -> Retriever:
        """The way out."""

    @property
    def registry(self) -> Registry:
        """The way in."""

    @property
    def runs(self) -> Path:
        """The folder of runs."""

    def count(self, result: Trajectory) -> None:
        """Count what became of actions in a run that is over."""


class Listener:
    """Told what happens while it happens; does nothing unless a method is overridden."""

    def began(self, so_far: Trajectory) -> None:
        """A run has its id, its folder and its offered actions."""

    def thinking(self, number: int) -> None:
        """The model is asked for step `number`."""

    def replied(self, number: int, reply: Reply) -> None:
        """Its reply is here and is about to be run."""

    def observed(self, step: Step) -> None:
        """The step is over."""

    def judging(self) -> None:
        """The run's new functions are about to be judged."""

    def ended(self, result: Trajectory) -> None:
        """The run is over and recorded."""
