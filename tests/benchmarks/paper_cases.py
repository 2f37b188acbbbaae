"""The inputs on which the paper's 13 actions and ours are run: what is given, what must come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.builders import old_office, papers
from tests.builders.engines import HITS
from tests.builders.website import PNG, Answer, html
from tests.test_documents import HTML, READ, ROWS

SITE = "{site}"
"""Stands for the address of the local site."""


@dataclass(frozen=True)
class Case:
    """One input.

    Attributes:
        action: The paper's name of the action.
        given: What the input is, in words.
        needs: Words that must be in what comes, or, where nothing can, in the message.
        theirs: Calls to make, the last of which counts: names of the paper, and arguments.
        ours: The same in ours, where it is not the same calls by other names.
        error: Nothing can come: a message on one line is what is right.
        first: Files of the work folder by name, and what makes them.
    """

    action: str
    given: str
    needs: str
    theirs: Sequence[tuple[str, dict[str, Any]]]
    ours: Sequence[tuple[str, dict[str, Any]]] = ()
    error: bool = False
    first: tuple[str, Callable[[Path], bytes]] | None = None


OURS = {
    "visit_page": "open_page",
    "find_on_page_ctrl_f": "find_on_page",
    "informational_web_search": "search_web",
    "navigational_web_search": "open_site",
    "find_archived_url": "open_archived_page",
    "visualizer": "look_at_image",
    "inspect_file_as_text": "read_document",
    "get_relevant_tools": "find_actions",
}
SPELLED = {
    "find_on_page_ctrl_f": {"search_string": "phrase"},
    "informational_web_search": {"filter_year": "year"},
    "visualizer": {"image_path": "path"},
    "inspect_file_as_text": {"file_path": "path"},
}
PAGES: dict[str, Answer] = {
    "/doc.pdf": Answer(papers.pdf([["Tea is hot."]]), "application/pdf"),
    "/book.xlsx": Answer(papers.xlsx({"S": ROWS}), "application/vnd.ms-excel.sheet"),
    "/report": Answer(papers.docx([("", "A docx")]), "application/octet-stream"),
    "/copy": html("<title>Copy</title><p>as it was</p>"),
    "/two": html("<p>" + "word " * 2_000 + "salmon</p><p>" + "word " * 2_000 + "Salmon again</p>"),
}

_PAGES = [
    ("plain", "a plain page", "Hello tea"),
    ("latin", "Latin-1", "caf\u00e9"),
    ("utf16", "UTF-16", "\u732b caf\u00e9"),
    ("sjis", "Shift JIS", "\u732b\u3067\u3059"),
    (
        "cyrillic",
        "Windows-1251 that nothing declares",
        "\u0428\u0438\u0440\u043e\u043a\u0430\u044f",
    ),
    ("misdeclared", "Windows-1252 declared as UTF-8", "caf\u00e9 cr\u00e8me"),
    ("no-such-charset", "a charset that there is not", "caf\u00e9"),
    ("moved", "redirected twice", "Hello"),
    ("refresh", "sent on by a meta tag", "Hello"),
    ("busy", "429 once, with Retry-After", "not busy any more"),
    ("gzip", "gzip", "unpacked"),
    ("bare-deflate", "deflate without its head", "bare"),
    ("half-gzip", "gzip that is cut off", "half"),
    ("bomb", "60 MB packed to 60 kB", "boom"),
    ("deep", "5,000 nested elements", "the bottom"),
    ("frames", "frames", "left"),
    ("spans", "a table with spans", "Oslo people 4"),
    ("form", "a form: its fields", "form Words"),
    ("image", "a picture", "image"),
    ("json", "JSON", "tea 1 2"),
    ("report.csv", "CSV", "green 2.5"),
    ("untyped", "no Content-Type", "untyped"),
    ("misnamed", "HTML called octet-stream", "misnamed"),
    ("xhtml", "XHTML with exploding entities", "before"),
    ("sets-cookie", "a cookie on a redirect", "seen=1"),
    ("doc.pdf", "a PDF behind an address", "Tea is hot."),
    ("book.xlsx", "a workbook behind an address", "tea 2.5 cup"),
    ("report", "a docx without suffix or type", "A docx"),
]
_BAD_PAGES = [
    ("missing", "404", "404"),
    ("failing", "500", "500"),
    ("loop", "a redirect to itself", "redirect"),
    ("to-file", "a redirect to file:///etc/passwd", "file"),
    ("silent", "a server that answers with a blank", ""),
    ("drips", "a head that never ends", ""),
    ("garbage", "an answer that is no HTTP", ""),
]
_FOUND = f"{HITS[0][0]} {HITS[0][1]} {HITS[1][0]}"


def _visits() -> list[Case]:
    cases = [
        Case("visit_page", given, needs, [("visit_page", {"url": f"{SITE}/{path}"})])
        for path, given, needs in _PAGES
    ]
    cases += [
        Case("visit_page", given, needs, [("visit_page", {"url": f"{SITE}/{path}"})], error=True)
        for path, given, needs in _BAD_PAGES
    ]
    here = ("visit_page", {"url": f"{SITE}/plain"})
    cases.append(
        Case(
            "visit_page",
            "a relative address",
            "Sentence 0",
            [here, ("visit_page", {"url": "/tea"})],
        )
    )
    for hidden, given in (("hidden", "hidden text"), ("script", "a page made by a script")):
        needs = "seen !obey" if hidden == "hidden" else "Scripts"
        cases.append(
            Case("visit_page", given, needs, [("visit_page", {"url": f"{SITE}/{hidden}"})])
        )
    return cases


def _on_a_page() -> list[Case]:
    tea, two = ("visit_page", {"url": f"{SITE}/tea"}), ("visit_page", {"url": f"{SITE}/two"})
    down, up, more = [(name, dict[str, Any]()) for name in ("page_down", "page_up", "find_next")]

    below = "Sentence 250"

    def find(words: str) -> tuple[str, dict[str, Any]]:
        return "find_on_page_ctrl_f", {"search_string": words}

    return [
        Case("page_down", "a page of several parts", "Sentence 150", [tea, down]),
        Case("page_down", "past the last part: is it told?", "last page", [tea, *[down] * 6]),
        Case("page_up", "after two parts down", "Sentence 150", [tea, down, down, up]),
        Case("page_up", "on the first part: is it told?", "first page", [tea, up]),
        Case("find_on_page_ctrl_f", "a phrase far below", below, [tea, find("sentence 250")]),
        Case("find_on_page_ctrl_f", "with a wildcard", below, [tea, find("sentence 250 t*s")]),
        Case("find_on_page_ctrl_f", "what is not there", "not", [tea, find("coffee")]),
        Case("find_on_page_ctrl_f", "signs of a regular expression", "not", [tea, find("(")]),
        Case("find_next", "the second of two places", "Salmon again", [two, find("salmon"), more]),
        Case("find_next", "two places in one part: is the second told?", "2 of 300",
             [tea, find("leaves"), more]),
        Case("find_next", "before anything was looked for", "", [tea, more], error=True),
    ]  # fmt: skip


def _searches() -> list[Case]:
    def look(words: str, **more: Any) -> list[tuple[str, dict[str, Any]]]:
        return [("informational_web_search", {"query": words, **more})]

    def lucky(words: str) -> list[tuple[str, dict[str, Any]]]:
        return [("navigational_web_search", {"query": words})]

    return [
        Case("informational_web_search", "two results", _FOUND, look("green tea")),
        Case("informational_web_search", "of one year", "Mar 5, 2021",
             look("tea", filter_year=2021)),
        Case("informational_web_search", "nothing found", "", look("nothing")),
        Case("informational_web_search", "key refused", "key", look("refused"), error=True),
        Case("informational_web_search", "asked too often", "run out", look("often"), error=True),
        Case("informational_web_search", "HTML for JSON", "", look("html"), error=True),
        Case("navigational_web_search", "the first result opens", "Hello", lucky("site")),
        Case("navigational_web_search", "nothing found", "nothing", lucky("nothing"), error=True),
    ]  # fmt: skip


def _files() -> list[Case]:
    # What the builder makes as .xls is so old that no package of theirs reads it; few files are.
    # Sound is transcribed there by a service on the network, which `transcribe_audio` does here.
    left_out = ("old.xls", "a.wav", "a.mp3")
    made = [row for row in READ if row[0] not in left_out]
    made += [
        ("old.doc", lambda _: old_office.word("Tea\rhot\r"), ["Tea", "hot"]),
        ("old.ppt", lambda _: old_office.slides([("Tea", "hot", "Said")]), ["Tea", "hot", "Said"]),
        ("a.rtf", lambda _: rb"{\rtf1\ansi Tea \b hot\b0}", ["Tea hot"]),
        ("a.rar", lambda _: old_office.rar({"a.txt": b"Tea"}), ["Tea"]),
        ("moved.html", lambda _: HTML.encode("utf-16"), ["Tea"]),
    ]
    quiet = ("(not shown", "[the file", "hold no text", "- l.txt")
    cases = []
    for name, content, words in made:
        needs = " ".join(one for one in words if not one.startswith(quiet))
        call = [("inspect_file_as_text", {"file_path": name})]
        cases.append(Case("inspect_file_as_text", name, needs, call, first=(name, content)))
    return cases


def _others() -> list[Case]:
    def kept(url: str) -> list[tuple[str, dict[str, Any]]]:
        return [("download_file", {"url": f"{SITE}/{url}"})]

    def old(url: str, date: str) -> list[tuple[str, dict[str, Any]]]:
        return [("find_archived_url", {"url": url, "date": date})]

    picture = ("red.png", lambda _: PNG)
    ask = {"image_path": "red.png", "question": "What?"}
    return [
        Case("download_file", "a picture", ".png", kept("image")),
        Case("download_file", "a PDF", ".pdf", kept("doc.pdf")),
        Case("download_file", "a name that leads out of the folder", "e vil.txt", kept("named")),
        Case("download_file", "a file without a type", "untyped", kept("untyped")),
        Case("download_file", "404", "404", kept("missing"), error=True),
        Case("find_archived_url", "a copy", "as it was", old("tea.example.org", "20210305")),
        Case("find_archived_url", "no copy", "", old("none.example.org", "20210305"), error=True),
        Case("find_archived_url", "no date", "date", old("tea.example.org", "soon"), error=True),
        Case("visualizer", "a PNG", "a red pixel", [("visualizer", ask)], first=picture),
        Case("visualizer", "a picture behind an address", "a red pixel",
             [("visualizer", {**ask, "image_path": f"{SITE}/image"})],
             [("download_file", {"url": f"{SITE}/image"}),
              ("look_at_image", {"path": "image.png", "question": "What?"})]),
        Case("visualizer", "no picture", "", [("visualizer", {**ask, "image_path": "a.txt"})],
             error=True, first=("a.txt", lambda _: b"words")),
        Case("submit_final_answer", "a text", "42", [("submit_final_answer", {"answer": "42"})]),
        Case("get_relevant_tools", "what a library has", "factorial",
             [("get_relevant_tools", {"query": "factorial of a number"})]),
        Case("get_relevant_tools", "in other words", "median",
             [("get_relevant_tools", {"query": "middle value of a list of numbers"})]),
    ]  # fmt: skip


def cases() -> list[Case]:
    """All of them, in the order of the paper's table."""
    return [*_searches(), *_visits(), *_on_a_page(), *_others(), *_files()]


def engine_answers() -> dict[str, tuple[int, bytes]]:
    """Status and body of the local engine for some words; none for the others."""
    return {
        "refused": (401, b'{"error": "Invalid API key."}'),
        "often": (429, b'{"error": "Your account has run out of searches."}'),
        "html": (200, b"<html><body>busy</body></html>"),
    }
