"""`search_web`: engines in their published shapes, keys that stay on the host, what is missing."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dynasaur.agent.outside import Scene
from dynasaur.config import Settings
from dynasaur.hosting import engines, fetching
from dynasaur.hosting.means import Means
from dynasaur.hosting.search import search
from dynasaur.types import Usage
from tests.builders.cli import dynasaur, script
from tests.builders.engines import HITS, KEY, SHAPES, SearchServer
from tests.builders.scenes import QuietScene

FIRST = {"title": HITS[0][0], "url": HITS[0][1], "text": HITS[0][2]}
DATES = {
    "brave": "2021-03-05T10:00:00",
    "tavily": "",
    "serpapi": "Mar 5, 2021",
    "searxng": "2021-03-05T00:00:00",
}
KEYS = {"brave": "BRAVE_API_KEY", "tavily": "TAVILY_API_KEY", "serpapi": "SERPAPI_API_KEY"}


def searcher(
    tmp_path: Path, settings: Settings, environ: Mapping[str, str], scene: Scene | None = None
) -> Any:
    def no_model() -> Any:
        raise AssertionError("no model is needed")

    means = Means(tmp_path, settings, environ, no_model)
    return search(scene or QuietScene(tmp_path), means).functions["search_web"]


def asked(name: str, tmp_path: Path, *args: Any, **more: Any) -> tuple[Any, SearchServer]:
    with SearchServer(name, **more) as server:
        environ = {KEYS[name]: KEY} if name in KEYS else {}
        settings = Settings(search=name, search_url=f"{server.host}/api")
        return searcher(tmp_path, settings, environ)(*args), server


@pytest.mark.parametrize("name", DATES)
def test_each_engine_in_its_own_shape(tmp_path: Path, name: str) -> None:
    found, server = asked(name, tmp_path, "green  tea\n", 2)
    assert found[0] == {**FIRST, "date": DATES[name]}
    assert [one["title"] for one in found] == ["Green tea", "Black tea"]
    ((method, _, sent, headers),) = server.asked
    shown = json.dumps([sent, headers])
    assert sent.get("q", sent.get("query")) == "green tea"
    assert (KEY in shown) == (name in KEYS)
    assert method == ("POST" if name == "tavily" else "GET")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("brave", {"freshness": "2021-01-01to2021-12-31"}),
        ("tavily", {"start_date": "2021-01-01", "end_date": "2021-12-31"}),
        ("serpapi", {"tbs": "cdr:1,cd_min:01/01/2021,cd_max:12/31/2021"}),
        ("searxng", {"q": "tea 2021"}),
    ],
)
def test_only_pages_of_one_year(tmp_path: Path, name: str, told: dict[str, str]) -> None:
    found, server = asked(name, tmp_path, "tea", 10, 2021)
    ((_, _, sent, _),) = server.asked
    assert told.items() <= sent.items()
    assert [one["title"] for one in found] == ["Green tea", "Black tea"]


def test_nothing_found_is_no_error(tmp_path: Path) -> None:
    assert asked("serpapi", tmp_path, "nothing")[0] == []


@pytest.mark.parametrize(
    ("more", "kind", "said"),
    [
        ({"status": 401, "body": f"bad key {KEY}".encode()}, PermissionError, "refuses the key"),
        ({"status": 402, "body": b'{"error": "pay"}'}, ConnectionError, 'answers 402: {"error"'),
        ({"status": 403, "body": b""}, PermissionError, r"refuses the key \(403\): nothing more"),
        ({"status": 429, "body": b"slow down"}, ConnectionError, "answers 429: slow down"),
        ({"status": 503, "body": b"<h1>\noff</h1>"}, ConnectionError, "answers 503: <h1> off"),
        ({"body": b""}, ConnectionError, "does not answer with JSON"),
        ({"status": 302}, ConnectionError, "answers 302"),
        ({"body": b"<html>"}, ConnectionError, "does not answer with JSON"),
        ({"body": b"[" * 100_000}, ConnectionError, "does not answer with JSON"),
        ({"body": b" " * 5_000_001}, ConnectionError, "more than 5,000,000 bytes"),
    ],
)
@pytest.mark.parametrize("name", KEYS)
def test_what_goes_wrong_is_one_line_without_the_key(
    tmp_path: Path, name: str, more: Any, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said) as caught:
        asked(name, tmp_path, "tea", **more)
    assert KEY not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_server_of_searxng_that_gives_no_json_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(ConnectionError, match=r"refuses to answer \(403\): .*search\.formats$"):
        asked("searxng", tmp_path, "tea", status=403, body=b"<title>403 Forbidden</title>")
    with pytest.raises(ConnectionError, match="answers 429: Too Many"):
        asked("searxng", tmp_path, "tea", status=429, body=b"Too Many Requests")


@pytest.mark.parametrize(
    ("name", "price", "costs"),
    [
        ("brave", None, 0.005),
        ("tavily", None, 0.008),
        ("serpapi", None, 0.025),
        ("searxng", None, 0.0),
        ("brave", 0.003, 0.003),
        ("brave", 0.0, 0.0),
    ],
)
def test_what_a_search_costs_is_counted(
    tmp_path: Path, name: str, price: float | None, costs: float
) -> None:
    scene = QuietScene(tmp_path)
    with SearchServer(name) as server:
        settings = Settings(search=name, search_url=server.host, search_price=price)
        find = searcher(tmp_path, settings, {KEYS[name]: KEY} if name in KEYS else {}, scene)
        find("tea")
        find("tea")
    assert scene.spent == [Usage(cost=costs)] * 2


def test_a_search_that_fails_costs_nothing(tmp_path: Path) -> None:
    scene = QuietScene(tmp_path)
    with SearchServer("brave", status=500) as server:
        settings = Settings(search="brave", search_url=server.host)
        with pytest.raises(ConnectionError):
            searcher(tmp_path, settings, {"BRAVE_API_KEY": KEY}, scene)("tea")
    assert scene.spent == []


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"null", b'{"results": {}}', b'{"results": [1, {}]}']
)
def test_answers_of_another_shape_hold_nothing(tmp_path: Path, body: bytes) -> None:
    assert asked("tavily", tmp_path, "tea", body=body)[0] == []


def test_an_engine_that_is_silent_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(_: object) -> Any:
        time.sleep(0.6)
        return {}

    monkeypatch.setattr(fetching, "SECONDS", 0.2)
    monkeypatch.setitem(SHAPES, "brave", wait)
    with pytest.raises(TimeoutError, match=r"does not answer in 0\.2 s"):
        asked("brave", tmp_path, "tea")


@pytest.mark.parametrize(
    ("settings", "environ", "said"),
    [
        (Settings(), {}, r"not configured: a user who wants it says --search ddgs \(or one of"),
        (Settings(), {"TAVILY_API_KEY": KEY}, r"a key for tavily is there; .*--search tavily"),
        (Settings(search="brave"), {}, "search = brave needs a key: set BRAVE_API_KEY"),
        (Settings(search="searxng"), {}, "search = searxng needs its address: set search_url"),
    ],
)
def test_what_is_not_configured_says_what_to_set(
    tmp_path: Path, settings: Settings, environ: Mapping[str, str], said: str
) -> None:
    with pytest.raises(Exception, match=said) as caught:
        searcher(tmp_path, settings, environ)("tea")
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((" ",), "the query is empty"),
        (("x" * 2001,), "longer than 2,000 characters"),
        (("tea", 3, 12), "12 is no year"),
        (("tea", 3, "soon"), "'soon' is no year"),
    ],
)
def test_what_has_no_sense_is_not_asked(tmp_path: Path, arguments: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        asked("brave", tmp_path, *arguments)


def test_a_person_may_say_no(tmp_path: Path) -> None:
    scene = QuietScene(tmp_path, refuses=True)
    with SearchServer("searxng") as server:
        settings = Settings(search="searxng", search_url=server.host)
        with pytest.raises(PermissionError):
            searcher(tmp_path, settings, {}, scene)("tea")
        assert server.asked == []
    assert scene.approvals == [("search_web", f"it sends the words to {server.host[7:]}")]


# --- the package ddgs -----------------------------------------------------------------------------

PAGE = """<html><body><div class="results">{}</div></body></html>"""
ENTRY = (
    '<div class="result body links_main"><h2><a href="{1}">{0}</a></h2><a href="{1}">{2}</a></div>'
)


@pytest.fixture
def duckduckgo(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The real package, asking a page of DuckDuckGo's form on localhost."""
    pytest.importorskip("ddgs")
    from http.server import BaseHTTPRequestHandler

    from ddgs.ddgs import DDGS
    from ddgs.engines.duckduckgo import Duckduckgo

    from tests.builders.http import HttpServer, Quiet

    sent: list[str] = []
    page = PAGE.format("".join(ENTRY.format(*hit) for hit in HITS)).encode()

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            if "broken" in sent[-1]:
                return
            self.send_response(429 if "limited" in sent[-1] else 200)
            self.end_headers()
            self.wfile.write(page if "nothing" not in sent[-1] else b"<html></html>")

    def only(self: Any, *_: Any) -> list[Any]:
        return [Duckduckgo(timeout=5)]

    with HttpServer(Handler) as server:
        monkeypatch.setattr(Duckduckgo, "search_url", f"{server.host}/html/")
        monkeypatch.setattr(DDGS, "_get_engines", only)
        yield sent


def test_without_a_key(tmp_path: Path, duckduckgo: list[str]) -> None:
    find = searcher(tmp_path, Settings(search="ddgs"), {})
    found = find("green tea", 2, 2021)
    assert [one["url"] for one in found] == [hit[1] for hit in HITS]
    assert "df=2021-01-01..2021-12-31" in duckduckgo[0]
    for words, said in [
        ("nothing", "nothing is found, or the engines that it asks refuse to answer"),
        ("limited", "nothing is found, or the engines that it asks refuse to answer"),
        ("broken", r"^ddgs: [^\n]{1,300}$"),
    ]:
        with pytest.raises(ConnectionError, match=said):
            find(words)


def test_its_package_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ddgs", None)
    with pytest.raises(Exception, match=r"pip install 'dynasaur\[tools\]'"):
        searcher(tmp_path, Settings(search="ddgs"), {})("tea")


# --- in a run -------------------------------------------------------------------------------------

FIND = "submit_final_answer(search_web('green tea', k=1)[0]['url'])"
FIND_MORE = "for number in range(9):\n    print(search_web(f'tea {number}')[0]['title'])"
PRY = (
    "import os\n"
    f"told = [k for k, v in os.environ.items() if {KEY[:5]!r} in v]\n"
    "submit_final_answer(told)"
)


def test_a_run_searches_and_its_record_holds_no_key(tmp_path: Path) -> None:
    """From the default sandbox, which has no network and no key."""
    with SearchServer("brave") as server:
        env = {"BRAVE_API_KEY": KEY, "DYNASAUR_SEARCH_URL": f"{server.host}/search"}
        run = ("run", "x", "-q", "--search", "brave", "--model")
        done = dynasaur(*run, script(tmp_path, FIND), cwd=tmp_path, env=env)
        assert (done.code, done.out) == (0, f"{HITS[0][1]}\n"), done.err
        pried = dynasaur(*run, script(tmp_path, PRY), cwd=tmp_path, env=env)
        assert pried.out == "[]\n"
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    holding = [path for path in kept if KEY.encode() in path.read_bytes()]
    assert holding == []
    assert any(b"search_web" in path.read_bytes() for path in kept if path.suffix == ".json")


def test_a_run_stops_where_its_searches_have_cost_enough(tmp_path: Path) -> None:
    with SearchServer("brave") as server:
        env = {"BRAVE_API_KEY": KEY, "DYNASAUR_SEARCH_URL": f"{server.host}/search"}
        env |= {"DYNASAUR_SEARCH_PRICE": "0.4"}
        words = ("run", "x", "--search", "brave", "--max-cost", "1", "--json", "--model")
        done = dynasaur(*words, script(tmp_path, FIND_MORE), cwd=tmp_path, env=env)
    assert done.code == 4, done.err
    assert len(server.asked) == 3
    assert done.json["usage"]["cost"] == pytest.approx(1.2)


def test_a_run_without_an_engine_says_what_to_set(tmp_path: Path) -> None:
    model = script(tmp_path, FIND, "submit_final_answer(None)")
    done = dynasaur("run", "x", "--model", model, "--plain", cwd=tmp_path)
    assert "web search is not configured: a user who wants it says --search" in done.err


def test_a_library_cannot_choose_the_engine(tmp_path: Path) -> None:
    (tmp_path / "actions").mkdir()
    (tmp_path / "actions/__init__.py").touch()
    for line in ('search = "ddgs"', 'search_url = "http://evil.test"', "search_price = 0.0"):
        (tmp_path / "pyproject.toml").write_text(f"[tool.dynasaur]\n{line}\n")
        done = dynasaur("doctor", cwd=tmp_path)
        assert done.code == 2
        assert f"a library cannot set {line.split()[0]}" in done.err


def test_an_engine_that_is_none_is_a_wrong_use(tmp_path: Path) -> None:
    done = dynasaur("doctor", cwd=tmp_path, env={"DYNASAUR_SEARCH": "altavista"})
    assert done.code == 2
    assert "must be one of none, brave, ddgs, searxng, serpapi, tavily" in done.err


def test_every_engine_has_its_choice() -> None:
    from dynasaur.config import SEARCHES

    assert ("none", *engines.ENGINES) == SEARCHES
