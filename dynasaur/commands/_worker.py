"""A process that carries out tasks for `dynasaur run --tasks`: `python -m` with its flags.

It reads a task on each line of stdin and writes its result as a line on stdout. When stdin ends
while a task is under way, whoever wanted the result is gone: so is this process then.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from pathlib import Path
from typing import Any

from dynasaur.errors import DynasaurError
from dynasaur.tasks.items import item_of
from dynasaur.types import Json


def main() -> None:
    """Serve until stdin ends."""
    flags: dict[str, Any] = json.loads(sys.argv[1])
    # What else is printed by anything must not get between the results.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
    os.dup2(2, 1)
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    busy = threading.Event()
    threading.Thread(target=_listen, args=(lines, busy), daemon=True).start()
    try:
        while line := lines.get():
            result = carry_out(json.loads(line), flags)
            busy.clear()
            out.write(json.dumps(result, ensure_ascii=False) + "\n")
            out.flush()
    except KeyboardInterrupt:
        os._exit(130)


def carry_out(document: Any, flags: dict[str, Any]) -> dict[str, Json]:
    """Carry out one task; whatever becomes of it, there is a result."""
    from dynasaur.commands.run_command import quiet_agent
    from dynasaur.trajectory import summary

    item = item_of(document)
    path = flags.get("library_path")
    try:
        agent = quiet_agent(
            Path(path) if path else None, {k: v for k, v in flags.items() if k != "library_path"}
        )
        return summary(agent.run(item.task))
    except DynasaurError as error:
        return {"run": None, "status": "failed", "answer": None, "reason": str(error)}


def _listen(lines: queue.SimpleQueue[str], busy: threading.Event) -> None:
    for line in sys.stdin:
        busy.set()
        lines.put(line)
    if busy.is_set():
        os._exit(1)  # its kernel dies with it
    lines.put("")


if __name__ == "__main__":
    main()
