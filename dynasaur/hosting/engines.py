"""Search engines: how each is asked, and how its answers are read.

Sources: the engines' own descriptions of their interfaces: api-dashboard.search.brave.com
(web search), docs.tavily.com (search), serpapi.com/search-api (Google), docs.searxng.org (search
API); and the package `ddgs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from dynasaur.errors import MissingExtraError
from dynasaur.hosting.fetching import Ask, fetched

MOST = 20
"""Results of one search, at most."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for.

    Attributes:
        query: The words.
        k: How many results, 1 to `MOST`.
        year: Only pages of this year; None for all.
        url: The engine's address.
        key: The engine's key; empty where it needs none.
    """

    query: str
    k: int
    year: int | None
    url: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """One result.

    Attributes:
        title: The page's title.
        url: Its address.
        text: A few words of it.
        date: When it was made, as the engine says it; empty where it does not.
    """

    title: str
    url: str
    text: str
    date: str = ""


@dataclass(frozen=True, slots=True)
class Engine:
    """One search engine.

    Attributes:
        search: Asks it.
        url: Its address; empty where the user has to name one.
        keys: Environment variables that may hold its key; none where it needs none.
        price: US dollars for one search, at the dearest of the prices that it publishes.
    """

    search: Callable[[Wanted], list[Found]]
    url: str
    keys: tuple[str, ...] = ()
    price: float = 0.0


def _brave(wanted: Wanted) -> list[Found]:
    query = {"q": wanted.query, "count": str(wanted.k)}
    if wanted.year:
        query["freshness"] = f"{wanted.year}-01-01to{wanted.year}-12-31"
    headers = {"X-Subscription-Token": wanted.key}
    body = fetched(Ask(wanted.url, query, headers, key=wanted.key))
    return _read(_at(body, "web", "results"), text="description", date="page_age")


def _tavily(wanted: Wanted) -> list[Found]:
    asked: dict[str, object] = {"query": wanted.query, "max_results": wanted.k}
    if wanted.year:
        asked |= {"start_date": f"{wanted.year}-01-01", "end_date": f"{wanted.year}-12-31"}
    headers = {"Authorization": f"Bearer {wanted.key}"}
    body = fetched(Ask(wanted.url, headers=headers, body=asked, key=wanted.key))
    return _read(_at(body, "results"), text="content", date="published_date")


def _serpapi(wanted: Wanted) -> list[Found]:
    query = {"engine": "google", "q": wanted.query, "num": str(wanted.k), "api_key": wanted.key}
    if wanted.year:
        query["tbs"] = f"cdr:1,cd_min:01/01/{wanted.year},cd_max:12/31/{wanted.year}"
    body = fetched(Ask(wanted.url, query, key=wanted.key))
    # That nothing was found comes as an error, too; whatever else is one comes with a status.
    return _read(_at(body, "organic_results"), url="link", text="snippet", date="date")


def _searxng(wanted: Wanted) -> list[Found]:
    """SearXNG filters by no year: it goes into the words, and other years are dropped."""
    words = f"{wanted.query} {wanted.year}" if wanted.year else wanted.query
    try:
        body = fetched(Ask(wanted.url, {"q": words, "format": "json"}))
    except PermissionError as error:
        raise ConnectionError(
            f"{error}; a SearXNG server gives JSON only where its settings.yml has json among "
            f"search.formats"
        ) from None
    found = _read(_at(body, "results"), text="content", date="publishedDate")
    return [one for one in found if not wanted.year or one.date[:4] in ("", str(wanted.year))]


def _ddgs(wanted: Wanted) -> list[Found]:
    try:
        from ddgs import DDGS
        from ddgs.exceptions import DDGSException, TimeoutException
    except ImportError as error:
        raise MissingExtraError(
            "search = ddgs needs the package ddgs: pip install 'dynasaur[tools]'"
        ) from error
    years = f"{wanted.year}-01-01..{wanted.year}-12-31" if wanted.year else None
    try:
        results = DDGS(timeout=10).text(
            wanted.query,
            max_results=wanted.k,
            timelimit=years,
            backend="duckduckgo" if years else "auto",
        )
    except TimeoutException as error:
        raise TimeoutError(f"ddgs: {error}") from error
    except DDGSException as error:
        if "no results" in str(error).lower():  # it does not tell a refusal from nothing found
            raise ConnectionError(
                "ddgs gives no results: nothing is found, or the engines that it asks refuse to "
                "answer for now; other words, or another engine (--search), may help"
            ) from error
        raise ConnectionError(f"ddgs: {' '.join(str(error).split())[:300]}") from error
    return _read(results, url="href", text="body", date="date")


ENGINES: dict[str, Engine] = {
    "brave": Engine(
        _brave,
        "https://api.search.brave.com/res/v1/web/search",
        ("BRAVE_API_KEY", "BRAVE_SEARCH_API_KEY"),
        price=0.005,
    ),
    "ddgs": Engine(_ddgs, "duckduckgo.com and others"),
    "searxng": Engine(_searxng, ""),
    "serpapi": Engine(
        _serpapi,
        "https://serpapi.com/search.json",
        ("SERPAPI_API_KEY", "SERPAPI_KEY"),
        price=0.025,
    ),
    "tavily": Engine(_tavily, "https://api.tavily.com/search", ("TAVILY_API_KEY",), price=0.008),
}
"""By the name that the setting `search` has for them. The prices are those of 2026: a thousand
requests (Brave), a credit as one goes (Tavily), the smallest plan's share (SerpAPI)."""


def _at(body: object, *path: str) -> list[object]:
    """The list at a place of an answer; empty where there is none."""
    for name in path:
        body = body.get(name) if isinstance(body, Mapping) else None
    return body if isinstance(body, list) else []


def _read(
    results: Iterable[object], *, text: str, date: str, title: str = "title", url: str = "url"
) -> list[Found]:
    """Results in the shape of one engine; those without an address are left out."""
    found = []
    for one in results:
        if isinstance(one, Mapping) and isinstance(address := one.get(url), str) and address:
            told = (one.get(name) for name in (title, text, date))
            name, words, when = (str(value) if value else "" for value in told)
            found.append(Found(name, address, words, when))
    return found
