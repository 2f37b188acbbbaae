"""The page that is open in this kernel, shown a part at a time."""

import re
from dataclasses import dataclass, field

from ._forms import Form

VIEW = 6_000
"""Characters of a page that are shown at once."""

_ASIDE = 2_000
_JOKERS = 3
_GAP = r"(?:\]\[\d+\])?[\s|>]+(?:!?\[)?"  # between two words may lie the marks of a link
_LABEL = re.compile(r"\[([^\[\]\n]*)\]\[(\d{1,6})\]")
_OPEN: list["Page"] = []


@dataclass
class Page:
    """A page.

    Attributes:
        url: Its address, or the path of a file.
        title: Its title; empty where it has none.
        text: All of it, as Markdown.
        links: The addresses of its links; the first has number 1.
        forms: Its forms; the first has number 1.
        note: What a reader should know of it.
        rendered: A browser made it.
        starts: Where each part begins.
        at: The part that is shown, from 0.
        phrase: What was looked for last.
        after: Where to look on.
    """

    url: str
    title: str
    text: str
    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    note: str = ""
    rendered: bool = False
    starts: list[int] = field(default_factory=list)
    at: int = 0
    phrase: str = ""
    after: int = 0

    def __post_init__(self) -> None:
        self.starts = self.starts or _starts(self.text)

    def shown(self, remark: str = "") -> str:
        """The part that is open, below a head of a few lines.

        Args:
            remark: A line of the head.
        """
        count = len(self.starts)
        end = self.starts[self.at + 1] if self.at + 1 < count else len(self.text)
        place = f"Page {self.at + 1} of {count}" if count > 1 else ""
        if self.at + 1 < count:
            place += "; page_down() shows the next"
        head = [self.title, f"Address: {self.url}", place, self.note, remark]
        part = self.text[self.starts[self.at] : end].strip("\n")
        return "\n".join([*filter(None, head), "", part or "(nothing to read)"])

    def move(self, by: int) -> str:
        """Go on or back by parts, no farther than there are any."""
        to = self.at + by
        self.at = min(max(to, 0), len(self.starts) - 1)
        if to == self.at:
            return self.shown()
        return self.shown("This is the last page." if by > 0 else "This is the first page.")

    def labels(self) -> dict[int, str]:
        """By the number of each link the text that it first stands behind."""
        found: dict[int, str] = {}
        for match in _LABEL.finditer(self.text):
            found.setdefault(int(match[2]), match[1])
        return found

    def find(self, phrase: str, *, further: bool = False) -> str:
        """Go to the first place that holds a phrase, or to the next one.

        Raises:
            ValueError: The phrase is empty, or has too many jokers.
        """
        places = [match.start() for match in _pattern(phrase).finditer(self.text)]
        if not places:
            self.phrase, self.after = phrase, 0
            return f"{phrase!r} is not on {self.url}."
        after = self.after if further else 0
        number = next((n for n, place in enumerate(places) if place >= after), 0)
        self.phrase, self.after = phrase, places[number] + 1
        self.at = max(n for n, start in enumerate(self.starts) if start <= places[number])
        line = self.text[places[number] :].partition("\n")[0][:80]
        return self.shown(f"Found {number + 1} of {len(places)}: {line}")


def opened(page: Page) -> Page:
    """Make a page the one that is open."""
    _OPEN[:] = [page]
    return page


def open_url() -> str:
    """The address of the page that is open; empty where none is."""
    return _OPEN[0].url if _OPEN else ""


def current() -> Page:
    """The page that is open.

    Raises:
        LookupError: None is.
    """
    if not _OPEN:
        raise LookupError("no page is open; open_page(url) opens one")
    return _OPEN[0]


def _starts(text: str) -> list[int]:
    """Where the parts of a text begin: at paragraphs or lines where that can be."""
    starts = [0]
    while len(text) - starts[-1] > VIEW:
        start = starts[-1]
        for mark in ("\n\n", "\n", " "):
            cut = text.rfind(mark, start + VIEW - _ASIDE, start + VIEW)
            if cut > start:
                starts.append(cut + len(mark))
                break
        else:
            starts.append(start + VIEW)
    return starts


def _pattern(phrase: str) -> re.Pattern[str]:
    wanted = phrase.strip().strip("*").strip()
    if not wanted:
        raise ValueError("the phrase to find is empty")
    if wanted.count("*") > _JOKERS:
        raise ValueError(f"the phrase has more than {_JOKERS} jokers (*)")
    words = [re.escape(word).replace(r"\*", r"[^\n]{0,80}?") for word in wanted.split()]
    return re.compile(_GAP.join(words), re.IGNORECASE)
