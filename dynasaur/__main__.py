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
    gc.set_threshold(200_000, 20, 50)
    try:
        from dynasaur.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while it was still being imported
        code = 130
    _leave(code)


def _leave(code: int) -> None:
    """Leave; without taking every module apart where nothing but that is left to do.

    Daemons are not waited for: `sys.exit` would stop them in their tracks, too.
    """
    if any(not one.daemon for one in threading.enumerate() if one is not threading.main_thread()):
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
