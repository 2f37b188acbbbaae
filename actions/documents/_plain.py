"""Text files as Markdown: any encoding, tables, JSON, XML, notebooks."""

import csv
import json
import re
from contextlib import suppress
from io import StringIO
from itertools import islice
from typing import Any

from ..tables._delimiter import delimiter_of
from ._document import Document, Part

_SAMPLE = 65_536
_MOST_ROWS = 50_000
_MOST_INDENTED = 4_000_000
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,100}encoding=[\"']([\w.-]{1,40})[\"']", re.ASCII)


def decoded(data: bytes) -> str:
    r"""The text of some bytes, in whatever encoding, with '\n' at the end of each line.

    Raises:
        ValueError: They are no text.
    """
    text = _decoded(data)
    if "\0" in text:
        raise ValueError("is not text: it has null bytes")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes) -> str:
    marks = ((b"\xff\xfe\0\0", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    for mark, encoding in marks:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(_guessed(data), "replace")


def _guessed(data: bytes) -> str:
    """The encoding of bytes that are not UTF-8.

    Guessing is for scripts other than the Latin one, and for long texts: a word with an accent
    fits many encodings, and the Western one is by far the most frequent.
    """
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return "cp1252"
    sample = data[:_SAMPLE]
    strange = sum(byte > 127 for byte in sample)
    latin = len(re.findall(rb"[A-Za-z]", sample))
    best = from_bytes(sample).best()
    if best is not None and (best.coherence > 0.1 or strange > latin):
        return str(best.encoding)
    return "cp1252"


def utf16_without_mark(data: bytes) -> bytes:
    """The bytes with a byte order mark in front where they are UTF-16 that lacks it."""
    head = data[:_SAMPLE]
    if len(head) >= 4 and len(data) % 2 == 0:
        even, odd = head[::2].count(0), head[1::2].count(0)
        half = len(head) // 2
        if odd > 0.6 * half and even < 0.1 * half:
            return b"\xff\xfe" + data
        if even > 0.6 * half and odd < 0.1 * half:
            return b"\xfe\xff" + data
    return data


def text_document(data: bytes, _name: str) -> Document:
    """A text file as it is; a program's source as a block of code is no more readable."""
    return Document("text", (Part("", decoded(data)),))


def xml_document(data: bytes, _name: str) -> Document:
    """An XML file as it is, in the encoding that it declares."""
    declared = _DECLARED.match(data)
    try:
        text = data.decode(declared[1].decode("ascii")) if declared else decoded(data)
    except (UnicodeDecodeError, LookupError):
        text = decoded(data)
    return Document("XML", (Part("", text.removeprefix("\ufeff").replace("\r\n", "\n")),))


def json_document(data: bytes, _name: str) -> Document:
    """A JSON file; one without line breaks is indented."""
    text = decoded(data)
    if len(text) <= _MOST_INDENTED and text.strip().count("\n") < len(text) // 2_000:
        with suppress(ValueError, RecursionError):
            text = json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    return Document("JSON", (Part("", text),))


def csv_document(data: bytes, name: str) -> Document:
    """A file of separated values as a table; as plain text where it is none."""
    text = decoded(data)
    delimiter = "\t" if name.lower().endswith((".tsv", ".tab")) else delimiter_of(text)
    try:
        rows = list(islice(csv.reader(StringIO(text), delimiter=delimiter), _MOST_ROWS + 1))
    except csv.Error:
        return Document("text", (Part("", text),))
    note = f"only the first {_MOST_ROWS:,} rows are shown" if len(rows) > _MOST_ROWS else ""
    return Document("table", (Part("", markdown_table(rows[:_MOST_ROWS])),), note)


def markdown_table(rows: list[list[Any]]) -> str:
    """Rows as a Markdown table, the first as its header; empty where there are none."""
    filled = [[_cell(cell) for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    if not filled:
        return ""
    width = max(map(len, filled))
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in filled]
    return "\n".join([lines[0], f"|{' --- |' * width}", *lines[1:]])


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return " ".join(text.split()).replace("|", "\\|")


def notebook_document(data: bytes, name: str) -> Document:
    """A Jupyter notebook: its text, code and what the code printed."""
    try:
        book = json.loads(decoded(data))
        texts = [_notebook_cell(cell) for cell in book["cells"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return json_document(data, name)
    return Document("notebook", (Part("", "\n\n".join(filter(None, texts))),))


def _notebook_cell(cell: dict[str, Any]) -> str:
    source = "".join(cell.get("source", ""))
    if cell.get("cell_type") != "code":
        return source
    told = [f"```python\n{source}\n```"]
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        text = "".join(output.get("text", "") or data.get("text/plain", ""))
        if output.get("output_type") == "error":
            text = f"{output.get('ename', '')}: {output.get('evalue', '')}"
        if text.strip():
            told.append(f"```text\n{text.rstrip()}\n```")
        if any(key.startswith("image/") for key in data):
            told.append("(a picture)")
    return "\n\n".join(told)
