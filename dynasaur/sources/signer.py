"""Who signed a commit, as far as this machine can tell; nobody is ever asked."""

from __future__ import annotations

import re

from dynasaur.errors import StoreError
from dynasaur.repo.git import Git

SECONDS = 20.0
_KEY = re.compile(r"SHA256:[A-Za-z0-9+/]{43}|[0-9A-F]{16,64}")


def signer_of(git: Git, commit: str) -> str:
    """The key that signed a commit.

    Returns:
        The key, with ` (verified)` where it is one that the person trusts; `unverified` where
        there is a signature of a key that is not known here; `none` where there is none.
    """
    head, _, _ = git.run("cat-file", "commit", commit).stdout.partition(b"\n\n")
    if not re.search(rb"^gpgsig(-sha256)? ", head, re.MULTILINE):
        return "none"
    asked = ("log", "-1", "--no-mailmap", "--format=%G?%n%GF%n%GK", commit)
    try:
        good, *keys = git.run(*asked, seconds=SECONDS).stdout.decode("ascii", "replace").split("\n")
    except StoreError:
        return "unverified"
    key = next((one for one in keys if _KEY.fullmatch(one)), "")
    return f"{key} (verified)" if key and good == "G" else key or "unverified"
