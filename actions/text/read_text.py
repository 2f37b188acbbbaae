# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Text of a file."""

from pathlib import Path


def read_text(path: str) -> str:
    r"""Text (content) of a text file (.txt, .log, .md), whatever its encoding and line ends.

    UTF-8 with or without a byte order mark, UTF-16 with one; a file that is neither is taken for
    Windows-1252 or Latin-1.

    Args:
        path: The text file.

    Returns:
        The text, with '\n' at the end of each line.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is not text.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "note.txt")
        ...     _ = file.write_bytes("caf\u00e9\r\n".encode("latin-1"))
        ...     read_text(str(file))
        'caf\xe9\n'
    """
    data = Path(path).read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data:
        raise ValueError(f"{path} is not a text file: it has null bytes")
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise ValueError(f"{path} is not a text file: it is broken UTF-16")
