# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Size of a file."""

from pathlib import Path


def file_size(path: str) -> int:
    """Size of a file in bytes: how big (large) it is.

    Args:
        path: The file.

    Returns:
        The number of bytes.

    Raises:
        FileNotFoundError: There is no such file.
        IsADirectoryError: The path is a folder.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "note.txt")
        ...     _ = file.write_bytes(b"hello")
        ...     file_size(str(file))
        5
    """
    if Path(path).is_dir():
        raise IsADirectoryError(f"{path} is a folder, not a file")
    return Path(path).stat().st_size
