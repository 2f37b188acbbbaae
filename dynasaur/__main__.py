"""The program: `dynasaur`, or `python -m dynasaur`."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading


def main() -> None:
    """Run the command line and leave with its exit code."""
    # Imports make many objects that all stay: looking for garbage among them is wasted time.
    gc.set_threshold(50_000, 20, 50)
    from dynasaur.cli import run

    _leave(run(sys.argv[1:]))


def _leave(code: int) -> None:
    """Leave; without taking every module apart where nothing but that is left to do."""
    if threading.active_count() > 1:
        sys.exit(code)
    atexit._run_exitfuncs()  # noqa: SLF001 - what sys.exit would do next
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except OSError:
        sys.exit(code)
    os._exit(code)


if __name__ == "__main__":
    main()
