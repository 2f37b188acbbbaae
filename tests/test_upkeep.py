"""A library kept in order: history, revert, deprecate and reject, as a user sees them."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from dynasaur import Library, tombstones
from dynasaur.fingerprint import VERSION
from dynasaur.repo import Change
from dynasaur.upkeep import Ground
from tests.builders.cli import command as command_line
from tests.builders.repos import clone_of_a_person, committed, git
from tests.builders.upkeep import Inside, a_library, action, copy_of, head, names, save, subjects


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty library below `empty`; and one below `used`, with `greet`, used by `meet`, used by
    `party`; and `part`, used by none."""
    folder = tmp_path_factory.mktemp("templates")
    with pytest.MonkeyPatch.context() as patch:
        a_library(folder / "empty", patch)
        save(
            a_library(folder / "used", patch),
            text__greet=action("greet"),
            text__meet=action("meet", ".greet"),
            fun__party=action("party", "..text.meet"),
            text__part=action("part"),
        )
    return folder


@pytest.fixture
def library(templates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    return copy_of(templates / "empty", tmp_path, monkeypatch)


@pytest.fixture
def used(templates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    return copy_of(templates / "used", tmp_path, monkeypatch)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Inside:
    return Inside(capsys)


# --- history ----------------------------------------------------------------------------------


def test_history_tells_who_when_and_where_it_comes_from(library: Library, run: Inside) -> None:
    told = head(task="Say hello", model="gpt", run="20261120-100000-abcd", evidence="called")
    files = {"actions/greet.py": action("greet", head=told).encode()}
    trailers = {"Dynasaur-Run": "other", "Dynasaur-Task": "other"}
    library.repo.commit("r", [Change("add greet: Word.", "Evidence.", trailers, files)])
    (library.root / "actions/greet.py").write_text(action("greet", head=told, word="hi"))
    git(library.root, "commit", "-qam", "Greet shorter")
    newest, oldest = run("history", "greet", "--json").json
    assert newest.pop("time")[:2] == "20"
    assert newest == {
        "kind": "changed",
        "commit": git(library.root, "rev-parse", "HEAD"),
        "author": "Ada",
        "subject": "Greet shorter",
        "path": "actions/greet.py",
        "run": "",
        "task": "",
        "model": "",
        "evidence": "",
    }
    assert (oldest["kind"], oldest["author"]) == ("added", "dynasaur")
    assert (oldest["run"], oldest["task"]) == ("20261120-100000-abcd", "Say hello")
    assert (oldest["model"], oldest["evidence"]) == ("gpt", "called")
    lines = run("history", "greet").out.splitlines()
    assert len(lines) == 3
    assert lines[0].endswith("changed  Ada: Greet shorter")
    assert "run 20261120-100000-abcd  model gpt  evidence called  task Say hello" in lines[2]


def test_history_without_a_head_is_told_by_the_trailers(library: Library, run: Inside) -> None:
    files = {"actions/greet.py": action("greet").encode()}
    trailers = {"Dynasaur-Run": "r1", "Dynasaur-Evidence": "solved"}
    library.repo.commit("r", [Change("add greet", "", trailers, files)])
    (event,) = run("history", "greet", "--json").json
    assert (event["run"], event["evidence"]) == ("r1", "solved")


def test_history_survives_the_squashing_of_commits(library: Library, run: Inside) -> None:
    git(library.root, "checkout", "-qb", "side")
    for name in ("greet", "part"):
        told = action(name, head=head(run=f"run-of-{name}"))
        (library.root / f"actions/{name}.py").write_text(told)
        git(library.root, "add", "actions")
        git(library.root, "commit", "-qm", f"add {name}\n\nDynasaur-Run: run-of-{name}")
    git(library.root, "checkout", "-q", "-")
    git(library.root, "merge", "-q", "--squash", "side")
    git(library.root, "commit", "-qm", "squashed")
    (event,) = run("history", "greet", "--json").json
    assert (event["subject"], event["run"]) == ("squashed", "run-of-greet")


@pytest.mark.parametrize("alike", [True, False])
def test_history_goes_on_before_a_move(library: Library, run: Inside, alike: bool) -> None:
    save(library, greet=action("greet"))
    text = action("greet") if alike else action("greet", word="quite another text " * 40)
    save(library, greet=None, text__greet=text)
    save(library, text__greet=action("greet", word="later"))
    found = run("history", "greet", "--json").json
    assert [one["kind"] for one in found] == ["changed", "moved", "added"]
    assert found[1]["path"] == "actions/text/greet.py"
    assert run("history", "text/greet", "--json").json == found


def test_history_tells_of_what_a_merge_settled(used: Library, run: Inside) -> None:
    path = used.root / "actions/text/greet.py"
    git(used.root, "checkout", "-qb", "side")
    for word, branch in (("theirs", "-"), ("ours", "")):
        path.write_text(action("greet", word=word))
        git(used.root, "commit", "-qam", word)
        if branch:
            git(used.root, "checkout", "-q", branch)
    git(used.root, "merge", "-q", "side", ok=False)
    path.write_text(action("greet", word="both"))
    git(used.root, "commit", "-qam", "merged")
    newest, *rest = run("history", "greet", "--json", "--patch").json
    assert newest["subject"] == "merged"
    assert '-    return "ours"\n+    return "both"' in newest["patch"]
    assert {one["subject"] for one in rest} >= {"ours", "theirs"}
    for one in rest[:2]:
        assert '-    return "greet"\n' in one["patch"]
    assert run("revert", "greet").code == 0
    assert path.read_text() == action("greet", word="ours")


@pytest.mark.parametrize("subject", ["a\x1eb", "a\x1fb\x1fc", "\x1e", "M", "A\t", ":100 M"])
def test_no_message_hides_what_its_commit_did(library: Library, run: Inside, subject: str) -> None:
    git(library.root, "config", "log.showRoot", "false")
    (library.root / "actions/greet.py").write_text(action("greet"))
    git(library.root, "add", "actions")
    git(library.root, "commit", "-qm", f"{subject}\n\nDynasaur-Run: a\x1f\x1eb\nM: x")
    save(library, part=action("part"))
    kinds = [(one["kind"], one["name"]) for one in run("log", "--json").json]
    assert kinds == [("added", "part"), ("added", "greet")]
    (event,) = run("history", "greet", "--json").json
    assert event["subject"] == subject.rstrip("\t")


def test_history_shows_the_changes(used: Library, run: Inside) -> None:
    save(used, text__greet=action("greet", word="hi"))
    out = run("history", "greet", "--patch").out
    assert '    -    return "greet"\n    +    return "hi"\n' in out
    assert "    --- a/actions/text/greet.py\n    +++ b/actions/text/greet.py\n" in out
    assert "    --- /dev/null\n" in out
    assert run("history", "greet", "--patch", "--json").json[0]["patch"].startswith("--- a/")


def test_history_of_what_is_gone(used: Library, run: Inside) -> None:
    save(used, text__part=None)
    assert [one["kind"] for one in run("history", "part", "--json").json] == ["deleted", "added"]


@pytest.mark.parametrize("name", ["nobody", "fun/greet", "mean", "--", "../greet", "gre*t"])
def test_history_of_what_was_never_there(used: Library, run: Inside, name: str) -> None:
    done = run("history", "--", name)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("dynasaur: error: no commit knows an action")
    assert len(done.err.splitlines()) == 1


def test_history_where_nothing_is_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Inside
) -> None:
    a_library(tmp_path, monkeypatch)
    bare = tmp_path / "fresh"
    (bare / "actions").mkdir(parents=True)
    (bare / "actions" / "__init__.py").touch()
    git(bare, "init", "-q")
    assert run("history", "greet", "--library", str(bare)).code == 1
    done = run("log", "--library", str(bare))
    assert (done.code, done.out) == (0, "")
    assert done.err == "dynasaur: no action has been committed yet\n"


def test_history_outside_of_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Inside
) -> None:
    a_library(tmp_path, monkeypatch)
    loose = tmp_path / "loose"
    (loose / "actions").mkdir(parents=True)
    (loose / "actions" / "__init__.py").touch()
    for command in (["history", "x"], ["log"], ["revert", "x"], ["prune"], ["tidy"]):
        done = run(*command, "--library", str(loose))
        assert (done.code, done.out) == (1, ""), command
        assert "dynasaur init" in done.err


def test_the_configuration_of_a_stranger_runs_nothing(
    used: Library, run: Inside, tmp_path: Path
) -> None:
    save(used, text__greet=action("greet", word="hi"))
    mark = tmp_path / "ran"
    program = tmp_path / "program.sh"
    program.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    program.chmod(0o755)
    for key in (
        *("diff.external", "diff.x.command", "diff.x.textconv", "filter.x.clean", "core.pager"),
        *("filter.x.smudge", "gpg.program", "core.fsmonitor", "core.editor", "pager.log"),
        *("core.sshCommand", "core.askPass", "credential.helper", "interactive.diffFilter"),
    ):
        git(used.root, "config", key, str(program))
    for key in ("log.showSignature", "log.follow", "commit.gpgSign"):
        git(used.root, "config", key, "true")
    git(used.root, "config", "diff.noprefix", "true")
    (used.root / ".gitattributes").write_text("*.py diff=x filter=x\n")
    hooks = used.root / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("pre-commit", "post-commit", "reference-transaction", "post-index-change"):
        (hooks / hook).symlink_to(program)
    assert [one["kind"] for one in run("history", "greet", "--json").json] == ["changed", "added"]
    assert run("history", "greet", "--patch").code == 0
    assert len(run("log", "--json").json) == 5
    assert run("revert", "greet").code == 0
    assert run("reject", "part").code == 0
    assert not mark.exists()


def test_log_has_a_line_for_each_change(used: Library, run: Inside) -> None:
    save(used, text__greet=action("greet", word="hi"), text__part=None)
    lines = [line.split()[2:5] for line in run("log").out.splitlines()]
    assert lines[:2] == [["deleted", "text/part", "-"], ["changed", "text/greet", "-"]]
    assert sorted(lines[2:]) == [
        ["added", "fun/party", "-"],
        ["added", "text/greet", "-"],
        ["added", "text/meet", "-"],
        ["added", "text/part", "-"],
    ]
    assert len(run("log", "-n", "2").out.splitlines()) == 2
    assert len(run("log", "-n", "0", "--json").json) == 6
    assert run("log", "-n", "-1").code == 2


def test_log_shows_control_characters_as_what_they_are(library: Library, run: Inside) -> None:
    (library.root / "actions/greet.py").write_text(action("greet"))
    git(library.root, "add", "actions")
    git(library.root, "commit", "-qm", "evil \x1b[31m subject")
    for command in (["log"], ["history", "greet"]):
        assert "\x1b" not in run(*command).out


# --- revert -----------------------------------------------------------------------------------


def test_revert_brings_back_the_form_before(used: Library, run: Inside) -> None:
    before = committed(used.root, "actions/text/greet.py")
    save(used, text__greet=action("greet", word="hi"))
    done = run("revert", "greet")
    assert (done.code, done.out) == (0, "reverted: text/greet\n")
    assert committed(used.root, "actions/text/greet.py") == before
    assert (used.root / "actions/text/greet.py").read_bytes() == before
    assert subjects(used.root)[0].startswith("revert text/greet to what it was before ")
    assert git(used.root, "status", "--porcelain") == ""
    again = run("revert", "text/greet", "--json").json
    assert (again["changed"], again["removed"], again["merged"]) == (["text/greet"], [], True)
    assert b'"hi"' in (committed(used.root, "actions/text/greet.py") or b"")


def test_revert_to_a_commit(used: Library, run: Inside) -> None:
    first = git(used.root, "rev-parse", "HEAD")
    save(used, text__greet=action("greet", word="hi"))
    save(used, text__greet=action("greet", word="hello"))
    assert run("revert", f"greet@{first[:12]}").code == 0
    assert b'"greet"' in (committed(used.root, "actions/text/greet.py") or b"")
    assert run("revert", "greet@HEAD~1").code == 0
    assert b'"hello"' in (committed(used.root, "actions/text/greet.py") or b"")


def test_revert_of_what_was_only_added_removes_it(used: Library, run: Inside) -> None:
    done = run("revert", "part")
    assert (done.code, done.out) == (0, "removed: text/part\n")
    assert "actions/text/part.py" not in names(used.root)
    assert not (used.root / "actions/text/part.py").exists()
    back = run("revert", "part")
    assert (back.code, back.out) == (0, "reverted: text/part\n")
    assert (used.root / "actions/text/part.py").read_text() == action("part")


def test_revert_never_breaks_what_uses_it(used: Library, run: Inside) -> None:
    before = git(used.root, "rev-parse", "HEAD")
    done = run("revert", "greet")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "dynasaur: error: text/meet uses text/greet: change that first, or take both with "
        "--with-dependents\n"
    )
    assert git(used.root, "rev-parse", "HEAD") == before
    done = run("revert", "greet", "--with-dependents")
    assert done.code == 0
    assert done.out == "removed: text/greet\nremoved: text/meet\nremoved: fun/party\n"
    assert names(used.root) == ["actions/text/part.py"]


def test_revert_never_takes_a_name_that_others_import(library: Library, run: Inside) -> None:
    save(library, text__greet=action("greet"))
    save(library, text__greet=action("greet", more="class Tone:\n    pass\n\n"))
    user = action("meet").replace("\n\n\n", "\n\nfrom .greet import Tone, greet\n\n\n", 1)
    save(library, text__meet=user)
    done = run("revert", "greet")
    assert (done.code, done.out) == (1, "")
    assert "text/meet would break" in done.err
    done = run("revert", "greet", "--with-dependents")
    assert done.out == "reverted: text/greet\nremoved: text/meet\n"


def test_revert_never_brings_back_what_lacks_its_own_needs(library: Library, run: Inside) -> None:
    save(library, text__greet=action("greet"), text__meet=action("meet", ".greet"))
    save(library, text__meet=action("meet"), text__greet=None)
    done = run("revert", "meet")
    assert (done.code, done.out) == (1, "")
    assert "text/meet needed text/greet then: bring that back first" in done.err
    assert "`dynasaur revert greet`" in done.err
    assert run("revert", "greet").code == 0
    assert run("revert", "meet").code == 0
    assert (library.root / "actions/text/meet.py").read_text() == action("meet", ".greet")


def test_revert_keeps_the_place_and_follows_moved_needs(library: Library, run: Inside) -> None:
    save(library, greet=action("greet"), meet=action("meet", ".greet"))
    save(library, meet=action("meet", ".greet", word="other"))
    save(
        library,
        greet=None,
        meet=None,
        fun__greet=action("greet"),
        text__meet=action("meet", "..fun.greet", word="other"),
    )
    assert run("revert", "meet").code == 0
    assert (library.root / "actions/text/meet.py").read_text() == action("meet", "..fun.greet")
    assert not (library.root / "actions/meet.py").exists()


def test_revert_of_an_action_that_was_only_moved_removes_it(library: Library, run: Inside) -> None:
    save(library, part=action("part"))
    save(library, part=None, text__part=action("part"))
    assert run("revert", "part").out == "removed: text/part\n"


def test_a_shallow_clone_is_not_taken_for_the_whole(
    used: Library, run: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(used, text__part=action("part", word="later"))
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{used.root}", "shallow")
    monkeypatch.chdir(tmp_path / "shallow")
    done = run("revert", "part")
    assert (done.code, done.out) == (1, "")
    assert "get it with `git fetch --unshallow`" in done.err
    git(tmp_path / "shallow", "fetch", "-q", "--unshallow")
    assert run("revert", "part").out == "reverted: text/part\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nobody"], 1, "no commit knows an action nobody"),
        (["greet@nowhere"], 1, "'nowhere' is no commit"),
        (["greet@--all"], 1, "'--all' is no commit"),
        (["greet@HEAD"], 1, "text/greet is as it was then"),
        (["greet@HEAD~1"], 1, "there was no greet at HEAD~1"),
        (["greet@"], 2, "after @, a commit"),
        (["@HEAD"], 2, "after @, a commit"),
        ([], 2, "Missing argument"),
        (["greet", "--force"], 2, "No such option"),
    ],
)
def test_revert_says_what_is_wrong(
    used: Library, run: Inside, arguments: list[str], code: int, said: str
) -> None:
    before = git(used.root, "rev-parse", "HEAD")
    done = run("revert", *arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert git(used.root, "rev-parse", "HEAD") == before


# --- the person's work ------------------------------------------------------------------------


COMMANDS = [
    ["revert", "part"],
    ["deprecate", "part", "--use", "greet"],
    ["reject", "part"],
    ["prune", "--fewer-than", "1", "--yes"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_what_a_person_has_under_way_is_untouched(
    used: Library, run: Inside, command: list[str]
) -> None:
    root = used.root
    (root / "staged.txt").write_text("staged")
    git(root, "add", "staged.txt")
    (root / "actions/text/greet.py").write_text(action("greet", word="mine"))
    (root / "loose.txt").write_text("loose")
    if command[0] == "prune":
        (root / "actions/text/user.py").write_text(action("user", ".meet"))
    before = git(root, "status", "--porcelain")
    done = run(*command)
    assert done.code == 0, done.err
    assert git(root, "status", "--porcelain") == before
    assert (root / "actions/text/greet.py").read_text() == action("greet", word="mine")
    assert git(root, "show", "--name-only", "--format=", "HEAD").count("staged.txt") == 0
    assert "part.py" in git(root, "show", "--name-only", "--format=", "HEAD")
    assert "dynasaur@localhost" in done.err  # there is no identity


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_what_a_person_has_changed_waits_on_a_branch(
    used: Library, run: Inside, command: list[str]
) -> None:
    root = used.root
    mine = action("part", word="mine")
    (root / "actions/text/part.py").write_text(mine)
    head_ = git(root, "rev-parse", "HEAD")
    done = run(*command, "--json")
    assert done.code == 0, done.err
    result = done.json["done"] if command[0] == "prune" else done.json
    assert not result["merged"]
    assert "has changes that are not committed" in result["note"]
    assert git(root, "rev-parse", "HEAD") == head_
    assert (root / "actions/text/part.py").read_text() == mine
    base = git(root, "rev-parse", f"{result['branch']}~1")
    assert base == head_
    assert "mine" not in git(root, "show", result["branch"])


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_detached_head_waits_on_a_branch(used: Library, run: Inside, command: list[str]) -> None:
    git(used.root, "checkout", "-q", "--detach")
    head_ = git(used.root, "rev-parse", "HEAD")
    done = run(*command)
    assert done.code == 0, done.err
    assert "left on branch dynasaur/" in done.err
    assert "no branch is checked out" in done.err
    assert git(used.root, "rev-parse", "HEAD") == head_
    assert git(used.root, "status", "--porcelain") == ""


@pytest.mark.parametrize("command", COMMANDS[1:3], ids=lambda command: command[0])
def test_what_is_not_committed_yet(used: Library, run: Inside, command: list[str]) -> None:
    (used.root / "actions/text/fresh.py").write_text(action("fresh"))
    done = run(*[word.replace("part", "fresh") for word in command])
    assert (done.code, done.out) == (1, "")
    assert "actions/text/fresh.py is not committed: commit it first" in done.err
    assert (used.root / "actions/text/fresh.py").exists()


def test_a_dependent_that_is_not_committed_is_not_lost(used: Library, run: Inside) -> None:
    fresh = used.root / "actions/text/fresh.py"
    fresh.write_text(action("fresh", ".part"))
    assert "text/fresh uses text/part" in run("reject", "part").err
    done = run("reject", "part", "--with-dependents")
    assert (done.code, done.out) == (1, "")
    assert "actions/text/fresh.py is not committed" in done.err
    assert fresh.exists()


def test_each_commit_is_undone_by_git(used: Library, run: Inside) -> None:
    before = git(used.root, "rev-parse", "HEAD^{tree}")
    for command in COMMANDS:
        if command[0] == "prune":
            command = [*command, "--fewer-than", "9"]
        assert run(*command).code == 0
        git(used.root, "revert", "--no-edit", "HEAD")
        assert git(used.root, "rev-parse", "HEAD^{tree}") == before, command


def test_a_library_below_a_repository_with_an_odd_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Inside
) -> None:
    a_library(tmp_path, monkeypatch)
    top = clone_of_a_person(tmp_path / "mono repo")
    library, _ = Library.create(top / 'my "library" ö')
    monkeypatch.chdir(library.root)
    save(library, greet=action("greet"), meet=action("meet", ".greet"))
    save(library, greet=action("greet", word="hi"))
    assert [one["kind"] for one in run("history", "greet", "--json").json] == ["changed", "added"]
    assert '-    return "greet"' in run("history", "greet", "--patch").out
    assert run("revert", "greet").code == 0
    assert run("tidy").out == "moved: misc/greet\nmoved: misc/meet\n"
    assert run("history", "greet", "--json").json[0]["kind"] == "moved"
    assert run("deprecate", "greet", "--use", "meet").code == 0
    assert run("reject", "meet").code == 0
    assert names(library.root) == ["actions/misc/greet.py", "actions/rejected.toml"]
    assert git(top, "status", "--porcelain") == ""
    assert (top / "README.md").read_text() == "hello\n"


def test_two_processes_wait_for_one_another(
    used: Library, run: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dynasaur.upkeep.ground.LOCK_SECONDS", 0.1)
    with Ground(used.repo).alone():
        for command in COMMANDS:
            done = run(*command)
            assert done.code == 1, command
            assert done.err.endswith("another process keeps this library in order: try again\n")
    assert run(*COMMANDS[0]).code == 0


def test_where_nothing_local_can_be_kept(used: Library, run: Inside) -> None:
    shutil.rmtree(used.root / ".dynasaur")
    (used.root / ".dynasaur").write_text("no folder")
    done = run("reject", "part")
    assert (done.code, done.out) == (1, "")
    assert ".dynasaur cannot be written: File exists" in done.err
    assert run("history", "part").code == 0


# --- deprecate --------------------------------------------------------------------------------


def test_deprecate_marks_the_head_and_is_shown(used: Library, run: Inside) -> None:
    done = run("deprecate", "part", "--use", "text/greet")
    assert (done.code, done.out) == (0, "deprecated: text/part\n")
    text = (used.root / "actions/text/part.py").read_text()
    assert '# deprecated = "text/greet"\n' in text
    assert text.endswith(action("part"))
    assert subjects(used.root)[0] == "deprecate text/part: use text/greet"
    assert "part   (deprecated: use text/greet) Word part." in run("list").out
    shown = run("show", "part")
    assert "deprecated: use text/greet" in shown.err
    assert run("show", "part", "--json").json["provenance"]["deprecated"] == "text/greet"
    listed = {one["name"]: one["deprecated"] for one in run("list", "--json").json}
    assert listed == {"part": "text/greet", "greet": "", "meet": "", "party": ""}
    assert run("revert", "part").code == 0
    assert (used.root / "actions/text/part.py").read_text() == action("part")


def test_deprecate_keeps_what_the_head_says(library: Library, run: Inside) -> None:
    told = head(origin="generated", run="r", colour="red")
    save(library, part=action("part", head=told), greet=action("greet"))
    assert run("deprecate", "part", "--use", "base/mean").code == 0
    assert (library.root / "actions/part.py").read_text() == (
        '# /// script\n# [tool.dynasaur]\n# origin = "generated"\n# run = "r"\n'
        '# deprecated = "base/stats/mean"\n# colour = "red"\n# ///\n' + action("part")
    )
    assert run("deprecate", "part", "--use", "greet").code == 0
    assert 'deprecated = "greet"' in (library.root / "actions/part.py").read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nobody", "--use", "greet"], 1, "no action 'nobody' of its own"),
        (["mean", "--use", "greet"], 1, "no action 'mean' of its own"),
        (["part", "--use", "gret"], 1, "did you mean greet?"),
        (["part", "--use", "part"], 2, "cannot replace itself"),
        (["part"], 2, "Missing option '--use'"),
        (["part", "--use", "meet"], 1, "text/meet is deprecated itself: --use text/greet"),
        (["meet", "--use", "greet"], 1, "text/meet says already to use text/greet"),
    ],
)
def test_deprecate_says_what_is_wrong(
    used: Library, run: Inside, arguments: list[str], code: int, said: str
) -> None:
    assert run("deprecate", "meet", "--use", "greet").code == 0
    before = git(used.root, "rev-parse", "HEAD")
    done = run("deprecate", *arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert git(used.root, "rev-parse", "HEAD") == before


# --- reject -----------------------------------------------------------------------------------


GREETING = '''
def greeting_of(name: str) -> str:
    """Greeting for a person, by name.

    Args:
        name: The person's name.

    Returns:
        The greeting.
    """
    return "Good morning, " + name.strip().title()
'''


def test_what_was_rejected_does_not_come_back(library: Library, run: Inside) -> None:
    assert library.add(GREETING).admitted == ("greeting_of",)
    done = run("reject", "greeting_of", "--reason", 'too "British"\nfor us')
    assert (done.code, done.out) == (0, "rejected: misc/greeting_of\n")
    assert subjects(library.root)[0] == 'reject misc/greeting_of: too "British" for us'
    again = Library(library.root)
    for text in (GREETING, GREETING.replace("greeting_of", "hail").replace("name", "who")):
        (refusal,) = again.add(text).refused
        assert refusal.reason == 'it was rejected: too "British" for us'
    other = GREETING.replace("Good morning", "Good evening")
    assert again.add(other).admitted == ("greeting_of",)


@pytest.mark.parametrize("lost", [False, True], ids=["its text is there", "its text is lost"])
def test_a_tombstone_outlives_the_canonical_form_that_it_is_of(
    library: Library, run: Inside, lost: bool
) -> None:
    library.add(GREETING)
    assert run("reject", "greeting_of").code == 0
    (grave,) = tombstones.read(library.root / "actions").values()
    assert grave.form == VERSION
    assert committed(library.root, "actions/misc/greeting_of.py", grave.at)
    at = "0" * 40 if lost else grave.at
    old = replace(grave, fingerprint="f0" * 16, form=0, at=at)
    (library.root / "actions/rejected.toml").write_text(tombstones.render([old]))
    git(library.root, "commit", "-qam", "an older form")
    again = Library(library.root).add(GREETING.replace("greeting_of", "hail"))
    assert again.admitted == (("hail",) if lost else ())
    if not lost:
        assert "it was rejected" in again.refused[0].reason
        assert run("revert", "greeting_of").code == 0
        assert committed(library.root, "actions/rejected.toml") is None


def test_a_rejected_action_can_be_taken_back(library: Library, run: Inside) -> None:
    library.add(GREETING)
    before = committed(library.root, "actions/misc/greeting_of.py")
    assert run("reject", "greeting_of").code == 0
    assert run("revert", "greeting_of").code == 0
    assert committed(library.root, "actions/misc/greeting_of.py") == before
    assert committed(library.root, "actions/rejected.toml") is None
    (refusal,) = Library(library.root).add(GREETING.replace("greeting_of", "hail")).refused
    assert "the same as misc/greeting_of" in refusal.reason


def test_tombstones_are_one_sorted_line_each(used: Library, run: Inside) -> None:
    save(used, text__other=action("other"))
    assert run("reject", "part", "--reason", "ü \\ \x07 end").code == 0
    assert run("reject", "other").code == 0
    lines = (used.root / "actions/rejected.toml").read_text().splitlines()
    assert len(lines) == 3
    assert lines[1:] == sorted(lines[1:])
    table = tomllib.loads("\n".join(lines))
    assert {(one["name"], one["reason"]) for one in table.values()} == {
        ("text/part", "ü \\ end"),
        ("text/other", "a person removed text/other"),
    }


def test_branches_that_reject_merge(used: Library, run: Inside) -> None:
    save(used, text__other=action("other"), text__third=action("third"))
    (used.root / "actions/.gitattributes").write_bytes(b"*.py diff=python # \xff")
    git(used.root, "add", "actions")
    git(used.root, "commit", "-qm", "attributes")
    git(used.root, "branch", "side")
    assert run("reject", "part", "--reason", "ours").code == 0
    assert run("reject", "third", "--reason", "ours").code == 0
    git(used.root, "checkout", "-q", "side")
    assert run("reject", "other", "--reason", "theirs").code == 0
    assert run("reject", "third", "--reason", "theirs").code == 0
    git(used.root, "merge", "-q", "--no-edit", "-")
    found = tombstones.read(used.root / "actions")
    assert sorted(one.name for one in found.values()) == ["text/other", "text/part", "text/third"]
    told = (used.root / "actions/.gitattributes").read_bytes()
    assert told == b"*.py diff=python # \xff\nrejected.toml merge=union\n"
    assert run("reject", "meet", "--with-dependents").code == 0
    text = (used.root / "actions/rejected.toml").read_text()
    assert len(tomllib.loads(text)) == 4
    assert text.splitlines()[1:] == sorted(text.splitlines()[1:])


def test_lines_that_are_no_tombstones_are_skipped(tmp_path: Path) -> None:
    good = tombstones.Tombstone("ab", "text/part", "why")
    lines = ["<<<<<<< HEAD", tombstones.render([good]), "=======", '"cd" = 3', '"ef" = {', "\0"]
    (tmp_path / tombstones.FILE).write_bytes("\n".join(lines).encode() + b"\xff")
    assert tombstones.read(tmp_path) == {"ab": good}
    assert tombstones.read(tmp_path / "nowhere") == {}


def test_reject_never_breaks_what_uses_it(used: Library, run: Inside) -> None:
    done = run("reject", "meet")
    assert (done.code, done.out) == (1, "")
    assert "fun/party uses text/meet" in done.err
    done = run("reject", "greet", "--with-dependents", "--json")
    assert done.json["removed"] == ["text/greet", "text/meet", "fun/party"]
    graves = tomllib.loads((used.root / "actions/rejected.toml").read_text())
    assert [one["name"] for one in graves.values()] == ["text/greet"]


def test_a_helper_that_uses_it_counts(used: Library, run: Inside) -> None:
    save(used, text___helper="from .part import part\n\nWORD = part()\n")
    done = run("reject", "part")
    assert (done.code, done.out) == (1, "")
    assert "text/_helper uses text/part" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nobody"], 1, "no action 'nobody' of its own"),
        (["mean"], 1, "no action 'mean' of its own"),
        (["fun/part"], 1, "did you mean"),
        ([], 2, "Missing argument"),
    ],
)
def test_reject_says_what_is_wrong(
    used: Library, run: Inside, arguments: list[str], code: int, said: str
) -> None:
    done = run("reject", *arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.err


def test_eight_people_at_once_reject_one_each(library: Library, run: Inside) -> None:
    texts = {f"text__a{n}": action(f"a{n}") for n in range(8)}
    save(library, **texts, text__kept=action("kept"))
    workers = [
        subprocess.Popen(
            command_line("reject", f"a{n}", "--reason", f"reason {n}"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n in range(8)
    ]
    said = [worker.communicate() for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * 8, said
    graves = tomllib.loads((library.root / "actions/rejected.toml").read_text())
    assert {one["reason"] for one in graves.values()} == {f"reason {n}" for n in range(8)}
    assert names(library.root) == ["actions/rejected.toml", "actions/text/kept.py"]
    assert git(library.root, "status", "--porcelain") == ""
