"""What a kernel made is opened without trusting it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dynasaur.errors import KernelError
from dynasaur.kernel.made import files_of, read_made


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "key").write_text("secret")
    made = tmp_path / "work"
    (made / "sub").mkdir(parents=True)
    (made / "result.txt").write_text("result")
    (made / "sub/deep.bin").write_bytes(b"\x00\x01")
    (made / "link").symlink_to(tmp_path / "key")
    (made / "folder-link").symlink_to(tmp_path)
    (made / "inner-link").symlink_to("result.txt")
    os.mkfifo(made / "pipe")
    return made


@pytest.mark.parametrize(
    ("name", "content"), [("result.txt", b"result"), ("sub/deep.bin", b"\x00\x01")]
)
def test_ordinary_files(work: Path, name: str, content: bytes) -> None:
    assert read_made(work, name) == content


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("link", "cannot open"),
        ("inner-link", "cannot open"),
        ("folder-link/key", "cannot open"),
        ("../key", "not a file of the work folder"),
        ("sub/../../key", "not a file of the work folder"),
        ("/etc/passwd", "not a file of the work folder"),
        ("", "not a file of the work folder"),
        ("pipe", "not an ordinary file"),
        ("sub", "not an ordinary file"),
        ("missing", "No such file"),
    ],
)
def test_what_is_refused(work: Path, name: str, reason: str) -> None:
    with pytest.raises(KernelError, match=reason):
        read_made(work, name)


def test_size_is_bounded(work: Path) -> None:
    assert read_made(work, "result.txt", most=6) == b"result"
    with pytest.raises(KernelError, match="more than 5 bytes"):
        read_made(work, "result.txt", most=5)


def test_list_leaves_out_links_and_pipes(work: Path) -> None:
    assert files_of(work) == ["result.txt", "sub/deep.bin"]


def test_no_descriptor_is_left_open(work: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for name in ("result.txt", "link", "folder-link/key", "sub", "pipe"):
        try:
            read_made(work, name)
        except KernelError:
            continue
    assert len(list(Path("/proc/self/fd").iterdir())) == before
