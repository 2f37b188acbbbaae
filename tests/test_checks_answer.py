"""The rule that the task's answer is not built in: answers that are hidden, and look-alikes."""

from __future__ import annotations

import codecs
import json
import zlib
from base64 import b64encode, b85encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from dynasaur.checks import answer
from dynasaur.checks.subject import ActionText, Finding
from dynasaur.record import Harvest
from dynasaur.source import read_action
from dynasaur.types import Call, Json

HIDING = "Kept beneath the old stone mill"

HIDDEN = {
    "base64": f"return base64.b64decode({b64encode(HIDING.encode())!r}).decode()",
    "base64, imported": f"return plain({b64encode(HIDING.encode()).decode()!r}).decode()",
    "base64, twice": f"return plain(plain({b64encode(b64encode(HIDING.encode()))!r})).decode()",
    "base85": f"return base64.b85decode({b85encode(HIDING.encode())!r}).decode()",
    "hex": f"return bytes.fromhex({HIDING.encode().hex()!r}).decode()",
    "rot13": f"return codecs.decode({codecs.encode(HIDING, 'rot13')!r}, 'rot13')",
    "reversed": f"return {HIDING[::-1]!r}[::-1]",
    "reversed, joined": f"return ''.join(reversed({HIDING[::-1]!r}))",
    "characters": f"return ''.join(chr(x) for x in {list(map(ord, HIDING))})",
    "characters, mapped": f"return ''.join(map(chr, {list(map(ord, HIDING))}))",
    "characters, moved": f"return ''.join([chr(x - 3) for x in {[ord(x) + 3 for x in HIDING]}])",
    "bytes": f"return bytes({list(HIDING.encode())}).decode()",
    "split": f"return {HIDING[:9]!r} + SPACE.join([{HIDING[9:12]!r}, {HIDING[13:]!r}])",
    "packed": f"return zlib.decompress({zlib.compress(HIDING.encode())!r}).decode()",
    "table": f"return {{'k': {HIDING!r}.upper()}}['k']",
    "json": f"return json.loads({json.dumps(json.dumps(HIDING))})",
    "quoted": f"return unquote({quote(HIDING)!r})",
    "helper": f"return _undo({HIDING[::-1]!r})",
    "loop": f"""out = ''
    for x in {[ord(x) ^ 42 for x in HIDING]}:
        out += chr(x ^ 42)
    return out""",
    "one of two ways out": f"return plain({b64encode(HIDING.encode())!r}).decode() if a else a",
    "never returned alone": f"return a + bytes.fromhex({HIDING.encode().hex()!r}).decode()",
    "number": f"return int({int.from_bytes(HIDING.encode(), 'big')}) and a",
    "as a guard": f"if not a:\n        raise ValueError(a)\n    return _undo({HIDING[::-1]!r})",
}


SOLVED = Harvest("r", "t", "m", (), solved=True, answer="y" * 30)


def gave(body: str, answer: Json) -> list[Finding]:
    """What is found where the function was called in the run, and returned the answer."""
    text = f"""import base64, codecs, json, zlib
from base64 import b64decode as plain
from urllib.parse import unquote
SPACE = ' '
def _undo(text):
    return text[::-1]
def f(a):
    {body}
"""
    call = Call("f", "", True, "'x'", repr(answer), "", 0.0, True)
    return list(answer_check(text, Harvest("r", "t", "m", (), (call,), solved=True, answer=answer)))


def answer_check(text: str, harvest: Harvest) -> Iterator[Finding]:
    path = Path("actions/things/f.py")
    action = read_action(text, path=path, category="things", source="local", module="a.things.f")
    return answer.check(ActionText.of(action, harvest))


@pytest.mark.parametrize("body", HIDDEN.values(), ids=HIDDEN)
def test_answer_finds_it_hidden(body: str) -> None:
    assert len(gave(body, HIDING)) == 1


@pytest.mark.parametrize(
    ("body", "given"),
    [
        ("return plain('T3Nsbw==').decode()", "Oslo"),
        ("return 'olsO'[::-1]", "Oslo"),
        ("return float(plain('NDIuMTI1').decode())", 42.125),
        ("return json.loads(plain('WyJhIiwgImIiXQ=='))", ["a", "b"]),
        ("b = 0\n    for x in 'OOssll':\n        b = x\n    return _undo('o' + b)", "lo"),
    ],
)
def test_answer_finds_a_short_one_where_nothing_else_is_given(body: str, given: Json) -> None:
    assert len(gave(body, given)) == 1


@pytest.mark.parametrize(
    ("body", "given"),
    [
        ("return base64.b64decode(a).decode()", HIDING),
        ("return a[::-1]", HIDING),
        ("return open('notes.txt').read()", HIDING),
        ("out = []\n    out.append(a)\n    return ''.join(out)", HIDING),
        (
            "b = ''\n    for x in 'abc':\n        if x == a: break\n        b += x\n    return b",
            "ab",
        ),
        ("one = []\n    two = one\n    one.append(a)\n    return two", ["x"]),
        ("total = 0\n    for x in range(1001):\n        total += x\n    return total", 500500),
        ("return a * len('0123456789')", 1234567),
        ("return [x for x in ('b', 'a') if x in a]", ["b", "a"]),
        ("return plain('not base64 at all') + a", HIDING),
        ("return plain('T3Nsbw==').decode() if a else a", "Oslo"),
        ("return max((1, 2), key=lambda x: x * a)", [1, 2]),
    ],
)
def test_answer_is_silent_where_it_is_computed(body: str, given: Json) -> None:
    assert gave(body, given) == []


def test_answer_is_looked_for_in_bounded_time() -> None:
    doubled = "".join(f"    x{n} = x{n + 1} + x{n + 1}\n" for n in range(40))
    text = f"def f(a):\n{doubled}    x40 = 'x'\n    return x0\n"
    assert list(answer_check(text, SOLVED)) == []
    loops = "[[[[c for c in s] for c in s] for c in s] for c in s]"
    text = f"def f(a):\n    s = {'z' * 900!r}\n    return {loops}\n"
    assert list(answer_check(text, SOLVED)) == []
