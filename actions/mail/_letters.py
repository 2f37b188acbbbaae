"""E-mail messages as plain values: shared by the actions on them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FROM = re.compile(rb"From [^\r\n]*\r?\n")
_TEXT = {  # numbers of properties of an Outlook message
    "subject": "0037", "from": "0C1A", "address": "5D01", "to": "0E04", "cc": "0E03",
    "text": "1000", "html": "1013", "headers": "007D", "other address": "0C1F",
}  # fmt: skip
_LONG_NAME, _SHORT_NAME, _CONTENT = "3707", "3704", "3701"


@dataclass(frozen=True)
class Letter:
    """One message.

    Attributes:
        fields: 'subject', 'from', 'to', 'cc' and 'date', the date as ISO text; '' where missing.
        text: What it says, as plain text.
        attachments: Names and contents of the files that came with it.
    """

    fields: dict[str, str]
    text: str
    attachments: list[tuple[str, bytes]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The message as the actions give it: attachments by name and size."""
        files = [{"name": name, "size": len(content)} for name, content in self.attachments]
        return {**self.fields, "text": self.text, "attachments": files}


def letter_of(data: bytes) -> Letter:
    """A message of its bytes, .eml or .msg.

    Raises:
        ValueError: They are no message.
        ImportError: A .msg file, and olefile is not installed.
    """
    if data.startswith(_OLE):
        return _outlook(data)
    message = message_from_bytes(
        data[found.end() if (found := _FROM.match(data)) else 0 :], policy=policy.default
    )
    if not isinstance(message, EmailMessage) or not message.keys() or b"\0" in data[:1000]:
        raise ValueError("is not an e-mail message")
    return _letter(message)


def letters_in(mailbox: Iterable[bytes]) -> Iterator[Letter]:
    """The messages of a mailbox (.mbox) one after the other, from its lines.

    Raises:
        ValueError: It is no mailbox.
    """
    lines: list[bytes] = []
    blank = True
    for line in mailbox:
        if not lines and not line.startswith(b"From "):
            raise ValueError("is not a mailbox: it does not begin with 'From '")
        if blank and line.startswith(b"From ") and lines:
            yield letter_of(b"".join(lines))
            lines = []
        blank = not line.strip()
        lines.append(line[1:] if line.startswith(b">From ") else line)
    if lines:
        yield letter_of(b"".join(lines))


def _letter(message: EmailMessage) -> Letter:
    fields = {name: _field(message, name) for name in ("subject", "from", "to", "cc")}
    fields["date"] = _date(_field(message, "date"))
    return Letter(fields, _body(message), list(_attachments(message)))


def _field(message: Message, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, IndexError, TypeError, AttributeError, LookupError):
        return ""  # a header that the standard library cannot read


def _date(text: str) -> str:
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return text


def _body(message: EmailMessage) -> str:
    try:
        part = message.get_body(("plain", "html"))
    except (AttributeError, KeyError, TypeError, ValueError):
        return ""
    if part is None:
        return ""
    text = _text(part)
    return text_of_html(text) if part.get_content_type() == "text/html" else text.strip()


def _text(part: Message) -> str:
    data = part.get_payload(decode=True)
    content = data if isinstance(data, bytes) else b""
    try:
        return content.decode(part.get_content_charset() or "utf-8").replace("\r\n", "\n")
    except (UnicodeDecodeError, LookupError):
        return content.decode("latin-1").replace("\r\n", "\n")


def _attachments(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    """Files: parts with a name, or that say they are attached; a message in it as .eml."""
    body = {id(part) for part in (message.get_body(("plain",)), message.get_body(("html",)))}
    for number, part in enumerate(message.walk(), start=1):
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0) if part.is_multipart() else None
            if isinstance(inner, Message):
                yield f"message-{number}.eml", inner.as_bytes()
        elif part.is_multipart() or id(part) in body:
            continue
        elif part.get_filename() or part.get_content_disposition() == "attachment":
            content = part.get_payload(decode=True)
            name = part.get_filename() or f"attachment-{number}"
            yield name, content if isinstance(content, bytes) else b""


# --- Outlook ------------------------------------------------------------------------------------


def _outlook(data: bytes) -> Letter:
    try:
        from olefile import OleFileIO
    except ImportError as error:
        raise ImportError(".msg files need olefile: pip install 'dynasaur[tools]'") from error
    try:
        with OleFileIO(data) as file:
            return _of_properties(file)
    except (OSError, ValueError, IndexError, TypeError) as error:
        raise ValueError("is not an Outlook message, or a broken one") from error


def _of_properties(file: Any) -> Letter:
    found = {name: _property(file, "", number) for name, number in _TEXT.items()}
    headers = message_from_bytes(found["headers"].encode(), policy=policy.default)
    address = found["address"] or found["other address"]
    sender = found["from"]
    if "@" in address and address != sender:
        sender = f"{sender} <{address}>".strip()
    fields = {
        "subject": found["subject"],
        "from": sender,
        "to": found["to"],
        "cc": found["cc"],
        "date": _date(_field(headers, "date")),
    }
    text = found["text"] or text_of_html(found["html"])
    return Letter(fields, text.replace("\r\n", "\n").strip(), list(_outlook_files(file)))


def _outlook_files(file: Any) -> Iterator[tuple[str, bytes]]:
    folders = {entry[0] for entry in file.listdir() if entry[0].startswith("__attach_version")}
    for number, folder in enumerate(sorted(folders), start=1):
        name = _property(file, folder, _LONG_NAME) or _property(file, folder, _SHORT_NAME)
        stream = f"{folder}/__substg1.0_{_CONTENT}0102"
        if file.exists(stream):
            yield name or f"attachment-{number}", file.openstream(stream).read()


def _property(file: Any, folder: str, number: str) -> str:
    """A text of an Outlook message: UTF-16, or bytes in an encoding of its own."""
    kinds = (("001F", "utf-16-le"), ("001E", "utf-8"), ("0102", "utf-8"))
    for kind, encoding in kinds:
        stream = f"{folder}/__substg1.0_{number}{kind}".lstrip("/")
        if file.exists(stream):
            data = file.openstream(stream).read()
            try:
                return str(data.decode(encoding)).rstrip("\0")
            except UnicodeDecodeError:
                return str(data.decode("cp1252", "replace")).rstrip("\0")
    return ""


# --- HTML ---------------------------------------------------------------------------------------


class _Words(HTMLParser):
    """The text of an HTML message, a line for each block."""

    _BLOCKS = frozenset(("p", "div", "br", "tr", "li", "h1", "h2", "h3", "table", "blockquote"))
    _SILENT = frozenset(("script", "style", "head", "title"))

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002
        """A block begins a line."""
        self._silent += tag in self._SILENT
        if tag in self._BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """What follows a block is on a line of its own."""
        self._silent -= tag in self._SILENT and self._silent > 0
        if tag in self._BLOCKS and tag != "br":
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        """Text."""
        if not self._silent:
            self.pieces.append(re.sub(r"\s+", " ", data))


def text_of_html(text: str) -> str:
    """The words of an HTML message as plain text."""
    words = _Words()
    words.feed(text)
    words.close()
    lines = [" ".join(line.split()) for line in "".join(words.pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
