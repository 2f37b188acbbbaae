"""One task from end to end: the web, a file, a picture, a tool server, in the default sandbox."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dynasaur.agent import Agent
from dynasaur.config import Settings
from dynasaur.hosting import Means, outside
from dynasaur.kernel import tiers
from dynasaur.kernel.client import JupyterKernel
from dynasaur.library import Library
from dynasaur.models.catalog import resolve
from dynasaur.models.scripted import ScriptedModel
from dynasaur.proxy.allowed import Allowed
from dynasaur.proxy.server import Proxy
from dynasaur.toolbox.box import Toolbox
from dynasaur.toolbox.values import Server
from dynasaur.types import Task
from tests.builders import tool_server
from tests.builders.cli import script
from tests.builders.listener import Sensing
from tests.builders.proxies import PUBLIC, FakeOutside
from tests.builders.website import PNG, WebSite, html

PROXIED = [tier for tier in tiers.PROXIED if not tiers.probe(tier).problem]

STEPS = (
    "page = open_page('http://shop.example.test/offer')\nprint(page)",
    "print(read_document('order.csv'))",
    "colour = look_at_image('fruit.png', 'What colour?')\nprint(colour)",
    "price = shop_prices('fruit')['apple']\nprint(price)",
    """number = 4 if '| apple | 4 |' in read_document('order.csv') else 0
off = 10 if '10 percent off' in page and colour == 'a red pixel' else 0
submit_final_answer(shop_add(0, b=0) + number * price * (100 - off) / 100)""",
)


@pytest.mark.slow
@pytest.mark.skipif(not PROXIED, reason="no sandbox with a proxy works here")
def test_a_task_that_needs_all_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "order.csv").write_text("goods,number\napple,4\n", "utf-8")
    (tmp_path / "fruit.png").write_bytes(PNG)
    program = tool_server.program(tmp_path / "shop")
    Library.create(tmp_path / "library")
    offer = html("<title>Offer</title><p>Red apples are 10 percent off today.</p>")
    with WebSite({"/offer": offer}) as site, Sensing() as senses:
        port = int(site.host.rsplit(":", 1)[1])
        world = FakeOutside({"shop.example.test": [PUBLIC]}, port)

        def proxy(path: Path, allowed: Allowed) -> Proxy:
            return Proxy(path, allowed, world)

        monkeypatch.setattr("dynasaur.proxy.server.Proxy", proxy)
        shop = Server("shop", command=sys.executable, arguments=(str(program),))
        box = Toolbox(tmp_path, tmp_path / "library/.dynasaur", {"shop": shop})
        environ = {"OPENAI_BASE_URL": senses.url, "OPENAI_API_KEY": "key-that-stays-here"}
        library = Library(
            tmp_path / "library",
            tools=box.catalogue,
            kernel=lambda work, functions: JupyterKernel(
                work, functions=functions, network="allow=example.test"
            ),
        )
        means = Means(
            library.root, Settings(), environ, lambda: resolve("gpt-5.4-mini", environ), box
        )
        model = ScriptedModel(Path(script(tmp_path, *STEPS).removeprefix("scripted:")))
        files = (tmp_path / "order.csv", tmp_path / "fruit.png")
        done = Agent(library, model, outside=outside(means)).run(Task("What to pay?", files))
    told = [step.observation.error for step in done.steps if step.observation]
    assert done.answer == pytest.approx(5.4), told
    assert [one.name for step in done.steps for one in step.asked] == [
        *("look_at_image", "call_tool", "call_tool", "submit_final_answer"),
    ]
    assert done.usage.tokens > 0
    assert "/offer" in site.asked
    assert "key-that" not in (done.folder / "trajectory.json").read_text("utf-8")
