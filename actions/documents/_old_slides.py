"""Presentations of the old PowerPoint format (.ppt): the text of their slides and notes.

Source: the published description of the format, [MS-PPT], sections 2.1.2 (the stream's records)
and 2.3 (persist objects).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import error as StructError  # noqa: N812
from struct import unpack_from

from ._compound import streams_of
from ._document import Document, Part

_LIST, _PERSIST = 0x0FF0, 0x03F3
_HEADER, _WIDE, _NARROW, _NOTES = 0x0F9F, 0x0FA0, 0x0FA8, 0x03F1
_LOCKED = 0xF3D1C4DF
_TITLES = (0, 6)
_DEEPEST = 40


@dataclass
class _Slide:
    persist: int
    number: int
    texts: list[tuple[int, str]] = field(default_factory=list)


def ppt_document(data: bytes, _name: str) -> Document:
    """The text of a presentation of the old format: one part for each slide.

    Raises:
        ValueError: It is encrypted or broken.
    """
    streams = streams_of(data, ("PowerPoint Document", "Current User"))
    try:
        book = _Book(streams["PowerPoint Document"], streams["Current User"])
        parts = tuple(book.parts())
    except (StructError, KeyError, IndexError, StopIteration, RuntimeError) as error:
        raise ValueError("is a broken presentation of the old format (.ppt)") from error
    note = "the old PowerPoint format: the text alone; saved as .pptx it is read better"
    return Document("old presentation", parts or (Part("", "(no slides)"),), note)


class _Book:
    """A presentation: its records, and where those lie that others point to.

    Args:
        data: The stream of records.
        user: The stream that tells of the newest edit.
    """

    def __init__(self, data: bytes, user: bytes) -> None:
        token, edit = unpack_from("<II", user, 12)
        if token == _LOCKED:
            raise ValueError("is encrypted: it needs a password")
        self._data = data
        self._left = 2 * len(data)
        self._places: dict[int, int] = {}
        self._document = 0
        while edit:
            edit = self._edit(int(edit))

    def parts(self) -> Iterator[Part]:
        """The slides in their order, each with its notes."""
        slides, notes = self._lists()
        said = dict(map(self._note, notes))
        for number, slide in enumerate(slides, start=1):
            shown = _markdown([*slide.texts, *self._texts(slide.persist)])
            aloud = _markdown(said.get(slide.number, []))
            yield Part(f"slide {number}", f"{shown}\n\n### Notes:\n{aloud}" if aloud else shown)

    def _spend(self, size: int) -> None:
        """Records that overlap would let a small file tell of a huge text."""
        self._left -= size
        if self._left < 0:
            raise IndexError("records that overlap")

    def _edit(self, edit: int) -> int:
        """Note where an edit put things, newer ones first; gives the edit before it."""
        before, table, whose = unpack_from("<III", self._data, edit + 16)
        self._document = self._document or int(whose)
        size = int(unpack_from("<I", self._data, table + 4)[0])
        self._spend(size + 8)
        at, end = table + 8, table + 8 + size
        while at < end:
            told = int(unpack_from("<I", self._data, at)[0])
            first, count = told & 0xFFFFF, told >> 20
            self._spend(4 * count)
            for place, offset in enumerate(unpack_from(f"<{count}I", self._data, at + 4)):
                self._places.setdefault(first + place, int(offset))
            at += 4 + 4 * count
        return int(before)

    def _lists(self) -> tuple[list[_Slide], list[_Slide]]:
        slides: list[_Slide] = []
        notes: list[_Slide] = []
        for kind, instance, start, end in _records(self._data, self._places[self._document]):
            if kind == _LIST and instance in (0, 2):
                (slides if instance == 0 else notes).extend(_listed(self._data, start, end))
        return slides, notes

    def _note(self, note: _Slide) -> tuple[int, list[tuple[int, str]]]:
        """The number of the slide that a page of notes is for, and its texts."""
        found = _records(self._data, self._places[note.persist])
        whose = next(start for kind, _, start, _ in found if kind == _NOTES)
        return int(unpack_from("<I", self._data, whose)[0]), self._texts(note.persist)

    def _texts(self, persist: int) -> list[tuple[int, str]]:
        """What is written within a slide's own record: kind and text, in turn."""
        place = self._places[persist]
        self._spend(int(unpack_from("<I", self._data, place + 4)[0]))
        texts: list[tuple[int, str]] = []
        for kind, _, inner, stop in _records(self._data, place):
            _add(texts, self._data, kind, inner, stop)
        return texts


def _records(
    data: bytes, start: int, end: int | None = None, deep: int = 0
) -> Iterator[tuple[int, int, int, int]]:
    """Kind, instance, beginning and end of the content of each record, those within others too."""
    if end is None:
        end = start + 8 + int(unpack_from("<I", data, start + 4)[0])
    at = start
    while at + 8 <= min(end, len(data)):
        mark, kind, size = unpack_from("<HHI", data, at)
        inner = at + 8
        at = min(inner + size, end)
        yield kind, mark >> 4, inner, at
        if mark & 0xF == 0xF and deep < _DEEPEST and kind != _LIST:
            yield from _records(data, inner, at, deep + 1)


def _listed(data: bytes, start: int, end: int) -> Iterator[_Slide]:
    """The slides of a list, each with the texts that stand there."""
    slide: _Slide | None = None
    for kind, _, inner, stop in _records(data, start, end):
        if kind == _PERSIST:
            if slide:
                yield slide
            slide = _Slide(
                unpack_from("<I", data, inner)[0], unpack_from("<I", data, inner + 12)[0]
            )
        elif slide:
            _add(slide.texts, data, kind, inner, stop)
    if slide:
        yield slide


def _add(texts: list[tuple[int, str]], data: bytes, kind: int, start: int, end: int) -> None:
    """Note a header, or the text that follows one."""
    if kind == _HEADER:
        texts.append((int(unpack_from("<I", data, start)[0]), ""))
    elif kind in (_WIDE, _NARROW):
        text = data[start:end].decode("utf-16-le" if kind == _WIDE else "latin-1", "replace")
        which = texts.pop()[0] if texts and not texts[-1][1] else 4
        texts.append((which, text))


def _markdown(texts: list[tuple[int, str]]) -> str:
    """Texts as paragraphs, a title as a heading."""
    shown = []
    for kind, text in texts:
        clean = text.replace("\r", "\n").replace("\x0b", "\n").strip()
        if clean and clean != "*":
            shown.append(f"# {' '.join(clean.split())}" if kind in _TITLES else clean)
    return "\n\n".join(shown)
