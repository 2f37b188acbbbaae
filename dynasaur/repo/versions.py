"""Versions of git: which have known holes that a hostile repository can use."""

from __future__ import annotations

import re

MENDED = {39: 4, 43: 7, 44: 4, 45: 4, 46: 4, 47: 3, 48: 2, 49: 1, 50: 1}
"""The first safe release of each series 2.x that has one; newer series are all safe.

CVE-2024-32002 and CVE-2025-48384: a clone with submodules runs the repository's own hook. Nothing
here clones submodules; the people who work in the same repository may. 2.39.4 has a fix for the
first alone; what still ships 2.39 is a distribution, which mends without a new number.
"""


def weakness(version: str) -> str:
    """What is wrong with a git, by its number (`2.39.5`); empty where nothing is known."""
    found = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", version)
    if found is None:
        return ""
    major, minor, patch = (int(one or 0) for one in found.groups())
    if (major, minor) < (2, 31):
        return "too old to be used: install git 2.31 or newer"
    if major > 2 or minor > max(MENDED) or patch >= MENDED.get(minor, patch + 1):
        return ""
    return (
        "by its number it lacks the fixes for CVE-2024-32002 or CVE-2025-48384: upgrade it, "
        "unless its package's changelog has them"
    )
