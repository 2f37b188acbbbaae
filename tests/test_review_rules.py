"""Every rule of a review: before, after, and what is to be found where; look-alikes stay silent."""

# ruff: noqa: E501 - a row of a table is read best on one line

from __future__ import annotations

import pytest

from dynasaur.capabilities import capabilities
from dynasaur.review.rules import OF_CAPABILITY, RULES
from tests.builders.review import Files, action, reviewed, told
from tests.test_capabilities import FOUND, SILENT

A = action()
PATH = "text/shout_text.py"
MIT = "SPDX-License-Identifier: MIT"
GPL = "SPDX-License-Identifier: GPL-3.0-only"
RUN = '# [tool.dynasaur]\n# origin = "generated"\n# evidence = "{}"\n# run = "{}"'
SOLVED = action(head=RUN.format("solved", "r1"))
FIRST = action("first_word", "text: str", body="return text.split()[0]")
LONG = action(
    body="rows = {}\nfor one in text.split():\n    rows[one[:3]] = rows.get(one[:3], 0) + len(one)\nbest = max(rows, key=rows.get)\nif rows[best] > 40:\n    best = best.title()\nreturn best * times"
)
ABC = action(params="a: str, b: str, c: int = 1", body="return a + b * c")


def uses(
    call: str, name: str = "greet_all", imports: str = "from .shout_text import shout_text"
) -> str:
    return action(name, "text: str", body=f"return {call}", imports=imports)


def one(before: str, after: str) -> tuple[Files, Files]:
    return {PATH: before}, {PATH: after}


def call(before: str, after: str, call: str) -> tuple[Files, Files]:
    user = {"text/greet_all.py": uses(call)}
    return {PATH: before, **user}, {PATH: after, **user}


ROWS: list[tuple[str, tuple[Files, Files], list[str]]] = [
    # --- lifecycle
    ("added", ({}, {PATH: A}), ["DYN101 text/shout_text.py:4:1"]),
    ("removed", ({PATH: A}, {}), ["DYN102 text/shout_text.py:4:1"]),
    ("removed but called", ({PATH: A, "text/greet_all.py": uses("shout_text(text)")}, {"text/greet_all.py": uses("shout_text(text)")}),
     ["DYN701 text/greet_all.py:3:1", "DYN102 text/greet_all.py:3:1"]),
    ("renamed", ({PATH: A}, {"text/yell_text.py": action("yell_text")}), ["DYN103 text/yell_text.py:4:1"]),
    ("renamed and edited", ({PATH: A}, {"text/yell_text.py": action("yell_text", body="text = text.strip()\nreturn text.upper() * times + '!'")}), ["DYN103 text/yell_text.py:4:1"]),
    ("moved", ({PATH: A}, {"words/shout_text.py": A}), ["DYN103 words/shout_text.py:4:1"]),
    ("renamed, caller left behind", ({PATH: A, "text/greet_all.py": uses("shout_text(text)")}, {"text/yell_text.py": action("yell_text"), "text/greet_all.py": uses("shout_text(text)")}),
     ["DYN701 text/greet_all.py:3:1", "DYN103 text/yell_text.py:4:1"]),
    ("renamed, caller came along", ({PATH: A, "text/greet_all.py": uses("shout_text(text)")}, {"text/yell_text.py": action("yell_text"), "text/greet_all.py": uses("yell_text(text)", imports="from .yell_text import yell_text")}),
     ["DYN103 text/yell_text.py:4:1"]),
    ("moved, caller came along", ({PATH: A, "text/greet_all.py": uses("shout_text(text)")}, {"words/shout_text.py": A, "text/greet_all.py": uses("shout_text(text)", imports="from ..words.shout_text import shout_text")}),
     ["DYN103 words/shout_text.py:4:1"]),
    ("moved, caller left behind", ({PATH: A, "text/greet_all.py": uses("shout_text(text)")}, {"words/shout_text.py": A, "text/greet_all.py": uses("shout_text(text)")}),
     ["DYN701 text/greet_all.py:3:1", "DYN103 words/shout_text.py:4:1"]),
    ("removed and another added", ({PATH: A}, {"text/first_word.py": FIRST}), ["DYN102 text/shout_text.py:4:1", "DYN101 text/first_word.py:4:1"]),
    ("unparsable", one(A, "x = 1\ndef (\n"), ["DYN104 text/shout_text.py:2:1"]),
    ("no function of the name", one(A, A.replace("def shout", "def yell")), ["DYN104 text/shout_text.py:4:1"]),
    ("not UTF-8", ({PATH: A}, {PATH: b"\xff\xfe\x00"}), ["DYN104 text/shout_text.py:1:1"]),
    ("binary beside", ({}, {"text/fast.so": b"\x7fELF"}), ["DYN105 text/fast.so:1:1"]),
    ("compiled beside", ({}, {"text/__pycache__/shout_text.cpython-311.pyc": b"x"}), ["DYN105 text/__pycache__/shout_text.cpython-311.pyc:1:1"]),
    ("data beside", ({}, {"text/table.json": "{}"}), ["DYN105 text/table.json:1:1"]),
    ("papers beside", ({}, {"text/README.md": "x", "LICENSE": "x"}), []),
    ("data gone", ({"text/table.json": "{}"}, {}), []),
    ("deprecated", one(A, action(head='# [tool.dynasaur]\n# deprecated = "text/other"')), ["DYN106 text/shout_text.py:8:1"]),
    ("deprecated before", one(action(head='# [tool.dynasaur]\n# deprecated = "text/other"'), action(head='# [tool.dynasaur]\n# deprecated = "text/other"', summary="Now louder.")), []),
    ("only layout", one(A, A.replace("* times", "*  times")), []),
    ("only comments", one(A, A + "# nothing\n"), []),
    ("only names of variables", one(action(body="x = text\nreturn x"), action(body="y = text\nreturn y")), []),
    ("only the summary", one(A, action(summary="Now louder.")), []),
    ("only the body", one(A, action(body="return text.lower() * times + '!'")), []),
    ("byte order mark and line ends", ({PATH: A}, {PATH: b"\xef\xbb\xbf" + A.replace("\n", "\r\n").encode()}), []),
    # --- signatures
    ("moved parameter", one(ABC, action(params="b: str, a: str, c: int = 1", body="return a + b * c")), ["DYN201 text/shout_text.py:4:16", "DYN201 text/shout_text.py:4:24"]),
    ("removed parameter", one(ABC, action(params="a: str, c: int = 1", body="return a * c")), ["DYN201 text/shout_text.py:4:24", "DYN202 text/shout_text.py:4:1"]),
    ("kind changed", one(ABC, action(params="a: str, b: str, *, c: int = 1", body="return a + b * c")), ["DYN203 text/shout_text.py:4:35"]),
    ("positional only", one(ABC, action(params="a: str, /, b: str, c: int = 1", body="return a + b * c")), ["DYN203 text/shout_text.py:4:16"]),
    ("default changed", one(ABC, action(params="a: str, b: str, c: int = 2", body="return a + b * c")), ["DYN204 text/shout_text.py:4:32"]),
    ("now required", one(ABC, action(params="a: str, b: str, c: int", body="return a + b * c")), ["DYN205 text/shout_text.py:4:32"]),
    ("added and required", one(ABC, action(params="a: str, b: str, c: int = 1, *, d: int", body="return a + b * c + d")), ["DYN206 text/shout_text.py:4:47"]),
    ("added with a default", one(ABC, action(params="a: str, b: str, c: int = 1, d: int = 2", body="return a + b * c * d")), []),
    ("default added", one(ABC, action(params="a: str, b: str = 'x', c: int = 1", body="return a + b * c")), []),
    ("keyword-only with a default", one(ABC, action(params="a: str, b: str, c: int = 1, *, d: int = 2", body="return a + b * c * d")), []),
    ("renamed parameter", one(FIRST.replace("first_word", "shout_text"), action(params="words: str", body="return words.split()[0]")), ["DYN202 text/shout_text.py:4:1", "DYN206 text/shout_text.py:4:16"]),
    ("return type", one(A, action(returns="str | None")), ["DYN213 text/shout_text.py:4:46"]),
    ("return type in quotes", one(A, action(returns='"str"')), []),
    ("return type spelled with blanks", one(action(returns="dict[str,int]"), action(returns="dict[str, int]")), []),
    ("parameter type", one(A, action(params="text: bytes, times: int = 1")), ["DYN214 text/shout_text.py:4:16"]),
    ("became async", one(A, action(start="async def")), ["DYN215 text/shout_text.py:4:1"]),
    ("ceased to be async", one(action(start="async def"), A), ["DYN215 text/shout_text.py:4:1"]),
    ("columns in characters", one(action(params="ä: str, b: str = 'x'", body="return ä + b"), action(params="ä: str, b: str = 'y'", body="return ä + b")), ["DYN204 text/shout_text.py:4:24"]),
    ("helper lost a name", ({"text/_tool.py": "def helper(): return 1\n\n\ndef more(): return 2\n"}, {"text/_tool.py": "def helper(): return 1\n"}), ["DYN208 text/_tool.py:1:1"]),
    ("helper's private name gone", ({"text/_tool.py": "def helper(): return 1\n\n\ndef _more(): return 2\n"}, {"text/_tool.py": "def helper(): return 1\n"}), []),
    ("helper's name is another thing", ({"text/_tool.py": "def helper(): return 1\n"}, {"text/_tool.py": "class helper: pass\n"}), ["DYN209 text/_tool.py:1:1"]),
    ("helper's constant changed", ({"text/_tool.py": "LIMIT = 3\n"}, {"text/_tool.py": "LIMIT = 4\n"}), []),
    ("helper's class lost a base", ({"text/_tool.py": "class A: pass\nclass B(A): pass\n"}, {"text/_tool.py": "class A: pass\nclass B: pass\n"}), ["DYN211 text/_tool.py:1:1"]),
    # --- callers
    ("call without what is required", call(A, action(params="text: str, times: int"), "shout_text(text)"), ["DYN701 text/greet_all.py:19:12", "DYN205 text/shout_text.py:4:27"]),
    ("call that gives it", call(A, action(params="text: str, times: int"), "shout_text(text, 2)"), ["DYN205 text/shout_text.py:4:27"]),
    ("call by a name that is gone", call(A, action(params="text: str, count: int = 1", body="return text.upper() * count + '!'"), "shout_text(text, times=2)"),
     ["DYN701 text/greet_all.py:19:12", "DYN202 text/shout_text.py:4:1"]),
    ("call by position of a renamed one", call(A, action(params="text: str, count: int = 1", body="return text.upper() * count + '!'"), "shout_text(text, 2)"), ["DYN202 text/shout_text.py:4:1"]),
    ("call with too many", call(A, action(params="text: str", body="return text.upper() + '!'"), "shout_text(text, 2)"), ["DYN701 text/greet_all.py:19:12", "DYN202 text/shout_text.py:4:1"]),
    ("call with stars cannot be told", call(A, action(params="text: str, times: int"), "shout_text(*[text, 2])"), ["DYN205 text/shout_text.py:4:27"]),
    ("call with two stars cannot be told", call(A, action(params="text: str, times: int"), "shout_text(**{'text': text})"), ["DYN205 text/shout_text.py:4:27"]),
    ("call by position of what is keyword-only", call(A, action(params="text: str, *, times: int = 1"), "shout_text(text, 2)"), ["DYN701 text/greet_all.py:19:12", "DYN203 text/shout_text.py:4:30"]),
    ("call that never fitted", call(A, action(params="text: str, times: int"), "shout_text()"), ["DYN205 text/shout_text.py:4:27"]),
    ("a local function of the name", ({PATH: A, "text/greet_all.py": action("greet_all", "text: str", body="def shout_text(): return text\nreturn shout_text()")}, {PATH: action(params="text: str, times: int"), "text/greet_all.py": action("greet_all", "text: str", body="def shout_text(): return text\nreturn shout_text()")}),
     ["DYN205 text/shout_text.py:4:27"]),
    ("caller by another name", ({PATH: A, "text/greet_all.py": uses("louder(text)", imports="from .shout_text import shout_text as louder")}, {PATH: action(params="text: str, times: int"), "text/greet_all.py": uses("louder(text)", imports="from .shout_text import shout_text as louder")}),
     ["DYN701 text/greet_all.py:19:12", "DYN205 text/shout_text.py:4:27"]),
    ("caller through the module", ({PATH: A, "text/greet_all.py": uses("shout_text.shout_text(text)", imports="from . import shout_text")}, {PATH: action(params="text: str, times: int"), "text/greet_all.py": uses("shout_text.shout_text(text)", imports="from . import shout_text")}),
     ["DYN701 text/greet_all.py:19:12", "DYN205 text/shout_text.py:4:27"]),
    ("vendored caller", ({PATH: A, "vendor/x/text/greet_all.py": uses("shout_text(text)", imports="from ....text.shout_text import shout_text")}, {PATH: action(params="text: str, times: int"), "vendor/x/text/greet_all.py": uses("shout_text(text)", imports="from ....text.shout_text import shout_text")}),
     ["DYN701 vendor/x/text/greet_all.py:19:12", "DYN205 text/shout_text.py:4:27"]),
    ("helper's name that a caller imports", ({"text/_tool.py": "def helper(): return 1\ndef more(): return 2\n", "text/greet_all.py": uses("more()", imports="from ._tool import more")}, {"text/_tool.py": "def helper(): return 1\n", "text/greet_all.py": uses("more()", imports="from ._tool import more")}),
     ["DYN701 text/greet_all.py:3:1", "DYN208 text/_tool.py:1:1"]),
    # --- clones
    ("clone", ({PATH: A}, {PATH: A, "words/loud_words.py": action("loud_words")}), ["DYN303 words/loud_words.py:4:1", "DYN101 words/loud_words.py:4:1"]),
    ("clone but for constants", ({PATH: LONG}, {PATH: LONG, "words/loud_words.py": LONG.replace("shout_text", "loud_words").replace("3", "7").replace("40", "99")}),
     ["DYN302 words/loud_words.py:4:1", "DYN101 words/loud_words.py:4:1"]),
    ("near", ({PATH: LONG}, {PATH: LONG, "words/loud_words.py": LONG.replace("shout_text", "loud_words").replace("    return", "    best = best.strip()\n    return")}),
     ["DYN301 words/loud_words.py:4:1", "DYN101 words/loud_words.py:4:1"]),
    ("unlike", ({PATH: A}, {PATH: A, "text/first_word.py": FIRST}), ["DYN101 text/first_word.py:4:1"]),
    # --- dependencies
    ("dependency", one(A, action(head='# dependencies = ["pandas>=2"]')), ["DYN501 text/shout_text.py:2:1"]),
    ("dependency without a version", one(A, action(head='# dependencies = ["pandas"]')), ["DYN501 text/shout_text.py:2:1", "DYN502 text/shout_text.py:2:1"]),
    ("version dropped", one(action(head='# dependencies = ["pandas>=2"]'), action(head='# dependencies = ["pandas"]')), ["DYN502 text/shout_text.py:2:1"]),
    ("version raised", one(action(head='# dependencies = ["pandas>=2"]'), action(head='# dependencies = ["pandas>=3"]')), []),
    ("the same, spelled otherwise", one(action(head='# dependencies = ["Foo.Bar>=2"]'), action(head='# dependencies = ["foo-bar>=2"]')), []),
    ("undeclared", one(A, action(body="import pandas\nreturn text")), ["DYN504 text/shout_text.py:18:5"]),
    ("undeclared before", one(action(body="import pandas\nreturn text"), action(body="import pandas\nreturn text * 2")), []),
    ("declared", one(A, action(head='# dependencies = ["pandas>=2"]', body="import pandas\nreturn text")), ["DYN501 text/shout_text.py:2:1"]),
    ("vendored without a licence", ({}, {"vendor/x/text/shout_text.py": A}), ["DYN505 vendor/x/text/shout_text.py:1:1"]),
    ("vendored with a licence", ({}, {"vendor/x/text/shout_text.py": A, "vendor/x/LICENSE": MIT}), ["DYN506 vendor/x/text/shout_text.py:1:1"]),
    ("vendored with a licence of an own kind", ({}, {"vendor/x/text/shout_text.py": A, "vendor/x/LICENSE": "Ask me first."}), ["DYN506 vendor/x/text/shout_text.py:1:1"]),
    ("vendored with a notice alone", ({}, {"vendor/x/text/shout_text.py": A, "vendor/x/NOTICE": "By X."}), ["DYN505 vendor/x/text/shout_text.py:1:1"]),
    ("what is vendored is edited", ({"vendor/x/text/shout_text.py": A, "vendor/x/LICENSE": MIT}, {"vendor/x/text/shout_text.py": action(body="return text"), "vendor/x/LICENSE": MIT}), []),
    ("what is vendored is relicensed", ({"vendor/x/text/shout_text.py": A, "vendor/x/LICENSE": MIT}, {"vendor/x/text/shout_text.py": A, "vendor/x/LICENSE": GPL}), ["DYN507 vendor/x/LICENSE:1:1"]),
    ("its licence has another year", ({"vendor/x/text/shout_text.py": A, "vendor/x/LICENSE": MIT}, {"vendor/x/text/shout_text.py": A, "vendor/x/LICENSE": MIT + "\nCopyright 2026 X"}), []),
    ("its licence was in another file", ({"vendor/x/text/shout_text.py": A, "vendor/x/LICENSE": MIT}, {"vendor/x/text/shout_text.py": A, "vendor/x/COPYING": MIT}), []),
    ("vendored from the built-in source", ({}, {"vendor/base/text/shout_text.py": A}), []),
    # --- evidence
    ("no example", ({}, {PATH: A.replace("    Examples:\n        >>> shout_text('a')  # doctest: +ELLIPSIS\n        ...\n", "")}), ["DYN602 text/shout_text.py:4:1", "DYN101 text/shout_text.py:4:1"]),
    ("skipped example", ({}, {PATH: A.replace("+ELLIPSIS", "+SKIP")}), ["DYN602 text/shout_text.py:4:1", "DYN101 text/shout_text.py:4:1"]),
    ("example lost", one(A, A.replace(">>> shout_text('a')  # doctest: +ELLIPSIS", "shout_text('a')")), ["DYN602 text/shout_text.py:4:1"]),
    ("evidence voided", one(SOLVED, SOLVED.replace("upper", "lower")), ["DYN603 text/shout_text.py:4:1"]),
    ("evidence of a new run", one(SOLVED, action(head=RUN.format("solved", "r2"), body="return text.lower() * times + '!'")), []),
    ("evidence kept with new words", one(SOLVED, action(head=RUN.format("solved", "r1"), summary="Now louder.")), []),
    ("evidence raised by hand", one(SOLVED, action(head=RUN.format("replayed", "r1"))), ["DYN604 text/shout_text.py:4:1"]),
    ("evidence lowered", one(SOLVED, action(head=RUN.format("called", "r1"))), []),
    ("generated without evidence", ({}, {PATH: action(head='# [tool.dynasaur]\n# origin = "generated"')}), ["DYN605 text/shout_text.py:8:1", "DYN101 text/shout_text.py:8:1"]),
    # --- the rules of `dynasaur check`
    ("head", one(A, action(head="# x = ")), ["DYN104 text/shout_text.py:1:1"]),
    ("requirement that is none", one(A, action(head='# dependencies = ["!!"]')), ["DYN801 text/shout_text.py:1:1", "DYN501 text/shout_text.py:2:1", "DYN502 text/shout_text.py:2:1"]),
    ("name", ({}, {"text/process_data.py": action("process_data")}), ["DYN802 text/process_data.py:4:1", "DYN101 text/process_data.py:4:1"]),
    ("type missing", one(A, A.replace("text: str, times", "text, times")), ["DYN803 text/shout_text.py:4:1", "DYN214 text/shout_text.py:4:16"]),
    ("secret", one(A, action(body="return text + 'ghp_" + "a1B2" * 9 + "'")), ["DYN804 text/shout_text.py:18:5"]),
    ("path", one(A, action(body="return text + '/home/bob/data.csv'")), ["DYN805 text/shout_text.py:18:5"]),
    ("path before", one(action(body="return text + '/home/bob/data.csv'"), action(body="text = text.strip()\nreturn text + '/home/bob/data.csv'")), []),
    ("size", one(A, A + "# " + "x" * 66_000 + "\n"), ["DYN811 text/shout_text.py:1:1"]),
    ("place", ({}, {"a/b/shout_text.py": A}), ["DYN807 a/b/shout_text.py:1:1", "DYN101 a/b/shout_text.py:4:1"]),
    ("path that is no name", ({}, {"text/my-text.py": A}), ["DYN807 text/my-text.py:1:1"]),
    ("package that is not empty", ({"text/__init__.py": ""}, {"text/__init__.py": "LIMIT = 3\n"}), ["DYN807 text/__init__.py:1:1"]),
    ("unique", ({PATH: A}, {PATH: A, "words/Shout_Text.py": action("Shout_Text", body="return text[::-1].title() + str(times)")}), ["DYN802 words/Shout_Text.py:4:1", "DYN808 words/Shout_Text.py:4:1", "DYN101 words/Shout_Text.py:4:1"]),
    ("requires", ({}, {PATH: action(imports="from .lost import lost")}), ["DYN809 text/shout_text.py:3:1", "DYN101 text/shout_text.py:6:1"]),
    ("requires in full", ({"text/first_word.py": FIRST}, {"text/first_word.py": FIRST, PATH: action(imports="from actions.text.first_word import first_word")}), ["DYN809 text/shout_text.py:3:1", "DYN101 text/shout_text.py:6:1"]),
    ("requires what is there", ({"text/first_word.py": FIRST}, {"text/first_word.py": FIRST, PATH: action(imports="from .first_word import first_word")}), ["DYN101 text/shout_text.py:6:1"]),
    # --- capabilities through imports
    ("through a helper", ({"text/_net.py": "import requests\ndef get(u): return requests.get(u)\n", PATH: A}, {"text/_net.py": "import requests\ndef get(u): return requests.get(u)\n", PATH: action(imports="from ._net import get")}), ["DYN401 text/shout_text.py:3:1"]),
    ("through a helper as before", ({"text/_net.py": "import requests\ndef get(u): return requests.get(u)\n", PATH: action(imports="from ._net import get")}, {"text/_net.py": "import requests\ndef get(u): return requests.get(u)\n", PATH: action(imports="from ._net import get", body="return text")}), []),
    ("a use more of the same", one(action(body="import requests  # noqa\nreturn requests.get(text)"), action(body="import requests  # noqa\nreturn requests.get(text) or requests.get(text)")), []),
    ("another use", one(action(body="import requests  # noqa\nreturn requests.get(text)"), action(body="import requests  # noqa\nreturn requests.get(text) or requests.post(text)")), ["DYN401 text/shout_text.py:19:34"]),
    ("a use that was moved along", ({PATH: action(body="import requests\nreturn requests.get(text)")}, {"web/shout_text.py": action(body="import requests\nreturn requests.get(text)")}), ["DYN103 web/shout_text.py:4:1"]),
    ("a vendored use", ({"vendor/base/text/shout_text.py": A}, {"vendor/base/text/shout_text.py": action(body="import os\nreturn os.system(text)")}), ["DYN402 vendor/base/text/shout_text.py:19:12"]),
    # --- waivers and lists
    ("waived beside", one(A, action(body="import os\nreturn os.system(text)  # dynasaur: accept[DYN402] it is its job")), ["DYN901 text/shout_text.py:19:12"]),
    ("waived before", one(action(body="import os\nreturn os.getcwd()  # dynasaur: accept[DYN402] it is its job"), action(body="import os\nreturn os.system(text)  # dynasaur: accept[DYN402] it is its job")), []),
    ("waived above", one(A, action(body="import os\n# dynasaur: accept[subprocess] it is its job\nreturn os.system(text)")), ["DYN901 text/shout_text.py:20:12"]),
    ("waived by the start of an id", one(A, action(body="import os\nreturn os.system(text)  # dynasaur: accept[DYN4] it is its job")), ["DYN901 text/shout_text.py:19:12"]),
    ("waiver of another rule", one(A, action(body="import os\nreturn os.system(text)  # dynasaur: accept[DYN401] it is its job")), ["DYN402 text/shout_text.py:19:12"]),
    ("waiver too far away", one(A, action(body="import os\n# dynasaur: accept[DYN402] it is its job\n\nreturn os.system(text)")), ["DYN402 text/shout_text.py:21:12"]),
    ("waiver of everything", one(A, action(body="import os\nreturn os.system(text)  # dynasaur: accept[] all")), ["DYN402 text/shout_text.py:19:12"]),
    ("waiver without a reason", one(A, action(body="import os\nreturn os.system(text)  # dynasaur: accept[DYN402]")), ["DYN402 text/shout_text.py:19:12", "DYN902 text/shout_text.py:19:5"]),
    ("accepted in the range", ({PATH: A}, {PATH: A, "accepted.toml": '"0123456789ab" = { rule = "DYN402", action = "text/x", reason = "so" }\n'}), ["DYN901 accepted.toml:1:1"]),
    ("tombstone removed", ({"rejected.toml": '"ab" = { name = "text/x", reason = "no" }\n'}, {"rejected.toml": ""}), ["DYN903 rejected.toml:1:1"]),
    ("tombstone added", ({"rejected.toml": ""}, {"rejected.toml": '"ab" = { name = "text/x", reason = "no" }\n'}), []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_each_rule_finds_what_it_is_for_and_no_more(
    files: tuple[Files, Files], expected: list[str]
) -> None:
    assert sorted(told(reviewed(*files))) == sorted(expected)


@pytest.mark.parametrize("code", [row[0] for row in FOUND])
def test_what_code_can_newly_do_is_found_at_its_place(code: str) -> None:
    uses_once = {(one.kind, one.name): one for one in reversed(capabilities(code))}
    expected = sorted(
        f"{OF_CAPABILITY[one.kind]} text/_tool.py:{one.line}:{one.column}"
        for one in uses_once.values()
    )
    report = reviewed({"text/_tool.py": "LIMIT = 3\n"}, {"text/_tool.py": code})
    assert sorted(line for line in told(report) if line.startswith("DYN4")) == expected


@pytest.mark.parametrize("code", SILENT)
def test_look_alikes_give_no_finding_of_a_capability(code: str) -> None:
    report = reviewed({"text/_tool.py": "LIMIT = 3\n"}, {"text/_tool.py": code})
    assert [line for line in told(report) if line.startswith("DYN4")] == []


def test_every_rule_has_a_row() -> None:
    shown = {line[:6] for _, _, expected in ROWS for line in expected} | set(OF_CAPABILITY.values())
    elsewhere = {"DYN207", "DYN210", "DYN212", "DYN503", "DYN601", "DYN806", "DYN810"}
    assert set(RULES) - shown == elsewhere
