"""What of the machine a kernel may see: the interpreter, its packages, the system's programs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store")
_SETTINGS = (
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "alternatives",
    "localtime",
    "timezone",
    "ssl",
    "ca-certificates",
    "pki",
    "fonts",
    "mime.types",
    "nsswitch.conf",
    "protocols",
    "services",
    "os-release",
    "debian_version",
    "python3",
)
_PACKAGES = ("site-packages", "dist-packages")


def system() -> list[Path]:
    """The folders of the system's programs and libraries, links among them."""
    return [Path(name) for name in _SYSTEM if os.path.lexists(name)]


def settings() -> list[Path]:
    """The few files of /etc that programs need to run; none names a user or a secret."""
    return [path for name in _SETTINGS if (path := Path("/etc") / name).exists()]


def network() -> list[Path]:
    """The files of /etc that name servers and hosts."""
    names = ("resolv.conf", "hosts", "host.conf", "gai.conf")
    return [path for name in names if (path := Path("/etc") / name).exists()]


def python() -> list[Path]:
    """The interpreter and its packages: nothing else that happens to be on `sys.path`."""
    found = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.exec_prefix)]
    found += [Path(entry) for entry in sys.path if Path(entry).name in _PACKAGES]
    found += [path.resolve() for path in found]
    found.append(Path(sys.executable).resolve().parent.parent)
    kept: list[Path] = []
    for path in sorted(set(found)):
        if path.is_dir() and not any(path.is_relative_to(other) for other in [*kept, Path("/usr")]):
            kept.append(path)
    return kept
