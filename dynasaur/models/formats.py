"""What an endpoint was found to understand, remembered between runs.

One small file for each endpoint and model. Best effort: a folder that cannot be read or
written costs one request more at the start of a run, never an error.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

_KEPT_SECONDS = 30 * 24 * 3600.0
"""After this an endpoint is asked again: servers are updated."""


@dataclass(frozen=True, slots=True)
class Formats:
    """The folder of what is known."""

    folder: Path

    def schema(self, endpoint: str, model: str) -> bool | None:
        """Whether the model gives structured output there; None where it is not known."""
        try:
            value = json.loads(self._file(endpoint, model).read_text(encoding="utf-8"))
            schema, found = value["schema"], float(value["time"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        fresh = 0 <= time.time() - found < _KEPT_SECONDS
        return schema if fresh and isinstance(schema, bool) else None

    def remember(self, endpoint: str, model: str, *, schema: bool) -> None:
        """Keep what was found out."""
        file = self._file(endpoint, model)
        value = {"endpoint": endpoint, "model": model, "schema": schema, "time": time.time()}
        written = file.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            written.write_text(json.dumps(value), encoding="utf-8")
            written.replace(file)

    def _file(self, endpoint: str, model: str) -> Path:
        name = hashlib.sha256(f"{endpoint}\n{model}".encode(errors="replace")).hexdigest()[:16]
        return self.folder / f"{name}.json"
