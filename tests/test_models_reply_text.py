"""Replies as models really write them, and what is read from each."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dynasaur.models.reply_text import CUT_OFF, EMPTY, NO_CODE, is_object, parse

OBJECT = json.dumps({"thought": "I add.", "code": "print(1 + 1)"})

READ = [
    # JSON
    (OBJECT, "I add.", "print(1 + 1)"),
    (f"\n {OBJECT}\n\nI hope this helps!", "I add.", "print(1 + 1)"),
    (f"```json\n{OBJECT}\n```", "I add.", "print(1 + 1)"),
    (f"Here it is:\n```\n{OBJECT}\n```", "I add.", "print(1 + 1)"),
    (f"Sure! {OBJECT}", "I add.", "print(1 + 1)"),
    ('{"code": "x = 1"}', "", "x = 1"),
    ('{"thought": null, "code": "x = 1", "more": 2}', "", "x = 1"),
    ('{"thought": "t", "code": "a = 1\nb = 2"}', "t", "a = 1\nb = 2"),
    (json.dumps({"thought": "t", "code": "```python\nx = 1\n```"}), "t", "x = 1"),
    (json.dumps({"thought": "t", "code": 's = """\n```\n"""\n'}), "t", 's = """\n```\n"""'),
    # fences
    ("I add.\n\n```python\nprint(1 + 1)\n```", "I add.", "print(1 + 1)"),
    ("I add.\r\n```py\r\nprint(1)\r\nprint(2)\r\n```\r\n", "I add.", "print(1)\nprint(2)"),
    ("```Python3 title=x\nx = 1\n```\nDone.", "Done.", "x = 1"),
    ("```{python}\nx = 1\n```", "", "x = 1"),
    ("```{.python}\nx = 1\n```", "", "x = 1"),
    ("```python:main.py\nx = 1\n```", "", "x = 1"),
    ("~~~ipython\n%time x = 1\n~~~", "", "%time x = 1"),
    ("Code:\n```\nx = 1\n```", "Code:", "x = 1"),
    ("1. So:\n   ```python\n   if x:\n       y()\n   ```", "1. So:", "if x:\n    y()"),
    ("A\n```python\nx = 1\n```\nB\n```python\ny = 2\n```\nC", "A\nB\nC", "x = 1\n\ny = 2"),
    ("```bash\nls\n```\n```python\nx = 1\n```\n```\n1\n```", "", "x = 1"),
    ("````python\nx = '''\n```\n'''\n````", "", "x = '''\n```\n'''"),
    ('```python\nx = """\n```py\n1\n```\n"""\n```\nEnd', "End", 'x = """\n```py\n1\n```\n"""'),
    ("```python\nx = 1", "", "x = 1"),
    ("So:\n```python\nprint(1)```", "So:", "print(1)"),
    ("So:\n```python print(1)```", "So:", "print(1)"),
    ("```python\nthis is wrong (\n```", "", "this is wrong ("),
    ('```json\n{"rows": 3}\n```\n```python\nx = 1\n```', "", "x = 1"),
    # tags
    ("I add.\n<code>\nx = 1\n</code>", "I add.", "x = 1"),
    ("<code>x = 1</code> and <code>y = 2</code>", "and", "x = 1\n\ny = 2"),
    ("<code>\nx = 1", "", "x = 1"),
    # thinking
    ("<think>Hm.</think>\n```python\nx = 1\n```", "Hm.", "x = 1"),
    ("<think>\n```python\nno()\n```</think>I set x.\n```py\nx = 1\n```", "I set x.", "x = 1"),
    (f"<thinking>Hm.</thinking>{OBJECT}", "I add.", "print(1 + 1)"),
    ("Hm, let me see.</think>\n```python\nx = 1\n```", "Hm, let me see.", "x = 1"),
    ("```python\nx.split('</think>')\n```", "", "x.split('</think>')"),
    # bare
    ("print(1 + 1)", "", "print(1 + 1)"),
    ("import math\n\nx = math.pi\n", "", "import math\n\nx = math.pi"),
    ("for i in range(3):\n    print(i)", "", "for i in range(3):\n    print(i)"),
]  # fmt: skip

NOT_READ = [
    ("", EMPTY),
    (" \n ", EMPTY),
    ("I do not know.", NO_CODE),
    ("Done", NO_CODE),
    ("Note: fine", NO_CODE),
    ("Sorry (again)", NO_CODE),
    ("return value", NO_CODE),
    ("'see f(x)'", NO_CODE),
    ("42", NO_CODE),
    ("```bash\nls\n```", NO_CODE),
    ('{"answer": 42}', NO_CODE),
    ('{"thought": "t", "code": 3}', NO_CODE),
    ('{"thought": "t", "code": ""}', "its code is empty"),
    ("```python\n\n```", "its code is empty"),
    ("<think>For ever and ever", EMPTY),
]

CUT = [
    '{"thought": "t", "code": "print(',
    "I add.\n```python\nprint(1",
    "```python\nx = 1\n```\nThen\n```python\ny = ",
    "<code>\nx = 1",
    "I was about to",
    "<think>For ever and",
    "",
]


@pytest.mark.parametrize(("text", "thought", "code"), READ)
def test_thought_and_code_are_read(text: str, thought: str, code: str) -> None:
    reply = parse(text)
    assert (reply.thought, reply.code, reply.problem) == (thought, code, "")


@pytest.mark.parametrize(("text", "problem"), NOT_READ)
def test_a_text_without_code_has_a_problem(text: str, problem: str) -> None:
    reply = parse(text)
    assert (reply.code, reply.problem) == ("", problem)


@pytest.mark.parametrize("text", CUT)
def test_half_a_reply_is_not_run(text: str) -> None:
    reply = parse(text, cut_off=True)
    assert (reply.code, reply.problem) == ("", CUT_OFF)


@pytest.mark.parametrize("text", [OBJECT, "```python\nx = 1\n```\nand so"])
def test_whole_code_of_a_reply_that_was_cut_off_later_is_read(text: str) -> None:
    assert parse(text, cut_off=True).code


def test_what_a_reply_without_code_says_is_kept() -> None:
    assert parse("I do not know.").thought == "I do not know."


def test_a_long_thought_is_bounded() -> None:
    assert len(parse("word " * 10_000).thought) < 5_000


def test_code_can_be_written_to_a_file() -> None:
    reply = parse('{"thought": "\\ud800", "code": "x = \'\\ud800\'"}')
    assert (reply.thought, reply.code) == ("?", "x = '?'")


@pytest.mark.parametrize(
    ("text", "expected"),
    [(OBJECT, True), (f" {OBJECT} ", True), (f"```json\n{OBJECT}\n```", False), ("x", False)],
)
def test_what_a_schema_makes_is_known(text: str, expected: bool) -> None:
    assert is_object(text) is expected


PIECES = st.sampled_from(
    ["```", "```python\n", "```\n", "~~~", "{", "}", '"code"', ": ", '"', "<code>", "</code>",
     "<think>", "</think>", "x = 1", "\n", "\r\n", "    ", "\\", "(", "[", "'''", "\x00", "\ud800"]
)  # fmt: skip


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)), st.booleans())
@example("[" * 100_000, False)
@example('{"a":' * 100_000, False)
@example("-" * 100_000 + "1", False)
@example("(" * 100_000, False)
@example("```\n" * 20_000, False)
@example('{"' * 20_000, True)
@example("<code>" * 20_000, True)
@example("9" * 5_000, False)
def test_no_text_breaks_it(text: str, cut_off: bool) -> None:
    reply = parse(text, cut_off=cut_off)
    assert bool(reply.code) != bool(reply.problem)
    (reply.thought + reply.code + reply.problem).encode()


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="\r", codec="utf-8")))
def test_any_code_in_an_object_comes_back(code: str) -> None:
    text = json.dumps({"thought": "t", "code": f"x = 1{code}y"})
    assert parse(text).code == f"x = 1{code}y"
