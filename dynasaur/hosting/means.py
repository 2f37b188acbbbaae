"""What those who give host functions work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dynasaur.agent.protocols import Model
from dynasaur.config import Settings

if TYPE_CHECKING:
    from dynasaur.toolbox.box import Toolbox


@dataclass(frozen=True, slots=True)
class Means:
    """What those who give host functions work with.

    Attributes:
        root: The library's root.
        settings: What is set.
        environ: The environment, with the keys; they stay on the host.
        model: Gives the model that the user configured, made when it is first asked for.
        toolbox: The tool servers that are configured; None for none.
        brief: It is for one call: a server that could not be asked lately is not asked again.
    """

    root: Path
    settings: Settings
    environ: Mapping[str, str] = field(repr=False)
    model: Callable[[], Model] = field(repr=False)
    toolbox: Toolbox | None = field(default=None, repr=False)
    brief: bool = False
