"""What one model at one endpoint was found to understand: learned once, remembered between runs.

One small file for each endpoint and model. Best effort: a folder that cannot be read or
written costs some requests more at the start of a run, never an error.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dynasaur.models.apis.api import WAYS, Way

_KEPT_SECONDS = 30 * 24 * 3600.0
"""After this an endpoint is asked again: servers are updated."""

_TEXTS = ("api", "limit")
_FLAGS = ("certain", "folds", "bounds")


class Learned:
    """What is known of one model at one endpoint.

    Attributes:
        way: The form in which a reply is to be asked for.
        certain: That is known, not supposed.
        api: What it has to be asked by: `chat` or `responses`; empty while that is not known.
        limit: The field that it takes for the length of a reply; empty for the usual one.
        left_out: Settings and fields that it does not take.
        folds: It takes no system message: what it would say begins the first user message.
        bounds: It wants the length of a reply to be given.

    Args:
        endpoint: The endpoint's URL, without credentials.
        model: The model's name there.
        folder: Where it is remembered; None to forget it with this object.
        ways: The forms to try, in order; the last is `text`.
    """

    def __init__(
        self, endpoint: str, model: str, folder: Path | None, ways: Sequence[Way] = WAYS
    ) -> None:
        self._about = {"endpoint": endpoint, "model": model}
        name = hashlib.sha256(json.dumps(self._about).encode()).hexdigest()[:16]
        self._file = folder / f"{name}.json" if folder else None
        self._ways = ways
        self.way: Way = ways[0]
        self.certain = len(ways) == 1
        self.api = ""
        self.limit = ""
        self.left_out: frozenset[str] = frozenset()
        self.folds = False
        self.bounds = False
        self._recall()
        self._kept = self._state()

    def refused(self) -> None:
        """The endpoint will not have this form; certain of the next once it answers to it."""
        if self.way != "text":
            self.way, self.certain = self._ways[self._ways.index(self.way) + 1], False

    def settle(self, used: Way, *, fits: bool) -> None:
        """The endpoint answered; where what was learned is new, it is remembered.

        Args:
            used: The form that was asked for.
            fits: The answer has it.
        """
        if used != self.way or (not self.certain and not fits):
            self.refused()  # it answered only when it was asked for nothing, or went past it
            self.certain = self.way == "text"
        elif fits:
            self.certain = True
        if self._state() != self._kept:
            self._keep()

    def _state(self) -> dict[str, Any]:
        kept = {name: getattr(self, name) for name in ("way", *_FLAGS, *_TEXTS)}
        return kept | {"left_out": sorted(self.left_out)}

    def _keep(self) -> None:
        self._kept = self._state()
        if not self._file:
            return
        written = self._file.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            document = self._about | self._kept | {"time": time.time()}
            written.write_text(json.dumps(document), encoding="utf-8")
            written.replace(self._file)

    def _recall(self) -> None:
        """Take over what was remembered, unless it is old or has no sense."""
        if not self._file:
            return
        try:
            value = json.loads(self._file.read_text(encoding="utf-8"))
            found, way, left_out = float(value["time"]), value["way"], value["left_out"]
            flags = [value[name] for name in _FLAGS]
            texts = [value[name] for name in _TEXTS]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return
        sensible = (
            0 <= time.time() - found < _KEPT_SECONDS
            and way in self._ways
            and isinstance(left_out, list)
            and all(isinstance(one, bool) for one in flags)
            and all(isinstance(one, str) for one in [*texts, *left_out])
        )
        if sensible:
            self.way, self.left_out = way, frozenset(left_out)
            self.certain, self.folds, self.bounds = flags
            self.api, self.limit = texts
