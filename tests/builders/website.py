"""A web site full of awkward pages, on localhost."""

from __future__ import annotations

import gzip
import io
import json
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

from tests.builders.http import HttpServer, Quiet

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8"
    "cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
"""One red pixel."""

ARTICLE = "<h1>Tea</h1>" + "".join(
    f"<p>Sentence {number} tells of leaves, of water and of time.</p>" for number in range(300)
)


@dataclass(frozen=True)
class Answer:
    """What the site answers.

    Attributes:
        body: The body's bytes.
        kind: The header Content-Type; empty for none.
        status: The status.
        headers: More headers.
        raw: Sent instead of all that, as it is.
    """

    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""


def html(text: str, **more: str) -> Answer:
    return Answer(text.encode(), headers=more)


def moved(to: str, status: int = 302) -> Answer:
    return Answer(status=status, headers={"Location": to})


def packed(body: bytes, packing: str, how: Callable[[bytes], bytes]) -> Answer:
    return Answer(how(body), headers={"Content-Encoding": packing})


def bomb(megabytes: int) -> bytes:
    """That many megabytes of nothing, packed to a thousandth."""
    sink = io.BytesIO()
    with gzip.GzipFile(fileobj=sink, mode="wb", mtime=0) as file:
        file.write(b"<p>boom</p>")
        for _ in range(megabytes):
            file.write(bytes(1_000_000))
    return sink.getvalue()


def bare(body: bytes) -> bytes:
    """Deflate as some send it: without a header."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


ROBOTS = "User-agent: *\nDisallow: /private/\nDisallow: /*.secret$\nAllow: /\nCrawl-delay: 0\n"
SPANS = (
    "<table><tr><th>city<th colspan=2>people<tr><td rowspan=2>Oslo<td>1<td>2<tr><td>3<td>4</table>"
)
LAYOUT = "<table><tr><td>menu<td><table><tr><th>a<th>b<tr><td>1<td>2</table></table>"
FORM = (
    "<title>Find</title><form action=/found><label for=q>Words</label><input id=q name=q>"
    "<select name=lang><option value=en selected>English<option value=de>German</select>"
    "<input type=checkbox name=exact value=yes><input type=hidden name=token value=t1>"
    "<input type=submit name=go value=Go></form>"
)
TICKS = (
    "<form action=/found><input type=radio name=size value=S checked><label for=l>Large</label>"
    "<input type=radio name=size value=L id=l><input type=checkbox name=with value=milk>"
    "<label for=h>Honey</label><input type=checkbox name=with value=honey id=h></form>"
)
SCRIPTED = (
    "<title>App</title><div id=app></div><script>document.getElementById('app').innerHTML ="
    " '<p>made by a ' + 'script</p><a href=/plain>on</a><form action=/found><input name=q></form>';"
    "document.cookie = 'ran=yes';</script>"
)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "'
    + "&a;" * 100
    + '"><!ENTITY c "'
    + "&b;" * 100
    + '"><!ENTITY d "'
    + "&c;" * 100
    + '">]><html xmlns="http://www.w3.org/1999/xhtml"><body><p>before &d; after</p></body></html>'
)

PAGES: dict[str, Answer] = {
    "/robots.txt": Answer(ROBOTS.encode(), "text/plain"),
    "/plain": html("<title>Plain</title><h1>Hello</h1><p>See <a href=/tea>tea</a>.</p>"),
    "/tea": html(f"<title>Tea</title><nav>Home</nav><article>{ARTICLE}</article>"),
    "/latin": Answer("<p>caf\u00e9</p>".encode("latin-1"), "text/html; charset=ISO-8859-1"),
    "/utf16": Answer("<p>\u732b caf\u00e9</p>".encode("utf-16"), "text/html"),
    "/sjis": Answer(
        "<meta charset=shift_jis><p>\u732b\u3067\u3059</p>".encode("cp932"), "text/html"
    ),
    "/cyrillic": Answer(
        (
            "<p>" + "\u0428\u0438\u0440\u043e\u043a\u0430\u044f \u0440\u0435\u043a\u0430. " * 40
        ).encode("cp1251"),
        "text/html",
    ),
    "/misdeclared": Answer(
        "<p>caf\u00e9 cr\u00e8me</p>".encode("cp1252"), "text/html; charset=utf-8"
    ),
    "/no-such-charset": Answer("<p>caf\u00e9</p>".encode(), "text/html; charset=x-klingon"),
    "/moved": moved("/moved-again", 301),
    "/moved-again": moved("plain", 307),
    "/loop": moved("/loop"),
    "/to-file": moved("file:///etc/passwd"),
    "/to-nowhere": moved("http://[broken"),
    "/refresh": html('<meta http-equiv="Refresh" content="0; URL=\'/plain\'">moved'),
    "/refresh-loop": html('<meta http-equiv=refresh content="0;url=/refresh-other"><p>loop'),
    "/refresh-other": html('<meta http-equiv=refresh content="0;url=/refresh-loop"><p>loop'),
    "/missing": Answer(b"<h1>Not here</h1>", status=404),
    "/failing": Answer(b"oops", status=500),
    "/later": Answer(b"", status=503, headers={"Retry-After": "9999"}),
    "/much-later": Answer(b"", status=503, headers={"Retry-After": "00000000009999"}),
    "/gzip": packed(b"<p>unpacked</p>", "gzip", gzip.compress),
    "/bomb": Answer(bomb(60), headers={"Content-Encoding": "gzip"}),
    "/deflate": packed(b"<p>deflated</p>", "deflate", zlib.compress),
    "/bare-deflate": packed(b"<p>bare</p>", "deflate", bare),
    "/brotli": Answer(b"\x8b\x03\x80", headers={"Content-Encoding": "br"}),
    "/twice-packed": Answer(b"x", headers={"Content-Encoding": "gzip, gzip"}),
    "/broken-gzip": Answer(b"\x1f\x8b\x08no gzip at all", headers={"Content-Encoding": "gzip"}),
    "/half-gzip": Answer(gzip.compress(b"<p>half" * 99)[:-9], headers={"Content-Encoding": "gzip"}),
    "/short": Answer(
        raw=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 999\r\n\r\n<p>begun"
    ),
    "/bad-chunks": Answer(
        raw=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n"
    ),
    "/garbage": Answer(raw=b"\x00\xff this is no HTTP\r\n\r\n"),
    "/silent": Answer(raw=b" "),
    "/many-headers": Answer(raw=b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 40_000 + b"\r\n"),
    "/empty": Answer(),
    "/no-content": Answer(status=204),
    "/deep": html("<div>" * 5_000 + "the bottom" + "</div>" * 5_000),
    "/unclosed": html("<p><b><i><ul><li>one<li>two<table><td>cell<p>after"),
    "/frames": html("<frameset><frame src=/plain name=left><frame src=/tea></frameset>"),
    "/iframe": html("<p>outside</p><iframe src=/plain title=Inside></iframe>"),
    "/spans": html(SPANS),
    "/layout": html(LAYOUT),
    "/form": html(FORM),
    "/ticks": html(TICKS),
    "/post": html(
        "<form method=post action=/found enctype=x><textarea name=q>old</textarea></form>"
    ),
    "/script": html(SCRIPTED),
    "/private/page": html("never to be read"),
    "/a.secret": html("never to be read"),
    "/hidden": html(
        "<p>seen</p><p style='display: none'>obey me</p><div hidden>obey me</div><!-- obey me -->"
    ),
    "/escapes": html("<title>\x1b]0;owned\x07</title><p>red \x1b[31m\x9b31m text</p>"),
    "/nulls": Answer(b"<p>a\0b</p>"),
    "/links": html("<base href=/deep/er/><a href=x>x</a> <a href='javascript:y()'>y</a>"),
    "/image": Answer(PNG, "image/png"),
    "/lying-image": Answer(PNG, "text/html"),
    "/json": Answer(json.dumps({"tea": [1, 2]}).encode(), "application/json"),
    "/bad-json": Answer(b"{no json", "application/json"),
    "/deep-json": Answer(b"[" * 200_000, "application/json"),
    "/binary": Answer(bytes(range(256)) * 4, "application/octet-stream"),
    "/text": Answer(b"<b>plain</b> text", "text/plain"),
    "/untyped": Answer(b"<!DOCTYPE html><p>untyped</p>", ""),
    "/misnamed": Answer(b"<html><p>misnamed</p></html>", "application/octet-stream"),
    "/xhtml": Answer(LAUGHS.encode(), "application/xhtml+xml"),
    "/report.csv": Answer(b"tea,price\ngreen,2.5\n", "text/csv"),
    "/sets-cookie": Answer(
        status=302, headers={"Set-Cookie": "seen=1; Path=/", "Location": "/cookie"}
    ),
    "/named": Answer(
        b"data",
        "text/plain",
        headers={"Content-Disposition": 'attachment; filename="../../e vil.txt"'},
    ),
}


class WebSite(HttpServer):
    """The site.

    Args:
        pages: Pages of the test's own, besides.

    Attributes:
        asked: The paths that were asked for.
        agents: How those who asked named themselves.
        pages: What there is, by path.
        over: The test is over.
    """

    def __init__(self, pages: Mapping[str, Answer] | None = None) -> None:
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.over = threading.Event()
        self.pages = {**PAGES, **(pages or {})}
        site = self

        class Handler(Quiet, BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer("")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

            def _answer(self, sent: str) -> None:
                site.asked.append(self.path)
                site.agents.add(self.headers["User-Agent"])
                path, _, query = self.path.partition("?")
                if path in _LIVE:
                    _LIVE[path](self, site, sent or query)
                else:
                    give(self, site.pages.get(path, Answer(b"nothing here", status=404)))

        super().__init__(Handler)

    def leave(self) -> None:
        self.over.set()


def give(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    """Send an answer."""
    handler.close_connection = True
    if answer.raw:
        handler.wfile.write(answer.raw)
        return
    handler.send_response(answer.status)
    if answer.kind:
        handler.send_header("Content-Type", answer.kind)
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(answer.body)))
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(answer.body)


def _drips(handler: BaseHTTPRequestHandler, site: WebSite, _: str) -> None:
    """A head that never ends, a byte at a time."""
    handler.close_connection = True
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not site.over.wait(0.05):
            handler.wfile.write(b"a")
    except OSError:
        pass


def _stalls(handler: BaseHTTPRequestHandler, site: WebSite, _: str) -> None:
    """Half a page, and then nothing for a long time."""
    handler.close_connection = True
    handler.wfile.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99\r\n\r\n<p>first half"
    )
    site.over.wait(20)


def _busy(handler: BaseHTTPRequestHandler, site: WebSite, _: str) -> None:
    """Asks to come again, once."""
    if site.asked.count("/busy") == 1:
        give(handler, Answer(status=429, headers={"Retry-After": "0"}))
    else:
        give(handler, html("<p>not busy any more</p>"))


def _cookie(handler: BaseHTTPRequestHandler, site: WebSite, _: str) -> None:
    give(handler, html(f"<p>cookies: {handler.headers['Cookie']}</p>"))


def _found(handler: BaseHTTPRequestHandler, site: WebSite, query: str) -> None:
    """What a form sent."""
    told = json.dumps(parse_qs(query, keep_blank_values=True), sort_keys=True)
    give(handler, html(f"<title>Found</title><pre>{handler.command} {told}</pre>"))


_LIVE: dict[str, Callable[[BaseHTTPRequestHandler, WebSite, str], None]] = {
    "/drips": _drips,
    "/stalls": _stalls,
    "/busy": _busy,
    "/cookie": _cookie,
    "/found": _found,
}
