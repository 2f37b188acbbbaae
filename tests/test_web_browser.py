"""Pages whose scripts have to run: by the system's Chromium."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("httpx")
pytest.importorskip("lxml")
pytest.importorskip("protego")

from actions.web import _browser, _pages, _robots, _visit
from actions.web.fill_form import fill_form
from actions.web.follow_link import follow_link
from actions.web.open_page import open_page
from tests.builders.website import WebSite, html

PROGRAM = next(filter(None, map(shutil.which, _browser.PROGRAMS)), "")
HAS_BROWSER = bool(PROGRAM) and importlib.util.find_spec("playwright") is not None
browser = pytest.mark.skipif(not HAS_BROWSER, reason="no Chromium, or no Playwright")
ENDLESS = "<p>begun</p><script>setTimeout(() => { for (;;) {} }, 0)</script>"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(_robots, "PAUSE", 0.0)
    monkeypatch.setattr(_pages, "_OPEN", [])
    monkeypatch.delitem(_visit._SHARED, "cookies", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def site() -> Iterator[WebSite]:
    with WebSite({"/endless": html(ENDLESS)}) as running:
        yield running


@browser
@pytest.mark.slow
def test_scripts_run_and_forms_are_filled_in(site: WebSite) -> None:
    shown = open_page(f"{site.host}/script", render=True)
    assert shown.startswith(f"App\nAddress: {site.host}/script\n")
    assert "made by a script" in shown
    assert "[form 1: q (text)]" in shown
    assert json.dumps({"q": ["green tea"]}) in fill_form({"q": "green tea"})
    open_page(f"{site.host}/ticks", render=True)
    sent = {"size": ["L"], "with": ["honey"]}
    assert json.dumps(sent) in fill_form({"size": "L", "Honey": "on"})
    # The cookie that the script has set goes along from then on, with a browser and without.
    assert "cookies: ran=yes" in open_page(f"{site.host}/cookie")
    with pytest.raises(ConnectionError, match=r"cannot show .*/missing: 404 Not Found"):
        open_page(f"{site.host}/missing", render=True)
    open_page(f"{site.host}/plain", render=True)
    assert "Sentence 0" in follow_link(1)


@browser
@pytest.mark.slow
def test_a_page_that_never_ends_is_given_up(site: WebSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_browser, "SECONDS", 3.0)
    monkeypatch.setattr(_browser, "GRACE", 6.0)
    with pytest.raises(OSError, match="browser"):
        open_page(f"{site.host}/endless", render=True)


@browser
def test_what_a_browser_is_not_asked_for(site: WebSite) -> None:
    before = len(site.asked)
    for address, kind in [(f"{site.host}/private/x", PermissionError), ("file:///etc", ValueError)]:
        with pytest.raises(kind):
            open_page(address, render=True)
    assert [path for path in site.asked[before:] if path != "/robots.txt"] == []


def test_without_a_browser_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_browser, "PROGRAMS", ("no-such-browser",))
    with pytest.raises(ImportError, match="install"):
        open_page("http://example.org/", render=True)
