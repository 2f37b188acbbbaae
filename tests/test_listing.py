"""Lists of actions, and what is kept from one to the next."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from dynasaur.listing import About, Listing, in_order
from dynasaur.store import Entry, Store
from dynasaur.types import Action
from tests.builders.cli import dynasaur
from tests.builders.documents import write_action


class Counted(Store):
    """A store that counts the files that are read."""

    def __init__(self, package: Path) -> None:
        super().__init__(package)
        self.reads: list[str] = []

    def read(self, entry: Entry) -> Action:
        self.reads.append(entry.name)
        return super().read(entry)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    package = tmp_path / "library" / "actions"
    for name in ("tables/mean_of_column", "text/words"):
        file = write_action(package, name, f"What {name[-5:]} does.")
        os.utime(file, (time.time() - 60,) * 2)
    return package


def listed(package: Path, file: Path) -> tuple[dict[str, About], list[str]]:
    store = Counted(package)
    return {e.name: about for e, about in Listing(file).of(in_order([store]))}, store.reads


def test_only_what_has_changed_is_read(package: Path, tmp_path: Path) -> None:
    file = tmp_path / "data" / "listing.sqlite"
    first, reads = listed(package, file)
    assert (first["words"].summary, sorted(reads)) == ("What words does.", [*first])
    time.sleep(2.1)  # a file's change time cannot be set: younger ones are looked into
    listed(package, file)
    assert listed(package, file) == (first, [])
    write_action(package, "text/words", "Other words.")
    (package / "tables/mean_of_column.py").unlink()
    write_action(package, "text/lines", "Lines.")
    again, reads = listed(package, file)
    assert ([*again], again["words"].summary) == (["lines", "words"], "Other words.")
    assert sorted(reads) == ["lines", "words"]


def test_no_more_is_read_than_was_asked_for(package: Path, tmp_path: Path) -> None:
    write_action(package, "text/lines", "Lines.")
    time.sleep(2.1)
    file, store = tmp_path / "listing.sqlite", Counted(package)
    first = Listing(file).of(in_order([store]), most=2)
    assert [(entry.name, about.unread) for entry, about in first] == [
        ("mean_of_column", False),
        ("lines", False),
        ("words", True),
    ]
    assert not any(about.unread for _, about in Listing(file).of(in_order([store]), most=2))
    assert store.reads == ["mean_of_column", "lines", "words"]


def test_a_large_library_is_listed_without_reading_every_file(tmp_path: Path) -> None:
    root = tmp_path / "library"
    assert dynasaur("init", root, cwd=tmp_path).code == 0
    for number in range(9):
        write_action(root / "actions", f"text/words_{number}", f"Words {number}.")
    time.sleep(2.1)  # as after a clone that takes its time
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "import dynasaur.commands.list_command\n"
        "dynasaur.commands.list_command.MOST = 4\n"
        "def told(event, about):\n"
        "    if event == 'open' and '/actions/' in str(about[0]):\n"
        "        os.write(log, f'{about[0]}\\n'.encode())\n"
        f"log = os.open({str(tmp_path / 'log')!r}, os.O_CREAT | os.O_APPEND | os.O_WRONLY)\n"
        "sys.addaudithook(told)\n"
    )
    env = {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])])}

    def opened(*options: str) -> tuple[str, str, list[str]]:
        (tmp_path / "log").write_text("")
        done = dynasaur("list", *options, cwd=root, env=env)
        assert done.code == 0
        return done.out, done.err, (tmp_path / "log").read_text().split()

    out, err, files = opened()
    assert [line.split()[2:] for line in out.splitlines()] == [
        [f"words_{number}", *(["Words", f"{number}."] if number < 4 else [])] for number in range(9)
    ]
    assert "what 5 of them do is not read yet: `dynasaur list --details` reads it" in err
    assert len(files) == 4
    assert [len(opened(*how)[2]) for how in ((), ("--details",), (), ("--json",))] == [4, 1, 0, 0]
    assert opened()[1] == ""


def test_what_was_kept_may_be_lost_or_torn(package: Path, tmp_path: Path) -> None:
    file = tmp_path / "listing.sqlite"
    whole, _ = listed(package, file)
    file.write_bytes(b"no database, but as long as one " * 100)
    assert listed(package, file)[0] == whole
    assert listed(package, file)[0] == whole
    blocked = tmp_path / "listing.sqlite" / "below"
    assert listed(package, blocked)[0] == whole
    write_action(package, "text/odd", '"\\ud800" half a character.')
    assert "odd" in listed(package, tmp_path / "other.sqlite")[0]


def test_the_command_tells_of_bad_files_every_time(tmp_path: Path) -> None:
    root = tmp_path / "library"
    assert dynasaur("init", root, cwd=tmp_path).code == 0
    write_action(root / "actions", "text/words", "Words.")
    (root / "actions/text/broken.py").write_text("def broken(:\n")
    for _ in range(2):
        done = dynasaur("list", cwd=root)
        assert (done.code, done.out) == (0, "local  text  words  Words.\n")
        assert done.err.count("warning: ") == 1
        assert done.err.count("text/broken.py") == 1
    assert dynasaur("list", "--json", cwd=root).json[0]["summary"] == "Words."
