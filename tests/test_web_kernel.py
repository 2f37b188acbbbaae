"""The web actions where they belong: in a sandboxed kernel that may reach a few domains."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("httpx")
pytest.importorskip("lxml")
pytest.importorskip("protego")

from actions.web._browser import PROGRAMS
from dynasaur.agent.loading import bring
from dynasaur.kernel import tiers
from dynasaur.kernel.client import JupyterKernel
from dynasaur.proxy import server as proxies
from dynasaur.proxy.server import Proxy
from dynasaur.retriever import Retriever
from dynasaur.store import Store, base_path
from dynasaur.types import Observation
from tests.builders.cli import dynasaur
from tests.builders.proxies import PUBLIC, FakeOutside
from tests.builders.website import WebSite

TIER = next((tier for tier in tiers.PROXIED if not tiers.probe(tier).problem), "")
pytestmark = pytest.mark.skipif(not TIER, reason="no sandbox with a network of its own")
HAS_BROWSER = any(map(shutil.which, PROGRAMS)) and importlib.util.find_spec("playwright")
ACTIONS = Retriever([Store(base_path(), source="base", mount="actions.vendor.base")])


@pytest.fixture(scope="module")
def site() -> Iterator[WebSite]:
    with WebSite() as running:
        yield running


@pytest.fixture(scope="module")
def kernel(site: WebSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterKernel]:
    names = {"tea.example.test": [PUBLIC], "inside.example.test": ["127.0.0.1"]}
    outside = FakeOutside(names, int(site.host.rpartition(":")[2]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proxies, "Proxy", lambda path, allowed: Proxy(path, allowed, outside))
        work = tmp_path_factory.mktemp("work")
        with JupyterKernel(work, sandbox=TIER, network="allow=example.test") as running:
            yield running


def ran(kernel: JupyterKernel, code: str) -> Observation:
    """Run code as a step does: the actions that it uses are loaded first."""
    _, notes = bring(kernel, ACTIONS, code)
    assert notes == []
    return kernel.execute(code, timeout=90)


def test_a_page_is_read_across_cells(kernel: JupyterKernel) -> None:
    opened = ran(kernel, "print(open_page('http://tea.example.test/plain'))")
    assert "# Hello" in opened.output, opened
    assert "Sentence 0 tells" in ran(kernel, "print(follow_link(1))").output
    assert "Page 2 of 3" in ran(kernel, "print(page_down())").output
    assert "Found 1 of 1" in ran(kernel, "print(find_on_page('sentence 250'))").output
    again = ran(kernel, "import os; print(download_file('http://tea.example.test/report.csv'))")
    assert again.output == "report.csv\n"
    rows = ran(kernel, "print(read_table('report.csv'))")
    assert rows.output == "[{'tea': 'green', 'price': 2.5}]\n"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://other.test/", "allow=example.test,other.test"),
        ("http://inside.example.test/", "not on the public internet"),
        ("http://169.254.169.254/latest", "addresses cannot be reached"),
    ],
)
def test_what_may_not_be_reached_is_explained(kernel: JupyterKernel, url: str, said: str) -> None:
    seen = ran(kernel, f"open_page({url!r})")
    assert seen.error is not None
    assert seen.error.type in ("ConnectionError", "PermissionError"), seen.error
    assert said in seen.notice


@pytest.mark.slow
@pytest.mark.skipif(not HAS_BROWSER, reason="no Chromium, or no Playwright")
def test_a_browser_runs_in_the_sandbox_and_goes_by_the_proxy(
    kernel: JupyterKernel, site: WebSite
) -> None:
    seen = ran(kernel, "print(open_page('http://tea.example.test/script', render=True))")
    assert "made by a script" in seen.output, seen.error
    assert seen.notice == ""
    before = len(site.asked)
    refused = ran(kernel, "open_page('http://other.test/', render=True, obey_robots=False)")
    assert refused.error is not None
    assert "403 Refused: other.test is not allowed" in refused.error.message
    assert refused.notice.endswith("--network allow=example.test,other.test.")
    assert len(site.asked) == before


def test_a_call_from_the_command_line_says_it_too(tmp_path: Path) -> None:
    done = dynasaur("call", "open_page", "https://example.org/", cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "open_page: ConnectionError: example.org cannot be read: " in done.err
    assert done.err.endswith("runs with --network allow=example.org.\n")


def test_without_a_network_the_notice_says_what_to_allow(tmp_path: Path) -> None:
    with JupyterKernel(tmp_path, sandbox=TIER) as shut:
        for code in ("open_page('https://example.org/')", "search_wikipedia('tea')"):
            seen = ran(shut, code)
            assert seen.error is not None
            assert seen.error.type == "ConnectionError"
            assert "The sandbox has no network; a user who wants to allow" in seen.notice
        assert "--network allow=en.wikipedia.org" in seen.notice
