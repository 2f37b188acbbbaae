"""The hash of what is installed, by Go's `h1:` convention (golang.org/x/mod/sumdb/dirhash)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping


def h1(files: Mapping[str, bytes]) -> str:
    """The hash of a set of files.

    Args:
        files: Name to content; the names are part of what is hashed.

    Returns:
        `h1:` and the base64 of a SHA-256 over each file's own SHA-256 and name, by name.
    """
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    digest = hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).digest()
    return "h1:" + base64.b64encode(digest).decode("ascii")
