"""The gate, on real kernels, files and repositories."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from dynasaur import Agent, Library, Task, prompts
from dynasaur.models.planner import PlannerModel
from dynasaur.models.scripted import ScriptedModel
from dynasaur.record import Admission, Ask, Undocumented
from dynasaur.registry import evidence
from dynasaur.source import public_functions
from dynasaur.types import Call, Evidence
from tests.builders.cli import script
from tests.builders.gate import Place, Shared, called, made, reasons, shared_kernel
from tests.builders.repos import clone_of_a_person, git, isolate

KEY = "sk-proj-" + "Zx81kQm4Tn7Lr2Wp9Bv5Yc3Hd6Jf0Ga8Se1Uo4Ik7Mq2N"[:43]

SHIFTED = '''
def shifted_number(number: int, by: int = 1) -> int:
    """A number plus another.

    Args:
        number: The number.  (kept as it is: "quoted")
        by: What to add.

    Returns:
        The sum.
    """
    # a comment of the author's
    return number   +   by
'''

TWICE = '''
def twice_shifted(number: int) -> int:
    """A number plus two.

    Args:
        number: The number.

    Returns:
        The sum.
    """
    return moved_number(moved_number(number, 1), 1)
'''


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    with shared_kernel(tmp_path_factory.mktemp("kernel") / "work") as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, kernel: Shared, monkeypatch: pytest.MonkeyPatch) -> Place:
    isolate(monkeypatch, tmp_path / "home")
    return made(tmp_path / "library", kernel)


def admit(place: Place, cell: str, *calls: Call, ask: Ask | None = None) -> Admission:
    return place.registry.admit(place.harvest(cell, calls=calls), ask)


def written(body: str, name: str = "worked_out", parameter: str = "value") -> str:
    """A documented function of one parameter."""
    return (
        f'def {name}({parameter}: object) -> object:\n    """What comes of a value.\n\n'
        f"    Args:\n        {parameter}: The value.\n\n    Returns:\n        What comes of it.\n"
        f'    """\n    {body}\n'
    )


# --- evidence and examples ----------------------------------------------------------------------


def test_replayed_calls_become_examples_in_an_otherwise_verbatim_text(place: Place) -> None:
    calls = [
        called("shifted_number", "1", "2"),
        called("shifted_number", "1, by=4", "5"),
        called("shifted_number", str(10**80), str(10**80 + 1)),
    ]
    assert admit(place, SHIFTED, *calls).admitted == ("shifted_number",)
    text = place.text("misc/shifted_number")
    assert 'evidence = "replayed"' in text
    assert "replay =" not in text
    examples = (
        "\n    Examples:\n        >>> shifted_number(1)\n        2\n"
        "        >>> shifted_number(1, by=4)\n        5\n"
    )
    assert examples in text
    assert SHIFTED.strip() in text.replace(examples, "")
    assert git(place.root, "show", "HEAD:actions/misc/shifted_number.py") == text.rstrip("\n")
    doctest = [sys.executable, "-m", "doctest", "actions/misc/shifted_number.py"]
    subprocess.run(doctest, cwd=place.root, check=True)


def test_what_does_not_end_when_it_is_replayed_is_given_up_soon(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "LEAST_PATIENCE", 1.0)
    assert evidence.patience([called("f", "1", "1")] * 3, 60.0) == pytest.approx(1.03)
    cell = written("while value: pass") + written("return value", "given_back")
    done = admit(place, cell, called("worked_out", "1", "2"), called("given_back", "1", "1"))
    assert done.admitted == ("worked_out", "given_back"), done.refused
    assert 'replay = "it did not come to an end"' in place.text("misc/worked_out")
    assert 'evidence = "replayed"' in place.text("misc/given_back")


def test_what_prints_is_replayed_without_an_example(place: Place) -> None:
    cell = written("print(value)\n    return value")
    assert admit(place, cell, called("worked_out", "1", "1")).admitted == ("worked_out",)
    text = place.text("misc/worked_out")
    assert 'evidence = "replayed"' in text
    assert ">>>" not in text


def test_calls_that_count_on_the_ones_before_prove_nothing(place: Place) -> None:
    cell = "_SEEN = []\n" + written("_SEEN.append(value)\n    return len(_SEEN)")
    calls = [called("worked_out", str(number), str(number)) for number in (1, 2, 3)]
    assert admit(place, cell, *calls).admitted == ("worked_out",)
    assert 'replay = "non-deterministic"' in place.text("misc/worked_out")
    assert ">>>" not in place.text("misc/worked_out")


@pytest.mark.parametrize(
    ("body", "arguments", "result", "why"),
    [
        ("return open(value).read()", "'none.txt'", "'x'", "file-bound: FileNotFoundError"),
        ("return __import__('random').random()", "1", "0.5", "non-deterministic"),
        ("return list(set(value))", "'abcdefgh'", "['a']", "non-deterministic"),
        ("return value", "1", "2", "other results"),
        ("return object()", "1", "2", "other results"),
        ("raise RuntimeError(value)", "1", "2", "raised: RuntimeError"),
        ("return value", None, "2", "no literal calls"),
        ("import os; os._exit(1)", "1", "2", "it did not come to an end"),
    ],
)
def test_the_head_says_why_calls_could_not_be_replayed(
    place: Place, body: str, arguments: str | None, result: str, why: str
) -> None:
    cell = written(body).replace(
        "    What comes of it.\n",
        "    What comes of it.\n\n    Raises:\n        RuntimeError: No.\n",
    )
    done = admit(place, cell, called("worked_out", arguments, result))
    assert done.admitted == ("worked_out",), done.refused
    text = place.text("misc/worked_out")
    assert f'evidence = "solved"\n# replay = "{why}"\n' in text
    assert ">>>" not in text
    place.accept = Evidence.REPLAYED
    again = admit(place, cell.replace("worked_out", "done_again"), called("done_again", "1", "7"))
    assert again.refused


def test_the_bar_at_replayed_tells_why_it_was_not_reached(place: Place) -> None:
    place.accept = Evidence.REPLAYED
    done = admit(place, written("return value"), called("worked_out", "1", "2"))
    assert reasons(done.refused) == {
        "worked_out": "its calls could not be replayed with equal results (other results)"
    }


@pytest.mark.parametrize(
    ("body", "arguments", "result"),
    [
        ("return {value}", "1", "{1}"),
        ("return set()", "1", "set()"),
        ("return 1 / value", "3", "0.3333333333333333"),
        ("return None", "1", "None"),
        ("return value", "'a\\\\b'", "'a\\\\b'"),
        ("return value", f"'{'x' * 80}'", f"'{'x' * 80}'"),
        ("return len(value) + 1", f"'{KEY}'", "52"),
    ],
)
def test_what_may_look_otherwise_elsewhere_is_no_example(
    place: Place, body: str, arguments: str, result: str
) -> None:
    done = admit(place, written(body), called("worked_out", arguments, result))
    assert done.admitted == ("worked_out",), done.refused
    assert 'evidence = "replayed"' in place.text("misc/worked_out")
    assert ">>>" not in place.text("misc/worked_out")


def test_a_coroutine_is_awaited_and_shown_so(place: Place) -> None:
    cell = SHIFTED.replace("def ", "async def ")
    assert admit(place, cell, called("shifted_number", "1", "2")).admitted
    assert (
        "        >>> import asyncio\n        >>> asyncio.run(shifted_number(1))\n        2\n"
    ) in place.text("misc/shifted_number")


def test_examples_of_the_authors_stay_as_they_are(place: Place) -> None:
    own = SHIFTED.replace(
        "The sum.\n", "The sum.\n\n    Example:\n        >>> shifted_number(3)\n        4\n"
    )
    assert admit(place, own, called("shifted_number", "1", "2")).admitted
    assert own.strip() in place.text("misc/shifted_number")


def test_examples_that_are_wrong_are_refused(place: Place) -> None:
    own = SHIFTED.replace(
        "The sum.\n", "The sum.\n\n    Examples:\n        >>> shifted_number(3)\n        5\n"
    )
    done = admit(place, own, called("shifted_number", "1", "2"))
    assert reasons(done.refused) == {
        "shifted_number": "its example `shifted_number(3)` gave 4, not 5; mend it, or take it out"
    }


@pytest.mark.parametrize(
    ("start", "why"),
    [
        ("import concurrent\nPOOL = concurrent.futures.Executor\n", "no attribute 'futures'"),
        ("import not_installed_anywhere\n", "No module named 'not_installed_anywhere'"),
    ],
)
def test_what_does_not_import_alone_is_refused(place: Place, start: str, why: str) -> None:
    name = start.split()[1] if "POOL" not in start else "POOL"
    done = admit(place, start + written(f"return {name}"), called("worked_out", "1", None))
    assert why in reasons(done.refused)["worked_out"]


# --- documentation ------------------------------------------------------------------------------

BARE = "def shout_text(text, mark='!'):\n    # loud\n    return text.upper() + mark\n"
DOCUMENTED = '''
from collections.abc import Sequence

def shout_text(text: str, mark: str = '!') -> str:
    """A text in capitals.

    Args:
        text: The text.
        mark: What ends it.

    Returns:
        The text in capitals, with the mark.
    """
    return text.upper() + mark
'''


def test_types_may_bring_their_imports(place: Place) -> None:
    cell = "def first_part(parts, count=1):\n    return [*parts][:count]\n"
    reply = DOCUMENTED.replace("text: str, mark: str = '!') -> str", "HINTS")
    reply = reply.replace(
        "shout_text(HINTS", "first_part(parts: Sequence[int], count: int = 1) -> list[int]"
    )
    reply = reply.replace("text: The", "parts: The").replace("mark: What", "count: What")
    reply = reply.replace("text.upper() + mark", "[*parts][:count]")
    call = called("first_part", "[1, 2]", "[1]")
    done = admit(place, cell, call, ask=answering(reply, []))
    assert done.admitted == ("first_part",), done.refused
    assert "from collections.abc import Sequence\n" in place.text("misc/first_part")


def answering(reply: str, asked: list[Sequence[Undocumented]]) -> Ask:
    def ask(wanting: Sequence[Undocumented]) -> str:
        asked.append(wanting)
        return reply

    return ask


def test_missing_documentation_is_asked_for_once_and_put_in(place: Place) -> None:
    asked: list[Sequence[Undocumented]] = []
    other = BARE.replace("shout_text", "whisper_text").replace("upper", "lower")
    uses = written("return shout_text(str(value))")
    calls = [
        called("shout_text", "'a'", "'A!'"),
        called("whisper_text", "'A'", "'a!'"),
        called("worked_out", "1", "'1!'"),
    ]
    reply = DOCUMENTED + DOCUMENTED.replace("shout_text", "whisper_text").replace("upper", "lower")
    done = admit(place, BARE + other + uses, *calls, ask=answering(reply, asked))
    assert done.admitted == ("shout_text", "whisper_text", "worked_out")
    (wanting,) = asked
    wordless = [one.name for one in wanting if "no docstring" in " ".join(one.missing)]
    assert wordless == ["shout_text", "whisper_text"]
    assert [one.name for one in wanting if len(one.missing) == 1] == ["worked_out"]  # a category
    assert "the parameter `text` has no type" in asked[0][0].missing[0]
    text = place.text("misc/shout_text")
    assert "    # loud\n    return text.upper() + mark\n" in text
    assert "def shout_text(text: str, mark: str = '!') -> str:\n" in text
    assert "        >>> shout_text('a')\n        'A!'\n" in text
    assert "import Sequence" not in text


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("", "the parameter `text` has no type"),
        ("def other(): pass", "the model gave no documentation for it"),
        ("def (", "mend its syntax"),
        (DOCUMENTED.replace("upper", "lower"), "changed its code"),
        (DOCUMENTED.replace("mark: str = '!'", "sign: str = '!'"), "changed its code"),
        (DOCUMENTED.replace("'!'", "'?'"), "changed its code"),
        (DOCUMENTED.replace("def ", "async def "), "changed its code"),
        (DOCUMENTED.replace("        mark: What ends it.\n", ""), "do not tell of `mark`"),
        (DOCUMENTED.replace("text: str,", "text: Unknown,"), "changed what it does"),
        (BARE, "the model gave no docstring"),
    ],
)
def test_a_reply_that_is_more_or_less_than_documentation_is_refused(
    place: Place, reply: str, why: str
) -> None:
    done = admit(place, BARE, called("shout_text", "'a'", "'A!'"), ask=answering(reply, []))
    assert why in reasons(done.refused)["shout_text"]


def test_nothing_is_asked_of_what_fails_for_more_than_its_documentation(place: Place) -> None:
    asked: list[Sequence[Undocumented]] = []
    bad = BARE.replace("shout_text", "solve")
    done = admit(place, bad, called("solve", "'a'", "'A!'"), ask=answering("", asked))
    assert "says nothing" in reasons(done.refused)["solve"]
    assert not asked


# --- revisions ----------------------------------------------------------------------------------

REVISED = SHIFTED.replace("by: int = 1)", "by: int = 1, times: int = 1)").replace(
    "number   +   by", "number + by * times"
)
REVISED = REVISED.replace("What to add.\n", "What to add.\n        times: How often.\n")


def test_a_revision_that_callers_and_examples_allow_takes_the_place(place: Place) -> None:
    admit(place, SHIFTED, called("shifted_number", "1", "2"))
    message = git(place.root, "log", "-1", "--format=%B")
    assert message.startswith("add misc/shifted_number: A number plus another.\n\n")
    trailers = git(place.root, "log", "-1", "--format=%(trailers:unfold)").splitlines()
    assert [line.partition(": ")[0] for line in trailers] == [
        f"Dynasaur-{key}" for key in ("Run", "Model", "Task", "Evidence", "Fingerprint")
    ]
    assert "Dynasaur-Evidence: replayed" in trailers
    file = place.root / "actions/misc/shifted_number.py"
    kept = '# dependencies = ["attrs>=23"]\n'
    file.write_text(file.read_text().replace("# [tool.dyn", kept + "#\n# [tool.dyn", 1))
    git(place.root, "commit", "--quiet", "--all", "--message", "Say what it needs")
    done = admit(place, REVISED, called("shifted_number", "1, 2, 3", "7"))
    assert done.admitted == ("shifted_number",), done.refused
    assert kept in place.text("misc/shifted_number")
    text = place.text("misc/shifted_number")
    assert "number + by * times" in text
    assert ">>> shifted_number(1)\n        2\n" in text
    assert ">>> shifted_number(1, 2, 3)\n        7\n" in text
    subject = git(place.root, "log", "-1", "--format=%s")
    assert subject == "revise misc/shifted_number: A number plus another."
    assert git(place.root, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        (REVISED.replace("by * times", "by * times + 1"), "whose example `shifted_number(1)` gave"),
        (REVISED.replace("times: int = 1", "times: int"), "`by` had a default"),
        (REVISED.replace("-> int:", "-> float:"), "it returned `int`, not `float`"),
        (REVISED.replace("by: int = 1", "plus: int = 1"), "`by` is not where it was"),
    ],
)
def test_a_revision_that_lets_callers_down_is_refused(place: Place, cell: str, why: str) -> None:
    cell = cell.replace("by: int = 1, times: int)", "by: int, times: int)")
    cell = cell.replace("+ by *", "+ plus *") if "plus: int" in cell else cell
    cell = cell.replace("        by: What", "        plus: What") if "plus: int" in cell else cell
    admit(place, SHIFTED, called("shifted_number", "1", "2"))
    before = place.text("misc/shifted_number")
    done = admit(place, cell, called("shifted_number", "1, 2, 3", "7"))
    assert why in reasons(done.refused)["shifted_number"]
    assert place.text("misc/shifted_number") == before


def test_a_revision_that_lets_an_action_of_the_library_down_is_refused(place: Place) -> None:
    user = written("return shifted_number(int(str(value)), 5)")
    calls = called("shifted_number", "1", "2"), called("worked_out", "1", "6")
    assert len(admit(place, SHIFTED + user, *calls).admitted) == 2
    cell = REVISED.replace("by * times", "min(by, 3) * times")
    done = admit(place, cell, called("shifted_number", "1, 2, 3", "7"))
    assert reasons(done.refused)["shifted_number"] == (
        "with it in place of misc/shifted_number, misc/worked_out fails: `worked_out(1)` gave 4,"
        " not 6; choose another name"
    )
    fine = REVISED.replace("by * times", "min(by, 30) * times")
    assert admit(place, fine, called("shifted_number", "1, 2, 3", "7")).admitted


def test_what_has_no_example_cannot_be_revised(place: Place) -> None:
    admit(place, SHIFTED, called("shifted_number", None, None))
    done = admit(place, REVISED, called("shifted_number", "1", "2"))
    assert "has no example that could show" in reasons(done.refused)["shifted_number"]


def test_a_person_answers_for_a_revision_of_what_has_no_example(place: Place) -> None:
    admit(place, SHIFTED, called("shifted_number", None, None))
    assert place.registry.add("a-person", REVISED).admitted == ("shifted_number",)
    assert "a person answers for it" in git(place.root, "log", "-1", "--format=%b")
    worse = REVISED.replace("by: int = 1", "by: int")
    (refusal,) = place.registry.add("again", worse).refused
    assert "`by` had a default" in refusal.reason


def test_names_of_the_built_in_source_are_not_revised(place: Place) -> None:
    cell = SHIFTED.replace("shifted_number", "percent_of")
    done = admit(place, cell, called("percent_of", "1", "2"))
    assert "the name is taken by base/arithmetic/percent_of" in reasons(done.refused)["percent_of"]


# --- clones -------------------------------------------------------------------------------------

CLONE = SHIFTED.replace("shifted_number", "moved_number")


def test_callers_of_a_clone_import_what_exists(place: Place) -> None:
    admit(place, SHIFTED, called("shifted_number", "1", "2"))
    renamed = CLONE.replace("number: int", "start: int").replace("number   +", "start   +")
    renamed = renamed.replace("number: The", "start: The")
    calls = called("moved_number", "1, 1", "2"), called("twice_shifted", "1", "3")
    done = admit(place, renamed + TWICE, *calls)
    assert done.admitted == ("twice_shifted",), done.refused
    same = "it is the same as misc/shifted_number: call that instead"
    assert reasons(done.refused) == {"moved_number": same}
    text = place.text("misc/twice_shifted")
    assert "from .shifted_number import shifted_number as moved_number\n" in text
    assert "return moved_number(moved_number(number, 1), 1)" in text
    assert 'evidence = "replayed"' in text


def test_callers_by_other_keywords_are_refused(place: Place) -> None:
    admit(place, SHIFTED, called("shifted_number", "1", "2"))
    renamed = CLONE.replace("by: ", "plus: ").replace("+   by", "+   plus")
    uses = TWICE.replace("(number, 1), 1", "(number, plus=1), 1")
    calls = called("moved_number", "1, 1", "2"), called("twice_shifted", "1", "3")
    done = admit(place, renamed + uses, *calls)
    assert "by keywords that shifted_number has not" in reasons(done.refused)["twice_shifted"]


def test_a_clone_of_an_earlier_function_of_the_run_gives_way_to_it(place: Place) -> None:
    names = "shifted_number", "moved_number", "twice_shifted"
    calls = [called(name, "1", "2") for name in names]
    done = admit(place, SHIFTED + CLONE + TWICE, *calls)
    assert done.admitted == ("shifted_number", "twice_shifted"), done.refused
    assert "from .shifted_number import shifted_number as moved_number" in place.text(
        "misc/twice_shifted"
    )


def test_actions_that_differ_in_constants_are_told_of_and_kept(place: Place) -> None:
    body = "total = 0\n    for part in value:\n        total += part * 3\n    return total"
    first = written(body)
    admit(place, first, called("worked_out", "[1, 2]", "9"))
    second = first.replace("worked_out", "summed_up").replace("* 3", "* 4")
    done = admit(place, second, called("summed_up", "[1, 2]", "12"))
    assert done.admitted == ("summed_up",)
    assert "summed_up and misc/worked_out differ in constants only (4 here, 3 there)" in done.note
    signature = "`worked_out(value: object, *, factor: int = 3) -> object`"
    assert f"they could be one action with a parameter, {signature}" in done.note
    assert signature in git(place.root, "log", "-1", "--format=%b")


def test_functions_that_use_one_another_are_refused_together(place: Place) -> None:
    ping, pong = written("return pong(value)", "ping"), written("return ping(value)", "pong")
    done = admit(place, ping + pong + written("return ping(value)"))
    assert set(reasons(done.refused)) == {"ping", "pong", "worked_out"}
    assert "use one another" in reasons(done.refused)["ping"]


def test_one_that_floods_the_trial_does_not_take_the_others_along(place: Place) -> None:
    flood = (
        "import os\n\nfor number in range(3, 60):\n    try:\n        os.write(number, b'x' * 10**6)"
    )
    flood += "\n    except OSError:\n        pass\n\n"
    body = "exec(FLOOD)\n    return value"
    cell = f"FLOOD = {flood!r}\n\n\n" + written(body, "flooding_out") + written("return value * 3")
    calls = called("flooding_out", "1", "1"), called("worked_out", "1", "3")
    done = admit(place, cell, *calls)
    assert "worked_out" in done.admitted, done.refused
    assert 'evidence = "replayed"' in place.text("misc/worked_out")


def test_the_head_of_what_a_person_adds_goes_along(place: Place) -> None:
    head = '# /// script\n# requires-python = ">=3.12"\n# dependencies = ["attrs>=23"]\n# ///\n'
    assert place.registry.add("run-a", head + SHIFTED).admitted == ("shifted_number",)
    text = place.text("misc/shifted_number")
    assert text.startswith(head.removesuffix("# ///\n") + "#\n# [tool.dynasaur]\n")
    assert 'origin = "initial"' in text
    done = place.registry.add("run-b", head.replace("[", "") + CLONE)
    assert "the head is not valid TOML" in reasons(done.refused)["the file"]


# --- trouble ------------------------------------------------------------


def test_a_kernel_that_cannot_start_refuses_with_the_reason(place: Place) -> None:
    class Broken(Shared):
        def start(self) -> None:
            from dynasaur.errors import KernelError

            raise KernelError("no sandbox here")

    place.kernel = Broken(None)  # type: ignore[arg-type]
    done = admit(place, SHIFTED, called("shifted_number", "1", "2"))
    assert reasons(done.refused) == {"shifted_number": "it could not be tried: no sandbox here"}


# --- asked by the agent -------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("replies", [1, 0])
def test_the_agent_asks_its_model_once_the_answer_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replies: int
) -> None:
    isolate(monkeypatch, tmp_path / "home")
    library, _ = Library.create(tmp_path / "library")
    steps = [BARE + "submit_final_answer(shout_text('a'))", DOCUMENTED][: replies + 1]
    model = ScriptedModel(Path(script(tmp_path, *steps).removeprefix("scripted:")))
    result = Agent(library, model).run(Task("Shout it"))
    assert (result.answer, len(result.steps)) == ("A!", 1)
    assert result.usage.requests == 2
    assert result.actions.admitted == ("shout_text",) * replies
    if not replies:
        (refused,) = result.actions.refused
        assert refused.reason.startswith("the parameter `text` has no type")


def test_the_request_shows_each_function_and_what_it_lacks() -> None:
    wanting = [Undocumented("shout_text", BARE, ("no type", "no docstring"))]
    system, user = prompts.documentation(wanting)
    assert "python block" in system.content
    assert user.content == (
        f"`shout_text` lacks:\n- no type\n- no docstring\n\n```python\n{BARE.strip()}\n```"
    )


def test_the_planner_writes_no_documentation() -> None:
    reply = PlannerModel().reply(prompts.documentation([Undocumented("f", BARE, ("no type",))]))
    assert not public_functions(ast.parse(reply.code))


def test_packages_that_nobody_committed_are_committed_along(
    tmp_path: Path, kernel: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository that a person made by hand, and forgot a file of."""
    isolate(monkeypatch, tmp_path / "home")
    root = clone_of_a_person(tmp_path / "library")
    (root / "actions/misc").mkdir(parents=True)
    for folder in ("actions", "actions/misc"):
        (root / folder / "__init__.py").touch()
    done = admit(Place(root, kernel), SHIFTED, called("shifted_number", "1", "2"))
    assert done.admitted == ("shifted_number",), (done.refused, done.note)
    assert git(root, "ls-files", "actions").split("\n") == [
        "actions/__init__.py",
        "actions/misc/__init__.py",
        "actions/misc/shifted_number.py",
    ]
    assert git(root, "status", "--porcelain") in ("", "?? .dynasaur/")
