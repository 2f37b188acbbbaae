"""One table per rule: what it finds, and the look-alikes at which it must stay silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynasaur.checks import (
    answer,
    documented,
    effects,
    head,
    hidden,
    names,
    paths,
    rules,
    scrub,
    secrets,
    size,
)
from dynasaur.checks.subject import ActionText, Finding
from dynasaur.record import Harvest
from dynasaur.source import read_action
from dynasaur.types import Action, Json

ROOT = Path(__file__).resolve().parent.parent


def read(text: str, name: str = "f") -> Action:
    path = Path("actions/things") / f"{name}.py"
    return read_action(
        text, path=path, category="things", source="local", module=f"actions.things.{name}"
    )


def subject(text: str, name: str = "f", harvest: Harvest | None = None) -> ActionText:
    return ActionText.of(read(text, name), harvest)


def messages(found: list[Finding], rule: str) -> list[str]:
    assert {finding.rule for finding in found} <= {rule}
    assert not [finding for finding in found if "\n" in finding.message]
    return [finding.message for finding in found]


# --- documented -----------------------------------------------------------------------------------

GOOD = '''\
def f(a: int, *b: str, c: float = 1.0) -> list[int]:
    """Adds things up.

    Args:
        a: The first.
        *b: The rest.
        c: A factor,
            on two lines.

    Returns:
        The sums.

    Raises:
        ValueError: The first is odd.
    """
    if a % 2:
        raise ValueError(a)
    return [a]
'''


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("a: int", "a", "the parameter `a` has no type; write `a: TYPE`"),
        ("*b: str", "*b", "the parameter `b` has no type"),
        ("c: float = 1.0", "c=1.0", "write `c: TYPE = 1.0`"),
        (" -> list[int]", "", "the return value has no type"),
        ("Adds things up.", "", "does not begin with a summary"),
        ("Adds things up.", "Args:", "does not begin with a summary"),
        ("Adds things up.", "x" * 121, "the summary has 121 characters"),
        ("        a: The first.\n", "", "the docstring's Args do not tell of `a`"),
        ("        a: The first.\n", "        a:\n", "the docstring's Args do not tell of `a`"),
        ("a: The first.", "a: It.\n        d: What?", "tell of `d`, which is no parameter"),
        ("Returns:", "Gives:", "does not say what it gives back"),
        ("The sums.", "", "does not say what it gives back"),
        ("ValueError: The", "KeyError: The", "Raises do not tell of `ValueError`"),
        ("raise ValueError(a)", "raise errors.OddError", "Raises do not tell of `OddError`"),
        ("return [a]", "try:\n        raise E()\n    except F: ...", "do not tell of `E`"),
        ("return [a]", "try: ...\n    except E:\n        raise E()", "do not tell of `E`"),
    ],
)
def test_documented_finds(old: str, new: str, message: str) -> None:
    assert old in GOOD
    found = messages(list(documented.check(subject(GOOD.replace(old, new, 1)))), "documented")
    assert [said for said in found if message in said]


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.replace("def f", "async def f"),
        GOOD.replace("a: The first.", "a (int): The first."),
        GOOD.replace("Returns:", "Yields:").replace("return [a]", "yield a"),
        GOOD.replace("return [a]", "raise"),
        GOOD.replace("return [a]", "error = a\n    raise error"),
        GOOD.replace("return [a]", "def g(): raise KeyError\n    return g"),
        GOOD.replace("return [a]", "try:\n        raise E()\n    except (E, F): ..."),
        GOOD.replace("ValueError:", "builtins.ValueError:"),
        'def f() -> None:\n    """Nothing."""\n',
        'def f() -> "None":\n    """Nothing."""\n',
        'import typing\ndef f() -> typing.NoReturn:\n    """Nothing."""\n',
        GOOD.replace("\n", "\r\n"),
    ],
)
def test_documented_is_silent(text: str) -> None:
    assert messages(list(documented.check(subject(text))), "documented") == []


def test_documented_asks_for_a_docstring_once() -> None:
    found = list(documented.check(subject("X = 1\ndef f(a: int) -> int:\n    return a\n")))
    assert found == [
        Finding("documented", 2, "it has no docstring; write a summary, Args and Returns")
    ]


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("sorted", "hides a builtin"),
        ("match", "is a keyword"),
        ("statistics", "is a module of the standard library"),
        ("find_actions", "is taken by the kernel"),
        ("solve_task", "says nothing"),
        ("main", "says nothing"),
        ("my_function2", "says nothing"),
        ("step_3", "says nothing"),
        ("xy", "says nothing"),
        ("test_mean", "is that of a test"),
        ("ReadTable", "is not in lower case"),
        ("readTable", "is not in lower case"),
        ("read__table", "stray underscore"),
        ("read_table_", "stray underscore"),
        ("nul", "is that of a device on Windows"),
        ("com1", "is that of a device on Windows"),
        ("x" * 101, "takes 101 bytes"),
        ("ä" * 60, "takes 120 bytes"),
    ],
)
def test_names_finds(name: str, message: str) -> None:
    (found,) = messages(list(names.check(subject(f"def {name}(): pass", name))), "names")
    assert message in found


@pytest.mark.parametrize(
    "name",
    [
        "mean",
        "sort_rows",
        "solve_quadratic",
        "run_length",
        "task_days",
        "gcd",
        "größe",
        "sha256",
        "con_men",
    ],
)
def test_names_is_silent(name: str) -> None:
    assert messages(list(names.check(subject(f"def {name}(): pass", name))), "names") == []


# --- hidden ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("# \N{RIGHT-TO-LEFT OVERRIDE} begin", "the invisible character U+202E"),
        ("x = 'a\N{LEFT-TO-RIGHT ISOLATE}b'", "the invisible character U+2066"),
        ("x = 'a\N{ZERO WIDTH SPACE}b'", "the invisible character U+200B"),
        ("x = 'a\x08b'", "the invisible character U+0008"),
        ("x = 'a\N{ZERO WIDTH JOINER}b'", "the invisible character U+200D"),
        ("x = 'a\N{HANGUL FILLER}b'", "the invisible character U+3164"),
        ("x = 'a\x1b[2Kb'", "the invisible character U+001B"),
        ("# \N{TAG LATIN SMALL LETTER A}", "the invisible character U+E0061"),
        ("\N{LATIN SMALL LIGATURE FI}nd = 1", "is read as `find`"),
        ("\N{MATHEMATICAL BOLD SMALL X} = 1", "is read as `x`"),
        ("s\N{CYRILLIC SMALL LETTER A}fe = 1", "mixes Cyrillic and Latin letters"),
        ("\N{GREEK SMALL LETTER OMICRON}pen = 1", "mixes Greek and Latin letters"),
    ],
)
def test_hidden_finds(line: str, found: str) -> None:
    (message,) = messages(list(hidden.check(subject(f"def f():\n    {line}\n    pass"))), "hidden")
    assert found in message


@pytest.mark.parametrize(
    "line",
    [
        "größe = 'Straße' + 'שלום' + 'میخواهم'  # 日本語",
        "x = 1\t# tab",
        "x = '\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}'",
        "x = '\\u202e'",
        "имя = 1",
        "π = 3.14",
        "x = 'ﬁne'",
    ],
)
def test_hidden_is_silent(line: str) -> None:
    assert list(hidden.check(subject(f"def f():\n    {line}\n    pass"))) == []


# --- size -----------------------------------------------------------------------------------------


def test_size_finds_data_in_a_module() -> None:
    table = f"TABLE = {'x' * 70_000!r}\ndef f(): return TABLE\n"
    (message,) = messages(list(size.check(subject(table))), "size")
    assert "keep data in a file" in message
    assert list(size.check(subject(f"TABLE = {'x' * 60_000!r}\ndef f(): return TABLE\n"))) == []


# --- effects --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("print(1)", "`print(1)`"),
        ("X = open('a').read()", "`open('a').read()`"),
        ("import os\nX = os.listdir()", "`os.listdir()`"),
        ("from pathlib import Path\nX = Path('a').read_text()", "`Path('a').read_text()`"),
        ("X = {}\nX['a'] = 1", "`X['a'] = 1`"),
        ("for i in range(3): pass", "`for i in range(3):"),
        ("X = 1\nX += 1", "`X += 1`"),
        ("if True:\n    print(1)", "`print(1)`"),
        ("if open('a'):\n    X = 1", "`open('a')`"),
        ("def _g(): return 1\nX = _g()", "`_g()`"),
        ("import sys\nsys.path.insert(0, '.')", "`sys.path.insert(0, '.')`"),
        ("import time\ndef _g(t=time.time()): return t", "`time.time()`"),
        ("assert True", "`assert True`"),
        ("class K:\n    x = open('a').read()", "`open('a').read()`"),
        ("class K:\n    print(1)", "`print(1)`"),
        ("class K:\n    if True:\n        print(1)", "`print(1)`"),
        ("def _d(f):\n    open('a')\n    return f\n@_d\ndef _g(): pass", "`open('a')`"),
        (
            "def _d(n):\n    def e(f):\n        print(n)\n    return e\n@_d(1)\ndef _g(): pass",
            "`print(n)`",
        ),
        ("import os\ndef _d(f):\n    os.system('a')\n@_d\nclass K: pass", "`os.system('a')`"),
        ("class M(type):\n    def __new__(m, n, b, d):\n        print(1)\n", "`print(1)`"),
        (
            "class M(type):\n    def __call__(c):\n        import os as o\n        o.remove('a')\n",
            "`o.remove('a')`",
        ),
        ("class B:\n    def __init_subclass__(cls):\n        exec('1')\n", "`exec('1')`"),
        ("class D:\n    def __set_name__(self, o, n):\n        open(n)\n", "`open(n)`"),
        ("def _g(a, *b: open('a')): pass", "`open('a')`"),
        ("def _g() -> print(1): pass", "`print(1)`"),
        ("X: print(1) = 1", "`print(1)`"),
        ("class K:\n    def g(self, x: print(1)): pass", "`print(1)`"),
    ],
)
def test_effects_finds(code: str, shown: str) -> None:
    found = list(effects.check(subject(f"{code}\ndef f(): pass\n")))
    (message,) = messages(found, "effects")
    assert shown in message


@pytest.mark.parametrize(
    "code",
    [
        '"""Doc."""',
        "import os, sys\nfrom .x import x\nfrom __future__ import annotations",
        "import re\nX = re.compile('a')\nY = [X.pattern, *'ab'.split()]",
        "X: int = 1\nY: int\n__all__ = ['f']",
        "from collections import namedtuple\nP = namedtuple('P', 'x y')\nO = P",
        "try:\n    import a\nexcept ImportError:\n    a = None",
        "import sys\nif sys.version_info > (3, 12):\n    X = 1\nelse:\n    X = 2",
        "from enum import Enum\nclass C(Enum):\n    A = 1\nX = {C.A: 1}\nY = C(1)",
        "import functools\n@functools.lru_cache(maxsize=None)\ndef _g(): return print(1)",
        "X = lambda: print(1)",
        "X = {b: a for a, bs in {'x': 'p q'}.items() for b in bs.split()}",
        "if __name__ == '__main__':\n    print(1)",
        "from datetime import date, timedelta\nX = date(2026, 1, 1)\nY = timedelta(days=1)",
        "def _g(a=(), b=frozenset(), c=None): return a",
        "from dataclasses import field\nclass C:\n    a: int = 1\n    b: int = field(default=[])",
        "class C:\n    def g(self): return print(1)",
        "def _d(f):\n    def w(*a):\n        print(a)\n    return w\n@_d\ndef _g(): pass",
        "def _d(n):\n    def e(f): return lambda: print(n)\n    return e\n@_d(1)\ndef _g(): pass",
        "class K:\n    def __init__(self):\n        self.f = open('a')",
        "import abc\nclass K(abc.ABC):\n    @abc.abstractmethod\n    def g(self): ...",
        "from __future__ import annotations\ndef _g(x: open('a')) -> print(1): pass",
        "def _g():\n    def h(x: open('a')): pass\n    y: print(1) = 1",
        "from typing import Annotated\nX: Annotated[int, frozenset('ab')] = 1",
    ],
)
def test_effects_is_silent(code: str) -> None:
    assert messages(list(effects.check(subject(f"{code}\ndef f(): pass\n"))), "effects") == []


# --- secrets --------------------------------------------------------------------------------------

# Put together here, so that no scanner of this repository takes them for real ones.
LETTERS = "aB3dE5gH7jK9mN1pQ2sT4vW6xY8zA0cD1fG3hJ5kL7nP9"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (f"X = 'AK{'IA'}QYLPMN5HHHFPZAM2'", "an AWS key"),
        (f"# gh{'p_'}{LETTERS[:36]}", "a GitHub token"),
        (f"X = 'gh{'p_'}' '{LETTERS[:36]}'", "a GitHub token"),
        (f"X = b'github_{'pat_'}{LETTERS[:22]}_{LETTERS}'", "a GitHub token"),
        (f"X = 'gl{'pat-'}{LETTERS[:20]}'", "a GitLab token"),
        (f"X = 'sk{'-'}{LETTERS}'", "an OpenAI key"),
        (f"X = 'sk{'-proj-'}{LETTERS}'", "an OpenAI key"),
        (f"X = 'sk{'-ant-'}api03-{LETTERS}'", "an Anthropic key"),
        (f"X = 'h{'f_'}{'abcdefghij' * 3}klmn'", "a Hugging Face token"),
        (f"X = 'xo{'xb-'}123456789012-{LETTERS[:20]}'", "a Slack token"),
        (f"X = 'AI{'za'}{LETTERS[:35]}'", "a Google key"),
        (f"X = 'sk{'_live_'}{LETTERS[:24]}'", "a Stripe key"),
        (f"X = 'ey{'J'}{LETTERS[:20]}.eyJ{LETTERS[:20]}.{LETTERS[:20]}'", "a JSON Web Token"),
        ("X = '''-----BEGIN RSA PRIVATE " + "KEY-----\nMIIE\n'''", "a private key"),
        ("X = 'postgres://bob:hunter" + "22@db.local/x'", "a password in a URL"),
        (f"X = {{'Authorization': 'Bearer {LETTERS[:30]}'}}", "a bearer token"),
        ("password = 'hunter" + "22'", "`password` is written down"),
        ("password = 'password" + "123'", "`password` is written down"),
        ("DB_PASSWORD: str = 'hunter" + "22'", "`DB_PASSWORD` is written down"),
        ("X = dict(api_key='q8Zk31" + "ab')", "`api_key` is written down"),
        ("X = {'client-secret': 'q8Zk31" + "ab'}", "`client_secret` is written down"),
        ("def _g(passwd='hunter" + "22'): return passwd", "`passwd` is written down"),
        (f"access_token = '{LETTERS[:24]}'", "`access_token` is written down"),
        ("import os\ndef _g(): return os.environ['OPENAI_API_KEY']", "the secret `OPENAI_API_KEY`"),
        ("import os\ndef _g(): return os.getenv('GITHUB_TOKEN')", "the secret `GITHUB_TOKEN`"),
        ("import os\ndef _g(): return os.environ.get('DB_PASSWORD', '')", "`DB_PASSWORD`"),
    ],
)
def test_secrets_finds(code: str, message: str) -> None:
    found = messages(list(secrets.check(subject(f"{code}\ndef f(): pass\n"))), "secrets")
    assert [said for said in found if message in said]
    assert not [said for said in found if LETTERS[:12] in said or "hunter" in said]


@pytest.mark.parametrize(
    "code",
    [
        "password = ''",
        "password = 'password'",
        "password = 'Enter your password'",
        "api_key = 'YOUR_API_KEY'",
        "api_key = '<api key>'",
        "X = 'sk-...'",
        "X = 'sk-learn-contrib-is-a-long-name'",
        "X = 'AKIAIOSFODNN7EXAMPLE'",
        "ALLOW_CREDENTIALS = 'allowCredentials'",
        "token = 'the'",
        "PAD_TOKEN = '<pad>'",
        "sort_key = 'name_of_the_column'",
        "token_url = 'https://example.org/oauth2/token1234567890'",
        "def _g(password: str, api_key: str = ''): return password",
        "import os\ndef _g(): return os.environ['HOME'] + os.environ.get('LANG', '')",
        "X = 'https://example.org:8080/a@b'",
        "X = 'postgres://user:password@localhost/x'",
        "X = f'postgres://{1}:{2}@localhost/x'",
        "X = 'd41d8cd98f00b204e9800998ecf8427e'",
        "X = 'bearer of bad news, at considerable length'",
        "# see https://docs.python.org/3/library/secrets.html",
        "X = {'keyboard': 'qwerty1234567890'}",
        "X = re_key = 'e3b0c44298fc1c14'[:3]",
    ],
)
def test_secrets_is_silent(code: str) -> None:
    assert messages(list(secrets.check(subject(f"{code}\ndef f(): pass\n"))), "secrets") == []


# --- paths ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "X = '/home/" + "alice/sales.csv'",
        "X = 'file:///home/" + "alice/sales.csv'",
        "# from /Users/" + "Bob/notes.txt",
        "X = '/ro" + "ot/data.csv'",
        r"X = 'C:\\Users\\Bob Smith\\x.csv'".replace("Bob Smith", "bob"),
        r"X = r'C:\Users\bob\x.csv'",
        "X = ('/home/al' 'ice/x')",
        "X = '/srv/lib/.dynasaur/runs/20260101-1/work/sales.csv'",
        "X = '.dynasaur/runs/20260101-1/sales.csv'",
        f"X = {str(Path.home() / 'sales.csv')!r}",
    ],
)
def test_paths_finds(code: str) -> None:
    found = list(paths.check(subject(f"{code}\ndef f(): pass\n")))
    assert messages(found, "paths")
    assert {finding.line for finding in found} == {1}


def test_paths_finds_a_home_wherever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "X = '/data/people/alice/sales.csv'\ndef f(): pass\n"
    assert list(paths.check(subject(text))) == []
    monkeypatch.setenv("HOME", "/data/people/alice")
    assert [finding.line for finding in paths.check(subject(text))] == [1]
    monkeypatch.setenv("HOME", "/data")  # short ones could be part of anything
    assert list(paths.check(subject(text))) == []


@pytest.mark.parametrize(
    "code",
    [
        "X = 'sales.csv'",
        "X = '/home/'",
        "X = '/etc/hosts'",
        "X = 'https://example.org/home/alice/index.html'",
        "X = '/home/user/data.csv'",
        "X = 'docs/Users/guide/x'",
        "X = '~/data.csv'",
        "X = '/Users/'",
        "X = 'C:/data/x.csv'",
        "# keep .dynasaur/ out of git",
    ],
)
def test_paths_is_silent(code: str) -> None:
    assert messages(list(paths.check(subject(f"{code}\ndef f(): pass\n"))), "paths") == []


# --- the answer -----------------------------------------------------------------------------------


def solved(answer: Json) -> Harvest:
    return Harvest("run", "task", "model", (), solved=True, answer=answer)


@pytest.mark.parametrize(
    ("body", "given"),
    [
        ("return 42.5", 42.5),
        ("return '42.5'", 42.5),
        ("return 7", 7),
        ("return True", True),
        ("x = 42.5\n    return x", 42.5),
        ("if a:\n        return 42.5\n    return a", 42.5),
        ("return ' Paris'", "paris"),
        ("return ['a', 'b']", ["a", "b"]),
        ("return {'a': 1}", {"a": 1}),
        ("if a:\n        return -1234\n    return a", -1234),
        ("return int('123' + '456')", 123456),
        ("return 123_000 + 456", 123456),
        ("x = 1000\n    y = x * 123\n    return y + 456", 123456),
        ("return (-246912) / -2", 123456),
        ("return HIDDEN", "nowhere else to be found"),
        ("return ' '.join(['nowhere', 'else', 'to', 'be', 'found'])", "nowhere else to be found"),
        ("return f'nowhere {\"else\"} to be found'", "nowhere else to be found"),
        ("return 'NOWHERE ELSE'.lower() + ' to be found'", "nowhere else to be found"),
        ("return b'nowhere else to be found'.decode()", "nowhere else to be found"),
        ("return {1: 'Nowhere else to be found'}.get(a)", "nowhere else to be found"),
        ("return a or ('nowhere else to be found',)[0]", "nowhere else to be found"),
        ("return list((1, 2, a)) if a > 9 else [10 + 1, 2 * 11]", [11, 22]),
    ],
)
def test_answer_finds(body: str, given: Json) -> None:
    text = f"HIDDEN = 'nowhere ' + 'else to be found'\ndef f(a):\n    {body}\n"
    found = list(answer.check(subject(text, harvest=solved(given))))
    assert len(messages(found, "answer")) == 1


@pytest.mark.parametrize(
    ("body", "given"),
    [
        ("return a", 42.5),
        ("return 42.5", 43),
        ("return 42.5", None),
        ("if a > 1:\n        return True\n    return False", True),
        ("if a > 1:\n        return 'high'\n    return 'low'", "high"),
        ("if not a:\n        return 0\n    return sum(a)", 0),
        ("total = 0\n    total += a\n    return total", 0),
        ("total = 0\n    for x in a:\n        total = total + x\n    return total", 0),
        ("return 1", True),
        ("def g():\n        return 42.5\n    return a", 42.5),
        ("return a + 123456", 123456),
        ("return 'x' * 10**9", "x" * 30),
        ("return '%999999999d' % 1", "x" * 30),
        ("return 9 ** 9 ** 9", 5),
        ("return 1 / 0", 5),
        ("b = c\n    c = b\n    return b", 5),
        ("return f'{a}: nowhere else'", "nowhere else to be found"),
        ('"""Nowhere else to be found."""\n    return a', "nowhere else to be found."),
        ("return int('9' * 9999)", 9),
    ],
)
def test_answer_is_silent(body: str, given: Json) -> None:
    found = list(answer.check(subject(f"def f(a):\n    {body}\n", harvest=solved(given))))
    assert messages(found, "answer") == []


def test_answer_needs_a_solved_run() -> None:
    text = "def f(a):\n    return 42.5\n"
    assert list(answer.check(subject(text))) == []
    unsolved = Harvest("run", "task", "model", (), solved=False, answer=42.5)
    assert list(answer.check(subject(text, harvest=unsolved))) == []


# --- the head -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("requires-python = '3.11 or so'", "no version specifier"),
        ("dependencies = ['pandas >= ']", "'pandas >= '"),
        ("dependencies = ['-e .']", "'-e .'"),
        ("tool.dynasaur.evidence = 'proven'", "must be one of executed, called, solved"),
    ],
)
def test_head_finds(line: str, message: str) -> None:
    text = f"# /// script\n# {line}\n# ///\ndef f(): pass\n"
    (found,) = messages(list(head.check(subject(text))), "head")
    assert message in found


@pytest.mark.parametrize(
    "line",
    [
        "requires-python = '>=3.11,<4'",
        "requires-python = '==3.12.*'",
        "dependencies = ['pandas', 'a.b[c,d]>=2, <3', 'x @ https://example.org/x.whl']",
        "dependencies = ['x~=1.0; python_version < \"3.12\"', 'y (>=1)', 'z==1.0rc1']",
        "tool.dynasaur.evidence = 'replayed'",
    ],
)
def test_head_is_silent(line: str) -> None:
    text = f"# /// script\n# {line}\n# ///\ndef f(): pass\n"
    assert messages(list(head.check(subject(text))), "head") == []


# --- scrubbing ---


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"use sk{'-'}{LETTERS} for it", "use [secret] for it"),
        (f"AK{'IA'}QYLPMN5HHHFPZAM2,gh{'p_'}{LETTERS[:36]}", "[secret],[secret]"),
        ("mean of /home/" + "alice/a/b.csv?", "mean of ~/a/b.csv?"),
        ("C:\\Users\\" + "bob\\x.csv", "~/x.csv"),
        ("see /lib/.dynasaur/runs/2026-1/x", "see ~/2026-1/x"),
        ("What is 1 + 1 at https://example.org/home/x/y?", None),
        ("/etc/hosts and /root and größe", None),
        ("", None),
    ],
)
def test_scrubbed(text: str, clean: str | None) -> None:
    assert scrub.scrubbed(text) == (text if clean is None else clean)


LONG = ["+/a", "a.", "eyJ", "x:/", "/home/", "sk-a", "://a:", "a/", "Bearer ", "'a'+", "=", "_"]


@pytest.mark.parametrize("unit", LONG)
def test_long_literals_take_no_time_to_speak_of(unit: str) -> None:
    text = f'password = "{unit * (30_000 // len(unit))}"\ndef f(): pass\n'
    for check in (secrets.check, paths.check):
        list(check(subject(text)))
    scrub.scrubbed(text)


# --- together -------------------------------------------------------------------------------------


def test_every_rule_is_in_the_table() -> None:
    folder = ROOT / "dynasaur" / "checks"
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "rules", "scrub", "subject"}
    assert set(rules.RULES) == files


def test_findings_come_by_line_each_once() -> None:
    text = "print(1)\npassword = 'hunter" + "22'\ndef main(): return 1\n"
    found = rules.findings(read(text, "main"))
    assert [finding.line for finding in found] == [1, 2, 3, 3, 3]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    "path",
    [p for p in sorted((ROOT / "actions").rglob("*.py")) if not p.name.startswith("_")],
    ids=lambda path: path.stem,
)
def test_the_initial_actions_keep_every_rule(path: Path) -> None:
    action = read_action(
        path.read_text(encoding="utf-8"),
        path=path,
        category=path.parent.name,
        source="base",
        module=f"actions.vendor.base.{path.parent.name}.{path.stem}",
    )
    assert rules.findings(action) == ()
