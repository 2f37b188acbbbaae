"""What the agent works with, as it sees it. The adapters lie on the floors below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dynasaur.record import Admission, Ask, Harvest, Remark, Step, Trajectory
from dynasaur.types import (
    Action,
    Ear,
    Given,
    Hit,
    Json,
    Message,
    ModelFacts,
    Module,
    Observation,
    Refusal,
    Reply,
    Restored,
)


class Model(Protocol):
    """What turns messages into a reply."""

    @property
    def name(self) -> str:
        """The name by which the user knows it."""

    @property
    def facts(self) -> ModelFacts:
        """What is known of it: its window, its price, whether it sees."""

    def warm_up(self, then: Callable[[], None]) -> None:
        """Load what the first request needs, then do something else, beside all that goes on."""

    def reply(self, messages: Sequence[Message], ear: Ear | None = None) -> Reply:
        """The next thought and code.

        Raises:
            ContextError: The messages are more than it takes.
            ModelError: There can be no reply.
        """


class Kernel(Protocol):
    """What runs code. `start` returns at once; the first use waits until it is ready."""

    def start(self) -> None:
        """Launch it."""

    @property
    def warning(self) -> str:
        """What a user must know of where the code runs; empty in a sandbox of ours."""

    def execute(
        self,
        code: str,
        *,
        timeout: float | None = None,
        sent: Callable[[], None] | None = None,
    ) -> Observation:
        """Run one cell; whatever the cell does, there is an observation.

        Args:
            code: The cell.
            timeout: Seconds it may take; the kernel's own limit where None.
            sent: Called once the cell is on its way: what this process does then costs no time.
        """

    def load(self, modules: Sequence[Module], names: Mapping[str, str]) -> tuple[str, ...]:
        """Make modules importable and bind names from them; gives the names newly bound."""

    def supply(self, site: Path) -> tuple[str, ...]:
        """Put a folder of packages on its path; gives names already imported from elsewhere."""

    def reach(self) -> None:
        """Connect to it; for a thread of its own, beside what else there is to do."""

    def snapshot(self, step: int, *, wait: bool = False) -> None:
        """Save the variables as they are after a step; returns at once unless told to wait."""

    def restore(self) -> Restored | None:
        """Bring saved variables back; None where there are none."""

    def stop(self, reason: str) -> bool:
        """Have the running cell stopped; safe in a signal handler. False where none runs."""

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

    def tend(self) -> None:
        """Do upkeep that is due beside what goes on; returns at once."""


class Registry(Protocol):
    """The way into the library."""

    def admit(self, harvest: Harvest, ask: Ask | None = None) -> Admission:
        """Judge a run's functions and keep those that proved themselves."""

    def objections(self, cells: Sequence[str]) -> tuple[Refusal, ...]:
        """What would keep the functions of these cells out, without running anything."""

    def remarks(self, cells: Sequence[str]) -> tuple[Remark, ...]:
        """What is worth knowing of the others: actions that they are like."""

    def tend(self, admitted: Sequence[str]) -> None:
        """Do upkeep that is due once it was reported that these were kept."""


if TYPE_CHECKING:
    from dynasaur.packages import Packages

HostFunctions = Mapping[str, Callable[..., "Json | Given"]]
"""By name; those that begin with `types.HOSTED` are reached through `dynasaur.host` alone."""

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
    def packages(self) -> Packages:
        """Installs what code asks for, as far as the user allows it."""

    @property
    def runs(self) -> Path:
        """The folder of runs."""

    def count(self, result: Trajectory) -> None:
        """Count what became of actions in a run that is over."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person makes of code that is about to run.

    Attributes:
        code: What is to run, as it is or edited; empty when nothing is.
        reason: Why not, in words for the model.
    """

    code: str
    reason: str = ""


class Person(Protocol):
    """Who can be asked while a run goes on."""

    def approve(self, number: int, code: str, why: str) -> Verdict:
        """Whether the code of step `number` may run; `why` it is asked."""

    def refusal(self, name: str, arguments: str, why: str) -> str | None:
        """Why a host function may not be called, in words for the model; None where it may.

        Args:
            name: The function, in the user's words.
            arguments: What it is called with, as JSON, bounded.
            why: Why that is asked.
        """

    def says(self) -> str | None:
        """What the user, who pressed Ctrl-C, has to say to the model; None to end the run."""


class Listener(Ear):
    """Told what happens while it happens; does nothing unless a method is overridden."""

    def began(self, so_far: Trajectory) -> None:
        """A run has its id, its folder and its offered actions."""

    def thinking(self, number: int) -> None:
        """The model is asked for step `number`."""

    def replied(self, number: int, reply: Reply) -> None:
        """Its reply is here."""

    def shortened(self) -> None:
        """The conversation was shortened to fit the model's window."""

    def asking(self) -> None:
        """A question to the user is about to be printed."""

    def running(self, number: int) -> None:
        """The code of step `number` is about to run."""

    def observed(self, step: Step) -> None:
        """The step is over."""

    def judging(self) -> None:
        """The run's new functions are about to be judged."""

    def ended(self, result: Trajectory) -> None:
        """The run is over and recorded."""
