"""Host functions: `dynasaur.host` in kernels, in the gate's trial, in plain Python, in replays."""

from __future__ import annotations

import base64
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from dynasaur.agent import Agent, Library, Limits, Listener, Options, Verdict
from dynasaur.agent.outside import Provided, Scene
from dynasaur.agent.protocols import HostFunctions, Kernel
from dynasaur.calling import Call
from dynasaur.errors import KernelError
from dynasaur.kernel.client import JupyterKernel
from dynasaur.library import Library as Opened
from dynasaur.models.scripted import ScriptedModel
from dynasaur.record import Trajectory
from dynasaur.replay import replay
from dynasaur.types import Given, Image, Json, ModelFacts, Task, Usage
from tests.builders.cli import script
from tests.builders.gate import Place, called, made, shared_kernel
from tests.builders.kernel import PIXEL

SEARCHES = '''
from dynasaur import host


def first_result(query: str) -> str:
    """The first result of a search.

    Args:
        query: What is looked for.

    Returns:
        The first result.
    """
    return host.search_web(query, k=1)[0]
'''


class World:
    """A provider whose functions count what they were asked, and give more each time."""

    def __init__(self) -> None:
        self.asked: list[Json] = []
        self.opened = self.closed = 0

    def __call__(self, scene: Scene) -> Provided:
        self.opened += 1

        def search_web(query: str, k: int = 10) -> Json:
            """Search the web."""
            self.asked.append(query)
            return [f"{query} {len(self.asked)}"] * k

        def describe(path: str) -> Json:
            """What is in a file."""
            scene.afford()
            scene.spend(Usage(1, 900, 100, cost=0.5))
            return len(scene.read(path, 100))

        def order(what: str) -> Json:
            """Order something."""
            scene.approve("order", {"what": what}, "it costs money")
            self.asked.append(what)
            return "ordered"

        def chart() -> Given:
            """Draw a chart."""
            image = Image("image/png", base64.b64decode(PIXEL))
            return Given("drawn", {"charts/one.txt": b"1 2"}, (image,))

        def slow() -> Json:
            """Take long."""
            self.asked.append("slow")
            return scene.wait(Future[Json](), 60)

        def close() -> None:
            self.closed += 1

        functions = (search_web, describe, order, chart, slow)
        return Provided({one.__name__: one for one in functions}, close)


class Knows(ScriptedModel):
    """A scripted model with a price, so that money can be counted."""

    facts = ModelFacts(price=(1.0, 1.0, 1.0))


class Someone:
    """A person who gives the same reply each time."""

    def __init__(self, said: str | None, words: str | None = None) -> None:
        self.said = said
        self.words = words
        self.heard: list[tuple[str, str, str]] = []

    def approve(self, number: int, code: str, why: str) -> Verdict:
        del number, why
        return Verdict(code)

    def refusal(self, name: str, arguments: str, why: str) -> str | None:
        self.heard.append((name, arguments, why))
        return self.said

    def says(self) -> str | None:
        return self.words


@pytest.fixture
def library(tmp_path: Path) -> Opened:
    made, _ = Opened.create(tmp_path / "library")
    return made


def run(
    library: Library,
    world: World,
    *steps: str,
    options: Options | None = None,
    person: Someone | None = None,
    task: Task | None = None,
    listener: Listener | None = None,
) -> Trajectory:
    name = script(library.runs.parent.parent, *steps)
    model = Knows(Path(name.removeprefix("scripted:")))
    agent = Agent(library, model, options, person=person, outside=world, listener=listener)
    return agent.run(task or Task("A task"))


# --- the module in a kernel -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "from dynasaur import host\nprint(host.ask('x', k=2))",
        "from dynasaur.host import ask\nprint(ask('x', k=2))",
        "import dynasaur.host\nprint(dynasaur.host.ask('x', k=2))",
        "import dynasaur.host as h\nprint(h.ask('x', k=2))",
        "from importlib import import_module\nprint(import_module('dynasaur.host').ask('x', k=2))",
    ],
)
@pytest.mark.parametrize("installed", [True, False], ids=["installed", "not installed"])
def test_every_way_to_import_it(tmp_path: Path, code: str, installed: bool) -> None:
    hide = "import sys\nsys.path[:] = [p for p in sys.path if 'site-packages' not in p]\n"
    hide += "sys.meta_path[:] = [f for f in sys.meta_path if 'ditable' not in repr(f)]\n"
    with JupyterKernel(tmp_path, functions={"host.ask": _ask}, sandbox="none") as running:
        if not installed:
            assert running.execute(hide).ok
        seen = running.execute(code)
    assert seen.output == "['x', 'x']\n", seen.error


def _ask(query: str, k: int = 1) -> Json:
    """Ask."""
    return [query] * k


def test_its_functions_are_not_in_the_way_of_a_cells_names(tmp_path: Path) -> None:
    with JupyterKernel(tmp_path, functions={"host.ask": _ask}, sandbox="none") as running:
        assert running.execute("'ask' in globals() or 'host' in globals()").output == "False\n"
        seen = running.execute("from dynasaur import host\nprint(host.ask.__doc__)\nhost.gone()")
    assert seen.output.startswith("ask(query: ")
    assert seen.output.endswith("\n\nAsk.\n")
    assert seen.error is not None
    assert seen.error.type == "NameError"
    assert "there is no host function 'gone'; there are: ask" in seen.error.message


def test_variables_that_hold_it_are_saved(tmp_path: Path) -> None:
    functions = {"host.ask": _ask}
    code = (
        "from dynasaur import host\nfrom dynasaur.host import ask as a, NoHostError\nn = [host.ask]"
    )
    with JupyterKernel(tmp_path, functions=functions, sandbox="none") as running:
        assert running.execute(code).ok
        running.snapshot(1, wait=True)
    with JupyterKernel(tmp_path, functions=functions, sandbox="none") as running:
        back = running.restore()
        assert back is not None
        assert not back.lost
        assert running.execute("print(a('x'), host.ask('y'), n[0]('z'))").output == (
            "['x'] ['y'] ['z']\n"
        )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (Given(1, {"big.bin": bytes(9_000_000)}), "too large: 9,000,000 bytes"),
        (Given("x" * 5_000_000), "too large"),
    ],
    ids=["files", "result"],
)
def test_what_a_function_gives_is_bounded(tmp_path: Path, given: Given, message: str) -> None:
    with JupyterKernel(tmp_path, functions={"host.big": lambda: given}, sandbox="none") as running:
        seen = running.execute("from dynasaur import host\nhost.big()")
    assert seen.error is not None
    assert message in seen.error.message
    assert not list(tmp_path.glob("*.bin"))


def test_outside_a_run_the_import_works_and_a_call_says_what_it_lacks() -> None:
    from dynasaur import host

    with pytest.raises(host.NoHostError, match=r"search_web\(\) asks the host of a dynasaur run"):
        host.search_web("x")
    with pytest.raises(AttributeError):
        host.__wrapped__  # noqa: B018
    code = "import sys, dynasaur.host; print(*sorted(m for m in sys.modules if 'dynasaur' in m))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["dynasaur", "dynasaur.host"]


# --- in a run -------------------------------------------------------------------------------------


def test_a_run_uses_them_records_them_and_closes_them(library: Opened) -> None:
    world = World()
    done = run(library, world, SEARCHES + "submit_final_answer(first_result('cats'))")
    assert (done.answer, world.asked) == ("cats 1", ["cats"])
    assert (world.opened, world.closed) == (1, 1)
    call, _ = done.steps[0].asked
    assert (call.name, call.arguments, call.result) == (
        "search_web",
        '["cats", {"k": 1}]',
        '["cats 1"]',
    )


def test_where_no_kernel_can_be_made_they_are_closed(library: Opened, tmp_path: Path) -> None:
    def none(work: Path, functions: HostFunctions) -> Kernel:
        raise KernelError("there is no sandbox")

    world = World()
    with pytest.raises(KernelError, match="there is no sandbox"):
        Call(Opened(library.root, kernel=none), tmp_path, world)
    assert (world.opened, world.closed) == (1, 1)


def test_such_an_action_is_kept_at_solved_and_its_head_says_why(library: Opened) -> None:
    done = run(library, World(), SEARCHES + "submit_final_answer(first_result('cats'))")
    assert done.actions.admitted == ("first_result",), done.actions.refused
    text = library.get("first_result").text
    assert 'evidence = "solved"\n# replay = "host-bound: search_web"\n' in text
    assert "dependencies" not in text
    again = run(library, World(), "submit_final_answer(first_result('dogs'))")
    assert again.answer == "dogs 1"


def test_a_replay_answers_from_the_record_and_asks_nobody(library: Opened) -> None:
    world = World()
    code = (
        "from dynasaur import host\nprint(host.search_web('a', k=1))\nprint(host.search_web('a'))\n"
        "try:\n    host.describe('none.txt')\nexcept ValueError as error:\n    print(error)\n"
        "submit_final_answer(host.search_web('b', k=2))"
    )
    done = run(library, world, code)
    assert done.answer == ["b 3"] * 2
    found = replay(library, done)
    assert not found.differences
    assert len(world.asked) == 3


def test_a_replay_that_would_have_to_ask_says_so(library: Opened) -> None:
    done = run(
        library,
        World(),
        SEARCHES + "from dynasaur import host\nprint(host.chart(), first_result('x'))",
        "submit_final_answer(1)",
    )
    (error, *_) = [one for one in replay(library, done).differences if one.what == "error"]
    assert "chart() is not asked again, and the run's record" in error.replayed


def test_a_library_that_grew_does_not_make_a_replay_differ(library: Opened) -> None:
    looks = "print(find_actions('first result of a search', k=3))\nsubmit_final_answer(1)"
    done = run(library, World(), looks)
    run(library, World(), SEARCHES + "submit_final_answer(first_result('cats'))")
    assert any("first_result" in line for line in _lines(library))
    assert not replay(library, done).differences


def _lines(library: Opened) -> list[str]:
    return [hit.action.name for hit in library.search("first result of a search", 3)]


def test_files_and_pictures_come_with_a_result(library: Opened) -> None:
    code = (
        "import os; os.makedirs('below'); os.chdir('below')\nfrom dynasaur import host\n"
        "print(host.chart(), open('../charts/one.txt').read())\nsubmit_final_answer(1)"
    )
    done = run(library, World(), code)
    seen = done.steps[0].observation
    assert seen is not None
    assert seen.output == "drawn 1 2\n", seen.error
    assert [image.data for image in seen.images] == [base64.b64decode(PIXEL)]


def test_what_a_model_costs_counts_in_the_run(library: Opened, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("four")
    code = "from dynasaur import host\nprint(host.describe('a.txt'))"
    done = run(
        library,
        World(),
        code,
        code + "\nsubmit_final_answer(1)",
        "submit_final_answer(1)",
        options=Options(Limits(tokens=1_000)),
        task=Task("A task", (tmp_path / "a.txt",)),
    )
    assert done.end == "limit"
    assert done.usage.tokens == 1_000
    assert done.usage.cost == 0.5
    assert len(done.steps) == 1


def test_a_cell_that_spends_all_is_told(library: Opened, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("four")
    code = "from dynasaur import host\nfor _ in range(9): host.describe('a.txt')"
    options = Options(Limits(tokens=2_500))
    done = run(library, World(), code, options=options, task=Task("A task", (tmp_path / "a.txt",)))
    error = done.steps[0].observation.error  # type: ignore[union-attr]
    assert error is not None
    assert "LimitError: 3,000 of 2,500 tokens are used" in error.message
    assert done.usage.tokens == 3_000


@pytest.mark.parametrize(
    "make",
    [
        "os.symlink('/etc/passwd', 'a.txt')",
        "os.mkfifo('a.txt')",
        "os.mkdir('a.txt')",
        "pathlib.Path('a.txt').write_text('x' * 101)",
        "os.symlink('/etc', 'etc'); name = 'etc/passwd'",
        "name = '/etc/passwd'",
        "name = '../trajectory.json'",
        "name = 'none'",
    ],
)
def test_a_file_of_the_work_folder_is_read_safely(tmp_path: Path, make: str) -> None:
    from dynasaur.agent.permission import Permission
    from dynasaur.agent.scene import WorkScene

    scene = WorkScene(tmp_path, lambda: None, Permission("never"))  # type: ignore[arg-type,return-value]
    names: dict[str, Any] = {"name": "a.txt", "os": os, "pathlib": pathlib}
    before = Path.cwd()
    try:
        os.chdir(tmp_path)
        exec(make, names)
    finally:
        os.chdir(before)
    with pytest.raises(ValueError, match=r"not|cannot|more than"):
        scene.read(names["name"], 100)


# --- who may ask, and Ctrl-C ----------------------------------------------------------------------

ORDER = "from dynasaur import host\nprint(host.order('tea'))\n"


def test_a_person_is_asked_and_may_say_no(library: Opened) -> None:
    world = World()
    for said, output, kind in ((None, "ordered\n", None), ("too dear", "", "PermissionError")):
        person = Someone(said)
        options = Options(approve="writes")
        done = run(library, world, ORDER, "submit_final_answer(1)", options=options, person=person)
        seen = done.steps[0].observation
        assert seen is not None
        assert (seen.output, seen.error and seen.error.type) == (output, kind)
        assert person.heard == [("order", '{"what": "tea"}', "it costs money")]
    assert seen is not None
    assert seen.error is not None
    assert seen.error.message == "the user did not let order be called: too dear"
    assert world.asked == ["tea"]


def test_without_anybody_to_ask_the_run_ends_blocked(library: Opened) -> None:
    world = World()
    code = (
        "from dynasaur import host\n"
        "try:\n    host.order('tea')\nexcept Exception as error:\n    print(error)\n"
        "try:\n    host.search_web('x')\nexcept Exception as error:\n    print(error)\n"
        "submit_final_answer(1)"
    )
    done = run(library, world, code, options=Options(approve="writes"))
    assert (done.end, world.asked) == ("blocked", [])
    assert "order needs approval (it costs money), and nobody is there to give it" in done.reason
    assert world.closed == 1
    assert "search_web() is not called: the run is over" in done.steps[0].observation.output  # type: ignore[union-attr]


def test_nobody_is_asked_where_the_user_does_not_want_it(library: Opened) -> None:
    world = World()
    assert run(library, world, ORDER, "submit_final_answer(1)").answer == 1
    assert world.asked == ["tea"]


def test_ctrl_c_ends_what_is_waited_for_and_the_run_goes_on(library: Opened) -> None:
    world = World()

    def press() -> None:
        while not world.asked:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press, daemon=True).start()
    slow = "from dynasaur import host\nkept = 1\nhost.slow()"
    done = run(library, world, slow, "submit_final_answer(kept)", person=Someone("no", "go on"))
    assert done.answer == 1
    assert "The user stopped you and says: go on" in done.steps[0].notes[-1]
    assert done.steps[0].asked[0].error == "InterruptedError"


# --- the gate's trial -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with shared_kernel(tmp_path_factory.mktemp("trials") / "kernel") as one:
        yield one


def admitted(place: Place, body: str, imports: str = "") -> str:
    """The text of an action with this body, admitted after a run that solved its task."""
    cell = (
        f"{imports}\ndef worked_out(value: str) -> str:\n"
        '    """Work a value out.\n\n    Args:\n        value: What it is.\n\n'
        '    Returns:\n        What comes of it.\n    """\n'
        + "".join(f"    {line}\n" for line in body.split("\n"))
    )
    harvest = place.harvest(cell, calls=[called("worked_out", "'a'", "'b'")])
    done = place.registry.admit(harvest)
    assert done.admitted == ("worked_out",), done.refused
    return place.text("misc/worked_out")


@pytest.mark.parametrize(
    ("imports", "body", "replay"),
    [
        ("from dynasaur import host", "return host.look_up(value)", "host-bound: look_up"),
        ("from dynasaur.host import look_up", "return look_up(value)", "host-bound: look_up"),
        ("", "import dynasaur.host\nreturn dynasaur.host.one(value)", "host-bound: one"),
        (
            "from dynasaur import host",
            "try:\n    return host.one(value)\nexcept Exception:\n    return 'none'",
            "host-bound: one",
        ),
        (
            "from dynasaur import host",
            "try:\n    return host.one(value)\nexcept host.NoHostError:\n    return 'b'",
            "",
        ),
    ],
)
def test_a_trial_knows_what_needs_the_host(
    trials: Any, tmp_path: Path, imports: str, body: str, replay: str
) -> None:
    text = admitted(made(tmp_path, trials), body, imports)
    assert ("replay =" in text) == bool(replay)
    assert replay in text
    assert 'evidence = "replayed"' in text or replay


def test_what_asks_the_host_is_told_as_a_capability() -> None:
    from dynasaur.capabilities import capabilities

    found = {(str(one.kind), one.name) for one in capabilities(SEARCHES)}
    assert found == {("host", "dynasaur.host.search_web")}
    hidden = "from dynasaur import host\ndef f(n): return getattr(host, n)()"
    assert [str(one.kind) for one in capabilities(hidden)] == ["dynamic-import"]
