"""Small real files of every kind that people send along with a task, as bytes."""

from __future__ import annotations

import json
import struct
import wave
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile


def pdf(
    pages: Sequence[Sequence[str]], *, bookmarks: Sequence[str] = (), locked: bool = False
) -> bytes:
    """A PDF with a line of text for each text; bookmarks lead to the pages in turn."""
    objects: list[bytes] = [b"", b""]  # the catalog and the pages, written last
    font = _add(objects, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    kids = []
    for lines in pages:
        shown = b" ".join(b"(%s) Tj T*" % _escaped(line) for line in lines)
        stream = b"BT /F1 11 Tf 14 TL 60 780 Td " + shown + b" ET"
        content = _add(objects, b"<< /Length %d >> stream\n%s\nendstream" % (len(stream), stream))
        kids.append(
            _add(
                objects,
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
                b"/Resources << /Font << /F1 %d 0 R >> >> >>" % (content, font),
            )
        )
    outline = b""
    if bookmarks:
        root, first = len(objects) + 1, len(objects) + 2
        count = len(bookmarks)
        _add(
            objects,
            b"<< /First %d 0 R /Last %d 0 R /Count %d >>" % (first, first + count - 1, count),
        )
        for place, title in enumerate(bookmarks):
            after = b"/Next %d 0 R" % (first + place + 1) if place + 1 < count else b""
            text, page = _escaped(title), kids[place]
            _add(
                objects,
                b"<< /Title (%s) /Parent %d 0 R %s /Dest [%d 0 R /Fit] >>"
                % (text, root, after, page),
            )
        outline = b"/Outlines %d 0 R" % root
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R %s >>" % outline
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (listed, len(kids))
    lock = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"41" * 32, b"42" * 32)
    return _pdf_file(objects, _add(objects, lock) if locked else 0)


def ruled_pdf(rows: Sequence[Sequence[str]]) -> bytes:
    """A PDF of one page with a table whose cells are parted by lines."""
    marks = [b"0.5 w"]
    for place, row in enumerate(rows):
        for column, text in enumerate(row):
            x, y = 60 + column * 120, 700 - place * 20
            marks.append(b"%d %d 120 20 re S" % (x, y))
            marks.append(b"BT /F1 10 Tf %d %d Td (%s) Tj ET" % (x + 4, y + 6, _escaped(text)))
    stream = b"\n".join(marks)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << "
            b"/Font << /F1 3 0 R >> >> >>"
        ),
        b"<< /Length %d >> stream\n%s\nendstream" % (len(stream), stream),
    ]
    return _pdf_file(objects, 0)


def _add(objects: list[bytes], content: bytes) -> int:
    objects.append(content)
    return len(objects)


def _escaped(text: str) -> bytes:
    data = text.encode("cp1252")
    return data.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _pdf_file(objects: Sequence[bytes], lock: int) -> bytes:
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    locked = b"/Encrypt %d 0 R /ID [<00> <00>]" % lock if lock else b""
    size = len(objects) + 1
    end = b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (
        size,
        locked,
        len(data),
    )
    return data + b"xref\n0 %d\n0000000000 65535 f \n%s%s" % (size, table, end)


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """A ZIP file with these files."""
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return stream.getvalue()


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def docx(blocks: Sequence[tuple[str, Any]]) -> bytes:
    """A Word document of blocks: ('Heading1', text), ('', text) or ('table', rows)."""
    body = "".join(_docx_block(style, content) for style, content in blocks)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>',
        }
    )


def _docx_block(style: str, content: Any) -> str:
    if style == "table":
        lines = [
            "".join(f"<w:tc>{_docx_block('', cell)}</w:tc>" for cell in row) for row in content
        ]
        rows = "".join(f"<w:tr>{line}</w:tr>" for line in lines)
        return f"<w:tbl>{rows}</w:tbl>"
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r><w:t>{content}</w:t></w:r></w:p>"


def pptx(slides: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]] = ()) -> bytes:
    """Slides with a title and a text, the first with notes, the last with a table."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    for title, text in slides:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = text
    deck.slides[0].notes_slide.notes_text_frame.text = "Said aloud"
    if rows:
        last = deck.slides[len(slides) - 1].shapes
        size = (Inches(1), Inches(4), Inches(6), Inches(1))
        table = last.add_table(len(rows), len(rows[0]), *size).table
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                table.cell(number, column).text = text
    stream = BytesIO()
    deck.save(stream)
    return stream.getvalue()


def xlsx(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """An Excel workbook with these sheets."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def xls(rows: Sequence[Sequence[str | float]]) -> bytes:
    """An Excel workbook in the oldest of its formats: one sheet, a record for each cell."""
    data = struct.pack("<HHHH", 0x09, 4, 2, 0x10)
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            place = struct.pack("<HHBBB", number, column, 0, 0, 0)
            if isinstance(cell, str):
                text = cell.encode("cp1252")
                data += struct.pack("<HH", 0x04, 8 + len(text)) + place + bytes([len(text)]) + text
            else:
                data += struct.pack("<HH", 0x03, 15) + place + struct.pack("<d", cell)
    return data + struct.pack("<HH", 0x0A, 0)


def epub(title: str, chapters: Mapping[str, str]) -> bytes:
    """An e-book: chapters by heading."""
    names = [f"c{number}.xhtml" for number in range(len(chapters))]
    items = "".join(f'<item id="{one}" href="{one}"/>' for one in names)
    spine = "".join(f'<itemref idref="{one}"/>' for one in names)
    texts = [
        f'<html xmlns="http://www.w3.org/1999/xhtml"><body><h1>{head}</h1><p>{text}</p></body></html>'
        for head, text in chapters.items()
    ]
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="book.opf"/>'
            "</rootfiles></container>",
            "book.opf": '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
            f"<dc:title>{title}</dc:title></metadata><manifest>{items}</manifest>"
            f"<spine>{spine}</spine></package>",
            **dict(zip(names, texts, strict=True)),
        }
    )


def open_document(kind: str, body: str) -> bytes:
    """An OpenDocument file: `kind` is text, spreadsheet or presentation, `body` its XML."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{place}:1.0"'
        for name, place in (
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("draw", "drawing"),
        )
    )
    stream = BytesIO()
    with ZipFile(stream, "w") as file:
        file.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        inner = f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
        content = f"<office:document-content {spaces}>{inner}</office:document-content>"
        file.writestr("content.xml", content)
    return stream.getvalue()


def notebook(cells: Sequence[tuple[str, str, str]]) -> bytes:
    """A Jupyter notebook of cells: (kind, source, printed)."""
    made = []
    for kind, source, printed in cells:
        outputs = [{"output_type": "stream", "name": "stdout", "text": printed}] if printed else []
        made.append({"cell_type": kind, "source": source, "metadata": {}, "outputs": outputs})
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def email(
    subject: str, text: str, files: Mapping[str, bytes] | None = None, html: str = ""
) -> bytes:
    """An e-mail message with attachments."""
    message = EmailMessage()
    message["From"] = "Ann Lee <ann@example.org>"
    message["To"] = "bob@example.org"
    message["Date"] = "Tue, 05 Mar 2024 10:00:00 +0100"
    message["Subject"] = subject
    if text:
        message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, content in (files or {}).items():
        message.add_attachment(content, "application", "octet-stream", filename=name)
    return message.as_bytes()


def picture(kind: str = "PNG", *, camera: str = "") -> bytes:
    """A picture of 40 by 30 points; with the name of a camera in it, if it is told one."""
    from PIL import Image

    made, stream = Image.new("RGB", (40, 30), "white"), BytesIO()
    exif = Image.Exif()
    if camera:
        exif[0x0110] = camera
        exif.get_ifd(0x8825).update({1: "N", 2: (60.0, 23.0, 34.8), 3: "W", 4: (5.0, 20.0, 0.0)})
    made.save(stream, kind, exif=exif)
    return stream.getvalue()


def sound(seconds: float = 1.0) -> bytes:
    """A WAV file of silence."""
    stream = BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * int(8000 * seconds))
    return stream.getvalue()


def tagged_sound(title: str, artist: str) -> bytes:
    """An MP3 file of a few frames with a title and an artist."""
    frames = b""
    for name, text in ((b"TIT2", title), (b"TPE1", artist)):
        content = b"\3" + text.encode()
        frames += name + struct.pack(">IH", len(content), 0) + content
    size = bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + size + frames + (b"\xff\xfb\x90\x00" + b"\0" * 413) * 20


def database(folder: Path, kind: str) -> bytes:
    """A file of a table `sales` with products and prices: 'sqlite', 'duckdb' or 'parquet'."""
    path = folder / f"made.{kind}"
    values = "VALUES ('tea', 2.5), ('cup', 8.0)"
    if kind == "sqlite":
        import sqlite3

        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE sales (product TEXT, price REAL)")
        connection.execute(f"INSERT INTO sales {values}")
        connection.commit()
        connection.close()
        return path.read_bytes()
    import duckdb

    shop = duckdb.connect(str(path) if kind == "duckdb" else ":memory:")
    shop.execute(f"CREATE TABLE sales AS SELECT * FROM ({values}) AS t(product, price)")
    if kind == "parquet":
        shop.execute(f"COPY sales TO '{path}'")
    shop.close()
    return path.read_bytes()
