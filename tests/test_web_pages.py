"""The actions on web pages, against a real site full of awkward ones."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("httpx")
pytest.importorskip("lxml")
pytest.importorskip("protego")

from actions.web import _fetch, _pages, _robots, _visit
from actions.web.download_file import download_file
from actions.web.fetch_json import fetch_json
from actions.web.fill_form import fill_form
from actions.web.find_next import find_next
from actions.web.find_on_page import find_on_page
from actions.web.follow_link import follow_link
from actions.web.open_page import open_page
from actions.web.page_down import page_down
from actions.web.page_links import page_links
from actions.web.page_tables import page_tables
from actions.web.page_text import page_text
from actions.web.page_up import page_up
from tests.builders import old_office
from tests.builders.papers import pdf, xlsx
from tests.builders.website import Answer, WebSite, html


@pytest.fixture(scope="module")
def site() -> Iterator[WebSite]:
    with WebSite() as running:
        yield running


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No pauses, little patience, and a folder for what is kept."""
    monkeypatch.setattr(_robots, "PAUSE", 0.0)
    monkeypatch.setattr(_fetch, "SECONDS", 1.0)
    monkeypatch.setattr(_pages, "_OPEN", [])
    monkeypatch.delitem(_visit._SHARED, "cookies", raising=False)
    monkeypatch.chdir(tmp_path)


READ = {
    "plain": "# Hello\n\nSee [tea][1].",
    "latin": "caf\u00e9",
    "utf16": "\u732b caf\u00e9",
    "sjis": "\u732b\u3067\u3059",
    "cyrillic": "\u0428\u0438\u0440\u043e\u043a\u0430\u044f \u0440\u0435\u043a\u0430",
    "misdeclared": "caf\u00e9 cr\u00e8me",
    "no-such-charset": "caf\u00e9",
    "moved": "/plain\n\n# Hello",
    "refresh": "# Hello",
    "refresh-loop": "loop",
    "busy": "not busy any more",
    "gzip": "unpacked",
    "bomb": "Mind: it is cut after 50,000,000 bytes.",
    "deflate": "deflated",
    "bare-deflate": "bare",
    "half-gzip": "half",
    "short": "Mind: it is not whole: ",
    "stalls": "first half",
    "empty": "(nothing to read)",
    "no-content": "(nothing to read)",
    "deep": "the bottom",
    "unclosed": "- two",
    "frames": "[frame left][1]\n[frame][2]",
    "iframe": "outside\n\n[frame Inside][1]",
    "spans": "| city | people |",
    "layout": "menu\n\n| a | b |\n| --- | --- |\n| 1 | 2 |",
    "form": "[form 1: q (text 'Words'), lang (one of 'en', 'de'), exact (checkbox)]",
    "script": "Scripts make this page; open_page(url, render=True) runs them.",
    "hidden": "\n\nseen",
    "escapes": "red [31m31m text",
    "nulls": "ab",
    "links": "[x][1] y",
    "image": "This is an image (PNG), 69 bytes. It is kept as the file 'image.png'.",
    "lying-image": "This is an image (PNG)",
    "json": '{\n "tea": [\n  1,\n  2\n ]\n}',
    "deep-json": "[[[[",
    "binary": "This is a file that is no text, 1,024 bytes. It is kept as the file 'binary'.",
    "text": "<b>plain</b> text",
    "untyped": "untyped",
    "misnamed": "misnamed",
    "xhtml": "before",
    "report.csv": "green,2.5",
    "sets-cookie": "cookies: seen=1",
}
FAILED: dict[str, tuple[type[Exception], str]] = {
    "loop": (ConnectionError, "redirected more than 10 times"),
    "to-file": (ValueError, "sends on to 'file:///etc/passwd', which is no web address"),
    "to-nowhere": (ValueError, "no web address"),
    "missing": (ConnectionError, "answers 404 Not Found"),
    "failing": (ConnectionError, "answers 500 Internal Server Error"),
    "much-later": (ConnectionError, "answers 503 Service Unavailable; ask again in"),
    "later": (ConnectionError, "answers 503 Service Unavailable; ask again in 9999 s"),
    "brotli": (ValueError, "packed as br, which is not read"),
    "twice-packed": (ValueError, "packed as gzip, gzip"),
    "broken-gzip": (ConnectionError, "cannot be read"),
    "bad-chunks": (ConnectionError, "cannot be read"),
    "garbage": (ConnectionError, "cannot be read"),
    "silent": (ConnectionError, "cannot be read"),
    "many-headers": (ConnectionError, "cannot be read"),
    "drips": (TimeoutError, "took more than 1 s"),
    "private/page": (PermissionError, "robots.txt asks programs to leave /private/page alone"),
    "a.secret": (PermissionError, "robots.txt asks programs"),
}


@pytest.mark.parametrize("page", READ)
def test_an_awkward_page_is_read(site: WebSite, page: str) -> None:
    shown = open_page(f"{site.host}/{page}")
    assert READ[page] in shown
    assert len(shown) < 10_000  # an observation's room
    assert not set(shown) & set("\0\x1b\x9b\x07")
    assert "obey me" not in shown
    assert "getElementById" not in shown


@pytest.mark.parametrize("page", FAILED)
def test_a_page_that_cannot_be_read_is_one_line(site: WebSite, page: str) -> None:
    kind, said = FAILED[page]
    with pytest.raises(kind, match=said.replace("?", r"\?")) as caught:
        open_page(f"{site.host}/{page}")
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_reading_a_page_part_by_part(site: WebSite) -> None:
    first = open_page(f"{site.host}/tea")
    assert first.startswith(f"Tea\nAddress: {site.host}/tea\nPage 1 of 3; page_down() shows")
    assert "Sentence 0 tells" in first
    assert page_up().splitlines()[3] == "This is the first page."
    parts = [first, page_down(), page_down()]
    numbers = [f"Sentence {number} tells" for number in range(300)]
    assert [sum(number in part for part in parts) for number in numbers] == [1] * 300
    assert page_down() == parts[2].replace("Page 3 of 3", "Page 3 of 3\nThis is the last page.")
    assert page_up() == parts[1]


def test_finding_on_a_page(site: WebSite) -> None:
    with pytest.raises(LookupError, match=r"no page is open; open_page\(url\) opens one"):
        find_on_page("tea")
    open_page(f"{site.host}/tea")
    with pytest.raises(LookupError, match="nothing was looked for"):
        find_next()
    assert "Found 1 of 1: Sentence 250 tells" in find_on_page("sentence 250 T*S")
    assert "Found 1 of 1: Sentence 250 tells" in find_next()  # round again
    assert "Page 1 of 3" in find_on_page("leaves, of water")
    assert "Found 2 of 300" in find_next()
    assert find_on_page("coffee") == f"'coffee' is not on {site.host}/tea."
    open_page(f"{site.host}/plain")
    assert "Found 1 of 1: See [tea][1]." in find_on_page("see tea")  # a link's marks lie between
    for wrong in ("", " * ", "a*b*c*d*e"):
        with pytest.raises(ValueError, match="phrase"):
            find_on_page(wrong)


def test_following_links(site: WebSite) -> None:
    open_page(f"{site.host}/plain")
    assert page_links() == [{"number": 1, "text": "tea", "url": f"{site.host}/tea"}]
    assert follow_link(1).startswith("Tea\n")
    with pytest.raises(LookupError, match="no link 7; it has 0 links"):
        follow_link(7)
    assert page_links(f"{site.host}/links")[0]["url"] == f"{site.host}/deep/er/x"
    assert follow_link.__doc__
    open_page(f"{site.host}/iframe")
    assert "# Hello" in follow_link(1)


def test_a_relative_address_goes_on_from_the_open_page(site: WebSite, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no web address"):
        open_page("/tea")
    open_page(f"{site.host}/plain")
    for relative in ("/tea", "./tea", "../tea"):
        assert open_page(relative).startswith(f"Tea\nAddress: {site.host}/tea\n")
    file = tmp_path / "own.html"
    file.write_text("<p>a file of one's own</p>")
    assert "a file of one's own" in open_page(str(file))  # it comes first, as it always did
    with pytest.raises(ValueError, match="no web address"):
        open_page("/tea")


def test_filling_in_forms(site: WebSite) -> None:
    open_page(f"{site.host}/form")
    shown = fill_form({"words": "green tea", "lang": "German", "exact": "on"})
    sent = {"exact": ["yes"], "lang": ["de"], "q": ["green tea"], "token": ["t1"]}
    assert f"GET {json.dumps(sent)}" in shown
    open_page(f"{site.host}/post")
    assert f"POST {json.dumps({'q': ['new']})}" in fill_form({"q": "new"})
    open_page(f"{site.host}/form")
    for fields, kind, said in [
        ({"colour": "red"}, KeyError, "no field 'colour'; it has exact, lang, q, token"),
        ({"lang": "Norse"}, ValueError, "lang has no option 'Norse'"),
    ]:
        with pytest.raises(kind, match=said):
            fill_form(fields)
    with pytest.raises(LookupError, match="no form 2; it has 1 forms"):
        fill_form({}, 2)


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        ({}, {"size": ["S"]}),
        ({"size": "L"}, {"size": ["L"]}),
        ({"Large": "on"}, {"size": ["L"]}),
        ({"Honey": "on"}, {"size": ["S"], "with": ["honey"]}),
        ({"with": "milk", "size": "L"}, {"size": ["L"], "with": ["milk"]}),
        ({"with": ""}, {"size": ["S"]}),
    ],
)
def test_what_is_ticked_is_sent(site: WebSite, fields: dict[str, str], sent: object) -> None:
    open_page(f"{site.host}/ticks")
    assert f"GET {json.dumps(sent)}" in fill_form(fields)


def test_documents_are_read_as_pages(site: WebSite) -> None:
    for module in ("markitdown", "olefile", "striprtf"):
        pytest.importorskip(module)
    prose = [f"Line {number} of the report" for number in range(30)]
    sheet = xlsx({"Tea": [["tea", "price"], ["green", 2.5]]})
    pages = {
        "/report": Answer(pdf([prose, ["The last page"]]), "application/octet-stream"),
        "/sheet.xlsx": Answer(sheet, "text/html"),  # whatever the server says of it
        "/half.pdf": Answer(pdf([prose])[:200], "application/pdf"),
        "/old.doc": Answer(old_office.word("Old tea\r"), "application/msword"),
        "/paper.rtf": Answer(rb"{\rtf1\ansi Rich \b tea\b0}", "text/plain"),
    }
    with WebSite(pages) as other:
        assert "Line 29 of the report" in open_page(f"{other.host}/report")
        assert "The last page" in find_on_page("last page")
        assert "| green | 2.5 |" in open_page(f"{other.host}/sheet.xlsx")
        assert open_page(f"{other.host}/old.doc").endswith("\nOld tea")
        assert open_page(f"{other.host}/paper.rtf").endswith("\nRich tea")
        with pytest.raises(ValueError, match=r"half\.pdf"):
            open_page(f"{other.host}/half.pdf")


def test_tables_and_main_text(site: WebSite) -> None:
    first = {"city": "Oslo", "people": "1", "people_2": "2"}
    assert page_tables(f"{site.host}/spans") == [[first, {**first, "people": "3", "people_2": "4"}]]
    assert page_tables(f"{site.host}/layout") == [[{"a": "1", "b": "2"}]]
    with pytest.raises(ValueError, match="is no web page but application/json"):
        page_tables(f"{site.host}/json")
    text = page_text(f"{site.host}/tea")
    assert text.startswith("# Tea")
    assert "Sentence 299" in text
    assert "Home" not in text


def test_data_of_a_service(site: WebSite) -> None:
    assert fetch_json(f"{site.host}/json") == {"tea": [1, 2]}
    assert fetch_json(f"{site.host}/json?a=1", {"b": "x y"}) == {"tea": [1, 2]}
    assert site.asked[-1] == "/json?a=1&b=x+y"
    for page in ("bad-json", "deep-json"):
        with pytest.raises(ValueError, match=f"/{page} does not answer with JSON"):
            fetch_json(f"{site.host}/{page}")


def test_downloads(site: WebSite, tmp_path: Path) -> None:
    assert download_file(f"{site.host}/report.csv") == "report.csv"
    assert download_file(f"{site.host}/report.csv") == "report-2.csv"
    assert (tmp_path / "report-2.csv").read_text() == "tea,price\ngreen,2.5\n"
    assert download_file(f"{site.host}/named") == "e vil.txt"  # nowhere but here
    assert download_file(f"{site.host}/image", "red.png") == "red.png"
    long = f"/{'%E5%A0%B1' * 100}"
    with WebSite({long: Answer(b"long")}) as other:
        named = download_file(other.host + long)
    assert set(Path(named).stem) == {"\u5831"}
    Path(named).unlink()
    for page, kind in [
        ("missing", ConnectionError),
        ("short", ConnectionError),
        ("private/x", PermissionError),
    ]:
        with pytest.raises(kind):
            download_file(f"{site.host}/{page}")
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["e vil.txt", "red.png", "report-2.csv", "report.csv"]  # no half of a file


def test_sites_are_asked_politely(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    monkeypatch.setattr(_robots, "PAUSE", 7.0)
    robots = "User-agent: dynasaur\nDisallow: /not-you\n\nUser-agent: *\nDisallow: /\n"
    slow = f"{robots}\nUser-agent: dynasaur\nCrawl-delay: 4000\n"
    pages = {"/robots.txt": Answer(robots.encode(), "text/plain")}
    with WebSite(pages) as site:
        open_page(f"{site.host}/plain")
        open_page(f"{site.host}/text")
        with pytest.raises(PermissionError):
            open_page(f"{site.host}/not-you")
        assert "nothing" in open_page(f"{site.host}/empty", obey_robots=False)
        assert site.asked.count("/robots.txt") == 1
        assert site.agents == {"Mozilla/5.0 (compatible; dynasaur)"}
    assert [round(wait) for wait in waits if wait] == [7, 7]
    waits.clear()
    with WebSite({"/robots.txt": Answer(slow.encode(), "text/plain")}) as site:
        open_page(f"{site.host}/plain")
        open_page(f"{site.host}/text")
    assert [round(wait) for wait in waits if wait] == [15]  # the longest that is waited for


@pytest.mark.parametrize(
    ("robots", "said"),
    [
        (Answer(status=404), ""),
        (Answer(status=403), ""),
        (Answer(status=301, headers={"Location": "/robots.txt"}), ""),
        (Answer(b"\xff\xfe\0garbage" * 1000, "image/png"), ""),
        (Answer(b"Disallow: /plain\n" * 100_000, "text/plain"), ""),  # belongs to nobody
        (Answer(status=500), "until it can be read, programs are to leave the site alone"),
        (Answer(raw=b"nonsense"), "cannot be read"),
    ],
)
def test_odd_robots(robots: Answer, said: str) -> None:
    with WebSite({"/robots.txt": robots}) as site:
        if not said:
            assert "# Hello" in open_page(f"{site.host}/plain")
        else:
            with pytest.raises(OSError, match=said):
                open_page(f"{site.host}/plain")


def test_nobody_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(TimeoutError, match=r"does not answer in time|took more than 1 s"):
            open_page(f"http://127.0.0.1:{port}/")
    with pytest.raises(ConnectionError, match=f"127.0.0.1:{port} cannot be read"):
        open_page(f"http://127.0.0.1:{port}/")
    with pytest.raises(ConnectionError, match=r"no-such-host\.invalid cannot be read"):
        open_page("http://no-such-host.invalid/")


@pytest.mark.parametrize(
    "address",
    [
        *("", "tea", "ftp://example.org/", "http://", "http://[::1", "http://a:99999/"),
        *("javascript:x()", "http://user:secret@example.org/", "http://example.org:0/"),
        "https://" + "a" * 5_000,
        "/" + "a" * 5_000,
    ],
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(ValueError, match="web address") as caught:
        open_page(address)
    assert "secret" not in str(caught.value)


def test_a_page_links_to_no_files_of_the_machine(site: WebSite) -> None:
    hostile = html("<a href='file:///etc/passwd'>x</a><iframe src=file:///etc/passwd></iframe>")
    with WebSite({"/hostile": hostile}) as other:
        open_page(f"{other.host}/hostile")
        assert page_links() == []


def test_a_file_of_the_machine_is_read_as_a_page(tmp_path: Path) -> None:
    (tmp_path / "b c.html").write_text("<title>The other</title>")
    (tmp_path / "a.html").write_text("<p><a href='b c.html'>on</a>")
    assert "[on][1]" in open_page("a.html")
    assert follow_link(1).startswith("The other")
