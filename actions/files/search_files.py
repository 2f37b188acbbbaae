# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Lines of files that match a regular expression."""

import re
from pathlib import Path
from typing import Any

_MOST = 1_000
_LONGEST = 500
_LARGEST = 16 * 1024 * 1024


def search_files(folder: str, pattern: str, name_pattern: str = "**/*") -> list[dict[str, Any]]:
    r"""Search (grep) the text files of a folder for lines that match a regular expression.

    Hidden files, files that are no text, and files of more than 16 MiB are left out.

    Args:
        folder: The folder.
        pattern: The regular expression, in Python's syntax; '(?i)' at its start makes upper and
            lower case equal.
        name_pattern: The form of the names; '**/*.py' looks for Python files in all folders below.

    Returns:
        One dict per line, at most 1,000: 'path', 'line' (its number, from 1) and 'text' (at most
        500 characters).

    Raises:
        NotADirectoryError: There is no such folder.
        ValueError: The pattern is not a regular expression.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(folder, "tea.py").write_text("import os\nhot = True\n")
        ...     [(one["line"], one["text"]) for one in search_files(folder, r"hot\b")]
        [(2, 'hot = True')]
    """
    if not Path(folder).is_dir():
        raise NotADirectoryError(f"there is no folder {folder}")
    try:
        wanted = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
    found: list[dict[str, Any]] = []
    for path in sorted(Path(folder).glob(name_pattern)):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or not path.is_file() or path.stat().st_size > _LARGEST:
            continue
        data = path.read_bytes()
        if b"\0" in data:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
            if wanted.search(line):
                found.append({"path": str(path), "line": number, "text": line[:_LONGEST]})
                if len(found) >= _MOST:
                    return found
    return found
