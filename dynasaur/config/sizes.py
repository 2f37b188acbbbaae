"""Sizes of memory, as people write them."""

from __future__ import annotations

import re

SMALLEST, LARGEST = 128 * 1024**2, 1024**5
"""Bytes of memory that a kernel can be given: too little starts none."""


def size_in_bytes(size: str) -> int:
    """A size in bytes; ValueError where it has no sense or could start no kernel.

    Args:
        size: Such as `4GiB` or `512MiB`.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT])(?:i?B)?", size.strip(), re.IGNORECASE)
    if not found:
        raise ValueError(size)
    result = int(float(found[1]) * 1024 ** ("KMGT".index(found[2].upper()) + 1))
    if not SMALLEST <= result <= LARGEST:
        raise ValueError(size)
    return result
