"""`search_web`: the search engine that the user has configured; its key stays here.

What a search costs counts in the run's budget once the engine has answered: none of them takes
money for an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from urllib.parse import urlsplit

from dynasaur.agent.outside import Provided, Scene
from dynasaur.errors import ConfigError
from dynasaur.hosting.beside import beside
from dynasaur.hosting.engines import ENGINES, MOST, Engine, Wanted
from dynasaur.hosting.means import Means
from dynasaur.types import Json, Usage

_LONGEST = 2_000
_FIRST_YEAR = 1990


def search(scene: Scene, means: Means) -> Provided:
    """Gives `search_web`."""

    def search_web(query: str, k: int = 10, year: int | None = None) -> Json:
        """Search the web; results have title, url, text and date, best first.

        Args:
            query: Words to look for.
            k: How many results to give, at most 20.
            year: Only pages of this year.
        """
        name = means.settings.search
        engine, url, key = _configured(name, means.settings.search_url, means.environ)
        wanted = Wanted(_words(query), max(1, min(int(k), MOST)), _year(year), url, key)
        whom = urlsplit(url).netloc or url
        asked: Json = {"query": wanted.query, "year": wanted.year}
        scene.approve("search_web", asked, f"it sends the words to {whom}")
        scene.afford()
        found = scene.wait(beside(lambda: engine.search(wanted)), scene.seconds_left())
        price = means.settings.search_price
        scene.spend(Usage(cost=engine.price if price is None else price))
        return [asdict(one) for one in found[: wanted.k]]

    return Provided({"search_web": search_web})


def _configured(name: str, url: str, environ: Mapping[str, str]) -> tuple[Engine, str, str]:
    """The engine that is set, its address and its key.

    Raises:
        ConfigError: None is, or something of it is missing; says what to set.
    """
    engine = ENGINES.get(name)
    if engine is None:
        having = [one for one, it in ENGINES.items() if any(environ.get(each) for each in it.keys)]
        told = f"a key for {', '.join(having)} is there; " if having else ""
        raise ConfigError(
            f"web search is not configured: {told}a user who wants it says --search "
            f"{having[0] if having else 'ddgs'} (or one of {', '.join(ENGINES)}), or sets search "
            f"in their own config.toml or as DYNASAUR_SEARCH"
        )
    address = url or engine.url
    if not address:
        raise ConfigError(f"search = {name} needs its address: set search_url, DYNASAUR_SEARCH_URL")
    if name == "searxng" and not urlsplit(address).path.rstrip("/").endswith("/search"):
        address = f"{address.rstrip('/')}/search"
    key = next((environ[each] for each in engine.keys if environ.get(each)), "")
    if engine.keys and not key:
        raise ConfigError(f"search = {name} needs a key: set {engine.keys[0]} in the environment")
    return engine, address, key


def _words(query: str) -> str:
    words = " ".join(str(query).split())
    if not words:
        raise ValueError("the query is empty")
    if len(words) > _LONGEST:
        raise ValueError(f"the query is longer than {_LONGEST:,} characters")
    return words


def _year(year: int | None) -> int | None:
    if year is None:
        return None
    if not isinstance(year, int) or not _FIRST_YEAR <= year <= 9999:
        raise ValueError(f"{year!r} is no year that pages of the web are from")
    return year
