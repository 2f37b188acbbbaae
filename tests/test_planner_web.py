"""The planner leaves the web, models and people's tools alone when a task is about files."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.builders.planning import Bench

ACTIONS = Path(__file__).parents[1] / "actions"
REACHING = {
    file.stem for folder in ("web", "media") for file in (ACTIONS / folder).glob("[!_]*.py")
}
FILES = {
    "people.csv": "name,city\nAnn,Oslo\nBob,Rome\n",
    "note.txt": "Green tea is tea.\nSee https://example.org/tea for more.\n",
    "page.html": "<title>Tea</title><p>Green tea</p>",
    "data.json": '{"tea": {"price": 2}}',
}
TASKS = [
    ("Find Ann in people.csv", "people.csv"),
    ("Search for Oslo in people.csv", "people.csv"),
    ("How many links are in note.txt?", "note.txt"),
    ("Open note.txt and find tea", "note.txt"),
    ("Which page is named in note.txt?", "note.txt"),
    ("What is the text of page.html?", "page.html"),
    ("Download the file note.txt", "note.txt"),
    ("What is the price of tea in data.json?", "data.json"),
    ("Look at people.csv", "people.csv"),
    ("Show the next page of note.txt", "note.txt"),
    ("Draw the people in people.csv", "people.csv"),
]


@pytest.mark.parametrize(("task", "name"), TASKS, ids=[row[0] for row in TASKS])
def test_it_does_not_reach_out_for_files(task: str, name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(FILES[name])
    played = Bench().play(task, [file])
    called = {
        node.func.id
        for code in played.codes
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called & REACHING == set()
    assert played.answers or played.gave_up


def test_there_is_something_to_leave_alone() -> None:
    assert {"search_web", "open_page", "look_at_image", "find_on_page"} <= REACHING
