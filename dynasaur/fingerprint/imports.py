"""What the imports of a text make sure of, however they are spelled."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from dynasaur.fingerprint.binding import Ref

_LOUD = {"antigravity", "this", "readline", "rlcompleter", "site", "idlelib", "__main__"}
"""Modules of the standard library whose import does something that can be noticed."""

_PACKAGES = {"asyncio", "collections", "compression", "concurrent", "ctypes", "curses", "dbm"}
_PACKAGES |= {"distutils", "email", "encodings", "html", "http", "importlib", "json", "lib2to3"}
_PACKAGES |= {"logging", "multiprocessing", "pathlib", "profiling", "re", "sqlite3", "string"}
_PACKAGES |= {"sysconfig", "tkinter", "tomllib", "unittest", "urllib", "wsgiref", "xml", "xmlrpc"}
_PACKAGES |= {"zipfile", "zoneinfo"}
"""Those that have submodules, which an import of the package may leave unloaded."""

_LOADED = {"collections.abc"}
"""Those of their submodules that CPython itself loads with the package."""

_WHOLE = {"numpy", "pandas", "scipy"}
"""Packages whose public submodules are there, by their documentation, once they are imported."""

_CAPITAL = {"PIL", "Crypto", "Cryptodome", "Bio", "OpenGL", "Xlib", "PyQt5", "PyQt6", "PySide2"}
_CAPITAL |= {"PySide6", "Quartz", "Foundation", "Levenshtein"}
"""Packages with modules in CapWords, which everywhere else is how classes are named."""

CHANGING = {"sys.stdout", "sys.stderr", "sys.stdin", "sys.argv", "sys.path", "os.environ"}
"""Attributes that are commonly replaced: importing one by name keeps what it was then."""


def absolute(path: str, module: str) -> str:
    """What a relative import's path names, seen from a module; as it is where that is not known."""
    dots = len(path) - len(path.lstrip("."))
    packages = module.split(".")[:-dots] if dots else []
    if not packages:
        return path
    return ".".join([*packages, path[dots:]] if path[dots:] else packages)


def is_quiet(module: str) -> bool:
    """Importing the module does nothing that could be noticed: it is part of Python."""
    top = module.split(".")[0]
    return top in sys.stdlib_module_names and top not in _LOUD


def ensured(imports: Iterable[tuple[str, Ref, str, str]]) -> tuple[str, ...]:
    """The modules that are surely loaded, less those that are part of Python anyway.

    `from a import b` loads `a`, and `a.b` too if that is a module: which it may be where `b` is
    used for its attributes alone (a module can be neither called nor computed with).

    Args:
        imports: Statements (`"import"`, name, path that the name means, module).
    """
    found: set[str] = set()
    for _, ref, bound, module in imports:
        found.add(module)
        root = ref.root()
        if 0 < root.loads == root.bases and _may_be_module(module, bound):
            found.add(bound)
    found = {path.split(".")[0] if _is_whole(path) else path for path in found}
    kept = {path for path in found if not _goes_without_saying(path)}
    implied = {path[:end] for path in kept for end in range(len(path)) if path[end] == "."}
    return tuple(sorted(kept - implied))


def _may_be_module(module: str, bound: str) -> bool:
    """What is imported from a module by name may itself be a module, going by its name."""
    _, _, name = bound.rpartition(".")
    capital = name[0].isupper() and name != name.upper()
    return bound != module and (not capital or bound.split(".")[0] in _CAPITAL)


def _is_whole(path: str) -> bool:
    return path.split(".")[0] in _WHOLE


def _goes_without_saying(path: str) -> bool:
    top, _, inner = path.partition(".")
    return is_quiet(path) and (top not in _PACKAGES or not inner or path in _LOADED)
