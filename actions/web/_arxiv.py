"""arXiv, by its interface for programs."""

import re
from typing import Any
from urllib.parse import urlencode

from ._fetch import fetch

API = "https://export.arxiv.org/api/query"
"""Its address."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_FIELD = re.compile(r"\b(?:all|ti|au|abs|co|jr|cat|rn|id|submittedDate|lastUpdatedDate):")
_MOST = 100


def papers(query: str, k: int) -> list[dict[str, Any]]:
    """Papers that fit a query, best first.

    Raises:
        ValueError: The query is empty, or arXiv does not understand it.
        ConnectionError: It answers with something else.
    """
    words = query.split()
    if not words:
        raise ValueError("the query is empty")
    from lxml import etree

    own = bool(_FIELD.search(query))
    asked = query if own else " AND ".join(f"all:{word}" for word in words)
    told = {"search_query": asked, "start": "0", "max_results": str(max(1, min(k, _MOST)))}
    fetched = fetch(f"{API}?{urlencode(told)}", obey_robots=False)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(fetched.body, parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None or root.tag != f"{_ATOM}feed":
        raise ConnectionError("arXiv does not answer with a list of papers; ask again later")
    found = [_paper(entry) for entry in root.iterfind(f"{_ATOM}entry")]
    if found and "/api/errors" in found[0]["url"]:
        raise ValueError(f"arXiv does not understand the query: {found[0]['summary']}")
    return found


def _paper(entry: Any) -> dict[str, Any]:
    def text(name: str) -> str:
        return " ".join((entry.findtext(name) or "").split())

    links = entry.iterfind(f"{_ATOM}link")
    return {
        "title": text(f"{_ATOM}title"),
        "authors": [
            " ".join((author.findtext(f"{_ATOM}name") or "").split())
            for author in entry.iterfind(f"{_ATOM}author")
        ],
        "published": text(f"{_ATOM}published")[:10],
        "summary": text(f"{_ATOM}summary"),
        "url": text(f"{_ATOM}id"),
        "pdf": next((link.get("href") for link in links if link.get("title") == "pdf"), ""),
        "categories": [one.get("term", "") for one in entry.iterfind(f"{_ATOM}category")],
        "comment": text(f"{_ARXIV}comment"),
    }
