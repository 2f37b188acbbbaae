# /// script
# requires-python = ">=3.11"
# dependencies = ["olefile>=0.47"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Files attached to an e-mail message, saved."""

from pathlib import Path, PurePosixPath

from ._letters import letter_of


def save_attachments(path: str, folder: str) -> list[str]:
    r"""Save the attachments of an e-mail file (.eml, .msg) to a folder.

    Of a name only its last part counts, so that nothing is written elsewhere; where two are equal,
    or the file is there already, a number is put before the name.

    Args:
        path: The e-mail file.
        folder: Where to put the files; made where it is not there.

    Returns:
        The paths of the files, in the order of the message.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is not an e-mail message, or a broken one.
        ImportError: A .msg file, and olefile is not installed.

    Examples:
        >>> import tempfile
        >>> from email.message import EmailMessage
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     mail = EmailMessage()
        ...     mail["From"] = "ann@example.org"
        ...     mail.set_content("See the list.")
        ...     mail.add_attachment("tea", filename="list.txt")
        ...     _ = Path(folder, "mail.eml").write_bytes(bytes(mail))
        ...     [Path(one).name for one in save_attachments(f"{folder}/mail.eml", f"{folder}/new")]
        ['list.txt']
    """
    try:
        letter = letter_of(Path(path).read_bytes())
    except ValueError as error:
        raise ValueError(f"{path} {error}") from error
    Path(folder).mkdir(parents=True, exist_ok=True)
    saved = []
    for number, (name, content) in enumerate(letter.attachments, start=1):
        plain = _safe(name) or f"attachment-{number}"
        target, copy = Path(folder, plain), 1
        while target.exists() or target.is_symlink():
            target, copy = target.with_name(f"{copy}-{plain}"), copy + 1
        with target.open("xb") as file:
            file.write(content)
        saved.append(str(target))
    return saved


def _safe(name: str) -> str:
    """The last part of a name, without what no file system takes."""
    last = PurePosixPath(name.replace("\\", "/")).name
    clean = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")
    # File systems take 255 bytes, and a number may come before it.
    return clean[-150:].encode()[-200:].decode("utf-8", "ignore")
