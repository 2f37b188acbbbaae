"""A document: its parts as Markdown, and what a reader wants to know before reading them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*)")
_FENCE = re.compile(r"[ \t]*(```|~~~)")


@dataclass(frozen=True)
class Part:
    """One of the parts that a document has by itself: a page, a slide, a sheet, a file.

    Attributes:
        label: What it is, such as 'page 3' or 'slide 2'; empty where a document has no parts.
        text: Its Markdown.
    """

    label: str
    text: str


@dataclass(frozen=True)
class Heading:
    """An entry of the table of contents.

    Attributes:
        level: 1 for the highest.
        title: Its text.
        part: The number of its part, from 0.
        offset: Where in the part's text it stands.
    """

    level: int
    title: str
    part: int
    offset: int = 0


@dataclass(frozen=True)
class Document:
    """What was read of a file.

    Attributes:
        kind: What it is, in words: 'PDF', 'Word document'.
        parts: Its parts in their order.
        note: What a reader must know: what was left out; empty for nothing.
        contents: The table of contents that the file itself holds, if it holds one.
        rich: Gives a part's text with its tables laid out, by its number; slower than `text`.
    """

    kind: str
    parts: tuple[Part, ...]
    note: str = ""
    contents: tuple[Heading, ...] = ()
    rich: Callable[[int], str] | None = None

    def text_of(self, part: int) -> str:
        """The best text of a part that can be had."""
        return self.rich(part) if self.rich else self.parts[part].text

    def headings(self) -> tuple[Heading, ...]:
        """The table of contents: the file's own, else headings and parts."""
        if self.contents:
            return self.contents
        found: list[Heading] = []
        for number, part in enumerate(self.parts):
            inside = list(_headings(part.text, number))
            if part.label.startswith(("page", "slide")) and len(self.parts) > 1:
                found.append(Heading(1, _title(part, inside), number))
            else:
                found += inside
        return tuple(found)


def _title(part: Part, inside: list[Heading]) -> str:
    """What a page or a slide is called: with its heading, else with its first line."""
    lead = inside[0].title if inside else part.text.strip().partition("\n")[0].strip()
    return f"{part.label}: {lead[:80]}" if lead else part.label


def _headings(text: str, part: int) -> Iterator[Heading]:
    """The headings of Markdown, those in code left out."""
    offset, fence = 0, ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or fence == mark[1]):
            fence = "" if fence else mark[1]
        match = None if fence else _HEADING.fullmatch(line)
        title = match[2].rstrip("# \t") if match else ""
        if match and title:
            yield Heading(len(match[1]), title, part, offset)
        offset += len(line) + 1
