"""Put the parts together in the kernel, and report on every cell through its reply's payload."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from dynasaur.kernel.inside.calls import Recorder
from dynasaur.kernel.inside.calls import install as record_cells
from dynasaur.kernel.inside.failures import Failures, describe, for_want_of_network
from dynasaur.kernel.inside.host import Host
from dynasaur.kernel.inside.hosted import install as install_hosted
from dynasaur.kernel.inside.modules import Actions
from dynasaur.kernel.inside.parcels import Parcels
from dynasaur.kernel.inside.site import put
from dynasaur.kernel.inside.snapshot import Snapshots
from dynasaur.kernel.inside.sparing import install as spare_cells
from dynasaur.kernel.inside.streams import (
    Streams,
    bound_displays,
    forget_history,
    own_threads,
    run_commands,
)

SOURCE = "dynasaur"
"""The payload's source, by which the client knows it."""

SAVE = "dynasaur_save_request"
"""The type of a message that asks to save the variables; nothing is replied."""


class Extension:
    """What this package adds to the kernel.

    Args:
        shell: The kernel's IPython shell.
        functions: The host functions that every cell has: name to docstring.
        hosted: Those that are reached through `dynasaur.host` alone.
        room: Characters of a cell's output that are sent as they come, and as many of its end.
    """

    def __init__(
        self, shell: Any, functions: Mapping[str, str], hosted: Mapping[str, str], room: int
    ) -> None:
        self._shell = shell
        self.parcels = Parcels()
        self._recorder = Recorder()
        self._streams = Streams(room)
        self._failures = Failures(shell)
        self._actions = Actions(self._recorder.wrap)
        sys.meta_path.insert(0, self._actions)
        record_cells(shell, self._recorder)
        spare_cells(shell)
        bound_displays(shell)
        forget_history(shell)
        own_threads()
        run_commands(shell)
        host = Host(shell.kernel, self.parcels)
        documents = {**functions, **hosted}
        install_hosted(lambda name: host.function(name, documents.get(name, "")))
        self._functions = {name: host.function(name, doc) for name, doc in functions.items()}
        shell.user_ns_hidden.update(self._functions)
        hidden = {*shell.user_ns_hidden, *self._functions}
        self._snapshots = Snapshots(shell, self._recorder, self._actions, hidden)
        shell.kernel.shell_handlers[SAVE] = self._save_asked
        shell.events.register("pre_run_cell", self._begin)
        shell.events.register("post_run_cell", self._end)

    def load(self, modules: Mapping[str, str], names: Mapping[str, str]) -> None:
        """Make modules importable and bind names; the outcome goes into the reply's payload."""
        outcome: dict[str, object] = {"source": SOURCE}
        try:
            self._actions.add(modules)
            outcome["bound"] = self._actions.bind(names, self._shell.user_ns)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - imports may raise anything
            outcome["error"] = describe(self._shell, error)
        self._shell.payload_manager.write_payload(outcome)

    def supply(self, site: str) -> None:
        """Put a folder of packages on the path, in place of one put there before.

        The outcome, in the reply's payload: names that it holds and that are imported already,
        from elsewhere.
        """
        self._shell.payload_manager.write_payload({"source": SOURCE, "stale": put(site)})

    def save(self, step: int) -> None:
        """Save the variables as they are after a step, and wait until that is done."""
        self._snapshots.save(step, wait=True)

    def _save_asked(self, _stream: Any, _who: Any, message: Mapping[str, Any]) -> None:
        """The same without waiting, asked by a message of its own: a cell costs more."""
        self._snapshots.save(int(message["content"]["step"]), wait=False)

    def restore(self) -> None:
        """Bring saved variables back; what came of it goes into the reply's payload."""
        outcome: dict[str, object] = {"source": SOURCE}
        try:
            outcome["restored"] = self._snapshots.restore()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - values may raise anything
            outcome["error"] = describe(self._shell, error)
        self._shell.payload_manager.write_payload(outcome)

    def sees(self, name: str) -> None:
        """Say in the reply's payload whether a file that the host made is in our folder."""
        seen = (self.parcels.folder() / name).exists()
        self._shell.payload_manager.write_payload({"source": SOURCE, "sees": seen})

    def send(self, name: str, start: int, most: int) -> None:
        """Put a part of a file into the reply's payload: the host does not see our files."""
        part = self.parcels.part(name, start, most)
        self._shell.payload_manager.write_payload({"source": SOURCE, "part": part})

    def _begin(self, _info: object = None) -> None:
        # Anew for each cell: without them, after a `%reset` or a slip, no task can be answered.
        self._shell.user_ns.update(self._functions)
        self._recorder.take()
        self._failures.take()
        self._streams.begin()

    def _end(self, result: Any = None) -> None:
        error = None
        if result is not None:
            error = result.error_before_exec or result.error_in_exec
            self._failures.make_printable(result)
        self._streams.end()
        shown = self._failures.take()
        self._shell.payload_manager.write_payload(
            {
                "source": SOURCE,
                "calls": self._recorder.take(),
                "error": shown or (describe(self._shell, error) if error is not None else None),
                "network": for_want_of_network(error),
                "files": self.parcels.changed(),
                "gone": self._actions.gone(self._shell.user_ns),
            }
        )
