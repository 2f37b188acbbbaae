"""The kernel's environment: nothing of the host's but language and time zone."""

from __future__ import annotations

import os
import sys

PROXY_PORT = 3128
"""The port, in the kernel's own network, of the way to the host's proxy."""


def environment(scratch: str, *, network: bool, proxy: bool = False) -> dict[str, str]:
    """The whole environment of a kernel.

    Args:
        scratch: Where temporary files, caches and settings go.
        network: It may use the host's network.
        proxy: It has a way to the host's proxy.
    """
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TZ") if name in os.environ}
    return {
        "LANG": "C.UTF-8",
        **kept,
        "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": scratch,
        "USER": "kernel",
        "LOGNAME": "kernel",
        "TMPDIR": scratch,
        "IPYTHONDIR": f"{scratch}/ipython",
        "JUPYTER_RUNTIME_DIR": f"{scratch}/jupyter",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": f"{scratch}/matplotlib",
        # Sets and dicts of strings come in the same order every time: a run can be replayed.
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        # Without a network pip tries for seconds; this way it says at once that it cannot.
        **({} if network or proxy else {"PIP_NO_INDEX": "1"}),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        **(_proxied() if proxy else {}),
    }


def _proxied() -> dict[str, str]:
    """What tells HTTP clients of the proxy; some read the one case and some the other."""
    address = f"http://127.0.0.1:{PROXY_PORT}"
    told = {"HTTP_PROXY": address, "HTTPS_PROXY": address, "NO_PROXY": "localhost,127.0.0.1,::1"}
    return {**told, **{name.lower(): value for name, value in told.items()}}
