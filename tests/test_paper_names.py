"""The paper's names of the initial actions: opt in, thin, and working."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders.cli import dynasaur, script
from tests.builders.engines import SearchServer
from tests.builders.listener import Sensing
from tests.builders.website import PNG

NAMES = [
    *("find_archived_url", "find_on_page_ctrl_f", "informational_web_search"),
    *("inspect_file_as_text", "navigational_web_search", "visit_page", "visualizer"),
]
THE_SAME = ["download_file", "page_up", "page_down", "find_next"]
USED = """
submit_final_answer([
    informational_web_search('green tea', 2021),
    visit_page('page.html').splitlines()[-1],
    find_on_page_ctrl_f('s*n').splitlines()[1],
    page_up().splitlines()[-1],
    find_next().splitlines()[1],
    inspect_file_as_text('note.txt'),
    visualizer('red.png', 'What?'),
])
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("paper")
    done = dynasaur("init", "library", "--paper-names", cwd=folder)
    assert done.code == 0
    assert [name for name in NAMES if f"kept: {name}" not in done.out + done.err] == []
    return folder


def test_they_are_actions_that_pass_every_rule(place: Path) -> None:
    assert dynasaur("check", "--library", "library", cwd=place).code == 0
    shown = dynasaur("list", "--all", "--library", "library", "--json", cwd=place).out
    assert all(f'"{name}"' in shown for name in [*NAMES, *THE_SAME])
    again = dynasaur("init", "library", "--paper-names", cwd=place)
    assert "kept" not in again.out + again.err


def test_no_library_has_them_unasked(tmp_path: Path) -> None:
    dynasaur("init", "library", cwd=tmp_path)
    assert "visit_page" not in dynasaur("list", "--all", "--library", "library", cwd=tmp_path).out


def test_code_of_the_paper_runs(place: Path) -> None:
    for module in ("httpx", "lxml", "protego", "markitdown"):
        pytest.importorskip(module)
    (place / "page.html").write_text("<p>a line with salmon</p>")
    (place / "note.txt").write_text("a note")
    (place / "red.png").write_bytes(PNG)
    with SearchServer("searxng") as engine, Sensing("a red pixel") as model:
        env = {
            "DYNASAUR_SEARCH": "searxng",
            "DYNASAUR_SEARCH_URL": engine.host,
            "DYNASAUR_VISION_MODEL": "gpt-5.4-mini",
            "OPENAI_BASE_URL": model.url,
            "OPENAI_API_KEY": "k",
        }
        words = ("run", "x", "--library", "library", "--model", script(place, USED), "--json")
        files = [word for name in ("page.html", "note.txt", "red.png") for word in ("--file", name)]
        done = dynasaur(*words, *files, cwd=place, env=env)
    assert done.code == 0, done.err
    found, visited, *rest = done.json["answer"]
    assert found.startswith("Green tea\nhttps://tea.example.org/green\n")
    assert engine.asked[0][2]["q"] == "green tea 2021"
    line = "a line with salmon"
    place_found = "Found 1 of 1: salmon"
    assert [visited, *rest] == [line, place_found, line, place_found, "a note", "a red pixel"]
