"""HTML to a tree without what nobody sees, and what its head says."""

import re
from typing import Any
from urllib.parse import urldefrag

from ._address import absolute

_UNSEEN = {"script", "style", "template", "svg", "math", "object", "embed", "audio", "video"}
_OF_HEAD = {"base", "link", "meta", "noscript", "script", "style", "template", "title"}
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE
)
_REFRESH = re.compile(
    r"\s*(\d+)(?:\.\d*)?\s*[;,]\s*(?:url\s*=)?\s*['\"]?\s*([^'\"\s]+)", re.IGNORECASE
)
_SOON = 10
_TITLE = 200


def parsed(text: str) -> Any:
    """The tree (lxml) of a page, bounded in depth; None for a page without any element."""
    from lxml import etree, html

    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    _mend_head(tree)
    return tree


def _mend_head(tree: Any) -> None:
    """Put into the body what belongs there: the parser knows no `nav`, `main` or `article`."""
    head = tree.find("head")
    strays = [] if head is None else [one for one in head if one.tag not in _OF_HEAD]
    if not strays:
        return
    body = tree.find("body")
    if body is None:
        body = tree.makeelement("body")
        tree.append(body)
    for place, stray in enumerate(strays):
        body.insert(place, stray)


def unseen(element: Any) -> bool:
    """An element that a reader of the page does not see."""
    tag = element.tag
    if not isinstance(tag, str) or tag in _UNSEEN:
        return True
    if "hidden" in element.attrib and element.get("hidden") != "until-found":
        return True
    return bool(_HIDING.search(element.get("style") or ""))


def title_of(tree: Any) -> str:
    """The page's title on one line; empty where it has none."""
    found = tree.find(".//title")
    text = "" if found is None else found.text_content()
    return " ".join(text.split())[:_TITLE]


def base_of(tree: Any, url: str) -> str:
    """The address that the page's own links are relative to."""
    found = tree.find(".//base[@href]")
    return url if found is None else absolute(url, found.get("href")) or url


def sent_on(tree: Any, url: str) -> str:
    """Where the page sends its readers on to by itself, at once or soon; empty for nowhere."""
    for found in tree.iter("meta"):
        if (found.get("http-equiv") or "").strip().lower() == "refresh":
            told = _REFRESH.match(found.get("content") or "")
            if told and int(told[1][:6]) <= _SOON:
                target = absolute(base_of(tree, url), told[2])
                return "" if urldefrag(target).url == urldefrag(url).url else target
    return ""
