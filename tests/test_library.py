from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from dynasaur import Agent, Library, Task, trajectory
from dynasaur.agent.work import Interrupted
from dynasaur.errors import ActionError, UsageError
from dynasaur.models.scripted import ScriptedModel
from dynasaur.record import End, Status
from dynasaur.repo import Repo
from dynasaur.types import Ear, Message, Reply
from tests.builders.cli import dynasaur, script
from tests.builders.repos import git, is_noted
from tests.builders.upkeep import a_library, copy_of

GREET = '''
SALUTE = "Hello"


def greet_politely(name: str) -> str:
    """Greeting for a person, by name.

    Args:
        name: The person's name.

    Returns:
        The greeting.
    """
    return f"{SALUTE}, {name}!"
'''


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    made, _ = Library.create(tmp_path / "library")
    return made


def test_the_initial_actions_are_there(library: Library) -> None:
    (first, *_) = library.search("average of numbers", k=3)
    assert (first.action.name, first.action.source) == ("mean", "base")
    assert first.action.signature == "mean(numbers: list[float]) -> float"
    assert first.score > 0
    assert "def mean" in first.action.text
    assert first.action.path.is_file()


def test_what_a_person_adds_goes_through_the_gate(library: Library) -> None:
    admission = library.add(GREET)
    assert admission.admitted == ("greet_politely",)
    action = library.get("greet_politely")
    assert action.provenance.origin == "initial"
    assert 'SALUTE = "Hello"' in action.text
    assert library.search("greeting for a person")[0].action.name == "greet_politely"
    again = library.add(GREET.replace("greet_politely", "say_hello"))
    assert "the same as" in again.refused[0].reason


def test_an_agent_runs_in_a_library(library: Library, tmp_path: Path) -> None:
    model = ScriptedModel(Path(script(tmp_path, "submit_final_answer(mean([1, 2]))")[9:]))
    result = Agent(library, model).run(Task("What is the mean of 1 and 2?"))
    assert (result.end, result.answer) == (End.ANSWERED, 1.5)
    assert result.actions.called == ("mean",)
    assert (result.folder / "trajectory.json").is_file()


def test_ctrl_c_after_all_was_kept_loses_nothing(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(_: Repo) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Repo, "tend", press)
    steps = GREET + "answer = greet_politely('Ada')", "submit_final_answer(answer)"
    model = ScriptedModel(Path(script(tmp_path, *steps)[9:]))
    with pytest.raises(Interrupted) as caught:
        Agent(library, model).run(Task("Greet Ada."))
    result = caught.value.result
    assert (result.answer, result.actions.admitted) == ("Hello, Ada!", ("greet_politely",))
    assert git(library.root, "status", "--porcelain") == ""


def test_a_folder_without_actions_is_no_library(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="dynasaur init"):
        Library(tmp_path)


def test_an_unknown_name_is_told_with_the_nearest(library: Library) -> None:
    with pytest.raises(ActionError, match=r"no action 'meen': did you mean mean"):
        library.get("meen")


def test_making_a_library_twice_changes_nothing(library: Library) -> None:
    again, _ = Library.create(library.root)
    assert again.root == library.root


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patch:
        a_library(folder, patch).add(GREET)
    return folder


@pytest.fixture
def at(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return copy_of(template, tmp_path, monkeypatch).root


def test_list_shows_the_librarys_own(at: Path) -> None:
    done = dynasaur("list", cwd=at)
    assert done.out == "local  misc  greet_politely  Greeting for a person, by name.\n"
    names = [one["name"] for one in dynasaur("list", "--all", "--json", cwd=at).json]
    assert names[0] == "greet_politely"
    assert "mean" in names
    assert len(names) == len(set(names))


def test_search_prints_the_published_document(at: Path) -> None:
    hits = dynasaur("search", "greeting", "-k", "2", "--json", cwd=at).json
    assert hits[0]["name"] == "greet_politely"
    assert set(hits[0]) == {"name", "source", "score", "signature", "summary", "deprecated"}


def test_show_prints_the_file_as_it_is(at: Path) -> None:
    done = dynasaur("show", "greet_politely", cwd=at)
    assert done.code == 0
    assert done.out.startswith("# /// script\n")
    assert GREET.strip() in done.out
    document = dynasaur("show", "greet_politely", "--json", cwd=at).json
    assert document["signature"] == "greet_politely(name: str) -> str"


def test_show_of_an_unknown_name_fails_with_a_hint(at: Path) -> None:
    done = dynasaur("show", "greet_politly", cwd=at)
    assert (done.code, done.out) == (1, "")
    assert done.err == "dynasaur: error: no action 'greet_politly': did you mean greet_politely?\n"


def test_add_takes_files_and_tells_what_came_of_them(at: Path) -> None:
    (at / "good.py").write_text(GREET.replace("Hello", "Bye").replace("greet", "part"))
    (at / "bad.py").write_text("def shout(text):\n    return text.upper()\n")
    done = dynasaur("add", "good.py", "bad.py", cwd=at)
    assert done.code == 1
    assert done.out == "kept: part_politely\n"
    assert is_noted(at)
    assert "not kept: shout: " in done.err


@pytest.mark.parametrize("text", [b"", b"x = 1\n", b"\xff\xfe\x00", b"def (", b"\x00"])
def test_add_of_what_is_no_function_keeps_nothing(at: Path, text: bytes) -> None:
    (at / "odd.py").write_bytes(text)
    done = dynasaur("add", "odd.py", cwd=at)
    assert done.code in {1, 2}
    assert done.out == ""
    assert "Traceback" not in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_one_bad_file_does_not_hide_the_others(at: Path) -> None:
    (at / "actions" / "text").mkdir(exist_ok=True)
    (at / "actions" / "text" / "broken.py").write_text("def (")
    (at / "actions" / "text" / "binary.py").write_bytes(b"\xff\x00")
    done = dynasaur("search", "greeting", cwd=at)
    assert done.code == 0
    assert "greet_politely" in done.out
    listed = dynasaur("list", cwd=at)
    assert "greet_politely" in listed.out
    warnings = [line for line in listed.err.splitlines() if "warning" in line]
    assert len(warnings) == 2
    assert "broken.py" in "".join(warnings)


def test_init_in_a_folder_that_a_repository_ignores_makes_one_of_its_own(tmp_path: Path) -> None:
    outer = tmp_path / "project"
    outer.mkdir()
    git(outer, "init", "-q")
    (outer / ".gitignore").write_text("/scratch/\n")
    assert dynasaur("init", "scratch/library", cwd=outer).code == 0
    assert git(outer / "scratch/library", "rev-parse", "--show-prefix") == ""
    assert git(outer, "status", "--porcelain") == "?? .gitignore"


def test_init_inside_a_repository_makes_the_library_a_part_of_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert dynasaur("init", "tools", cwd=tmp_path).code == 0
    assert git(tmp_path / "tools", "rev-parse", "--show-prefix") == "tools/"
    assert "tools/actions/__init__.py" in git(tmp_path, "ls-files")


def test_search_explains_what_made_the_rank(at: Path) -> None:
    (hit,) = dynasaur("search", "greeting", "-k", "1", "--explain", "--json", cwd=at).json
    assert "greet" in {reason["word"] for reason in hit["reasons"]}
    assert sum(reason["score"] for reason in hit["reasons"]) == pytest.approx(
        hit["score"], abs=0.01
    )
    assert "summary" in dynasaur("search", "greeting", "--explain", cwd=at).out


def test_search_can_keep_to_one_source(at: Path) -> None:
    names = [
        hit["source"]
        for hit in dynasaur("search", "text", "--source", "base", "--json", cwd=at).json
    ]
    assert set(names) == {"base"}
    done = dynasaur("search", "text", "--source", "nowhere", cwd=at)
    assert (done.code, done.out) == (0, "")


def test_a_run_that_ends_unforeseen_is_recorded_as_failed(library: Library, tmp_path: Path) -> None:
    class Broken(ScriptedModel):
        def reply(self, messages: Sequence[Message], ear: Ear | None = None) -> Reply:
            raise ZeroDivisionError("a slip of ours")

    model = Broken(Path(script(tmp_path, "x = 1")[9:]))
    with pytest.raises(ZeroDivisionError):
        Agent(library, model).run(Task("What is the mean of 1 and 2?"))
    (folder,) = library.runs.iterdir()
    recorded = trajectory.load(folder)
    assert (recorded.status, recorded.steps) == (Status.FAILED, ())
    assert recorded.reason == "ZeroDivisionError: a slip of ours"
