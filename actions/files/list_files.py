# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Files in a folder."""

from pathlib import Path


def list_files(folder: str = ".", name_pattern: str = "*") -> list[str]:
    """Files in a folder (directory) whose name matches a pattern.

    Args:
        folder: The folder.
        name_pattern: The form of the names, such as '*.csv'; '**/*.csv' looks into the
            folders below too.

    Returns:
        The paths of the files in alphabetical order, each with the folder in front.

    Raises:
        NotADirectoryError: There is no such folder.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Path(folder, "a.csv").touch()
        ...     Path(folder, "b.txt").touch()
        ...     [Path(path).name for path in list_files(folder, "*.csv")]
        ['a.csv']
    """
    if not Path(folder).is_dir():
        raise NotADirectoryError(f"there is no folder {folder}")
    return sorted(str(path) for path in Path(folder).glob(name_pattern) if path.is_file())
