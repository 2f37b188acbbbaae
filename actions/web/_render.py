"""A page's tree to Markdown with its links numbered; in one pass, whatever its depth."""

import re
from collections.abc import Callable
from typing import Any

from ._address import absolute
from ._forms import Form, form_of
from ._html import unseen

_BLOCKS = {
    *("address", "article", "aside", "blockquote", "body", "dd", "details", "dialog", "div"),
    *("dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup"),
    *("main", "nav", "ol", "p", "section", "summary", "table", "ul", "center", "caption"),
}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_APART = {"p", "blockquote", "ol", "ul", "dl", "table", "pre", "figure", "form", "article"}
_SKIPPED = {"head", "noscript", "select", "textarea", "button", "input", "option"}
_SPACE = re.compile("[ \t\n\r\f]+")  # as HTML has it: a no-break space is none
_DEEPEST = 8


class _Lines:
    """Text in the making: words, and breaks that are due before the next one."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._due = 0
        self._space = False

    def write(self, text: str, prefix: str) -> None:
        """Words, with white space as HTML has it."""
        words = _SPACE.sub(" ", text)
        if words[:1] == " ":
            self._space = True
            words = words[1:]
        if not words:
            return
        if self._due and self.parts:
            self.parts.append("\n" * self._due)
        if self._due or not self.parts:
            self.parts.append(prefix)
        elif self._space:
            self.parts.append(" ")
        self._due, self._space = 0, words.endswith(" ")
        self.parts.append(words.rstrip(" "))

    def raw(self, text: str, prefix: str) -> None:
        """Lines as they are."""
        first, *rest = text.split("\n")
        self.write(first or "\u200b", prefix)
        self.parts += [f"\n{prefix}{line}" for line in rest]

    def break_off(self, lines: int) -> None:
        """What follows begins on a new line (1), or after an empty one (2)."""
        self._due, self._space = max(self._due, lines), False

    def text(self) -> str:
        """All that was written."""
        return "".join(self.parts).replace("\u200b", "").replace("\u00a0", " ")


class Renderer:
    """Renders one page.

    Args:
        base: The address that links are relative to.

    Attributes:
        links: The links' addresses; the first has number 1.
        forms: The forms; the first has number 1.
        deepest: How many elements within elements there are.
    """

    def __init__(self, base: str) -> None:
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.deepest = 0
        self._numbers: dict[str, int] = {}
        self._base = base
        self._out = [_Lines()]
        self._prefix: list[str] = []
        self._lists: list[int] = []
        self._rows: list[list[list[str]]] = []
        self._plain: list[bool] = []
        self._open: dict[str, Callable[[Any], None]] = {
            "a": self._aside,
            "img": self._image,
            "iframe": self._frame,
            "frame": self._frame,
            "ul": self._list,
            "ol": self._list,
            "menu": self._list,
            "li": self._item,
            "blockquote": self._quote,
            "br": self._break,
            "hr": self._rule,
            "table": self._table,
            "tr": self._row,
            "td": self._cell,
            "th": self._cell,
        }
        self._close: dict[str, Callable[[Any], None]] = {
            "a": self._link,
            "ul": self._list_done,
            "ol": self._list_done,
            "menu": self._list_done,
            "blockquote": self._quote_done,
            "table": self._table_done,
            "td": self._cell_done,
            "th": self._cell_done,
            "form": self._form_done,
        }

    def render(self, tree: Any) -> str:
        """The page's Markdown."""
        from lxml import etree

        walker = etree.iterwalk(tree, events=("start", "end"))
        depth = 0
        for event, element in walker:
            depth += 1 if event == "start" else -1
            self.deepest = max(self.deepest, depth)
            if event == "start":
                if element.tag in _SKIPPED or unseen(element):
                    walker.skip_subtree()
                    continue
                self._start(element)
                if element.tag != "pre":
                    self._write(element.text or "")
                else:
                    self._pre(element)
                    walker.skip_subtree()
                continue
            if element.tag not in _SKIPPED and not unseen(element):
                self._end(element)
            if element is not tree:
                self._write(element.tail or "")
        return self._out[0].text().strip()

    def _write(self, text: str) -> None:
        if text:
            self._out[-1].write(text, "".join(self._prefix[:_DEEPEST]))

    def _start(self, element: Any) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._out[-1].break_off(2 if tag in _APART and not self._lists else 1)
        if tag in _HEADINGS:
            self._out[-1].break_off(2)
            self._write("#" * _HEADINGS[tag] + " ")
        elif tag in self._open:
            self._open[tag](element)

    def _end(self, element: Any) -> None:
        tag = element.tag
        if tag in self._close:
            self._close[tag](element)
        if tag in _BLOCKS or tag in _HEADINGS:
            apart = tag in _HEADINGS or (tag in _APART and not self._lists)
            self._out[-1].break_off(2 if apart else 1)

    def _number(self, address: str) -> int:
        if address not in self._numbers:
            self.links.append(address)
            self._numbers[address] = len(self.links)
        return self._numbers[address]

    def _aside(self, _: Any) -> None:
        """What follows is collected apart, on one line."""
        self._out.append(_Lines())

    def _collected(self) -> str:
        return " ".join(self._out.pop().text().split()) if len(self._out) > 1 else ""

    def _link(self, element: Any) -> None:
        label = self._collected() or " ".join((element.get("aria-label") or "").split())
        address = absolute(self._base, element.get("href"))
        if label and address and element.get("href", "").strip()[:1] != "#":
            label = f"[{label}][{self._number(address)}]"
        self._write(label)

    def _image(self, element: Any) -> None:
        label = " ".join((element.get("alt") or "").split())
        address = absolute(self._base, element.get("src") or element.get("data-src"))
        if address:
            self._write(f"![{label}][{self._number(address)}]")
        else:
            self._write(label)

    def _frame(self, element: Any) -> None:
        address = absolute(self._base, element.get("src"))
        if address:
            name = " ".join((element.get("title") or element.get("name") or "").split())
            self._out[-1].break_off(1)
            self._write(f"[frame {name}".rstrip() + f"][{self._number(address)}]")
            self._out[-1].break_off(1)

    def _list(self, element: Any) -> None:
        self._lists.append(1 if element.tag == "ol" else 0)

    def _list_done(self, _: Any) -> None:
        self._lists.pop()

    def _item(self, _: Any) -> None:
        self._out[-1].break_off(1)
        number = self._lists[-1] if self._lists else 0
        indent = "  " * min(len(self._lists) - 1, _DEEPEST)
        self._write(f"\u200b{indent}".replace(" ", "\u00a0") + (f"{number}. " if number else "- "))
        if number:
            self._lists[-1] += 1

    def _quote(self, _: Any) -> None:
        self._prefix.append("> ")

    def _quote_done(self, _: Any) -> None:
        self._prefix.pop()

    def _pre(self, element: Any) -> None:
        text = element.text_content().strip("\n")
        prefix = "".join(self._prefix[:_DEEPEST])
        self._out[-1].break_off(2)
        self._out[-1].raw(f"```\n{text}\n```", prefix)
        self._out[-1].break_off(2)

    def _break(self, _: Any) -> None:
        self._out[-1].break_off(1)

    def _rule(self, _: Any) -> None:
        self._out[-1].break_off(1)
        self._write("---")
        self._out[-1].break_off(1)

    def _table(self, element: Any) -> None:
        laid_out = element.find(".//table") is not None or element.get("role") == "presentation"
        self._plain.append(laid_out)
        self._rows.append([])

    def _table_done(self, _: Any) -> None:
        rows = self._rows.pop()
        self._plain.pop()
        width = max(map(len, rows), default=0)
        for number, row in enumerate(rows):
            self._write("| " + " | ".join([*row, *[""] * (width - len(row))]) + " |")
            self._out[-1].break_off(1)
            if number == 0 and width > 1:
                self._write("|" + " --- |" * width)
                self._out[-1].break_off(1)

    def _row(self, _: Any) -> None:
        self._out[-1].break_off(1)
        if self._plain and not self._plain[-1]:
            self._rows[-1].append([])

    def _cell(self, element: Any) -> None:
        if self._plain and not self._plain[-1]:
            self._aside(element)
        else:
            self._out[-1].break_off(1)

    def _cell_done(self, _: Any) -> None:
        if self._plain and not self._plain[-1]:
            rows = self._rows[-1]
            if not rows:
                rows.append([])
            rows[-1].append(self._collected().replace("|", "\\|"))

    def _form_done(self, element: Any) -> None:
        form = form_of(element, self._base)
        self.forms.append(form)
        self._out[-1].break_off(1)
        self._write(f"[form {len(self.forms)}: {form.told()}]")
