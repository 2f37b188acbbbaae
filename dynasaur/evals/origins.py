"""What made the results: this package's code and prompts, the libraries it stands on."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import dynasaur
from dynasaur.errors import DynasaurError
from dynasaur.repo.git import Git
from dynasaur.types import Json

LIBRARIES = (
    "openai",
    "scikit-learn",
    "tree-sitter-python",
    "ipykernel",
    "math-verify",
    "distributed",
)
"""What is named beside Python and this package."""

ROOT = Path(dynasaur.__file__).parent

PROMPTS = (
    "templates/*.md",
    "prompts.py",
    "agent/form.py",
    "agent/repetition.py",
    "evals/restricted.py",
    "evals/scorers/judge.py",
)
"""The files that hold words to the model."""


def versions() -> dict[str, Json]:
    """The versions of all that takes part; empty for what is not installed."""
    return {
        "dynasaur": dynasaur.__version__,
        "python": platform.python_version(),
        **{name: _version(name) for name in LIBRARIES},
    }


def code() -> dict[str, Json]:
    """This package's own files as one hash, and the commit where they lie in a checkout.

    A commit whose files were changed since ends with `+`; it is empty outside a checkout.
    """
    return {"sha256": _hash("**/*.py", "templates/*.md", "**/*.toml"), "commit": _commit()}


def prompts() -> str:
    """The hash of all words to the model."""
    return _hash(*PROMPTS)


def _hash(*patterns: str) -> str:
    digest = hashlib.sha256()
    for path in sorted({path for one in patterns for path in ROOT.glob(one)}):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT).as_posix()} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def _commit() -> str:
    git = Git(ROOT)
    try:
        if not git.run("ls-files", "--", "__init__.py").stdout:
            return ""
        changed = git.run("status", "--porcelain", "--untracked-files=no", "--", ".").stdout
        head = git.run("rev-parse", "HEAD").stdout
    except DynasaurError:
        return ""
    return head.decode().strip() + ("+" if changed else "")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
