"""OpenDocument files (.odt, .ods, .odp) as Markdown, from the one XML file that they hold."""

from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from ..archives._members import BROKEN
from ._document import Document, Part
from ._office import guard
from ._plain import markdown_table

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_MOST_REPEATS = 1_000

_Element = ET.Element


def odf_document(data: bytes, name: str) -> Document:
    """A text, a spreadsheet (one part for each sheet) or a presentation (for each slide)."""
    guard(data, name[name.rfind(".") :], "an OpenDocument file")
    try:
        with ZipFile(BytesIO(data)) as file:
            # Expat bounds what entities can grow to; other files are not fetched.
            root = ET.fromstring(file.read("content.xml"))  # noqa: S314
    except (*BROKEN, KeyError, ET.ParseError, RuntimeError) as error:
        raise ValueError("is a broken or encrypted OpenDocument file") from error
    body = root.find(f"{_OFFICE}body")
    content = next(iter(body), None) if body is not None else None
    if content is None:
        raise ValueError("is a broken OpenDocument file: it has no body")
    if content.tag == f"{_OFFICE}spreadsheet":
        sheets = content.findall(f"{_TABLE}table")
        return Document("spreadsheet", tuple(map(_sheet, sheets)) or (Part("", ""),))
    if content.tag == f"{_OFFICE}presentation":
        slides = enumerate(content.findall(f"{_DRAW}page"), start=1)
        parts = [Part(f"slide {number}", "\n\n".join(_blocks(slide))) for number, slide in slides]
        return Document("presentation", tuple(parts) or (Part("", ""),))
    return Document("text document", (Part("", "\n\n".join(_blocks(content))),))


def _sheet(table: _Element) -> Part:
    name = table.get(f"{_TABLE}name", "")
    return Part(f"sheet {name}", f"## {name}\n\n{markdown_table(list(rows_of(table)))}")


def _blocks(element: _Element) -> Iterator[str]:
    """Paragraphs, headings, list items and tables, each as a block of Markdown."""
    for child in element:
        if child.tag == f"{_TEXT}h":
            level = child.get(f"{_TEXT}outline-level", "1")
            yield f"{'#' * min(int(level) if level.isdigit() else 1, 6)} {_words(child)}"
        elif child.tag == f"{_TEXT}p":
            if text := _words(child):
                yield text
        elif child.tag == f"{_TEXT}list-item":
            yield "\n".join(f"- {block}" for block in _blocks(child))
        elif child.tag == f"{_TABLE}table":
            yield markdown_table(list(rows_of(child)))
        elif not child.tag.startswith(f"{_TEXT}tracked-changes"):
            yield from _blocks(child)


def rows_of(table: _Element) -> Iterator[list[str]]:
    """The rows of a table; those and the cells that are repeated come as often, within reason."""
    for row in table.iter(f"{_TABLE}table-row"):
        cells: list[str] = []
        for cell in row:
            text = "\n".join(filter(None, (_words(one) for one in cell.iter(f"{_TEXT}p"))))
            times = _times(cell, "columns") if text else min(_times(cell, "columns"), 100)
            cells += [text] * times
        while cells and not cells[-1]:
            cells.pop()
        yield from [cells] * (_times(row, "rows") if cells else 1)


def _times(element: _Element, what: str) -> int:
    text = element.get(f"{_TABLE}number-{what}-repeated", "1")
    return min(int(text), _MOST_REPEATS) if text.isdigit() else 1


def _words(element: _Element) -> str:
    """The text of an element, spaces and tabs that stand as elements among it."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag in (f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"):
            pieces.append(" ")
        elif not child.tag.startswith((_OFFICE, f"{_TEXT}note-citation")):
            pieces.append(_words(child))
        pieces.append(child.tail or "")
    return " ".join("".join(pieces).split())
