"""Workbooks, archives, mail and databases as documents: what holds several things."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from ..archives._members import Archive, Member
from ..mail._letters import Letter, letter_of, letters_in
from ..tables._database import tables_of
from ..tables._workbook import sheets_of
from ._document import Document, Part
from ._plain import markdown_table

Convert = Callable[[bytes, str], Document]

_MOST_ROWS = 20_000
_MOST_FILES = 200
_MOST_BYTES = 32 * 1024 * 1024
_MOST_LETTERS = 1_000


def workbook_document(data: bytes, _name: str) -> Document:
    """An Excel workbook: one part for each sheet."""
    parts, notes = [], []
    with sheets_of(data) as sheets:
        for title, rows in sheets:
            some = list(islice(rows(), _MOST_ROWS + 1))
            if len(some) > _MOST_ROWS:
                notes.append(f"only the first {_MOST_ROWS:,} rows of the sheet {title} are shown")
            parts.append(Part(f"sheet {title}", f"## {title}\n\n{markdown_table(some)}"))
    return Document("Excel workbook", tuple(parts), "; ".join(notes))


def archive_document(data: bytes, name: str, convert: Convert) -> Document:
    """An archive: one part for each file, as far as they can be read."""
    parts, notes = [], []
    with Archive(data, name) as archive:
        single = len(archive.members) == 1 and archive.members[0].size < 0
        for number, member in enumerate(archive.members):
            if number >= _MOST_FILES:
                notes.append(f"only the first {_MOST_FILES} of {len(archive.members):,} files")
                break
            text = _member_text(archive, member, convert)
            if not single:
                text = f"## File: {member.name}\n\n{text}"
            parts.append(Part(f"file {member.name}", text))
    return Document("archive", tuple(parts) or (Part("", "(no files)"),), "; ".join(notes))


def _member_text(archive: Archive, member: Member, convert: Convert) -> str:
    """A file of an archive as Markdown, or why there is none."""
    try:
        content = archive.read(member, _MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            return f"(not shown: more than {_MOST_BYTES // 2**20} MiB)"
        return whole_text(convert(content, PurePosixPath(member.name.replace("\\", "/")).name))
    except (ValueError, ImportError) as error:
        return (
            f"(not shown: it {error})" if str(error).startswith("is ") else f"(not shown: {error})"
        )


def whole_text(document: Document) -> str:
    """All of a document's text."""
    texts = (document.text_of(number).strip() for number in range(len(document.parts)))
    return "\n\n".join(text for text in texts if text)


def letter_document(data: bytes, _name: str) -> Document:
    """An e-mail message."""
    return Document("e-mail", (Part("", _letter_text(letter_of(data))),))


def mailbox_document(data: bytes, _name: str) -> Document:
    """A mailbox: one part for each message."""
    letters = list(islice(letters_in(data.splitlines(keepends=True)), _MOST_LETTERS + 1))
    note = f"only the first {_MOST_LETTERS:,} messages" if len(letters) > _MOST_LETTERS else ""
    parts = [
        Part(f"message {number}", f"## {letter.fields['subject']}\n\n{_letter_text(letter)}")
        for number, letter in enumerate(letters[:_MOST_LETTERS], start=1)
    ]
    return Document("mailbox", tuple(parts), note)


def _letter_text(letter: Letter) -> str:
    lines = [f"**{key.capitalize()}:** {value}" for key, value in letter.fields.items() if value]
    files = [f"- {name} ({len(content):,} bytes)" for name, content in letter.attachments]
    attached = ["", "Attachments:", *files] if files else []
    return "\n".join([*lines, "", letter.text, *attached])


def database_document(data: bytes, name: str) -> Document:
    """A SQLite, DuckDB or Parquet file: its tables, their columns and first rows."""
    with TemporaryDirectory() as folder:
        path = f"{folder}/data{PurePosixPath(name).suffix}"
        Path(path).write_bytes(data)
        parts = [
            Part(
                f"table {table.name}",
                f"## {table.name}\n\n{table.rows:,} rows; columns "
                f"{', '.join(map(' '.join, table.columns))}\n\n{markdown_table(table.first)}",
            )
            for table in tables_of(path)
        ]
    note = "of each table the first rows are shown; query_table_file reads it with SQL"
    return Document("database", tuple(parts) or (Part("", "(no tables)"),), note)
