"""How a run is done: limits, approval, the answer's form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dynasaur.agent.budget import Limits
from dynasaur.agent.form import Form
from dynasaur.errors import ActionError

Approval = Literal["never", "writes", "always"]

APPROVALS: tuple[Approval, ...] = ("never", "writes", "always")


_DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Options:
    """How runs are done.

    Attributes:
        limits: What a run may use.
        cell_timeout: Seconds that one cell may run.
        k: How many actions are offered with the task.
        approve: Which code needs a person's approval: none, that which may write or reach out,
            or all of it.
        instructions: The project's own instructions to agents, told with each task.
        form: What form the answer must have; None for any.
    """

    limits: Limits = _DEFAULT_LIMITS
    cell_timeout: float = 300.0
    k: int = 10
    approve: Approval = "never"
    instructions: str = ""
    form: Form | None = None

    def asks(self, code: str) -> str:
        """Why code needs a person's approval; empty when it needs none."""
        if self.approve == "always":
            return "all code does"
        return _reaches_out(code) if self.approve == "writes" else ""


def _reaches_out(code: str) -> str:
    """What code may do beyond computing and reading, in words; empty for nothing.

    It informs; it is no boundary: only the sandbox is one.
    """
    from dynasaur.capabilities import Kind, capabilities

    if any(line.lstrip().startswith(("!", "%")) for line in code.splitlines()):
        return "it runs a command of the shell or of IPython"
    try:
        found = capabilities(code)
    except ActionError:
        return "it cannot be read as plain Python"
    # That something runs at the top level is what a cell is for; what asks the host is asked
    # about when it is called.
    apart = {Kind.IMPORT_EFFECTS, Kind.HOST}
    kinds = dict.fromkeys(str(one.kind) for one in found if one.kind not in apart)
    return f"it uses {', '.join(kinds)}" if kinds else ""
