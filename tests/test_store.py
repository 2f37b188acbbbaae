"""The actions package as files."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dynasaur.errors import ActionError
from dynasaur.store import FRESH_SECONDS, Store, base_path

ACTION = '"""Say it."""\n\n\ndef {name}() -> str:\n    """Say it."""\n    return "{name}"\n'


def library(root: Path, *paths: str) -> Path:
    """An actions package with these files, all old enough to be trusted."""
    package = root / "actions"
    package.mkdir(exist_ok=True)
    for path in ("__init__.py", *paths):
        file = package / path
        file.parent.mkdir(parents=True, exist_ok=True)
        name = file.stem
        file.write_text("" if name.startswith("__") else ACTION.format(name=name))
        age(file)
    return package


def age(path: Path) -> None:
    """Let the file be as old as time stamps need to be trusted."""
    old = time.time() - 60
    os.utime(path, (old, old))


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("flat.py", "actions.flat"),
        ("text/words.py", "actions.text.words"),
        ("vendor/base/tables/mean.py", "actions.vendor.base.tables.mean"),
        ("vendor/base/flat.py", "actions.vendor.base.flat"),
        ("_browser.py", None),
        ("text/_helper.py", None),
        ("text/__init__.py", None),
        ("_private/words.py", None),
        ("text/deep/words.py", None),
        ("vendor/words.py", None),
        ("text/not-a-name.py", None),
        ("text/class.py", None),
        ("text/words.pyi", None),
        ("text/words", None),
        (".hidden/words.py", None),
        ("__pycache__/words.py", None),
    ],
)
def test_which_files_are_actions(tmp_path: Path, path: str, module: str | None) -> None:
    store = Store(library(tmp_path, path))
    found = store.entries()
    assert [*found] == ([module] if module else [])
    name = ".".join(["actions", *Path(path).with_suffix("").parts])
    assert store.entry(name) == found.get(name)


def test_an_entry_says_where_it_comes_from(tmp_path: Path) -> None:
    package = library(tmp_path, "vendor/base/tables/mean.py", "text/words.py", "flat.py")
    found = Store(package).entries()
    said = {e.module: (e.name, e.category, e.source, e.path) for e in found.values()}
    assert said == {
        "actions.flat": ("flat", "", "local", package / "flat.py"),
        "actions.text.words": ("words", "text", "local", package / "text/words.py"),
        "actions.vendor.base.tables.mean": (
            "mean",
            "tables",
            "base",
            package / "vendor/base/tables/mean.py",
        ),
    }


def test_another_source_is_mounted_under_its_own_name(tmp_path: Path) -> None:
    package = library(tmp_path, "tables/mean.py", "vendor/other/tables/mean.py")
    store = Store(package, source="base", mount="actions.vendor.base")
    assert [*store.entries()] == ["actions.vendor.base.tables.mean"]
    assert store.text("actions.vendor.base.tables.mean") == ACTION.format(name="mean")
    assert store.text("actions.tables.mean") is None


def test_links_are_not_followed(tmp_path: Path) -> None:
    package = library(tmp_path, "text/words.py")
    (tmp_path / "secret.py").write_text("secret = 1\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "words.py").write_text("secret = 1\n")
    (package / "text" / "link.py").symlink_to(tmp_path / "secret.py")
    (package / "linked").symlink_to(tmp_path / "outside")
    os.mkfifo(package / "text" / "pipe.py")
    store = Store(package)
    assert [*store.entries()] == ["actions.text.words"]
    for module in ("actions.text.link", "actions.linked.words", "actions.linked"):
        assert store.text(module) is None
    assert store.text("actions.text.pipe") is None


def test_no_package_is_an_empty_one(tmp_path: Path) -> None:
    store = Store(tmp_path / "nowhere")
    assert store.entries() == {}
    assert store.text("actions") is None


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("actions", ""),
        ("actions.text", ""),
        ("actions.text.words", ACTION.format(name="words")),
        ("actions.text._helper", ACTION.format(name="_helper")),
        ("actions.vendor.base", ""),
        ("actions.text.nothing", None),
        ("actions.text.words.more", None),
        ("actions.bare", ""),
        ("actionsx.text", None),
        ("other", None),
        ("actions...text", None),
        ("actions.text.", None),
        ("actions.text/words", None),
        ("actions.text.\0", None),
    ],
)
def test_text_of_any_module(tmp_path: Path, module: str, text: str | None) -> None:
    package = library(
        tmp_path,
        "text/__init__.py",
        "text/words.py",
        "text/_helper.py",
        "vendor/__init__.py",
        "vendor/base/__init__.py",
    )
    (package / "bare").mkdir()
    assert Store(package).text(module) == text


def test_a_stamp_follows_the_content(tmp_path: Path) -> None:
    package = library(tmp_path, "text/words.py")
    file, store = package / "text/words.py", Store(package)

    def stamp() -> str:
        return store.entries()["actions.text.words"].stamp

    file.write_text("a = 1\n")
    first = stamp()
    kept = file.stat()
    with file.open("r+") as open_file:
        open_file.write("a = 2\n")
    os.utime(file, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert file.stat().st_size == kept.st_size
    assert stamp() != first, "same size, same time, same file: only the content differs"


def test_a_file_from_the_future_is_read(tmp_path: Path) -> None:
    package = library(tmp_path, "text/words.py")
    file = package / "text/words.py"
    future = time.time() + 3600
    os.utime(file, (future, future))
    assert Store(package).entries()["actions.text.words"].stamp.count(".") == 4


def test_listing_reads_no_file_that_is_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = library(tmp_path, "text/words.py")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 2 * FRESH_SECONDS)
    assert Store(package).entries()["actions.text.words"].stamp.count(".") == 3


def test_what_is_seen_follows_every_change(tmp_path: Path) -> None:
    package = library(tmp_path, "text/words.py", "vendor/base/tables/mean.py")
    store = Store(package)
    words, seen = package / "text/words.py", [store.seen()]
    assert store.seen() == seen[0]

    def changed() -> None:
        seen.append(store.seen())
        assert store.seen() == seen[-1]
        assert seen.count(seen[-1]) == 1, "it was seen before"

    kept = words.stat()
    words.write_text(words.read_text().replace("Say", "Sad"))
    os.utime(words, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    changed()
    words.rename(package / "text/other.py")
    changed()
    (package / "text").rename(package / "texts")
    changed()
    library(tmp_path, "lists/first.py")
    changed()
    (package / "vendor/base/tables/mean.py").unlink()
    changed()
    (package / "lists/first.py").unlink()
    (package / "lists/first.py").symlink_to(package / "texts/other.py")
    changed()
    (package / "notes.txt").write_text("no action")
    assert store.seen() == seen[-1]
    assert Store(package, source="base", mount="actions.vendor.base").seen() not in seen
    os.mkfifo(package / "lists/pipe.py")
    changed()


def test_what_is_seen_tells_of_two_changes_in_one_tick(tmp_path: Path) -> None:
    package = library(tmp_path, "text/words.py")
    file, store = package / "text/words.py", Store(package)
    file.write_text("a = 1\n")
    kept, first = file.stat(), store.seen()
    with file.open("r+") as stream:
        stream.write("a = 2\n")
    os.utime(file, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert store.seen() != first


def aged(package: Path) -> None:
    """Make all folders as old as they must be to be trusted."""
    for folder in [package, *(one for one in package.rglob("*") if one.is_dir())]:
        os.utime(folder, (1, 1))


def test_folders_tell_of_every_file_that_comes_or_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = library(tmp_path, "text/words.py", "vendor/base/tables/mean.py")
    store = Store(package)
    assert not store.unmoved(), "it was never seen"
    store.seen()
    assert not store.unmoved(), "its folders are too young"
    monkeypatch.setattr("dynasaur.store.FRESH_SECONDS", -1e-9)

    def moved(change: Callable[[], object]) -> bool:
        aged(package)
        store.seen()
        assert store.unmoved()
        change()
        return not store.unmoved()

    words = package / "text/words.py"
    assert moved(lambda: library(tmp_path, "text/lines.py"))
    assert moved(lambda: words.rename(package / "text/other.py"))
    assert moved((package / "vendor/base/tables/mean.py").unlink)
    assert moved(lambda: library(tmp_path, "vendor/acme/tables/sums.py"))
    assert moved(lambda: (package / "text").rename(package / "texts"))
    assert moved(lambda: library(tmp_path, "lists/first.py"))
    assert not moved(lambda: (package / "lists/first.py").write_text("other = 1"))


def test_an_action_is_read_once(tmp_path: Path) -> None:
    package = library(tmp_path, "text/words.py")
    store = Store(package)
    entry = store.entries()["actions.text.words"]
    action = store.read(entry)
    assert (action.name, action.module, action.category) == ("words", entry.module, "text")
    assert action.text == ACTION.format(name="words")
    assert store.read(store.entries()["actions.text.words"]) is action
    entry.path.write_text(action.text.replace("Say", "Tell"))
    again = store.read(store.entries()["actions.text.words"])
    assert again.summary == "Tell it."


@pytest.mark.parametrize(
    ("data", "match"),
    [(b"\xff\xfe", "UTF-8"), (b"def (:", "words"), (b"", "words"), (None, "cannot")],
)
def test_a_bad_file_is_one_error(tmp_path: Path, data: bytes | None, match: str) -> None:
    package = library(tmp_path, "text/words.py", "text/lines.py")
    file, store = package / "text/words.py", Store(package)
    entries = store.entries()
    file.unlink() if data is None else file.write_bytes(data)
    with pytest.raises(ActionError, match=match) as caught:
        store.read(entries["actions.text.words"])
    assert "\n" not in str(caught.value)
    assert store.read(entries["actions.text.lines"]).name == "lines"


def test_source_is_kept_verbatim(tmp_path: Path) -> None:
    package = library(tmp_path)
    data = '"""É."""\r\n\r\ndef words() -> str:\r\n    """É."""\r\n    return "é"  # ✓\r\n'
    (package / "words.py").write_bytes(data.encode())
    store = Store(package)
    assert store.read(store.entries()["actions.words"]).text == data


def test_the_built_in_actions_are_found() -> None:
    assert (base_path() / "__init__.py").is_file()
