"""Hand files over to the kernel's user and back, when the host is root."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

_FIRST, _LAST = 61_184, 65_519
"""The range that systemd sets aside for users that exist only while something runs."""


def ordinary_user() -> int | None:
    """A user for one kernel, when the host is root; None when it is not.

    Each kernel gets another one, because limits on processes count for each user.
    """
    if os.geteuid() != 0:
        return None
    return _FIRST + int.from_bytes(os.urandom(4), "little") % (_LAST - _FIRST + 1)


def hand_over(folder: Path, uid: int) -> None:
    """Make a user the owner of a folder and of what is in it.

    Links are handed over themselves, never what they point to, and a file that has more names
    than one stays whose it is: its other name may be anywhere.
    """
    for _, folders, files, descriptor in os.fwalk(folder, follow_symlinks=False):
        for name in [*folders, *files]:
            with contextlib.suppress(OSError):
                found = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                if found.st_nlink == 1 or stat.S_ISDIR(found.st_mode):
                    os.chown(name, uid, uid, dir_fd=descriptor, follow_symlinks=False)
        os.fchown(descriptor, uid, uid)
