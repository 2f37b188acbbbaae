"""A kernel with host functions: both are stopped and closed together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dynasaur.agent.outside import Outside, Provided
from dynasaur.agent.permission import Permission
from dynasaur.agent.protocols import HostFunctions, Kernel, Library
from dynasaur.agent.scene import Permit, Spender, WorkScene
from dynasaur.types import HOSTED


class HostedKernel:
    """A kernel and what its code can ask of the host.

    Args:
        library: Makes the kernel.
        work: The work folder.
        functions: The host functions that stand in every cell.
        spender: Gives what pays now for what the others cost.
        outside: Gives those others; None for none.
        permit: Sees that one of those may be called; None: all may.

    Attributes:
        kernel: The kernel; not started yet.
        seconds: What a cell may take.
    """

    def __init__(
        self,
        library: Library,
        work: Path,
        functions: HostFunctions,
        spender: Callable[[], Spender],
        outside: Outside | None,
        permit: Permit | None,
    ) -> None:
        self.seconds = 0.0
        self._stopping = ""
        scene = WorkScene(work, spender, permit or Permission("never"), lambda: self._stopping)
        self._provided = outside(scene) if outside else Provided({})
        named = {**functions, **{f"{HOSTED}{n}": f for n, f in self._provided.functions.items()}}
        heard = {n: self._heard(n.removeprefix(HOSTED), f) for n, f in named.items()}
        try:
            self.kernel: Kernel = library.kernel(work, heard)
        except BaseException:
            self._provided.close()
            raise

    def begin(self, seconds: float) -> None:
        """Let what comes next take so long; what was stopped before counts no more."""
        self.seconds, self._stopping = seconds, ""

    def stop(self, reason: str) -> bool:
        """Have the running cell stopped, and the host function that it waits for.

        Safe from another thread.

        Returns:
            Whether a cell was running.
        """
        self._stopping = reason
        return self.kernel.stop(reason)

    def close(self) -> None:
        """End the kernel and all that it started, and what its host functions opened."""
        try:
            self.kernel.close()
        finally:
            self._provided.close()

    def _heard(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function as the kernel's code calls it."""
        raise NotImplementedError
