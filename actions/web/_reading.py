"""What was fetched, as a page to read: HTML, documents, data, text, or a file that is kept."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..documents._markdown import markdown_of
from ._address import file_name, unused
from ._decode import decoded
from ._fetch import Fetched
from ._html import base_of, parsed, title_of
from ._pages import Page
from ._render import Renderer

LONGEST = 5_000_000
"""Bytes of an HTML page that are read."""

_MEDIA = {  # by the bytes that a file begins with; what a server says of it may be wrong
    b"\x89PNG\r\n\x1a\n": "an image (PNG)",
    b"\xff\xd8\xff": "an image (JPEG)",
    b"GIF8": "an image (GIF)",
    b"BM": "an image (BMP)",
    b"II*\0": "an image (TIFF)",
    b"MM\0*": "an image (TIFF)",
    b"ID3": "audio (MP3)",
    b"\xff\xfb": "audio (MP3)",
    b"fLaC": "audio (FLAC)",
    b"OggS": "audio (Ogg)",
}
_DOCUMENTS = (
    *(b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf"),
    *(b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07"),
)
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?xml[^>]*>|<!--.*?-->)*"
    rb"<(?:!doctype html|html|head|body|title|script|style|iframe|h1|div|font|table|a|b|br|p)[\s>]",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_EMPTY = 200
_DEEP = 1_000
"""Elements within elements that no page of people has."""


def page_of(fetched: Fetched) -> Page:
    """The page to read; what is no text is kept as a file and told of.

    Raises:
        ValueError: It is a document that cannot be read.
        ImportError: It is a document, and what reads it is not installed.
    """
    body = fetched.body
    note = f"Mind: {fetched.cut}." if fetched.cut else ""
    if is_html(fetched):
        return html_page(decoded(body[:LONGEST], fetched.charset), fetched.url, note)
    if body.startswith(_DOCUMENTS):
        if fetched.cut:
            raise ValueError(f"the document at {fetched.url} cannot be read: {fetched.cut}")
        name = file_name(fetched.url, fetched.disposition, fetched.kind)
        return Page(fetched.url, name, markdown_of(body, name))
    what = media_of(body)
    if not what and b"\0" in body[:4096] and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        what = "a file that is no text"
    if what:
        return _kept(fetched, what, note)
    text = decoded(body, fetched.charset)
    return Page(fetched.url, "", _laid_out(text) if "json" in fetched.kind else text, note=note)


def html_page(text: str, url: str, note: str = "", *, rendered: bool = False) -> Page:
    """The page of an HTML text.

    Args:
        text: The HTML.
        url: Its address.
        note: What a reader should know of it.
        rendered: A browser made it.
    """
    tree = parsed(text)
    if tree is None:
        return Page(url, "", "", note=note, rendered=rendered)
    place = url if "://" in url else Path(url).absolute().as_uri()
    renderer = Renderer(base_of(tree, place))
    shown = renderer.render(tree)
    if not shown and renderer.deepest > _DEEP:
        shown = _TAG.sub(" ", text).strip()  # the tree ends before its text
    scripts = tree.find(".//script") is not None
    if len(shown) < _EMPTY and scripts and not rendered:
        note = f"{note} Scripts make this page; open_page(url, render=True) runs them.".strip()
    return Page(url, title_of(tree), shown, renderer.links, renderer.forms, note, rendered)


def tree_of(fetched: Fetched) -> Any:
    """The tree of an HTML page; None where it has none."""
    return parsed(decoded(fetched.body[:LONGEST], fetched.charset))


def media_of(body: bytes) -> str:
    """What kind of picture, sound or film bytes are; empty where they are none."""
    for start, what in _MEDIA.items():
        if body.startswith(start):
            return what
    if body[:4] == b"RIFF":
        return {b"WEBP": "an image (WebP)", b"WAVE": "audio (WAV)"}.get(body[8:12], "")
    return "a film or audio (MP4)" if body[4:8] == b"ftyp" else ""


def is_html(fetched: Fetched) -> bool:
    """It is a page of the web, by what the server says of it or by its first bytes."""
    if fetched.body.startswith(_DOCUMENTS) or media_of(fetched.body):
        return False
    if fetched.kind in ("text/html", "application/xhtml+xml"):
        return True
    return fetched.kind in ("", "application/octet-stream", "application/xml") and bool(
        _MARKUP.match(fetched.body[:2048])
    )


def _laid_out(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _kept(fetched: Fetched, what: str, note: str) -> Page:
    """A page that tells of a file, which is kept in the working folder."""
    path = unused(Path(file_name(fetched.url, fetched.disposition, fetched.kind)))
    path.write_bytes(fetched.body)
    text = f"This is {what}, {len(fetched.body):,} bytes. It is kept as the file {str(path)!r}."
    if what.startswith("an image"):
        text += f" look_at_image({str(path)!r}, question) asks what is to be seen."
    if "audio" in what:
        text += f" transcribe_audio({str(path)!r}) gives what is said."
    return Page(fetched.url, urlsplit(fetched.url).path.rpartition("/")[2], text, note=note)
