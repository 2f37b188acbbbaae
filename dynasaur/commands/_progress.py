"""A bar on stderr for what takes over a second; nothing where stderr is no terminal."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

LONG = 1.0
"""Seconds after which a bar is worth its lines."""

_LONGEST_PAUSE = 5.0


class Bar:
    """Told how much of something is done, and of how much.

    Args:
        title: What is being done.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._began = self._told = 0.0
        self._shown: tuple[Progress, TaskID] | None = None

    def __call__(self, done: int, total: int) -> None:
        """Show it, once it has taken a second."""
        now = time.monotonic()
        if not self._began or now - self._told > _LONGEST_PAUSE:
            self._began = now
        self._told = now
        if done >= total:
            self.close()
        elif self._shown is not None or now - self._began > LONG:
            self._show(done, total)

    def close(self) -> None:
        """Take the bar away."""
        if self._shown is not None:
            self._shown[0].stop()
        self._shown, self._began = None, 0.0

    def _show(self, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        if self._shown is None:
            from rich.console import Console
            from rich.progress import Progress

            progress = Progress(console=Console(stderr=True), transient=True)
            self._shown = progress, progress.add_task(self._title, total=total)
            progress.start()
            if context := click.get_current_context(silent=True):
                context.call_on_close(self.close)  # an interrupted one, too
        progress, task = self._shown
        progress.update(task, completed=done)
