"""What a module's code can do: one table, with the look-alikes that must stay silent."""

# ruff: noqa: E501, ISC004 - a row of a table is read best on one line

from __future__ import annotations

from pathlib import Path

import pytest

from dynasaur.capabilities import Capability, Kind, capabilities, gained
from dynasaur.errors import ActionError

RLO, ZWSP, ZWJ = "\u202e", "\u200b", "\u200d"


def told(code: str) -> list[str]:
    return [f"{one.line}:{one.column} {one.kind} {one.name}" for one in capabilities(code)]


FOUND: list[tuple[str, list[str]]] = [
    # names resolved through imports, aliases and scopes
    ("import os\ndef f(): os.system('x')", ["2:10 subprocess os.system"]),
    ("import os as o\ndef f(): o.system('x')", ["2:10 subprocess os.system"]),
    ("from os import system as s\ndef f(): s('x')", ["2:10 subprocess os.system"]),
    ("from os import *\ndef f(): system('x')", ["2:10 subprocess os.system"]),
    ("def f():\n    import os\n    g = os.system\n    g('x')",
     ["3:9 subprocess os.system", "4:5 subprocess os.system"]),
    ("import os\ndef f():\n    o = os\n    o.system('x')", ["4:5 subprocess os.system"]),
    ("import os\no = p = os\ndef f(): p.popen('x')", ["3:10 subprocess os.popen"]),
    ("import os\ndef f(run=os.system): run('x')",
     ["2:11 subprocess os.system", "2:23 subprocess os.system"]),
    ("import os\ndef f(): return map(os.system, ['x'])", ["2:21 subprocess os.system"]),
    ("import os\ndef f():\n    (g := os.system)('x')", ["3:11 subprocess os.system"]),
    ("import os\ndef f():\n    a, b = os.system, 1\n    a('x')",
     ["3:12 subprocess os.system", "4:5 subprocess os.system"]),
    ("import os\ndef f():\n    global g\n    g = os.system\ndef h(): g('x')",
     ["4:9 subprocess os.system", "5:10 subprocess os.system"]),
    ("import os\ndef f(x):\n    return (os if x else os).system('x')", ["3:12 subprocess os.system",
      "3:13 dynamic-import os, passed on", "3:26 dynamic-import os, passed on"]),
    ("import os, functools\ndef f(): functools.partial(os.system, 'x')()",
     ["2:28 subprocess os.system"]),
    ("try:\n    import os\nexcept ImportError:\n    os = None\ndef f(): os.system('x')",
     ["5:10 subprocess os.system"]),
    ("import os\nclass A:\n    def run(self): return os.execv('x', [])", ["3:27 subprocess os.execv"]),
    ("import os\ndef f(): return lambda: os.system('x')", ["2:25 subprocess os.system"]),
    ("import os\ndef f(xs): return [os.system(x) for x in xs]", ["2:20 subprocess os.system"]),
    ("import os\n@os.system\ndef f(): pass", ["2:2 subprocess os.system"]),
    ("import os\na = b\nb = a\na = os.system\ndef f(): b('x')",
     ["2:5 subprocess os.system", "3:5 subprocess os.system", "4:5 subprocess os.system",
      "5:10 subprocess os.system"]),
    ("import os\ndef f():\n    a = b\n    b = c\n    c = os.system\n    a('x')",
     ["3:9 subprocess os.system", "4:9 subprocess os.system", "5:9 subprocess os.system",
      "6:5 subprocess os.system"]),
    # subprocess
    ("import subprocess\ndef f(): return subprocess.run(['ls']).stdout.decode()",
     ["2:17 subprocess subprocess.run"]),
    ("from subprocess import check_output as c\ndef f(): c('x')",
     ["2:10 subprocess subprocess.check_output"]),
    ("import asyncio\nasync def f(): await asyncio.create_subprocess_shell('x')",
     ["2:22 subprocess asyncio.create_subprocess_shell"]),
    ("def f(): get_ipython().system('x')", ["1:10 subprocess get_ipython.system"]),
    # network
    ("import requests\ndef f(u): return requests.get(u).json()", ["2:18 network requests.get"]),
    ("import requests\ndef f(u):\n    with requests.Session() as s:\n        return s.get(u)",
     ["3:10 network requests.Session", "4:16 network requests.Session.get"]),
    ("from urllib.request import urlopen\ndef f(u): return urlopen(u).read()",
     ["2:18 network urllib.request.urlopen"]),
    ("import urllib.request as r\ndef f(u): r.urlretrieve(u)", ["2:11 network urllib.request.urlretrieve"]),
    ("import http.client\ndef f(): http.client.HTTPSConnection('x')",
     ["2:10 network http.client.HTTPSConnection"]),
    ("import socket\ndef f(): return socket.socket()", ["2:17 network socket.socket"]),
    ("import asyncio\ndef f(): asyncio.open_connection('h', 1)", ["2:10 network asyncio.open_connection"]),
    ("import pandas as pd\ndef f(): return pd.read_csv('https://x.org/a.csv')",
     ["2:17 network pandas.read_csv"]),
    ("import pandas as pd\ndef f(x): return pd.read_csv(f'http://x.org/{x}')",
     ["2:18 network pandas.read_csv"]),
    ("import socketserver\nclass H(socketserver.BaseRequestHandler): pass",
     ["2:9 network socketserver.BaseRequestHandler"]),
    ("import ftplib\ndef f(): return ftplib.FTP('x')", ["2:17 network ftplib.FTP"]),
    ("import requests\ndef f(): return requests.adapters.HTTPAdapter()",
     ["2:17 network requests.adapters.HTTPAdapter"]),
    # files
    ("def f(p): open(p, 'w').write('x')", ["1:11 file-write open"]),
    ("def f(p): open(p, mode='ab')", ["1:11 file-write open"]),
    ("M = 'w'\ndef f(p): open(p, M)", ["2:11 file-write open"]),
    ("def f(p, m): open(p, m)", ["1:14 file-write open"]),
    ("def f(p, *a): open(p, *a)", ["1:15 file-write open"]),
    ("import io\ndef f(p): io.open(p, 'x')", ["2:11 file-write io.open"]),
    ("import gzip\ndef f(p): gzip.open(p, 'wt')", ["2:11 file-write gzip.open"]),
    ("import os\ndef f(p): os.open(p, os.O_WRONLY)", ["2:11 file-write os.open"]),
    ("from pathlib import Path\ndef f(p): Path(p).write_text('x')",
     ["2:11 file-write pathlib.Path.write_text"]),
    ("from pathlib import Path\ndef f(p: Path): p.unlink()", ["2:17 file-write pathlib.Path.unlink"]),
    ("from pathlib import Path\ndef f(p: Path | None): (p / 'a').mkdir()",
     ["2:24 file-write pathlib.Path.mkdir"]),
    ("import pathlib\ndef f(p):\n    q = pathlib.Path(p).parent / 'x'\n    q.with_suffix('.y').touch()",
     ["4:5 file-write pathlib.Path.touch"]),
    ("from pathlib import Path\ndef f(p): Path(p).open('w')", ["2:11 file-write pathlib.Path.open"]),
    ("import shutil\ndef f(p): shutil.rmtree(p)", ["2:11 file-write shutil.rmtree"]),
    ("import os\ndef f(p): os.remove(p)", ["2:11 file-write os.remove"]),
    ("import tempfile\ndef f(): return tempfile.mkdtemp()", ["2:17 file-write tempfile.mkdtemp"]),
    ("import sqlite3\ndef f(p): sqlite3.connect(p)", ["2:11 file-write sqlite3.connect"]),
    ("def f(frame, p): frame.to_csv(p)", ["1:18 file-write .to_csv"]),
    ("import zipfile\ndef f(p):\n    with zipfile.ZipFile(p) as z:\n        z.extractall('x')",
     ["4:9 file-write .extractall"]),
    ("import zipfile\ndef f(p): zipfile.ZipFile(p, 'a')", ["2:11 file-write zipfile.ZipFile"]),
    ("import logging\ndef f(): logging.basicConfig(filename='a.log')", ["2:10 file-write logging.basicConfig"]),
    # eval
    ("def f(x): return eval(x)", ["1:18 eval eval"]),
    ("import builtins as b\ndef f(x): b.exec(x)", ["2:11 eval exec"]),
    ("def f(x): __builtins__['eval'](x)", ["1:11 eval eval"]),
    ("e = eval\ndef f(x): return e(x)", ["1:5 eval eval", "2:18 eval eval"]),
    ("def f(x): return compile(x, 'x', 'exec')", ["1:18 eval compile"]),
    ("import code\ndef f(): code.interact()", ["2:10 eval code.interact"]),
    ("import pandas as pd\ndef f(x): pd.eval(x)", ["2:11 eval pandas.eval"]),
    # environment and secrets
    ("import os\ndef f(): return os.environ['LANG']", ['2:17 environment os.environ["LANG"]']),
    ("from os import environ as e\ndef f(): return e.get('LANG')", ['2:17 environment os.environ["LANG"]']),
    ("import os\ndef f(): return os.getenv('API_KEY')", ['2:17 secrets os.getenv["API_KEY"]']),
    ("import os\ndef f(): return dict(os.environ)", ["2:22 environment os.environ"]),
    ("import os\ndef f(): os.environ['A'] = 'x'", ['2:10 environment os.environ["A"]']),
    ("import os\ndef f(): return os.environ['API' + '_KEY']", ['2:17 secrets os.environ["API_KEY"]']),
    ("import keyring\ndef f(): return keyring.get_password('a', 'b')", ["2:17 secrets keyring.get_password"]),
    ("from pathlib import Path\ndef f(): return (Path.home() / '.ssh' / 'id_rsa').read_text()",
     ["2:32 secrets .ssh", "2:41 secrets id_rsa"]),
    ("def f(): return open('/proc/self/environ').read()", ["1:22 secrets proc/self/environ"]),
    ("from netrc import netrc\ndef f(): return netrc()", ["2:17 secrets netrc.netrc"]),
    # native code and deserialisation
    ("import ctypes\ndef f(): return ctypes.CDLL('libc.so.6')", ["2:17 native ctypes.CDLL"]),
    ("from cffi import FFI\ndef f(): return FFI()", ["2:17 native cffi.FFI"]),
    ("import pickle\ndef f(b): return pickle.loads(b)", ["2:18 deserialisation pickle.loads"]),
    ("from pickle import *\ndef f(b): return loads(b)", ["2:18 deserialisation pickle.loads"]),
    ("import yaml\ndef f(t): return yaml.load(t, Loader=yaml.Loader)", ["2:18 deserialisation yaml.load"]),
    ("import yaml\ndef f(ts): return map(yaml.load, ts)", ["2:23 deserialisation yaml.load"]),
    ("import numpy as np\ndef f(p): return np.load(p, allow_pickle=True)", ["2:18 deserialisation numpy.load"]),
    ("import torch\ndef f(p): return torch.load(p)", ["2:18 deserialisation torch.load"]),
    ("import marshal\ndef f(b): return marshal.loads(b)", ["2:18 deserialisation marshal.loads"]),
    # names made at run time
    ("import os\ndef f(): getattr(os, 'sy' + 'stem')('x')",
     ["2:10 dynamic-import getattr(os, ...)", "2:10 subprocess os.system"]),
    ("import os\ndef f(): getattr(os, 'system')('x')", ["2:10 subprocess os.system"]),
    ("import os\ndef f(n): getattr(os, n)('x')", ["2:11 dynamic-import getattr(os, ...)"]),
    ("import os\ndef f(): getattr(os, 'metsys'[::-1])('x')",
     ["2:10 dynamic-import getattr(os, ...)", "2:10 subprocess os.system"]),
    ("import os\ndef f(): getattr(os, ''.join(['sys', 'tem']))",
     ["2:10 dynamic-import getattr(os, ...)", "2:10 subprocess os.system"]),
    ("def f(): __import__('os').system('x')",
     ["1:10 dynamic-import __import__", "1:10 subprocess os.system"]),
    ("def f(n): __import__(n)", ["1:11 dynamic-import __import__"]),
    ("import importlib\ndef f(): importlib.import_module('sub' + 'process').run('x')",
     ["2:10 dynamic-import importlib.import_module", "2:10 subprocess subprocess.run"]),
    ("import os\ndef f(): vars(os)['system']('x')",
     ["2:10 dynamic-import os.__dict__[...]", "2:10 dynamic-import vars(os)", "2:10 subprocess os.system"]),
    ("import os\ndef f(n): os.__dict__[n]('x')", ["2:11 dynamic-import os.__dict__[...]"]),
    ("import sys\ndef f(): sys.modules['os'].system('x')",
     ["2:10 dynamic-import sys.modules", "2:10 subprocess os.system"]),
    ("def f(n): globals()[n]()", ["1:11 dynamic-import globals()[...]"]),
    ("def f(): ().__class__.__base__.__subclasses__()", ["1:10 dynamic-import __subclasses__"]),
    ("def f(): return f.__globals__['x']", ["1:17 dynamic-import __globals__"]),
    ("def f(x): return getattr(x, '__subclasses__')()", ["1:18 dynamic-import __subclasses__"]),
    ("import os, operator\ndef f(): operator.attrgetter('system')(os)('x')",
     ["2:10 subprocess os.system", "2:40 dynamic-import os, passed on"]),
    ("import os\ndef f(g): return g(os)", ["2:20 dynamic-import os, passed on"]),
    ("import sys\ndef f(p): sys.path.insert(0, p)", ["2:11 dynamic-import sys.path"]),
    ("import sys\ndef f(): return sys._getframe(1).f_locals",
     ["2:17 dynamic-import f_locals", "2:17 dynamic-import sys._getframe"]),
    # obfuscation
    ("import base64\ndef f(b): exec(base64.b64decode(b))",
     ["2:11 eval exec", "2:11 obfuscation exec(base64.b64decode(...))"]),
    ("import base64, zlib\ndef f(b):\n    c = zlib.decompress(b)\n    d = c.decode()\n    exec(d)",
     ["5:5 eval exec", "5:5 obfuscation exec(zlib.decompress(...))"]),
    ("def f(): exec(''.join(chr(x) for x in [1, 2]))", ["1:10 eval exec", "1:10 obfuscation exec(chr(...))"]),
    ("def f(): eval(bytes.fromhex('41'))", ["1:10 eval eval", "1:10 obfuscation eval(bytes.fromhex(...))"]),
    (f"def f():  # {RLO} x\n    pass", ["1:13 obfuscation U+202E RIGHT-TO-LEFT OVERRIDE"]),
    (f"X = 'a{ZWSP}b'", ["1:7 obfuscation U+200B ZERO WIDTH SPACE"]),
    (f"X = 'a{ZWJ}b'", ["1:7 obfuscation U+200D ZERO WIDTH JOINER"]),
    ("\N{ANGSTROM SIGN} = 1", ["1:1 obfuscation \N{ANGSTROM SIGN} is read as \xc5"]),
    ("X = 'a\x1b[2Kb'", ["1:7 obfuscation U+001B control character"]),
    ("def f(x): return \uff45val(x)",
     ["1:18 eval eval", "1:18 obfuscation \uff45val is read as eval"]),
    ("def f(p\u0430th): return p\u0430th",
     ["1:7 obfuscation p\u0430th mixes scripts", "1:21 obfuscation p\u0430th mixes scripts"]),
    # effects of importing
    ("print('hi')\ndef f(): pass", ["1:1 import-effects print('hi')"]),
    ("import os\nos.system('x')", ["2:1 import-effects os.system('x')", "2:1 subprocess os.system"]),
    ("def f(x=open('a')): pass", ["1:1 import-effects open('a')"]),
    # columns are in characters
    ("def f(ä): return (ä, eval('ü'))", ["1:22 eval eval"]),
]  # fmt: skip

SILENT = [
    "def system(x): return x\ndef f(): return system('x')",
    "def f(open): return open('a', 'w')",
    "def f(eval, x): return eval(x)",
    "def f():\n    exec = print\n    exec('x')",
    "def f(): return 'os.system(1)'",
    'def f():\n    """Uses os.system and eval(x)."""\n    return 1',
    "# os.system('x'); eval('1')\ndef f(): pass",
    "class A:\n    def open(self): return self.open('a', 'w')",
    "class A:\n    def write_text(self, x): return self.write_text(x)",
    "def f(p): return open(p).read()",
    "def f(p): return open(p, 'rb').read()",
    "def f(p): return open(p, encoding='utf-8')",
    "from pathlib import Path\ndef f(p: Path): return p.read_text()",
    "from pathlib import Path\ndef f(p): return Path(p).open('r')",
    "def f(text): return text.replace('a', 'b')",
    "def f(frame): return frame.to_csv()",
    "def f(model): return model.eval()",
    "def f(model, x): return model.compile(x)",
    "import re\ndef f(x): return re.compile(x)",
    "import ast\ndef f(x): return ast.literal_eval(x)",
    "import os\ndef f(a, b): return os.path.join(a, b), os.sep, os.getcwd(), os.listdir(a)",
    "import os",
    "import subprocess",
    "import subprocess\ndef f(x):\n    try:\n        return x()\n"
    "    except subprocess.CalledProcessError:\n        return subprocess.PIPE",
    "import requests\ndef f(x):\n    try:\n        return x()\n"
    "    except (requests.RequestException, requests.exceptions.ConnectionError):\n        return 1",
    "from urllib.parse import urlencode, quote\ndef f(x): return urlencode(x) + quote('a')",
    "import socket\ndef f(s: socket.socket) -> socket.socket: return s",
    "import socket\ndef f(): return socket.AF_INET, socket.inet_aton('1.1.1.1')",
    "import yaml\ndef f(t): return yaml.load(t, Loader=yaml.SafeLoader), yaml.safe_load(t)",
    "import numpy as np\ndef f(p): return np.load(p), np.sum([1])",
    "import pickle\ndef f(x): return pickle.dumps(x)",
    "import pandas as pd\ndef f(p): return pd.read_csv(p)",
    "import sqlite3\ndef f(): return sqlite3.connect(':memory:')",
    "import os\ndef f(p): return os.open(p, os.O_RDONLY)",
    "def f(x, n): return getattr(x, n)",
    "import math\ndef f(n): return getattr(math, n)(2)",
    "def f(x): return getattr(x, 'name', None)",
    "def f(d): return d['os'], d['system']",
    "def f(environ): return environ['API_KEY']",
    "def getenv(x): return x\ndef f(): return getenv('API_KEY')",
    "class E:\n    environ = {}\ndef f(): return E.environ['A']",
    "import base64\ndef f(x): return base64.b64decode(x)",
    "import importlib.metadata\ndef f(): return importlib.metadata.version('x')",
    "from .system import system\ndef f(): return system('x')",
    "from ..os import system\ndef f(): return system('x')",
    "def f(subprocess): return subprocess.run('x')",
    "def f(xs): return [open for open in xs]",
    "def f(x):\n    match x:\n        case {'open': open}: return open('a', 'w')",
    "def f(x):\n    with x as eval:\n        return eval('1')",
    "def f(x):\n    for eval in x:\n        eval('1')",
    "def f():\n    try:\n        pass\n    except ValueError as exec:\n        exec('x')",
    "X = '\U0001f468\u200d\U0001f469 \u2708\ufe0f'",
    "X = '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'",
    "def größe(länge): return länge",
    "def \u0446\u0435\u043d\u0430(): return 1",
    "X = 'a\tb'\n\x0c\ndef f(): pass",
    "def f(cls): return cls.__name__, cls.__mro__, cls.__class__.__qualname__",
    "X = re = 1\ndef f(): return '.ssh is a folder'",
    "def f(p): return p + '/docs/aws/credentials.md'",
    "if __name__ == '__main__':\n    pass",
    "X = {'a': 1}\nY = [x for x in range(3)]\ndef f(): return X",
    "",
]


@pytest.mark.parametrize(("code", "expected"), FOUND, ids=[code for code, _ in FOUND])
def test_what_reaches_out_is_found_at_its_place(code: str, expected: list[str]) -> None:
    assert told(code) == expected


@pytest.mark.parametrize("code", SILENT)
def test_what_only_looks_alike_stays_silent(code: str) -> None:
    assert told(code) == []


def test_ends_and_confidence() -> None:
    (one,) = capabilities("import os\ndef f(): os.system('x')")
    assert one == Capability(2, 10, Kind.SUBPROCESS, "os.system", 2, 19)
    assert [c.confidence for c in capabilities("def f(x, p): x.to_csv(p)")] == ["medium"]


def test_what_is_gained_is_told_once() -> None:
    before = capabilities("import requests\ndef f(u): requests.get(u)")
    after = capabilities(
        "import requests\ndef f(u):\n    requests.get(u)\n    requests.post(u)\n    requests.post(u)"
    )
    assert [(one.line, one.name) for one in gained(before, after)] == [(4, "requests.post")]
    assert gained(after, before) == ()


@pytest.mark.parametrize("code", ["def (", "x = \x00", "(" * 500])
def test_what_is_no_python_is_an_error(code: str) -> None:
    with pytest.raises(ActionError):
        capabilities(code)


@pytest.mark.parametrize(
    "code",
    [
        "a = b\nb = a\ndef f(): a.system('x')",
        "def f(x):\n" + "    x = x.strip()\n    x = x.a + x.b\n" * 40 + "    return x.y",
        "import re\nx = re\n" + "x = x.a\nx = x.b\n" * 40,
        "a0 = 'a'\n" + "\n".join(f"a{n + 1} = a{n} + a{n}" for n in range(60)) + "\nx = {}[a60]",
        "a0 = 1\n" + "\n".join(f"a{n + 1} = a{n} or a{n}" for n in range(60)) + "\na60.system",
        "x = " + "+".join(["'a'"] * 900) + "\ndef f(): getattr(x, x)",
        "def f(x): return " + "x" + ".a" * 1500,
        "def f(x): return " + "x" + "(1)" * 900,
    ],
    ids=["circle", "again", "growing", "texts", "doubling", "sum", "attributes", "calls"],
)
def test_hostile_code_ends_and_is_not_passed_over(code: str) -> None:
    found = capabilities(code)
    assert all(one.kind in {Kind.OBFUSCATION, Kind.IMPORT_EFFECTS} for one in found)


BEYOND_FILES = {
    "media": {Kind.HOST, Kind.SUBPROCESS},
    "system": {Kind.SUBPROCESS},
    "web": {Kind.NETWORK, Kind.HOST, Kind.SUBPROCESS, Kind.ENVIRONMENT, Kind.DYNAMIC_IMPORT},
}
"""What initial actions reach for besides files: a browser is another program, pictures and
searches are the host's."""


def test_most_initial_actions_reach_only_for_files() -> None:
    reached: dict[str, set[Kind]] = {}
    for path in (Path(__file__).resolve().parent.parent / "actions").rglob("*.py"):
        found = {one.kind for one in capabilities(path.read_text("utf-8"))} - {Kind.FILE_WRITE}
        reached.setdefault(path.parent.name, set()).update(found)
    assert {place: kinds for place, kinds in reached.items() if kinds} == BEYOND_FILES
