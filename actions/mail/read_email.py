# /// script
# requires-python = ">=3.11"
# dependencies = ["olefile>=0.47"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""One e-mail message."""

from pathlib import Path
from typing import Any

from ._letters import letter_of


def read_email(path: str) -> dict[str, Any]:
    r"""Read an e-mail file (.eml, or .msg of Outlook): who wrote what to whom, with what attached.

    Args:
        path: The file.

    Returns:
        'subject', 'from', 'to', 'cc' and 'date' as text ('' where missing, the date in ISO form),
        'text' (what it says; HTML without its marks) and 'attachments', a list of dicts with
        'name' and 'size' in bytes.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is not an e-mail message, or a broken one.
        ImportError: A .msg file, and olefile is not installed.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "tea.eml")
        ...     _ = file.write_text("From: ann@example.org\nSubject: Tea?\n\nAt four.\n")
        ...     list(read_email(str(file)).items())[:2]
        [('subject', 'Tea?'), ('from', 'ann@example.org')]
    """
    try:
        return letter_of(Path(path).read_bytes()).as_dict()
    except ValueError as error:
        raise ValueError(f"{path} {error}") from error
