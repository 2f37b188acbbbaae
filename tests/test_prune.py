"""What is not used is proposed, asked for, and removed; a flat library is moved to categories."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dynasaur import Library
from dynasaur.errors import ActionError
from dynasaur.pins import LOCK, read_lock
from dynasaur.registry.pinning import locked
from dynasaur.repo import Change
from dynasaur.store import base_legal
from dynasaur.upkeep import Bounds, Ground, propose, prune
from tests.builders.cli import command
from tests.builders.repos import committed, git
from tests.builders.runs import call, record
from tests.builders.upkeep import Inside, a_library, action, copy_of, names, save, subjects


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Inside:
    return Inside(capsys)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patch:
        a_library(folder, patch)
    return folder


@pytest.fixture
def empty(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    return copy_of(template, tmp_path, monkeypatch)


def ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")


def old(library: Library, patch: pytest.MonkeyPatch, days: int, **texts: str) -> None:
    """Files that a person committed some days ago."""
    for key, text in texts.items():
        path = library.root / f"actions/{key.replace('__', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(text)
    git(library.root, "add", "actions")
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        patch.setenv(name, ago(days))
    tree = git(library.root, "write-tree")
    made = subprocess.run(
        ["git", "commit-tree", tree, "-p", "HEAD", "-m", "old"],
        cwd=library.root,
        env=os.environ
        | {
            f"GIT_{who}_{what}": "a@b"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
        capture_output=True,
        text=True,
        check=True,
    )
    git(library.root, "update-ref", "HEAD", made.stdout.strip())
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        patch.delenv(name)


@pytest.fixture
def library(empty: Library, monkeypatch: pytest.MonkeyPatch) -> Library:
    """Old: `often` (used today), `once` (used long ago), `never`, `needed` (by `often`),
    `inner` (by `outer`, which is never used). New: `fresh`."""
    old(
        empty,
        monkeypatch,
        200,
        text__often=action("often", ".needed"),
        text__once=action("once"),
        text__never=action("never"),
        text__needed=action("needed"),
        text__outer=action("outer", ".inner"),
        text__inner=action("inner"),
    )
    save(empty, text__fresh=action("fresh"))
    record(empty.runs, "now", [call("often")] * 3, started=ago(1))
    record(empty.runs, "then", [call("once")], started=ago(120))
    return empty


def test_prune_proposes_by_evidence(library: Library, run: Inside) -> None:
    before = git(library.root, "rev-parse", "HEAD")
    done = run("prune", "--dry-run")
    assert done.code == 0
    day = ago(200)[:10]
    assert done.out.splitlines() == [
        f"text/inner  no run called it; last changed on {day}",
        f"text/never  no run called it; last changed on {day}",
        f"text/once   called once, last on {ago(120)[:10]}; last changed on {day}",
        f"text/outer  no run called it; last changed on {day}",
    ]
    assert done.err == "dynasaur: text/needed stays: text/often needs it\n"
    assert git(library.root, "rev-parse", "HEAD") == before


@pytest.mark.parametrize(
    ("options", "proposed"),
    [
        (["--unused-since", "150d"], {"inner", "never", "outer"}),
        (["--unused-since", "17w"], {"inner", "never", "outer", "once"}),
        (["--unused-since", "1y"], set()),
        (["--fewer-than", "1"], {"inner", "never", "outer", "fresh"}),
        (["--fewer-than", "2"], {"inner", "never", "outer", "fresh", "once"}),
        (["--fewer-than", "4"], {"inner", "never", "outer", "fresh", "once", "often", "needed"}),
        (["--fewer-than", "1", "--unused-since", "90d"], {"inner", "never", "outer"}),
    ],
)
def test_prune_keeps_to_its_bounds(
    library: Library, run: Inside, options: list[str], proposed: set[str]
) -> None:
    told = run("prune", "--dry-run", "--json", *options).json
    assert {one["name"] for one in told["unused"]} == {f"text/{name}" for name in proposed}
    assert told["done"] is None


def test_prune_removes_in_one_commit_that_git_undoes(library: Library, run: Inside) -> None:
    before = git(library.root, "rev-parse", "HEAD^{tree}")
    commits = len(subjects(library.root))
    done = run("prune", "--yes")
    assert done.code == 0, done.err
    assert done.out.splitlines()[4:] == [
        "removed: text/inner",
        "removed: text/never",
        "removed: text/once",
        "removed: text/outer",
    ]
    assert names(library.root) == [
        "actions/text/fresh.py",
        "actions/text/needed.py",
        "actions/text/often.py",
    ]
    assert len(subjects(library.root)) == commits + 1
    assert subjects(library.root)[0] == "prune 4 unused actions"
    assert "- text/never: no run called it" in git(library.root, "log", "-1", "--format=%b")
    git(library.root, "revert", "--no-edit", "HEAD")
    assert git(library.root, "rev-parse", "HEAD^{tree}") == before


def test_prune_exports_what_it_did(library: Library, run: Inside) -> None:
    told = run("prune", "--yes", "--json").json
    assert told["kept"] == {"text/needed": ["text/often"]}
    assert told["done"]["removed"] == [one["name"] for one in told["unused"]]
    assert told["unused"][2]["calls"] == 1
    assert told["done"]["commit"] == git(library.root, "rev-parse", "HEAD")


def test_what_a_chain_of_kept_actions_needs_is_kept(
    empty: Library, run: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {f"text__a{n}": action(f"a{n}", f".a{n + 1}") for n in range(5)}
    old(empty, monkeypatch, 200, **texts, text__a5=action("a5"))
    record(empty.runs, "now", [call("a1")], started=ago(1))
    told = run("prune", "--dry-run", "--json").json
    assert [one["name"] for one in told["unused"]] == ["text/a0"]
    assert list(told["kept"]) == ["text/a2", "text/a3", "text/a4", "text/a5"]


@pytest.fixture
def vendored(empty: Library, monkeypatch: pytest.MonkeyPatch) -> Library:
    """`often` uses a copy of `words`, `never` one of `read_table`; nothing uses that of `mean`."""
    modules = empty.retriever.closure(["words", "read_table", "mean"])
    files: dict[str, bytes | None] = {
        f"{module.name.replace('.', '/')}.py": module.text.encode() for module in modules
    }
    for folder in {path.rpartition("/")[0] for path in files} | {"actions/vendor/base"}:
        files[f"{folder}/__init__.py"] = b""
    files |= {f"actions/vendor/base/{name}": text.encode() for name, text in base_legal().items()}
    taking = Change("take", "", {}, files, edits={LOCK: locked(modules)})
    assert empty.repo.commit("take", [taking]).merged
    old(
        empty,
        monkeypatch,
        200,
        text__often=action("often", "..vendor.base.text.words"),
        text__never=action("never", "..vendor.base.tables.read_table"),
    )
    record(empty.runs, "now", [call("often")], started=ago(1))
    return empty


def copies(library: Library) -> set[str]:
    found = (library.root / "actions/vendor").rglob("*.py")
    return {path.stem for path in found if path.stem != "__init__"}


def test_copies_that_nothing_uses_then_go_along(vendored: Library, run: Inside) -> None:
    assert {"words", "read_table", "mean"} <= copies(vendored)
    told = run("prune", "--dry-run", "--json").json
    assert [one["name"] for one in told["unused"]] == ["text/never"]
    assert {"base/stats/mean", "base/tables/read_table"} <= set(told["copies"])
    assert "base/text/words" not in told["copies"]
    done = run("prune", "--yes")
    assert done.code == 0, done.err
    assert "removed: base/tables/read_table" in done.out.splitlines()
    assert copies(vendored).isdisjoint({"read_table", "mean"})
    pins = read_lock((vendored.root / LOCK).read_bytes()).of("base")
    assert {id_.rpartition("/")[2] for id_ in pins} == copies(vendored)
    verified = run("source", "verify")
    assert verified.code == 0, verified.err
    assert git(vendored.root, "status", "--porcelain") == ""
    assert run("prune", "--yes").err == "dynasaur: there is nothing to prune\n"


def test_copies_that_a_person_has_changed_or_uses_stay(
    vendored: Library, run: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    mean = vendored.root / "actions/vendor/base/stats/mean.py"
    mean.write_text(mean.read_text() + "# changed\n")
    old(vendored, monkeypatch, 1, text__fresh=action("fresh", "._help"),
        text___help=action("_help", "..vendor.base.tables.read_table"))  # fmt: skip
    told = run("prune", "--dry-run", "--json").json
    assert [one["name"] for one in told["unused"]] == ["text/never"]
    assert not {"base/stats/mean", "base/tables/read_table"} & set(told["copies"])


def test_a_file_that_is_not_committed_is_never_proposed(library: Library, run: Inside) -> None:
    (library.root / "actions/text/mine.py").write_text(action("mine", ".never"))
    told = run("prune", "--fewer-than", "9", "--dry-run", "--json").json
    unused = {one["name"] for one in told["unused"]}
    assert "text/mine" not in unused
    assert told["kept"] == {"text/never": ["text/mine"]}


def test_prune_needs_a_person_or_their_word(library: Library, run: Inside) -> None:
    before = git(library.root, "rev-parse", "HEAD")
    done = run("prune")
    assert done.code == 3
    assert "text/never" in done.out
    assert done.err.endswith(
        "error: nobody is there to ask: look at the proposal, then repeat with --yes\n"
    )
    done = run("prune", "--json")
    assert (done.code, done.out) == (3, "")
    assert git(library.root, "rev-parse", "HEAD") == before


@pytest.mark.parametrize(("answer", "code", "gone"), [("y\n", 0, True), ("n\n", 1, False)])
def test_prune_asks_on_a_terminal(library: Library, answer: str, code: int, gone: bool) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command("prune"),
        cwd=library.root,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(theirs)
    os.write(ours, answer.encode())
    out, err = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == code, err
    assert "Remove 4?" in err
    assert ("removed: text/never" in out) is gone
    assert ("nothing was removed" in err) is not gone
    assert (committed(library.root, "actions/text/never.py") is None) is gone


@pytest.mark.parametrize("started", ["", "yesterday", "2026-13-45", "2020-01-01T00:00:00", None])
def test_a_time_that_is_none_stops_nothing(library: Library, run: Inside, started: str) -> None:
    record(library.runs, "odd", [call("never")], started=started)
    told = run("prune", "--dry-run", "--json")
    assert told.code == 0, told.err
    unused = {one["name"] for one in told.json["unused"]}
    assert ("text/never" in unused) is (not started or started.startswith("2020"))
    assert run("stats").code == 0
    shutil.rmtree(library.runs / "odd")  # it is no record as the program writes them


def test_prune_looks_again_after_the_answer(library: Library) -> None:
    ground = Ground(library.repo)
    proposal = propose(ground, library.usage(), Bounds(fewer_than=1), datetime.now(UTC))
    save(library, text__late=action("late", ".never"))
    with pytest.raises(ActionError, match="text/late uses"):
        prune(ground, proposal)
    assert "actions/text/never.py" in names(library.root)


def test_prune_where_all_is_used(empty: Library, run: Inside) -> None:
    save(empty, text__fresh=action("fresh"))
    done = run("prune")
    assert (done.code, done.out) == (0, "")
    assert done.err == "dynasaur: there is nothing to prune\n"
    assert run("prune", "--json").json == {"unused": [], "copies": [], "kept": {}, "done": None}


@pytest.mark.parametrize(
    "options",
    [
        ["--unused-since", "90"],
        ["--unused-since", "0d"],
        ["--unused-since", "-3d"],
        ["--unused-since", "d"],
        ["--unused-since", "99999y"],
        ["--unused-since", "soon"],
        ["--unused-since", ""],
        ["--fewer-than", "0"],
        ["--fewer-than", "x"],
        ["everything"],
    ],
)
def test_prune_refuses_what_has_no_sense(empty: Library, run: Inside, options: list[str]) -> None:
    done = run("prune", *options)
    assert (done.code, done.out) == (2, "")


# --- tidy -------------------------------------------------------------------------------------


@pytest.fixture
def flat(empty: Library) -> Library:
    save(
        empty,
        greet=action("greet"),
        meet=action("meet", ".greet"),
        _words="from .greet import greet\n\nWORD = greet()\n",
        fun__party=action("party", "..meet"),
        fun__lone=action("lone"),
    )
    return empty


def test_tidy_moves_a_flat_library(flat: Library, run: Inside) -> None:
    tree = git(flat.root, "rev-parse", "HEAD^{tree}")
    lone = git(flat.root, "rev-parse", "HEAD:actions/fun/lone.py")
    done = run("tidy")
    assert (done.code, done.out) == (0, "moved: fun/greet\nmoved: fun/meet\n")
    assert names(flat.root) == [
        "actions/_words.py",
        "actions/fun/greet.py",
        "actions/fun/lone.py",
        "actions/fun/meet.py",
        "actions/fun/party.py",
    ]
    text = {name: (flat.root / name).read_text() for name in names(flat.root)}
    assert text["actions/fun/meet.py"] == action("meet", ".greet")
    assert text["actions/fun/party.py"] == action("party", ".meet")
    assert text["actions/_words.py"] == "from .fun.greet import greet\n\nWORD = greet()\n"
    assert git(flat.root, "rev-parse", "HEAD:actions/fun/lone.py") == lone
    assert (flat.root / "actions/fun/__init__.py").read_text() == ""
    assert subjects(flat.root)[:2] == ["tidy: move 2 actions to categories", subjects(flat.root)[1]]
    code = "from actions.fun.party import party; print(party())"
    ran = subprocess.run(
        [command()[0], "-c", code], cwd=flat.root, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "partymeetgreet\n"
    kinds = [one["kind"] for one in run("history", "greet", "--json").json]
    assert kinds == ["moved", "added"]
    again = run("tidy", "--json")
    assert (again.json, again.err) == ({"moves": {}}, "dynasaur: there is nothing to tidy\n")
    git(flat.root, "revert", "--no-edit", "HEAD")
    assert git(flat.root, "rev-parse", "HEAD^{tree}") == tree


def test_tidy_goes_where_the_words_belong(empty: Library, run: Inside) -> None:
    text = action("rows_of_table").replace("Word rows_of_table", "Rows of a table, sorted")
    save(empty, rows_of_table=text, strange=action("strange").replace("Word strange", "Qwyx"))
    done = run("tidy", "--dry-run")
    assert done.out.splitlines() == [
        "rows_of_table -> tables/rows_of_table",
        "strange -> misc/strange",
    ]
    moves = run("tidy", "--dry-run", "--json").json["moves"]
    assert moves["strange"] == "misc/strange"
    assert names(empty.root) == ["actions/rows_of_table.py", "actions/strange.py"]


def test_tidy_leaves_what_is_no_action(flat: Library, run: Inside) -> None:
    save(flat, broken="def (")
    assert run("tidy").code == 0
    assert "actions/broken.py" in names(flat.root)


def test_tidy_takes_no_place_that_is_taken(flat: Library, run: Inside) -> None:
    save(flat, fun__greet=action("greet", word="other"))
    done = run("tidy")
    assert (done.code, done.out) == (1, "")
    assert "fun/greet exists already: rename one of the two greet" in done.err


@pytest.mark.parametrize("line", ["import actions.greet", "from actions.greet import greet"])
def test_tidy_refuses_imports_that_it_cannot_rewrite(flat: Library, run: Inside, line: str) -> None:
    save(flat, fun__odd=action("odd", more=f"{line}\n\n"))
    before = git(flat.root, "rev-parse", "HEAD")
    done = run("tidy")
    assert (done.code, done.out) == (1, "")
    assert "fun/odd imports other actions in a way that cannot be rewritten" in done.err
    assert git(flat.root, "rev-parse", "HEAD") == before


def test_tidy_of_files_that_are_not_committed(flat: Library, run: Inside) -> None:
    (flat.root / "actions/mine.py").write_text(action("mine"))
    done = run("tidy")
    assert (done.code, done.out) == (1, "")
    assert "actions/mine.py is not committed: commit it first" in done.err


def test_tidy_keeps_a_persons_work(flat: Library, run: Inside) -> None:
    (flat.root / "actions/greet.py").write_text(action("greet", word="mine"))
    (flat.root / "staged.txt").write_text("x")
    git(flat.root, "add", "staged.txt")
    status = git(flat.root, "status", "--porcelain")
    done = run("tidy")
    assert done.code == 0
    assert "actions/greet.py has changes that are not committed" in done.err
    assert git(flat.root, "status", "--porcelain") == status


def test_tidy_on_a_detached_head_waits_on_a_branch(flat: Library, run: Inside) -> None:
    git(flat.root, "checkout", "-q", "--detach")
    done = run("tidy")
    assert done.code == 0
    assert "left on branch dynasaur/" in done.err
    assert git(flat.root, "status", "--porcelain") == ""
