"""The history of actions, read from commits and their trailers."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynasaur.errors import StoreError
from dynasaur.history import Event, History
from dynasaur.repo import Repo
from dynasaur.repo.past import Past
from tests.builders.repos import adding, clone_of_a_person, git, isolate

WORDS = "actions/text/words.py"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    isolate(monkeypatch, tmp_path_factory.mktemp("home"))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A library in a subfolder: one action by a run, then edited by a person, then moved."""
    clone_of_a_person(tmp_path)
    root = tmp_path / "lib"
    root.mkdir()
    repo = Repo.init(root)
    change = adding(
        "words",
        "def words() -> int:\n    one = 1\n    two = 2\n    three = 3\n    return one\n",
        **{
            "Dynasaur-Run": "r1",
            "Dynasaur-Task": "Count: the words",
            "Dynasaur-Model": "m",
            "Dynasaur-Evidence": "solved",
            "Dynasaur-Fingerprint": "f1",
        },
    )
    repo.commit("r1", [change, adding("lines", **{"Dynasaur-Run": "r1"})])
    file = root / WORDS
    file.write_text(file.read_text().replace("return one", "return two"))
    git(root, "commit", "--quiet", "-a", "-m", "mend words")
    return repo


def shown(events: tuple[Event, ...]) -> list[tuple[str, str, str]]:
    return [(event.kind, event.path, event.run) for event in events]


def test_the_history_of_one_action(repo: Repo) -> None:
    newest, oldest = History(repo).history("words")
    assert (newest.kind, newest.author, newest.run) == ("changed", "Ada", "")
    assert (newest.subject, oldest.subject) == ("mend words", "add text/words: words.")
    assert (oldest.kind, oldest.run, oldest.task) == ("added", "r1", "Count: the words")
    assert (oldest.model, oldest.evidence, oldest.fingerprint) == ("m", "solved", "f1")
    assert newest.commit == git(repo.root, "rev-parse", "HEAD")
    assert "+    return two" in History(repo).difference(newest)


def test_an_action_keeps_its_history_when_it_moves(repo: Repo) -> None:
    root = repo.root
    (root / "actions/counts").mkdir()
    git(root, "mv", WORDS, "actions/counts/words.py")
    git(root, "commit", "--quiet", "-m", "tidy")
    assert shown(History(repo).history("words")) == [
        ("moved", "actions/counts/words.py", ""),
        ("changed", WORDS, ""),
        ("added", WORDS, "r1"),
    ]


def test_another_name_is_another_action(repo: Repo) -> None:
    git(repo.root, "mv", WORDS, "actions/text/terms.py")
    git(repo.root, "commit", "--quiet", "-m", "rename")
    assert shown(History(repo).history("words"))[0] == ("deleted", WORDS, "")
    assert shown(History(repo).history("terms")) == [("added", "actions/text/terms.py", "")]


def test_the_log_is_newest_first_and_leaves_helpers_out(repo: Repo) -> None:
    root = repo.root
    for path in ("actions/_help.py", "actions/vendor/base/text/more.py", "actions/notes.txt"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x = 1\n")
    git(root, "add", "actions")
    git(root, "commit", "--quiet", "-m", "others")
    names = [(event.name, event.kind) for event in History(repo).log()]
    assert names == [("words", "changed"), ("lines", "added"), ("words", "added")]
    assert len(History(repo).log(1)) == 1


def test_what_was_read_is_continued(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    first = History(repo).log()
    spans: list[str | None] = []
    original = Past.commits

    def commits(self: Past, folder: str, since: str | None, until: str) -> object:
        spans.append(since)
        return original(self, folder, since, until)

    monkeypatch.setattr(Past, "commits", commits)
    assert History(repo).log() == first
    assert spans == [], "nothing is new"
    tip = git(repo.root, "rev-parse", "HEAD")
    repo.commit("r2", [adding("terms")])
    assert History(repo).log() == History(repo).log()
    assert spans == [tip]
    assert History(repo).log()[1:] == first


def test_two_that_read_the_same_commits_at_once(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = History(repo).log()
    repo.commit("r2", [adding("terms")])
    original = Past.commits

    def slowly(self: Past, folder: str, since: str | None, until: str) -> object:
        monkeypatch.setattr(Past, "commits", original)
        assert len(History(repo).log()) == len(first) + 1  # another one is quicker
        return original(self, folder, since, until)

    monkeypatch.setattr(Past, "commits", slowly)
    assert len(History(repo).log()) == len(first) + 1
    assert History(repo).log()[1:] == first
    assert len(History(repo).history("terms")) == 1


@pytest.mark.parametrize(
    "damage", ["", '{"tip"', '{"name": "x"}\n', '{"format": 99, "tip": "x"}\n']
)
def test_a_damaged_file_is_made_again(repo: Repo, damage: str) -> None:
    first = History(repo).log()
    cache = repo.root / ".dynasaur" / "history.jsonl"
    cache.write_text(cache.read_text() + damage if damage else "")
    assert History(repo).log() == first
    assert History(repo).log() == first


def test_history_that_was_rewritten_is_read_again(repo: Repo) -> None:
    History(repo).log()
    git(repo.root, "commit", "--quiet", "--amend", "-m", "mend the words")
    assert History(repo).log()[0].subject == "mend the words"
    assert len(History(repo).log()) == 3


def test_blame_names_runs(repo: Repo) -> None:
    lines = History(repo).blame("words")
    assert [(line.text.strip(), line.event.run) for line in lines] == [
        ("def words() -> int:", "r1"),
        ("one = 1", "r1"),
        ("two = 2", "r1"),
        ("three = 3", "r1"),
        ("return two", ""),
    ]


def test_no_commit_is_no_history(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    assert History(Repo(tmp_path)).log() == ()


def test_no_program_of_the_repository_runs(repo: Repo, tmp_path: Path) -> None:
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    (tmp_path / ".git" / "info").mkdir(exist_ok=True)
    (tmp_path / ".git" / "info" / "attributes").write_text("* diff=bad filter=bad\n")
    for key in ("diff.external", "diff.bad.textconv", "diff.bad.command", "gpg.program"):
        git(tmp_path, "config", key, str(trap))
    git(tmp_path, "config", "log.showSignature", "true")
    history = History(Repo(repo.root))
    history.difference(history.history("words")[0])
    history.blame("words")
    assert not (tmp_path / "sprung").exists()


def test_a_commit_that_says_a_whole_book_is_kept_short(tmp_path: Path) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    repo.commit("r1", [adding("words", **{"Dynasaur-Task": "long " * 10_000})])
    (tmp_path / WORDS).write_text("x = 1\n")
    git(tmp_path, "commit", "--quiet", "-a", "-m", "s" * 100_000)
    newest, oldest = History(repo).history("words")
    assert len(newest.subject) == len(oldest.task) == 500
    assert (tmp_path / ".dynasaur" / "history.jsonl").stat().st_size < 5_000


def test_files_that_settings_name_and_that_are_gone(repo: Repo, tmp_path: Path) -> None:
    git(tmp_path, "config", "diff.orderFile", "/nowhere/order")
    history = History(repo)
    assert history.difference(history.history("words")[0])
    assert history.blame("words")
    git(tmp_path, "config", "blame.ignoreRevsFile", "/nowhere/revs")
    with pytest.raises(StoreError, match=r"git failed: .*/nowhere/revs"):
        history.blame("words")
