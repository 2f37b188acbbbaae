"""Whether an endpoint gives structured output: found out once, remembered between runs.

One small file for each endpoint and model. Best effort: a folder that cannot be read or
written costs one request more at the start of a run, never an error.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from pathlib import Path

_KEPT_SECONDS = 30 * 24 * 3600.0
"""After this an endpoint is asked again: servers are updated."""


class Format:
    """What is known of one model at one endpoint.

    Attributes:
        schema: Structured output is to be asked for.
        certain: That is known, not supposed.

    Args:
        endpoint: The endpoint's URL, without credentials.
        model: The model's name there.
        folder: Where it is remembered; None to forget it with this object.
    """

    def __init__(self, endpoint: str, model: str, folder: Path | None) -> None:
        self._about = {"endpoint": endpoint, "model": model}
        name = hashlib.sha256(json.dumps(self._about).encode()).hexdigest()[:16]
        self._file = folder / f"{name}.json" if folder else None
        known = self._remembered()
        self.schema = known is not False
        self.certain = known is not None

    def refused(self) -> None:
        """The endpoint will not have the schema; certain once it answers without one."""
        self.schema, self.certain = False, False

    def settle(self, schema: bool) -> None:
        """The endpoint answered, with structured output or without; the first answer counts."""
        if self.certain:
            return
        self.schema, self.certain = schema, True
        if not self._file:
            return
        written = self._file.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            written.write_text(
                json.dumps(self._about | {"schema": schema, "time": time.time()}), encoding="utf-8"
            )
            written.replace(self._file)

    def _remembered(self) -> bool | None:
        if not self._file:
            return None
        try:
            value = json.loads(self._file.read_text(encoding="utf-8"))
            schema, found = value["schema"], float(value["time"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        fresh = 0 <= time.time() - found < _KEPT_SECONDS
        return schema if fresh and isinstance(schema, bool) else None
