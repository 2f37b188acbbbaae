"""The program: `dynasaur`, or `python -m dynasaur`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from dynasaur.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
