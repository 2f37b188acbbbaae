"""Libraries that others share: bare repositories made in one stroke, and people who add to them."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from tests.builders.cli import Done, environment
from tests.builders.git_server import GitServer
from tests.builders.repos import PERSON, git, tree

MIT = """MIT License

Copyright (c) 2026 Team

Permission is hereby granted, free of charge, to any person obtaining a copy of this software, to
deal in it without restriction. The software is provided "as is", without warranty of any kind.
"""


def action(name: str, body: str = "", *, summary: str = "", head: str = "", top: str = "") -> str:
    """The text of a small action: a function of one text."""
    text = body or f'return text + " {name}"'
    return (
        f"{head}"
        f'"""{summary or f"Text with {name} behind it."}"""\n\n'
        f"{top}{chr(10) * 2 if top else ''}"
        f"def {name}(text: str) -> str:\n"
        f'    """{summary or f"Text with {name} behind it."}\n\n'
        "    Args:\n        text: The text.\n\n"
        "    Returns:\n        The new text.\n"
        '    """\n'
        f"    {text}\n"
    )


def publish(folder: Path, files: Mapping[str, str | bytes], *, tag: str = "") -> str:
    """Make a bare repository, or commit on top of one, without a work tree.

    Args:
        folder: The repository.
        files: Path to content, of the whole commit; a text is UTF-8. Modes: a path that begins
            with `120000 ` is a link, with `160000 ` a submodule.
        tag: A tag to put on the commit.

    Returns:
        The commit.
    """
    if not folder.exists():
        folder.mkdir(parents=True)
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main")
        git(folder, "config", "http.receivepack", "true")
    return commit(folder, {**_library(), **files}, tag=tag)


def _library() -> dict[str, str | bytes]:
    return {"actions/__init__.py": "", "LICENSE": MIT}


def commit(
    folder: Path,
    files: Mapping[str, str | bytes],
    *,
    tag: str = "",
    branch: str = "main",
    orphan: bool = False,
    message: str = "publish",
) -> str:
    """One commit that holds exactly these files."""
    tip = git(folder, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}", ok=False)
    who = f"{PERSON['GIT_AUTHOR_NAME']} <{PERSON['GIT_AUTHOR_EMAIL']}> 1790000000 +0000"
    text = message.encode()
    stream = [f"commit refs/heads/{branch}\nmark :1\nauthor {who}\ncommitter {who}\n".encode()]
    stream.append(b"data %d\n%s\n" % (len(text), text))
    if tip and not orphan:
        stream.append(f"from {tip}\n".encode())
    stream.append(b"deleteall\n")
    for path, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        mode, space, name = path.partition(" ")
        if not space:
            mode, name = "100644", path
        if mode == "160000":
            stream.append(b"M 160000 %s %s\n" % (data, name.encode()))
        else:
            stream.append(b"M %s inline %s\n" % (mode.encode(), name.encode()))
            stream.append(b"data %d\n%s\n" % (len(data), data))
    if orphan:
        git(folder, "update-ref", "-d", f"refs/heads/{branch}")
    subprocess.run(
        ["git", "fast-import", "--quiet", "--force"],
        cwd=folder,
        input=b"".join(stream),
        check=True,
    )
    made = git(folder, "rev-parse", f"refs/heads/{branch}")
    if tag:
        git(folder, "tag", "--force", tag, made)
    return made


def many(count: int) -> dict[str, str | bytes]:
    """Actions in categories of a hundred."""
    return {f"actions/part{n // 100}/step_{n}.py": action(f"step_{n}") for n in range(count)}


def _said(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


class Team:
    """A library of a team, and the program as they run it, in this process.

    Args:
        folder: Their machine: its home and cache, and the library in it.
        patch: Sets the environment of whoever is at work.
    """

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.root = folder / "library"
        self._patch = patch
        home = folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        (home / ".gitconfig").write_text(
            f"[user]\n\tname = {folder.name.title()}\n\temail = {folder.name}@example.org\n"
        )
        assert self.run("init", self.root).code == 0

    def run(self, *words: str | Path) -> Done:
        """One command line."""
        from dynasaur import cli

        with self._patch.context() as patch:
            for name in [*os.environ]:
                if name.startswith(("GIT_", "SSH_", "DYNASAUR_")):
                    patch.delenv(name)
            env = environment(self.folder / "home", {"DYNASAUR_ALLOW_INSECURE": "1"})
            for name, value in env.items():
                patch.setenv(name, value)
            patch.chdir(self.root if self.root.exists() else self.folder)
            patch.setattr("sys.stdin", io.StringIO())
            out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
            with redirect_stdout(out), redirect_stderr(err):
                code = cli.run([str(word) for word in words])
        return Done(code, *map(_said, (out, err)))

    def did(self, *words: str | Path) -> str:
        """One command line that succeeds: what it printed."""
        done = self.run(*words)
        assert done.code == 0, done.err
        return done.out

    def refused(self, *words: str | Path, code: int = 1) -> str:
        """One command line that fails and changes nothing: its last line."""
        before = self.state()
        done = self.run(*words)
        assert done.code == code, (done.code, done.out, done.err)
        assert self.state() == before
        line = done.err.splitlines()[-1]
        assert line.startswith("dynasaur: error: "), done.err
        assert line.isprintable()
        return line.removeprefix("dynasaur: error: ")

    def state(self) -> tuple[str, dict[str, bytes]]:
        """What is committed, and what lies in the work tree."""
        return git(self.root, "rev-parse", "HEAD"), tree(self.root)

    def log(self, *options: str) -> str:
        """The library's history."""
        return git(self.root, "log", *options)

    def edit(self, path: str, old: str, new: str) -> None:
        """Change a file, and commit that as a person does."""
        file = self.root / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))
        self.commit(f"edit {path}")

    def commit(self, message: str) -> None:
        """Commit everything, as a person of the team."""
        name, mail = self.folder.name.title(), f"{self.folder.name}@example.org"
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", "--author", f"{name} <{mail}>", "-m", message)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitServer]:
    """One server for a module's tests, which name it: `server = sources.server`."""
    with GitServer(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    """A team with an empty library."""
    return Team(tmp_path / "ada", monkeypatch)
