"""The saved variables of a kernel, on the host's side: a file that is moved about and never read.

Inside, it is written into the work folder. Here it is taken out of the sight of the next cell, into
the run's folder beside it, and lent to a fresh kernel that shall restore it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from dynasaur.kernel.inside.snapshot import FILE
from dynasaur.kernel.transcript import clean
from dynasaur.types import Restored

STATE = "state"
"""The file in the run's folder."""

_NAMES = 1_000
_TEXT = 200


def collect(work: Path) -> None:
    """Take what the kernel has saved out of its work folder."""
    with contextlib.suppress(OSError):
        found = (work / FILE).lstat()
        if stat.S_ISREG(found.st_mode):
            (work / FILE).rename(work.parent / STATE)
        else:
            (work / FILE).unlink()


def forget(work: Path) -> None:
    """Remove what was saved: the run needs it no more."""
    for path in (work / FILE, work.parent / STATE):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def lent(work: Path) -> Iterator[bool]:
    """Have the saved variables in the work folder for a while; False where there are none."""
    collect(work)
    state, place = work.parent / STATE, work / FILE
    try:
        if not stat.S_ISREG(state.lstat().st_mode):
            raise FileNotFoundError
        try:
            os.link(state, place)
        except OSError:
            shutil.copyfile(state, place)
    except OSError:
        yield False
        return
    try:
        yield True
    finally:
        place.unlink(missing_ok=True)


def restored_of(report: Mapping[str, object], why: str) -> Restored:
    """What the kernel says of its restoring, which may be anything.

    Args:
        report: What it said.
        why: Why it said nothing, where the host knows; else empty.
    """
    told = report.get("restored")
    told = told if isinstance(told, Mapping) else {}
    error = report.get("error")
    if isinstance(error, Mapping):
        why = f"{error.get('type')}: {error.get('message')}"
    step, names, lost = told.get("step"), told.get("names"), told.get("lost")
    said = lost if isinstance(lost, Mapping) else {}
    return Restored(
        step=step if isinstance(step, int) else 0,
        names=tuple(map(_text, names[:_NAMES] if isinstance(names, list) else ())),
        lost=tuple((_text(name), _text(why)) for name, why in list(said.items())[:_NAMES]),
        why=_text(told.get("why") or why),
    )


def _text(value: object) -> str:
    return clean(str(value)[:_TEXT])
