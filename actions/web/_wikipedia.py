"""Wikipedia, by its interface for programs (the MediaWiki Action API)."""

import html
import json
import re
from typing import Any
from urllib.parse import quote, urlencode

from ._fetch import fetch
from ._pages import Page, opened
from ._reading import html_page

SITE = "https://{language}.wikipedia.org"
"""An edition's address."""

_MARK = re.compile(r"<[^>]*>")
_MOST = 50


def article(title: str, language: str) -> Page:
    """An article, opened.

    Raises:
        LookupError: There is none.
        ValueError: The language is none.
    """
    asked = {"action": "parse", "page": title, "prop": "text", "redirects": "1"}
    answer = _answer(language, asked)
    told = answer.get("parse")
    if not told:
        raise LookupError(f"Wikipedia ({language}) has no article {title!r}; see search_wikipedia")
    name, text = str(told.get("title", title)), str(told.get("text", ""))
    heading = f"<title>{html.escape(name)}</title><h1>{html.escape(name)}</h1>"
    return opened(html_page(heading + text, _address(name, language)))


def found(query: str, k: int, language: str) -> list[dict[str, str]]:
    """Articles that fit words, best first.

    Raises:
        ValueError: The language is none.
    """
    asked = {"action": "query", "list": "search", "srsearch": query}
    answer = _answer(language, {**asked, "srlimit": str(max(1, min(k, _MOST)))})
    told = answer.get("query")
    hits = told.get("search") if isinstance(told, dict) else None
    return [
        {
            "title": str(hit.get("title", "")),
            "url": _address(str(hit.get("title", "")), language),
            "text": html.unescape(_MARK.sub("", str(hit.get("snippet", "")))),
        }
        for hit in hits or []
        if isinstance(hit, dict)
    ]


def _answer(language: str, asked: dict[str, str]) -> dict[str, Any]:
    if not re.fullmatch(r"[a-z]{2,12}(-[a-z]{2,12}){0,2}", language):
        raise ValueError(f"{language!r} is no language of Wikipedia; write one such as en")
    query = urlencode({**asked, "format": "json", "formatversion": "2"})
    fetched = fetch(f"{SITE.format(language=language)}/w/api.php?{query}", obey_robots=False)
    try:
        answer = json.loads(fetched.body)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"Wikipedia does not answer with JSON: {error}") from error
    return answer if isinstance(answer, dict) else {}


def _address(title: str, language: str) -> str:
    return f"{SITE.format(language=language)}/wiki/{quote(title.replace(' ', '_'))}"
