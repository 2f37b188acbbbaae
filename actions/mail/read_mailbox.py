# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Messages of a mailbox."""

from pathlib import Path
from typing import Any

from ._letters import letters_in


def read_mailbox(path: str) -> list[dict[str, Any]]:
    r"""Read all e-mail messages of a mailbox file (.mbox).

    Args:
        path: The file.

    Returns:
        One dict per message, as read_email gives it: 'subject', 'from', 'to', 'cc', 'date',
        'text', 'attachments'.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is not a mailbox.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "box.mbox")
        ...     mail = "From ann Mon Jan 1 2024\nFrom: ann@example.org\nSubject: Tea\n\nHi"
        ...     _ = file.write_text(f"{mail}\n\n{mail}\n")
        ...     [one["subject"] for one in read_mailbox(str(file))]
        ['Tea', 'Tea']
    """
    try:
        with Path(path).open("rb") as file:
            return [letter.as_dict() for letter in letters_in(file)]
    except ValueError as error:
        raise ValueError(f"{path} {error}") from error
