# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Checksum of a file."""

import hashlib
from pathlib import Path


def file_checksum(path: str, algorithm: str = "sha256") -> str:
    """Checksum (hash, digest) of a file, such as its SHA-256 or MD5.

    Args:
        path: The file.
        algorithm: 'sha256', 'sha1', 'md5', 'sha512' or another name that hashlib knows.

    Returns:
        The checksum in hexadecimal.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The algorithm is unknown.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "note.txt")
        ...     _ = file.write_bytes(b"hello")
        ...     file_checksum(str(file), "md5")
        '5d41402abc4b2a76b9719d911017c592'
    """
    name = algorithm.lower().replace("-", "")
    if name not in hashlib.algorithms_guaranteed or name.startswith("shake"):
        raise ValueError(f"unknown checksum {algorithm!r}; use sha256, sha1, md5 or sha512")
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, name).hexdigest()
