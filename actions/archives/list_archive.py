# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Files in an archive."""

from typing import Any

from ._members import Archive, NoArchiveError


def list_archive(path: str) -> list[dict[str, Any]]:
    """Files that lie in an archive (.zip, .tar, .tar.gz, .gz, .7z, .rar), with their sizes.

    Args:
        path: The archive.

    Returns:
        One dict per file, in the order of the archive: 'name' (its path in the archive) and
        'size' (its bytes once unpacked; None where only unpacking tells).

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is not an archive, or a broken one.
        ImportError: What reads 7z and RAR is missing.

    Examples:
        >>> import tempfile, zipfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with zipfile.ZipFile(f"{folder}/a.zip", "w") as file:
        ...         file.writestr("data/note.txt", "hello")
        ...     list_archive(f"{folder}/a.zip")
        [{'name': 'data/note.txt', 'size': 5}]
    """
    try:
        with Archive(path, path) as archive:
            return [
                {"name": one.name, "size": None if one.size < 0 else one.size}
                for one in archive.members
            ]
    except NoArchiveError as error:
        raise ValueError(f"{path} {error}") from error
