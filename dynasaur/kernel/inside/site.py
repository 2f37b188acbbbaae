"""A folder of packages on the path of the running kernel, and of the Pythons that it starts."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

_PACKAGES = ("site-packages", "dist-packages")


def put(site: str) -> list[str]:
    """Put a folder of packages before those that come with Python, in place of an earlier one.

    Its `.pth` files are not run.

    Returns:
        Names that it holds and that are imported already, from elsewhere.
    """
    family = Path(site).parent.parent
    sys.path[:] = [entry for entry in sys.path if Path(entry).parent.parent != family]
    places = [n for n, entry in enumerate(sys.path) if Path(entry).name in _PACKAGES]
    sys.path.insert(places[0] if places else len(sys.path), site)
    os.environ["PYTHONPATH"] = site
    importlib.invalidate_caches()
    return sorted(name for name in _tops(Path(site)) if _from_elsewhere(name, site))


def _tops(site: Path) -> set[str]:
    names = {path.name.partition(".")[0] for path in site.iterdir()}
    return {name for name in names if name.isidentifier()} - set(sys.stdlib_module_names)


def _from_elsewhere(name: str, site: str) -> bool:
    file = getattr(sys.modules.get(name), "__file__", None)
    return isinstance(file, str) and not file.startswith(site + os.sep)
