"""A library in a temporary folder, its gate, and one kernel that serves every trial of a test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import dedent

from dynasaur.kernel.client import JupyterKernel
from dynasaur.record import Harvest
from dynasaur.registry import Gate, Registry
from dynasaur.registry.trial import TrialKernel
from dynasaur.repo import Repo
from dynasaur.store import Store, base_path
from dynasaur.types import Call, Evidence, Observation


class Shared:
    """A kernel that outlives its trials: each of them has a process of its own anyway."""

    def __init__(self, kernel: JupyterKernel) -> None:
        self._kernel = kernel

    def start(self) -> None:
        """It runs already."""

    def execute(self, code: str, *, timeout: float | None = None) -> Observation:
        return self._kernel.execute(code, timeout=timeout)

    def supply(self, site: Path) -> tuple[str, ...]:
        return self._kernel.supply(site)

    def close(self) -> None:
        """Others still need it."""


@contextmanager
def shared_kernel(folder: Path) -> Iterator[Shared]:
    """One sandboxed kernel for many trials."""
    folder.mkdir(parents=True, exist_ok=True)
    with JupyterKernel(folder) as kernel:
        yield Shared(kernel)


@dataclass
class Place:
    """A library and its gate."""

    root: Path
    kernel: TrialKernel
    accept: Evidence = Evidence.SOLVED
    gate: Gate = field(default_factory=Gate)
    number: int = field(default=0)

    @property
    def registry(self) -> Registry:
        stores = [
            Store(self.root / "actions"),
            Store(base_path(), source="base", mount="actions.vendor.base"),
        ]
        return Registry(
            stores,
            repo=lambda: Repo(self.root),
            kernel=lambda folder, functions: self.kernel,
            folder=self.root / ".dynasaur",
            gate=replace(self.gate, accept=self.accept),
        )

    def text(self, name: str) -> str:
        return (self.root / "actions" / f"{name}.py").read_text(encoding="utf-8")

    def harvest(self, *cells: str, calls: Sequence[Call] = (), solved: bool = True) -> Harvest:
        """What a run leaves that ran these cells and recorded these calls."""
        self.number += 1
        run = f"run-{self.number}"
        return Harvest(run, "Do it", "a model", tuple(map(dedent, cells)), tuple(calls), solved)


def made(root: Path, kernel: TrialKernel) -> Place:
    """A new library."""
    Repo.init(root)
    return Place(root, kernel)


def called(name: str, arguments: str | None, result: str | None) -> Call:
    """A call that returned."""
    return Call(name, "", True, arguments, result, "", 0.001, top=True)


def reasons(refused: Sequence[object]) -> Mapping[str, str]:
    """Names to reasons."""
    return {one.name: one.reason for one in refused}  # type: ignore[attr-defined]
