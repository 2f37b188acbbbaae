"""Search engines on localhost, each answering in the shape that it publishes."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.builders.http import HttpServer, Quiet

KEY = "sk-secret-123"

HITS = [
    ("Green tea", "https://tea.example.org/green", "Leaves that are <b>not</b> fermented."),
    ("Black tea", "https://tea.example.org/black", "Leaves that are."),
]


def brave(_: dict[str, str]) -> Any:
    results = [
        {
            "title": title,
            "url": url,
            "description": text,
            "page_age": "2021-03-05T10:00:00",
            "family_friendly": True,
            "meta_url": {"hostname": "tea.example.org"},
        }
        for title, url, text in HITS
    ]
    return {"type": "search", "web": {"type": "search", "results": results}}


def tavily(_: dict[str, str]) -> Any:
    results = [
        {"title": title, "url": url, "content": text, "score": 0.8, "raw_content": None}
        for title, url, text in HITS
    ]
    return {"query": "q", "answer": None, "images": [], "results": results, "response_time": 1.1}


def serpapi(asked: dict[str, str]) -> Any:
    told = {"search_metadata": {"status": "Success"}, "search_parameters": asked}
    if asked["q"] == "nothing":
        return told | {"error": "Google hasn't returned any results for this query."}
    results = [
        {"position": place, "title": title, "link": url, "snippet": text, "date": "Mar 5, 2021"}
        for place, (title, url, text) in enumerate(HITS, 1)
    ]
    return told | {"organic_results": results}


def searxng(asked: dict[str, str]) -> Any:
    results = [
        {"title": title, "url": url, "content": text, "engine": "bing", "publishedDate": date}
        for (title, url, text), date in zip(HITS, ("2021-03-05T00:00:00", None), strict=True)
    ]
    old = {"title": "Old", "url": "https://old.example.org/", "publishedDate": "1999-01-01"}
    return {"query": asked["q"], "results": [*results, old], "answers": [], "suggestions": []}


SHAPES = {"brave": brave, "tavily": tavily, "serpapi": serpapi, "searxng": searxng}


class SearchServer(HttpServer):
    """An engine.

    Args:
        name: Which one.
        status: Answer with this status instead.
        body: Answer with this body instead.

    Attributes:
        asked: For each request what was asked: method, path, query or body, and headers.
    """

    def __init__(self, name: str, *, status: int = 200, body: bytes | None = None) -> None:
        self.asked: list[tuple[str, str, dict[str, Any], dict[str, str]]] = []
        engine = self

        class Handler(Quiet, BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
                self._answer("GET", query)

            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"]))
                self._answer("POST", json.loads(sent))

            def _answer(self, method: str, asked: dict[str, Any]) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                engine.asked.append((method, urlsplit(self.path).path, asked, headers))
                shape = json.dumps(SHAPES[name](asked)).encode()
                self.send_response(status)
                self.send_header("Location", f"http://elsewhere.invalid/?key={KEY}")
                self.end_headers()
                self.wfile.write(shape if body is None else body)

        super().__init__(Handler)
