"""Archived copies, Wikipedia and arXiv: their interfaces as they are published, on localhost."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx")
pytest.importorskip("lxml")
pytest.importorskip("protego")

from actions.web import _archive, _arxiv, _pages, _robots, _wikipedia
from actions.web.follow_link import follow_link
from actions.web.open_archived_page import open_archived_page
from actions.web.page_down import page_down
from actions.web.search_arxiv import search_arxiv
from actions.web.search_wikipedia import search_wikipedia
from actions.web.wikipedia_article import wikipedia_article
from tests.builders.website import Answer, WebSite

Serve = Callable[..., WebSite]

ARTICLE = {
    "parse": {
        "title": "Green tea",
        "pageid": 1,
        "text": "<div class='mw-parser-output'><p>Green tea is <a href='/wiki/Tea'>tea</a>.</p>"
        "<table class='infobox'><tr><th>Origin<td>China</table>"
        + "<p>It is drunk in many places of the world.</p>" * 200
        + "</div>",
    }
}
MISSING = {"error": {"code": "missingtitle", "info": "The page you specified doesn't exist."}}
HITS = {
    "batchcomplete": True,
    "query": {
        "searchinfo": {"totalhits": 1},
        "search": [
            {
                "ns": 0,
                "title": "Green tea",
                "snippet": 'A <span class="searchmatch">tea</span> &amp; more',
            }
        ],
    },
}
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">
  <title>ArXiv Query</title>
  <entry>
    <id>http://arxiv.org/abs/2411.01747v1</id>
    <published>2024-11-04T02:08:59Z</published>
    <title>DynaSaur: Large Language Agents
      Beyond Predefined Actions</title>
    <summary>  Existing LLM agent systems
      typically select actions.</summary>
    <author><name>Dang Nguyen</name></author>
    <author><name>Viet Dac Lai</name></author>
    <arxiv:comment>Published at COLM</arxiv:comment>
    <link href="http://arxiv.org/abs/2411.01747v1" rel="alternate" type="text/html"/>
    <link title="pdf" href="http://arxiv.org/pdf/2411.01747v1" rel="related"/>
    <category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>
  </entry>
</feed>"""
REFUSAL = """<feed xmlns="http://www.w3.org/2005/Atom"><entry>
<id>http://arxiv.org/api/errors#incorrect_id_format</id><title>Error</title>
<summary>incorrect id format for 1</summary></entry></feed>"""
HOSTILE = '<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + FEED.partition("?>")[
    2
].replace("Dang Nguyen", "&x;")


def as_json(value: Any) -> Answer:
    return Answer(json.dumps(value).encode(), "application/json")


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Serve]:
    """Makes a site with an answer, and lets the three interfaces be there."""
    running: list[WebSite] = []
    monkeypatch.setattr(_robots, "PAUSE", 0.0)
    monkeypatch.setattr(_pages, "_OPEN", [])
    monkeypatch.chdir(tmp_path)

    def made(answer: Answer | Callable[[WebSite], Answer], path: str = "/api") -> WebSite:
        site = WebSite()
        site.pages[path] = answer(site) if callable(answer) else answer
        site.__enter__()
        running.append(site)
        monkeypatch.setattr(_archive, "API", f"{site.host}/api")
        monkeypatch.setattr(_arxiv, "API", f"{site.host}/api")
        monkeypatch.setattr(_wikipedia, "SITE", f"{site.host}/{{language}}")
        return site

    yield made
    for site in running:
        site.__exit__(None, None, None)


# --- archived copies ------------------------------------------------------------------------------


def copy_at(path: str) -> Callable[[WebSite], Answer]:
    def answer(site: WebSite) -> Answer:
        told = {"available": True, "url": f"{site.host}{path}", "timestamp": "20210305"}
        return as_json({"url": "x", "archived_snapshots": {"closest": told}})

    return answer


@pytest.mark.parametrize(
    ("date", "asked"),
    [
        ("", ""),
        ("2021-03-05", "&timestamp=20210305"),
        ("202103", "&timestamp=202103"),
        (" 2021 ", "&timestamp=2021"),
    ],
)
def test_an_archived_copy(serve: Serve, date: str, asked: str) -> None:
    site = serve(copy_at("/plain"))
    assert "# Hello" in open_archived_page("example.org/a b", date)
    assert site.asked[0] == f"/api?url=https%3A%2F%2Fexample.org%2Fa+b{asked}"


@pytest.mark.parametrize(
    "answer",
    [
        *({}, [], {"archived_snapshots": {}}, {"archived_snapshots": None}),
        {"archived_snapshots": {"closest": {"available": False, "url": "x"}}},
    ],
)
def test_there_is_no_copy(serve: Serve, answer: Any) -> None:
    serve(as_json(answer))
    with pytest.raises(LookupError, match=r"has no copy of https://example\.org/"):
        open_archived_page("https://example.org")


def test_an_old_address_of_the_archive_is_asked_for_safely(serve: Serve) -> None:
    told = {"available": True, "url": "http://web.archive.org/web/2021/http://example.org/"}
    serve(as_json({"archived_snapshots": {"closest": told}}))
    found = _archive.archived_address("example.org", "")
    assert found == "https://web.archive.org/web/2021/http://example.org/"


# --- Wikipedia ------------------------------------------------------------------------------------


def test_an_article_is_opened_as_a_page(serve: Serve) -> None:
    site = serve(as_json(ARTICLE), "/de/w/api.php")
    shown = wikipedia_article("Green Tea", "de")
    assert shown.startswith(f"Green tea\nAddress: {site.host}/de/wiki/Green_tea\nPage 1 of 2")
    assert "# Green tea\n\nGreen tea is [tea][1]." in shown
    assert "| Origin | China |" in shown
    assert "action=parse&page=Green+Tea&prop=text&redirects=1" in site.asked[0]
    assert "Page 2 of 2" in page_down()
    with pytest.raises(ConnectionError, match="/wiki/Tea answers 404"):
        follow_link(1)


def test_articles_are_found(serve: Serve) -> None:
    site = serve(as_json(HITS), "/en/w/api.php")
    (hit,) = search_wikipedia("tea", 500)
    assert hit == {
        "title": "Green tea",
        "url": f"{site.host}/en/wiki/Green_tea",
        "text": "A tea & more",
    }
    assert "srsearch=tea&srlimit=50" in site.asked[0]


def test_what_wikipedia_does_not_have(serve: Serve) -> None:
    serve(as_json(MISSING), "/en/w/api.php")
    with pytest.raises(LookupError, match="has no article 'Grean tea'; see search_wikipedia"):
        wikipedia_article("Grean tea")
    assert search_wikipedia("tea") == []
    serve(Answer(b"<html>busy</html>"), "/en/w/api.php")
    with pytest.raises(ValueError, match="does not answer with JSON"):
        search_wikipedia("tea")


# --- arXiv ----------------------------------------------------------------------------------------


def test_papers_are_found(serve: Serve) -> None:
    site = serve(Answer(FEED.encode(), "application/atom+xml"))
    (paper,) = search_arxiv("language agents", 3)
    assert paper == {
        "title": "DynaSaur: Large Language Agents Beyond Predefined Actions",
        "authors": ["Dang Nguyen", "Viet Dac Lai"],
        "published": "2024-11-04",
        "summary": "Existing LLM agent systems typically select actions.",
        "url": "http://arxiv.org/abs/2411.01747v1",
        "pdf": "http://arxiv.org/pdf/2411.01747v1",
        "categories": ["cs.CL"],
        "comment": "Published at COLM",
    }
    search_arxiv("au:curie AND ti:radium")
    assert "search_query=all%3Alanguage+AND+all%3Aagents&start=0&max_results=3" in site.asked[0]
    assert "search_query=au%3Acurie+AND+ti%3Aradium" in site.asked[1]


def test_what_arxiv_does_not_understand_or_have(serve: Serve) -> None:
    serve(Answer(REFUSAL.encode(), "application/atom+xml"))
    with pytest.raises(ValueError, match="does not understand the query: incorrect id format"):
        search_arxiv("id:1")
    serve(Answer(b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "application/atom+xml"))
    assert search_arxiv("tea") == []
    for body in (b"", b"<html>busy", b"\0", b"<feed/>"):
        serve(Answer(body, "application/atom+xml"))
        with pytest.raises(ConnectionError, match="does not answer with a list of papers"):
            search_arxiv("tea")
    serve(Answer(HOSTILE.encode(), "application/atom+xml"))
    assert search_arxiv("tea")[0]["authors"][0] == ""  # no file of the machine
