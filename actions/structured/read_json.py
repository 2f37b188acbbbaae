# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Data of a JSON file."""

import json
from typing import Any

from ..text.read_text import read_text


def read_json(path: str) -> Any:
    """Data (fields, values) of a JSON file.

    Args:
        path: The .json file.

    Returns:
        Dicts, lists, texts, numbers, True, False and None, as the file has them.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is not JSON.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "shop.json")
        ...     _ = file.write_text('{"items": [{"name": "tea"}]}')
        ...     read_json(str(file))
        {'items': [{'name': 'tea'}]}
    """
    try:
        return json.loads(read_text(path))
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
