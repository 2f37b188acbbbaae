"""A run's process, which is interrupted when the server that started it is gone."""

from __future__ import annotations

import os
import runpy
import signal
import sys

from dynasaur.kernel.supervisor import PR_SET_PDEATHSIG, prctl

if __name__ == "__main__":
    prctl(PR_SET_PDEATHSIG, signal.SIGINT)
    if os.getppid() != int(sys.argv.pop(1)):
        sys.exit(130)
    runpy.run_module("dynasaur", run_name="__main__")
