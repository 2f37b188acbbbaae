"""Libraries to be kept in order: actions that use one another, and the program run in-process."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dynasaur import Library, cli
from dynasaur.repo import Change
from tests.builders.cli import Done
from tests.builders.repos import git, isolate


def action(
    name: str, *uses: str, word: str = "", head: str = "", more: str = "", path: str = ""
) -> str:
    """An action's module: it gives a word, and those of the actions it uses (`.greet`)."""
    lines = [f"from {use} import {use.rpartition('.')[2]}" for use in uses]
    imports = "".join(f"{line}\n" for line in lines)
    calls = "".join(f" + {use.rpartition('.')[2]}()" for use in uses)
    return (
        f'{head}"""Word {name}."""\n\n{imports}\n{more}\n'
        f"def {name}() -> str:\n"
        f'    """Word {name}.\n\n    Returns:\n        The word.\n    """\n'
        f'    return "{word or name}"{calls}\n'
    )


def head(**told: str) -> str:
    """A PEP 723 head with the provenance."""
    lines = "".join(f'# {key} = "{value}"\n' for key, value in told.items())
    return f"# /// script\n# [tool.dynasaur]\n{lines}# ///\n"


def save(library: Library, **texts: str | None) -> str:
    """Commit files as the tool does; `text__greet` is `actions/text/greet.py`."""
    files: dict[str, bytes | None] = {}
    for key, text in texts.items():
        path = f"actions/{key.replace('__', '/')}.py"
        files[path] = None if text is None else text.encode()
        if "__" in key:
            files[f"{path.rpartition('/')[0]}/__init__.py"] = b""
    change = Change(f"save {', '.join(list(texts)[:9])}", "", {}, files, overwrite=True)
    done = library.repo.commit("saved", [change])
    assert done.merged
    return done.commits[-1]


def a_library(folder: Path, patch: pytest.MonkeyPatch) -> Library:
    """A library in a repository without an identity; the process works in it."""
    isolate(patch, folder / "home")
    patch.setenv("XDG_STATE_HOME", str(folder / "state"))
    made, _ = Library.create(folder / "library")
    patch.chdir(made.root)
    return made


def copy_of(template: Path, folder: Path, patch: pytest.MonkeyPatch) -> Library:
    """A library like the one below `template`, that was made once; the process works in it."""
    isolate(patch, folder / "home")
    patch.setenv("XDG_STATE_HOME", str(folder / "state"))
    shutil.copytree(template / "library", folder / "library")
    patch.chdir(folder / "library")
    return Library(folder / "library")


class Inside:
    """Runs command lines in this process, and captures what they print."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, *arguments: str) -> Done:
        self._capture.readouterr()
        code = cli.run(arguments)
        said = self._capture.readouterr()
        return Done(code, said.out, said.err)


def subjects(root: Path) -> list[str]:
    """The first lines of the commits, newest first."""
    return git(root, "log", "--format=%s").splitlines()


def names(root: Path) -> list[str]:
    """The files of the actions package at the commit that is checked out, but for those that
    only packages and git need."""
    listed = git(root, "ls-tree", "-r", "--name-only", "HEAD", "actions").splitlines()
    return [path for path in listed if not path.endswith(("__init__.py", ".gitattributes"))]
