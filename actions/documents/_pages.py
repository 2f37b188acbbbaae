"""Pages of a document, as a reader turns them: short enough to be read at once."""

from dataclasses import dataclass

from ._document import Document

PAGE = 6_000
"""Characters of one page, about: with the table of contents it fits into one observation."""

_SLACK = 1_000


@dataclass(frozen=True)
class Piece:
    """A part of the document, or a stretch of one.

    Attributes:
        part: The number of the part, from 0.
        start: Where in the part's text it begins.
        text: Its text.
        whole: It is all of the part.
    """

    part: int
    start: int
    text: str
    whole: bool


def pages_of(document: Document) -> list[list[Piece]]:
    """The pages: parts stay whole where they can, long ones are cut between paragraphs."""
    pages: list[list[Piece]] = []
    room = 0
    for number, part in enumerate(document.parts):
        for piece in _pieces(number, part.text):
            if room < len(piece.text) or not pages:
                pages.append([])
                room = PAGE
            pages[-1].append(piece)
            room -= len(piece.text)
    return pages or [[]]


def page_text(document: Document, page: list[Piece]) -> str:
    """One page as Markdown; what pages or slides it holds is said in comments."""
    texts = []
    for piece in page:
        label = document.parts[piece.part].label
        marked = label.startswith(("page ", "slide ")) and len(document.parts) > 1
        more = "" if piece.start == 0 else " (continued)"
        text = document.text_of(piece.part) if piece.whole else piece.text
        texts.append(f"<!-- {label}{more} -->\n{text.strip()}" if marked else text.strip())
    return "\n\n".join(text for text in texts if text)


def page_of(pages: list[list[Piece]], part: int, offset: int) -> int:
    """The number of the page, from 1, on which a place of the document stands."""
    found = 1
    for number, page in enumerate(pages, start=1):
        if any((piece.part, piece.start) <= (part, offset) for piece in page):
            found = number
    return found


def _pieces(part: int, text: str) -> list[Piece]:
    if len(text) <= PAGE + _SLACK:
        return [Piece(part, 0, text, whole=True)]
    pieces, start = [], 0
    while len(text) - start > PAGE + _SLACK:
        end = _cut(text, start)
        pieces.append(Piece(part, start, text[start:end], whole=False))
        start = end
    return [*pieces, Piece(part, start, text[start:], whole=False)]


def _cut(text: str, start: int) -> int:
    """Where to turn the page: before a heading, after a paragraph, a line, a word, or anywhere."""
    latest = start + PAGE
    for mark, least in (("\n#", PAGE // 2), ("\n\n", PAGE // 2), ("\n", 0), (" ", 0)):
        at = text.rfind(mark, start + least, latest)
        if at > start:
            return at + 1
    return latest
