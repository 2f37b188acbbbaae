"""Packages that the package index does not know: names that models make up."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping

from dynasaur.errors import UsageError

INDEX = "https://pypi.org/simple"
SECONDS = 20.0
_MOST = 50


def unknown(names: Iterable[str], environ: Mapping[str, str]) -> set[str]:
    """Which of some packages the index does not know.

    Args:
        names: Normalised names.
        environ: `PIP_INDEX_URL` names the index, where it is not the public one.

    Raises:
        UsageError: The index cannot be asked, or there are too many names to ask for.
    """
    index = (environ.get("PIP_INDEX_URL") or INDEX).rstrip("/")
    listed = sorted(set(names))
    if len(listed) > _MOST:
        raise UsageError(f"{len(listed)} new dependencies: too many to ask the package index for")
    return {name for name in listed if not _is_known(index, name)}


def _is_known(index: str, name: str) -> bool:
    request = urllib.request.Request(f"{index}/{name}/", headers={"User-Agent": "dynasaur"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310
            return True
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return False
        raise UsageError(f"the package index answers {error.code} for {name!r}") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "reason", None) or error
        raise UsageError(f"the package index {index} cannot be asked: {why}") from error
