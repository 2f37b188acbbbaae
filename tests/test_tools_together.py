"""One task, solved end to end: the web, a file, a picture and somebody's tool, in the sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("httpx")
pytest.importorskip("lxml")
pytest.importorskip("protego")
pytest.importorskip("mcp")

from dynasaur.cli import run
from dynasaur.kernel import tiers
from dynasaur.proxy import server as proxies
from dynasaur.proxy.server import Proxy
from tests.builders import tool_server
from tests.builders.cli import environment, script
from tests.builders.engines import SearchServer
from tests.builders.listener import Sensing
from tests.builders.proxies import PUBLIC, FakeOutside
from tests.builders.website import PNG, Answer, WebSite, html

TIER = next((tier for tier in tiers.PROXIED if not tiers.probe(tier).problem), "")
SHOP = "http://tea.example.test/shop"
FOUND = {"title": "The tea shop", "url": SHOP, "content": "Prices of tea."}
PAGES = {
    "/shop": html(
        "<title>Tea shop</title><p>See the <a href=prices.csv>prices</a> and the label:</p>"
        "<img src=label.png alt=Label><p>There is one more box than the label says.</p>"
    ),
    "/prices.csv": Answer(b"tea,price\ngreen,2\nblack,3\n", "text/csv"),
    "/label.png": Answer(PNG, "image/png"),
}
FIND = """
hit = search_web('price of green tea', k=1)[0]
print(open_page(hit['url']))
"""
READ = '''
def price_in_table(url: str, column: str, value: str, price_column: str) -> float:
    """Price that a table on the web has for one thing.

    Args:
        url: The address of the table's file.
        column: The column that names the things.
        value: The thing.
        price_column: The column with the prices.

    Returns:
        The price.
    """
    rows = filter_rows(read_table(download_file(url)), column, value)
    return float(rows[0][price_column])


links = {link['text']: link['url'] for link in page_links()}
price = price_in_table(links['prices'], 'tea', 'green', 'price')
'''
LOOK = """
boxes = int(look_at_image(download_file(links['Label']), 'What number is on the label?'))
"""
CALL = """
boxes = shop_add(boxes, b=1)
try:
    said = open_page('http://elsewhere.test/')
except Exception as error:
    said = str(error)
submit_final_answer([price * boxes, said])
"""


@dataclass
class World:
    """What lies around the run."""

    site: WebSite
    engine: SearchServer
    model: Sensing
    asked_for: FakeOutside


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with ExitStack() as stack:
        site = stack.enter_context(WebSite(PAGES))
        body = json.dumps({"results": [FOUND]}).encode()
        engine = stack.enter_context(SearchServer("searxng", body=body))
        model = stack.enter_context(Sensing("11"))
        outside = FakeOutside({"tea.example.test": [PUBLIC]}, int(site.host.rpartition(":")[2]))
        monkeypatch.setattr(proxies, "Proxy", lambda path, allowed: Proxy(path, allowed, outside))
        settings = {
            "OPENAI_BASE_URL": model.url,
            "OPENAI_API_KEY": "k",
            "DYNASAUR_VISION_MODEL": "gpt-5.4-mini",
            "DYNASAUR_SEARCH": "searxng",
            "DYNASAUR_SEARCH_URL": engine.host,
        }
        for name, value in environment(tmp_path / "home", settings).items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        yield World(site, engine, model, outside)


@pytest.mark.slow
@pytest.mark.skipif(not TIER, reason="no sandbox with a network of its own")
def test_a_task_is_solved_by_all_of_them_together(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tool_server.program(tmp_path / "shop")
    config = tool_server.configured(
        tmp_path, shop=tool_server.started_by(tmp_path / "shop" / "server.py")
    )
    model = script(tmp_path, FIND, READ, LOOK, CALL)
    words = ["run", "What do the boxes of green tea cost?", "--model", model]
    words += ["--library", "library", "--mcp-config", str(config), "--json"]
    words += ["--network", "allow=example.test"]
    assert run(["init", "library"]) == 0
    capsys.readouterr()
    code = run(words)
    shown = capsys.readouterr()
    assert code == 0, shown.err
    done = json.loads(shown.out)
    cost, said = done["answer"]
    assert cost == 24.0
    assert "elsewhere.test" in said, "what is not on the list cannot be reached"
    assert "allow" in said
    # The gate asks once more: it runs the recorded call again from the saved file alone.
    assert set(world.site.asked) == {"/robots.txt", "/shop", "/prices.csv", "/label.png"}
    assert world.engine.asked[0][2]["q"] == "price of green tea"
    assert world.model.seen == [("image/png", PNG)]
    assert set(world.asked_for.asked) == {"tea.example.test"}
    assert done["usage"]["prompt_tokens"] == 1_000
    (kept,) = (tmp_path / "library/actions").rglob("price_in_table.py")
    assert "from ..vendor.base.web.download_file import download_file" in kept.read_text()
