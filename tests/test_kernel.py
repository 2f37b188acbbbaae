"""The kernel's client on real kernels: every way a cell can go, without the sandbox."""

from __future__ import annotations

import _thread
import resource
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from dynasaur.errors import ActionError
from dynasaur.kernel import client
from dynasaur.kernel.client import JupyterKernel
from dynasaur.kernel.limits import MIB, Limits
from dynasaur.kernel.requests import load_code
from dynasaur.types import Ending, Module
from tests.builders.kernel import PIXEL, Desk, kernel, module, wait_until_gone

DESK = Desk()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterKernel]:
    """One kernel for all cells that leave it whole."""
    with kernel(tmp_path_factory.mktemp("work"), DESK) as running:
        yield running


@pytest.fixture
def own(tmp_path: Path) -> Iterator[JupyterKernel]:
    """A kernel for a cell that does not."""
    with kernel(tmp_path) as running:
        yield running


@pytest.mark.parametrize(
    ("code", "output"),
    [
        ("print('hello')", "hello\n"),
        ("1 + 1", "2\n"),
        ("print('no newline', end='')\n'value'", "no newline\n'value'\n"),
        ("import sys; print('out'); print('err', file=sys.stderr)", "out\nerr\n"),
        ("import os; _ = os.system('echo child')", "child\n"),
        ("!echo shell", "shell\n"),
        ("import asyncio; await asyncio.sleep(0); print('awaited')", "awaited\n"),
        (r"print('\x1b[31mred\x1b[0m \x1b]0;title\x07\x00plain')", "red plain\n"),
        (r"print('10%\r50%\r100%')", "100%\n"),
        (r"print('\ud800')", "?\n"),
        ("pass", ""),
    ],
)
def test_output(shared: JupyterKernel, code: str, output: str) -> None:
    seen = shared.execute(code)
    assert (seen.ended, seen.output) == (Ending.OK, output)
    assert seen.state_kept
    assert seen.notice == ""


def test_variables_stay_between_cells(shared: JupyterKernel) -> None:
    shared.execute("kept = [1]")
    assert shared.execute("kept").output == "[1]\n"


@pytest.mark.parametrize(
    ("code", "start", "end", "left_out"),
    [
        ("print('x' * 20_000_000)", "xxx", "xxx\n", "characters left out"),
        ("for i in range(200_000): print(i)", "0\n1\n", "199998\n199999\n", "characters left out"),
        ("'y' * 20_000_000", "'yyy", "yyy'...\n", "..."),
        ("from IPython.display import display\ndisplay(list(range(900_000)))", "[0,", "", "..."),
        (
            (
                "import os, sys\nos.environ['P'] = sys.executable\n"
                "_ = os.system('$P -c \"print(20_000_000 * chr(121))\"; echo end')"
            ),
            "yyy",
            "y\nend\n",
            "characters left out",
        ),
    ],
)
def test_much_output_is_cut_in_the_middle(
    shared: JupyterKernel, code: str, start: str, end: str, left_out: str
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seen = shared.execute(code, timeout=60)
    assert seen.ended is Ending.OK
    assert seen.output.startswith(start)
    assert seen.output.endswith(end)
    assert left_out in seen.output
    assert len(seen.output) < 1_300_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024
    assert shared.execute("print('fine')").output == "fine\n"


FORGED = """\
kernel = get_ipython().kernel
def send(kind, content, parent=None):
    kernel.session.send(kernel.iopub_socket, kind, content, ident=b"x",
                        parent=parent or kernel.get_parent("shell"))
"""


def test_message_above_the_size_limit(shared: JupyterKernel) -> None:
    code = FORGED + "send('stream', {'name': 'stdout', 'text': 'z' * 20_000_000})"
    assert shared.execute(code).ended is Ending.OK
    assert shared.execute("print('heard')").output == "heard\n"


def test_flood_of_forged_output_is_stopped(tmp_path: Path) -> None:
    flood = FORGED + "while True: send('stream', {'name': 'stdout', 'text': 'z' * 1_000_000})"
    with kernel(tmp_path, limits=Limits(grace_seconds=2, output=5 * MIB)) as flooded:
        seen = flooded.execute(flood, timeout=60)
        assert seen.ended is Ending.INTERRUPTED
        assert "more output" in seen.notice
        assert len(seen.output) < 1_300_000
        assert flooded.execute("print('fine')").output == "fine\n"


def test_early_idle_is_not_believed(shared: JupyterKernel) -> None:
    code = FORGED + "send('status', {'execution_state': 'idle'})\nimport time\ntime.sleep(0.4)\n"
    assert shared.execute(code + "print('after')").output == "after\n"


def test_output_after_an_early_idle_is_waited_for(shared: JupyterKernel) -> None:
    """Right behind the reply, in the same moment: it is on its way when the reply is here."""
    code = FORGED + "send('status', {'execution_state': 'idle'})\n"
    for number in range(20):
        seen = shared.execute(f"{code}print('x' * 100_000)\nprint({number})")
        assert seen.output.endswith(f"{number}\n")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("stream", {"name": "stdout", "text": {"no": "text"}}),
        ("stream", {}),
        ("display_data", {"data": {"image/png": "not base64!"}}),
        ("display_data", {"data": {"image/png": "aGVsbG8="}}),
        ("display_data", {"data": 3}),
        ("status", {"execution_state": None}),
        ("comm_open", {"comm_id": "x", "target_name": "y", "data": {}}),
        ("no_such_kind", {}),
    ],
)
def test_forged_messages_do_no_harm(shared: JupyterKernel, kind: str, content: object) -> None:
    seen = shared.execute(f"{FORGED}send({kind!r}, {content!r})\nprint('done')")
    assert (seen.ended, seen.output, seen.images) == (Ending.OK, "done\n", ())


def test_answer_counts_only_through_the_channel(shared: JupyterKernel) -> None:
    DESK.answers.clear()
    shared.execute("print('submit_final_answer(42)')\ndef submit(value): pass\nsubmit(42)")
    assert DESK.answers == []


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "import time; time.sleep(60)",
        "import asyncio; await asyncio.sleep(60)",
        "import subprocess; subprocess.run(['sleep', '60'])",
    ],
)
def test_loop_is_interrupted_and_variables_stay(shared: JupyterKernel, code: str) -> None:
    shared.execute("kept = 'still here'")
    seen = shared.execute(code, timeout=0.5)
    assert seen.ended is Ending.TIMEOUT
    assert seen.state_kept
    assert "0.5 s" in seen.notice
    assert "Variables are kept" in seen.notice
    assert shared.execute("kept").output == "'still here'\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "code",
    [
        "sum(range(10**12))",
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        "import time\nwhile True:\n    try: time.sleep(9)\n    except BaseException: pass",
        "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
    ],
)
def test_cell_that_cannot_be_interrupted_is_killed(own: JupyterKernel, code: str) -> None:
    own.execute("lost = 1")
    seen = own.execute(code, timeout=0.5)
    assert seen.ended is Ending.TIMEOUT
    assert not seen.state_kept
    assert "variables and imports are gone" in seen.notice
    assert own.execute("'lost' in globals()").output == "False\n"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import os; os._exit(3)", "exit code 3"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("exit()", "exit() ended the kernel"),
        ("print('before'); quit()", "exit() ended the kernel"),
    ],
)
def test_death_is_told_and_mended(own: JupyterKernel, code: str, told: str) -> None:
    own.execute("lost = 1")
    seen = own.execute(code)
    assert seen.ended is Ending.DIED
    assert not seen.state_kept
    assert told in seen.notice
    after = own.execute("print('lost' in globals())")
    assert (after.output, after.state_kept) == ("False\n", True)


def test_death_between_cells_does_not_cost_the_next_one(own: JupyterKernel) -> None:
    own.execute(
        "import os, threading, time\n"
        "threading.Thread(target=lambda: (time.sleep(0.3), os._exit(4))).start()"
    )
    time.sleep(1)
    seen = own.execute("print('ran')")
    assert (seen.output, seen.ended, seen.state_kept) == ("ran\n", Ending.OK, False)
    assert "exit code 4 between two cells" in seen.notice


def test_exit_of_the_system_is_an_error_like_others(shared: JupyterKernel) -> None:
    seen = shared.execute("import sys; sys.exit(3)")
    assert seen.ended is Ending.ERROR
    assert seen.error is not None
    assert (seen.error.type, seen.error.message) == ("SystemExit", "3")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("input('name? ')", "EOFError"),
        ("import getpass; getpass.getpass()", "EOFError"),
        ("import pdb; pdb.set_trace()", "BdbQuit"),
    ],
)
def test_nobody_answers(shared: JupyterKernel, code: str, kind: str) -> None:
    seen = shared.execute(code, timeout=5)
    assert seen.error is not None
    assert seen.error.type == kind
    assert kind != "EOFError" or "nobody is at the keyboard" in seen.error.message


def test_late_output_of_threads_is_labelled(shared: JupyterKernel) -> None:
    shared.execute(
        "import threading, time\n"
        "def later():\n    time.sleep(0.3)\n    print('late')\n"
        "threading.Thread(target=later).start()"
    )
    seen = shared.execute("time.sleep(0.6); print('mine')")
    assert (seen.output, seen.late) == ("mine\n", "late\n")


def test_late_output_of_children_is_labelled(shared: JupyterKernel) -> None:
    shared.execute(
        "import subprocess\nchild = subprocess.Popen('sleep 0.3; echo late', shell=True)"
    )
    seen = shared.execute("import time; time.sleep(0.6); print('mine'); child.wait()")
    assert (seen.output, seen.late) == ("mine\n0\n", "late\n")


def test_output_below_python_belongs_to_its_cell_and_order(shared: JupyterKernel) -> None:
    """Written to the descriptor, in halves of a character, right before the cell ends."""
    for number in range(20):
        seen = shared.execute(
            f"import os\nfor b in 'é{number}'.encode(): _ = os.write(1, bytes([b]))"
        )
        assert (seen.output, seen.late) == (f"é{number}", "")


def test_output_of_children_is_whole(shared: JupyterKernel) -> None:
    """It takes a way of its own, and must not come after the cell's end."""
    for number in range(30):
        seen = shared.execute(f"import os; _ = os.system('echo {number}; echo err >&2')")
        # Two pipes: which is read first is not ours to say.
        assert (sorted(seen.output.split()), seen.late) == ([str(number), "err"], "")


def test_nothing_lives_on(tmp_path: Path) -> None:
    code = (
        "import subprocess\n"
        "a = subprocess.Popen(['sleep', '300'])\n"
        "b = subprocess.Popen(['sleep', '301'], start_new_session=True)\n"
        "subprocess.run('setsid sleep 302 > /dev/null & echo $! > daemon', shell=True)\n"
        "import os\n"
        "print(a.pid, b.pid, os.getpid(), open('daemon').read())"
    )
    with kernel(tmp_path) as running:
        pids = [int(word) for word in running.execute(code).output.split()]
    assert len(pids) == 4
    assert wait_until_gone(pids) == []


_NAMELESS = (
    "class M(type):\n    @property\n    def __name__(cls): 1 / 0\n"
    "class Nameless(Exception, metaclass=M): pass\nraise Nameless('said')"
)
_CLOSED = (
    "class M(type):\n    def __getattribute__(cls, name): 1 / 0\n"
    "class Closed(Exception, metaclass=M): pass\nraise Closed('said')"
)


@pytest.mark.parametrize(
    ("code", "kind", "message", "frame"),
    [
        ("1 / 0", "ZeroDivisionError", "division by zero", "line 1, in <module>"),
        ("x = (", "SyntaxError", "", "x = ("),
        ("if True:\npass", "IndentationError", "", "line 2"),
        ("def deep(): deep()\ndeep()", "RecursionError", "maximum recursion", "frames left out"),
        ("import json\njson.loads('{')", "JSONDecodeError", "Expecting", "json/decoder.py"),
        ("raise ValueError('x' * 100_000)", "ValueError", "xxx", "cut"),
        (
            "class Odd(Exception):\n    def __str__(self): raise KeyError\nraise Odd",
            "Odd",
            "cannot be shown",
            "line 3",
        ),
        ("raise ValueError('half \\udfff')", "ValueError", "half ?", "ValueError: half ?"),
        (
            "e = ValueError('whole')\ne.add_note('half \\udfff')\nraise e",
            "ValueError",
            "whole",
            "half ?",
        ),
        (
            "try:\n    {}['a']\nexcept KeyError as e:\n    raise OSError('outer') from e",
            "OSError",
            "outer",
            "KeyError: 'a'\n\nled to:",
        ),
        (
            "raise ExceptionGroup('several', [ValueError('one'), KeyError('two')])",
            "ExceptionGroup",
            "several",
            "ValueError: one",
        ),
        (
            "class Odd:\n    def __repr__(self): 1 / 0\nOdd()",
            "ZeroDivisionError",
            "division",
            "repr",
        ),
        ("no_such_magic = %timeit_no", "UsageError", "not found", "UsageError"),
        (
            _NAMELESS,
            "Nameless",
            "said",
            "Nameless: said",
        ),
        (
            _CLOSED,
            "Closed",
            "said",
            "Closed: said",
        ),
    ],
)
def test_errors(shared: JupyterKernel, code: str, kind: str, message: str, frame: str) -> None:
    seen = shared.execute(code)
    assert seen.ended is Ending.ERROR
    assert seen.error is not None
    assert seen.error.type == kind
    assert message in seen.error.message
    assert frame in seen.error.traceback
    assert "Error in callback" not in seen.output
    assert len(seen.error.message) <= 2_100
    assert len(seen.error.traceback) <= 6_100
    assert "\x1b" not in seen.error.traceback
    assert "_dynasaur" not in seen.error.traceback
    assert shared.execute("print('fine')").output == "fine\n"


def test_picture(shared: JupyterKernel) -> None:
    code = f"import base64\nfrom IPython.display import Image\nImage(base64.b64decode('{PIXEL}'))"
    seen = shared.execute(code)
    assert [image.mime for image in seen.images] == ["image/png"]
    assert seen.images[0].data.startswith(b"\x89PNG")
    assert seen.output == ""


def test_pictures_are_bounded(shared: JupyterKernel) -> None:
    code = (
        f"import base64\nfrom IPython.display import Image, display\n"
        f"for _ in range(12): display(Image(base64.b64decode('{PIXEL}')))"
    )
    seen = shared.execute(code)
    assert len(seen.images) == 8
    assert "left out" in seen.output


def test_table_is_text(shared: JupyterKernel) -> None:
    code = (
        "class Table:\n"
        "    def __repr__(self): return 'a b\\n1 2'\n"
        "    def _repr_html_(self): return '<table>'\n"
        "Table()"
    )
    assert shared.execute(code).output == "a b\n1 2\n"


def test_plot(shared: JupyterKernel) -> None:
    pytest.importorskip("matplotlib")
    seen = shared.execute("import matplotlib.pyplot as plt; _ = plt.plot([1, 2])", timeout=60)
    assert [image.mime for image in seen.images] == ["image/png"]


def test_data_frame(shared: JupyterKernel) -> None:
    pytest.importorskip("pandas")
    DESK.answers.clear()
    seen = shared.execute(
        "import pandas\ntable = pandas.DataFrame({'a': [1, 2], 'b': ['x', None]})\n"
        "submit_final_answer(table)\ntable",
        timeout=60,
    )
    assert seen.output.split() == ["a", "b", "0", "1", "x", "1", "2", "NaN"]
    assert DESK.answers == [[{"a": 1, "b": "x"}, {"a": 2, "b": None}]]


def test_host_functions(shared: JupyterKernel) -> None:
    DESK.questions.clear()
    assert shared.execute("find_actions('mean', k=1)").output == "['- mean()']\n"
    assert DESK.questions == [["mean", 1]]


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        ("{'b': 1, 2: [True, None]}", {"b": 1, "2": [True, None]}),
        ("(1, 2.5)", [1, 2.5]),
        ("{3, 1, 2}", [1, 2, 3]),
        ("__import__('decimal').Decimal('1.50')", 1.5),
        ("__import__('decimal').Decimal('7')", 7),
        ("__import__('decimal').Decimal('0.1234567890123456789')", "0.1234567890123456789"),
        ("__import__('fractions').Fraction(1, 3)", "1/3"),
        ("__import__('fractions').Fraction(1, 4)", 0.25),
        ("__import__('datetime').date(2024, 2, 29)", "2024-02-29"),
        ("float('nan')", "nan"),
        ("float('-inf')", "-inf"),
        ("range(3)", [0, 1, 2]),
        ("(n * n for n in range(3))", [0, 1, 4]),
        ("{'a': 1}.keys()", ["a"]),
        ("__import__('pathlib').PurePosixPath('a/b')", "a/b"),
        ("b'text'", "text"),
        ("__import__('numpy').float64(2.5)", 2.5),
        ("__import__('numpy').int32(3)", 3),
        ("__import__('numpy').arange(4).reshape(2, 2)", [[0, 1], [2, 3]]),
        ("__import__('collections').Counter('aab')", {"a": 2, "b": 1}),
        (r"'\ud800'", "?"),
    ],
)
def test_answers_become_json(shared: JupyterKernel, value: str, arrives: object) -> None:
    DESK.answers.clear()
    assert shared.execute(f"submit_final_answer({value})").ok
    assert DESK.answers == [arrives]


@pytest.mark.parametrize(
    "slip", ["submit_final_answer = 5", "def submit_final_answer(x): ...", "%reset -f"]
)
def test_host_functions_are_there_in_each_cell(shared: JupyterKernel, slip: str) -> None:
    shared.execute(slip)
    assert shared.execute("submit_final_answer('still here')").ok
    assert DESK.answers[-1] == "still here"


@pytest.mark.parametrize(
    ("code", "kind", "message"),
    [
        ("fail('KeyError')", "KeyError", "no such thing"),
        ("fail('Own')", "RuntimeError", "OwnError: no such thing"),
        ("huge()", "ValueError", "too large"),
        ("submit_final_answer('x' * 2_000_000)", "ValueError", "at most|the most"),
        ("a = []; a.append(a); submit_final_answer(a)", "ValueError", "nested"),
        ("submit_final_answer()", "TypeError", "missing"),
        ("class A: pass\nsubmit_final_answer(A())", "TypeError", "of type 'A' cannot be sent"),
        ("submit_final_answer({'x': [object()]})", "TypeError", "of type 'object' cannot be sent"),
        ("submit_final_answer(lambda: 1)", "TypeError", "of type 'function' cannot be sent"),
        ("submit_final_answer(open('/dev/null').readlines)", "TypeError", "cannot be sent"),
    ],
)
def test_host_functions_raise(shared: JupyterKernel, code: str, kind: str, message: str) -> None:
    seen = shared.execute(code)
    assert seen.error is not None
    assert seen.error.type == kind
    assert any(part in seen.error.message for part in message.split("|"))


def test_only_registered_functions_can_be_called(shared: JupyterKernel) -> None:
    code = "import sys\nsys.modules['_dynasaur.host'].Host\nfind_actions.__closure__"
    assert shared.execute(code).ok
    seen = shared.execute(
        "host = [c.cell_contents for c in find_actions.__closure__\n"
        "        if hasattr(c.cell_contents, 'function')][0]\n"
        "host.function('open', '')('/etc/passwd')"
    )
    assert seen.error is not None
    assert seen.error.type == "NameError"


def test_host_calls_are_bounded(tmp_path: Path) -> None:
    desk = Desk()
    with kernel(tmp_path, desk, limits=Limits(host_calls=3)) as running:
        seen = running.execute("for _ in range(9): find_actions('x')")
    assert seen.error is not None
    assert "more than 3" in seen.error.message
    assert len(desk.questions) == 3


def test_host_functions_from_threads(shared: JupyterKernel) -> None:
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(4) as pool:\n"
        "    print(sorted(map(str, pool.map(lambda n: find_actions(str(n), 1), range(8)))))"
    )
    assert shared.execute(code).output == str([f"['- {n}()']" for n in range(8)]) + "\n"


def test_calls_are_recorded(shared: JupyterKernel) -> None:
    seen = shared.execute(
        "def double(x, by=2):\n    return x * by\n"
        "def outer(x):\n    return double(x)\n"
        "def _private(x):\n    return x\n"
        "outer([1]); double(3, by=4); _private(1)\n"
        "try: double(None)\nexcept TypeError: pass\n"
        "double(object, by=0) if False else None"
    )
    told = [(c.name, c.arguments, c.result, c.ok, c.error, c.top) for c in seen.calls]
    assert told == [
        ("double", "[1]", "[1, 1]", True, "", False),
        ("outer", "[1]", "[1, 1]", True, "", True),
        ("double", "3, by=4", "12", True, "", True),
        ("double", "None", None, False, "TypeError", True),
    ]


@pytest.mark.parametrize(
    ("value", "source"),
    [
        ("(1,)", "(1,)"),
        ("{'b': {1, 2}}", "{'b': {1, 2}}"),
        ("set()", "set()"),
        ("float('nan')", None),
        ("'x' * 3000", None),
        ("list(range(1000))", None),
        ("object()", None),
        ("__import__('numpy').float64(0.5)", "0.5"),
        ("-2.5", "-2.5"),
        ("b'ab'", "b'ab'"),
    ],
)
def test_recorded_values_are_bounded_literals(
    shared: JupyterKernel, value: str, source: str | None
) -> None:
    (call,) = shared.execute(f"def same(x):\n    return x\n_ = same({value})").calls
    assert (call.arguments, call.result) == (source, source)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("def fact(n):\n    return 1 if n < 2 else n * fact(n - 1)\nfact(50)", ["fact"]),
        ("async def later(x):\n    return x\nawait later(1)", ["later"]),
        ("def many(x):\n    return x\nfor n in range(5000): many(n)", ["many"] * 1000),
        (
            (
                "from functools import cache\n@cache\ndef once(x):\n    return x\n"
                "once(1), once.cache_info()"
            ),
            ["once"],
        ),
        ("def gen():\n    yield 1\nlist(gen())", ["gen"]),
        ("class Thing:\n    def method(self): return 1\nThing().method()", []),
    ],
)
def test_which_calls_are_recorded(shared: JupyterKernel, code: str, names: list[str]) -> None:
    seen = shared.execute(code)
    assert seen.ok
    assert [call.name for call in seen.calls] == names


def test_recorder_does_not_show(shared: JupyterKernel) -> None:
    seen = shared.execute('def documented(x: int) -> int:\n    """Words."""\n    return 1 / x\n')
    assert shared.execute("print(documented.__doc__, documented.__name__)").output == (
        "Words. documented\n"
    )
    assert shared.execute("import inspect; print(inspect.signature(documented))").output == (
        "(x: int) -> int\n"
    )
    seen = shared.execute("documented(0)")
    assert seen.error is not None
    assert "recorded" not in seen.error.traceback
    assert "return 1 / x" in seen.error.traceback
    assert [call.ok for call in seen.calls] == [False]


ONE = module(
    "math.one", '"""One."""\n\n\ndef one(x: int) -> int:\n    """One more."""\n    return x + 1\n'
)
TWO = module(
    "math.two", "from .one import one\n\n\ndef two(x: int) -> int:\n    return one(one(x))\n"
)


def test_load(own: JupyterKernel) -> None:
    assert own.load([ONE, TWO], {"two": "actions.math.two"}) == ("two",)
    seen = own.execute("two(1)")
    assert seen.output == "3\n"
    told = [(call.name, call.module, call.top) for call in seen.calls]
    assert told == [
        ("one", "actions.math.one", False),
        ("one", "actions.math.one", False),
        ("two", "actions.math.two", True),
    ]
    assert own.load([ONE, TWO], {"two": "actions.math.two"}) == ()
    assert own.execute("from actions.math.one import one as other; other(1)").output == "2\n"
    assert "x + 1" in own.execute("import inspect; print(inspect.getsource(other))").output


def test_load_leaves_the_cells_own_names_alone(own: JupyterKernel) -> None:
    own.execute("one = 'mine'")
    assert own.load([ONE], {"one": "actions.math.one"}) == ()
    assert own.execute("one").output == "'mine'\n"
    own.execute("del one")
    assert own.load([ONE], {"one": "actions.math.one"}) == ("one",)


@pytest.mark.parametrize(
    "code",
    [
        "del one",
        "globals().pop('one')",
        "%reset -f",
        "del one\n1 / 0",
        "exec('del one', globals())",
    ],
)
def test_load_binds_anew_what_a_cell_removed(own: JupyterKernel, code: str) -> None:
    names = {"one": "actions.math.one"}
    assert own.load([ONE], names) == ("one",)
    own.execute(code)
    assert own.load([ONE], names) == ("one",)
    assert own.execute("one(1)").output == "2\n"


def test_load_asks_the_kernel_of_a_name_once(
    own: JupyterKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def noted(modules: Sequence[Module], names: Mapping[str, str]) -> str:
        asked.append(names)
        return load_code(modules, names)

    monkeypatch.setattr(client, "load_code", noted)
    names = {"one": "actions.math.one"}
    own.execute("one = 'mine'")
    for _ in range(3):
        assert own.load([ONE], names) == ()
        own.execute("one += '!'")
    assert asked == [names]
    assert own.execute("one").output == "'mine!!!'\n"


def test_load_takes_changed_texts(own: JupyterKernel) -> None:
    names = {"two": "actions.math.two"}
    own.load([ONE, TWO], names)
    changed = module("math.one", ONE.text.replace("x + 1", "x + 10"))
    assert own.load([changed, TWO], names) == ("two",)
    assert own.execute("two(1)").output == "21\n"


def test_load_after_death(own: JupyterKernel) -> None:
    names = {"one": "actions.math.one"}
    own.load([ONE], names)
    own.execute("import os; os._exit(1)")
    assert own.load([ONE], names) == ("one",)
    assert own.execute("one(1)").output == "2\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import no_such_module\n", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("def bad(:\n", "SyntaxError"),
        ("x = 1\n", "AttributeError"),
        ("raise SystemExit\n", "SystemExit"),
        ("import os\nos._exit(7)\n", "exit code 7"),
    ],
)
def test_load_failures(own: JupyterKernel, text: str, message: str) -> None:
    with pytest.raises(ActionError, match="cannot load bad") as failure:
        own.load([module("math.bad", text)], {"bad": "actions.math.bad"})
    assert message in str(failure.value)
    own.load([module("math.bad", "def bad():\n    return 'good'\n")], {"bad": "actions.math.bad"})
    assert own.execute("bad()").output == "'good'\n"


def test_error_inside_an_action_shows_its_source(own: JupyterKernel) -> None:
    own.load([module("math.bad", "def bad(x):\n    return 1 / x\n")], {"bad": "actions.math.bad"})
    seen = own.execute("bad(0)")
    assert seen.error is not None
    assert "actions/math/bad.py, line 2, in bad\n    return 1 / x" in seen.error.traceback


def test_environment_is_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    work = tmp_path / "a folder"
    work.mkdir()
    (work / "data.csv").write_text("a,b\n")
    with kernel(work) as running:
        seen = running.execute("import os; print(open('data.csv').read(), sorted(os.environ))")
        running.execute("import os; os.system('echo loud; echo louder >&2')")
        private = running.execute("import os; os.environ['TMPDIR']").output.strip().strip("'")
        assert Path(private).is_dir()
    assert "a,b" in seen.output
    assert "OPENAI" not in seen.output
    assert capfd.readouterr() == ("", "")
    assert not Path(private).parent.exists()
    assert [path.name for path in work.iterdir()] == ["data.csv"]


def test_disk_is_watched(tmp_path: Path) -> None:
    limits = Limits(grace_seconds=1, disk=8 * MIB, files=100)
    with kernel(tmp_path, limits=limits) as running:
        seen = running.execute(
            "import time\nopen('big', 'wb').write(b'x' * 20_000_000); time.sleep(20)", timeout=15
        )
        assert seen.ended is Ending.INTERRUPTED
        assert "8 MiB" in seen.notice
        running.execute("import os; os.remove('big')")
        seen = running.execute(
            "for n in range(200): open(f'f{n}', 'w').close()\nimport time; time.sleep(20)",
            timeout=15,
        )
        assert "100 files" in seen.notice


def test_memory_is_watched(tmp_path: Path) -> None:
    with kernel(tmp_path, limits=Limits(grace_seconds=1, memory=300 * MIB)) as running:
        seen = running.execute("big = b'x' * 500_000_000\nimport time; time.sleep(20)", timeout=15)
        assert seen.ended is not Ending.TIMEOUT
        told = seen.notice + (seen.error.type if seen.error else "")
        assert "memory" in told or "MemoryError" in told


def test_host_interrupt_restarts(own: JupyterKernel) -> None:
    own.execute("lost = 1")
    timer = threading.Timer(0.5, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        own.execute("import time; time.sleep(30)")
    timer.join()
    seen = own.execute("print('lost' in globals())")
    assert seen.output == "False\n"
    assert not seen.state_kept
    assert "restarted" in seen.notice
