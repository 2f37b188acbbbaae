from __future__ import annotations

import json
from pathlib import Path

import pytest

from dynasaur.errors import ConfigError
from dynasaur.models.scripted import ScriptedModel
from dynasaur.types import Message, Reply, Usage

ASKED = (Message("user", "Go on."),)
ONE = Usage(requests=1)


def test_replies_come_in_order_and_then_it_gives_up(tmp_path: Path) -> None:
    file = tmp_path / "replies.json"
    file.write_text(json.dumps([{"thought": "a", "code": "x = 1"}, {"code": "y"}, {"code": ""}]))
    model = ScriptedModel(file)
    assert model.name == "scripted:replies.json"
    assert [model.reply(ASKED) for _ in range(5)] == [
        Reply("a", "x = 1", ONE),
        Reply("", "y", ONE),
        Reply("", "", ONE, problem="its code is empty"),
        Reply("", "", ONE, gave_up="the script has no more replies"),
        Reply("", "", ONE, gave_up="the script has no more replies"),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('{"thought": "a", "code": "b"}', "must be a list"),
        ('[{"code": "x"}, 3]', "reply 2: must be an object"),
        ('[{"code": "x"}, {"thought": "y"}]', 'reply 2: "code" must be there'),
        ('[{"code": 3}]', 'reply 1: "code" must be there'),
        ('[{"code": "x", "thougt": "y"}]', 'reply 1: has "thougt"'),
    ],
)
def test_a_bad_script_says_which_reply(tmp_path: Path, text: str, line: str) -> None:
    file = tmp_path / "replies.json"
    file.write_text(text)
    with pytest.raises(ConfigError, match=line):
        ScriptedModel(file)


def test_a_script_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot read the script .*: No such file"):
        ScriptedModel(tmp_path / "none.json")
    with pytest.raises(ConfigError, match="cannot read the script"):
        ScriptedModel(tmp_path)
    (tmp_path / "latin").write_bytes(b'["\xe9"]')
    with pytest.raises(ConfigError, match="is not JSON"):
        ScriptedModel(tmp_path / "latin")
