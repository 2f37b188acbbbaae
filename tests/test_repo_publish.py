"""Asking for a review: a real remote, a real push, and no program of a stranger's."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from dynasaur.repo import Repo
from dynasaur.repo.publish import compare_address
from tests.builders.repos import adding, clone_of_a_person, committed, git, isolate

GITLAB = "/-/merge_requests/new?merge_request%5Bsource_branch%5D=dynasaur/r1"
WORDS = "actions/text/words.py"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    isolate(monkeypatch, tmp_path_factory.mktemp("home"))


@pytest.fixture(autouse=True)
def gh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """GitHub's program as it is when nobody has logged in."""
    program = tmp_path / "bin" / "gh"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 4\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    return program


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A bare repository that people push to."""
    folder = tmp_path / "remote.git"
    git(tmp_path, "init", "--quiet", "--bare", str(folder))
    return folder


@pytest.fixture
def root(tmp_path: Path, remote: Path) -> Path:
    """A clone whose `origin` is the remote."""
    root = clone_of_a_person(tmp_path / "library")
    git(root, "remote", "add", "origin", str(remote))
    return root


def test_the_branch_is_pushed(root: Path, remote: Path) -> None:
    done = Repo(root).commit("r1", [adding("words")], deliver="pr")
    assert (done.branch, done.merged) == ("dynasaur/r1", False)
    assert done.note == "pushed dynasaur/r1 to origin"
    assert committed(remote, WORDS, "dynasaur/r1")
    assert git(remote, "for-each-ref", "--format=%(refname)") == "refs/heads/dynasaur/r1"
    assert git(root, "status", "--porcelain") == ""


def test_the_forges_own_address_is_given(root: Path, remote: Path) -> None:
    hook = remote / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\necho 'Create a pull request:'\necho '  https://forge.example/new/1'\n"
    )
    hook.chmod(0o755)
    done = Repo(root).commit("r1", [adding("words")], deliver="pr")
    assert done.note.endswith("open a pull request at https://forge.example/new/1")


def test_gh_opens_the_request(root: Path, tmp_path: Path, gh: Path) -> None:
    gh.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/said\necho https://x.example/1\n')
    done = Repo(root).commit("r1", [adding("words"), adding("lines")], deliver="pr")
    assert done.note == "asked for a review: https://x.example/1"
    said = (tmp_path / "said").read_text().splitlines()
    assert said[:6] == [
        "pr",
        "create",
        "--head",
        "dynasaur/r1",
        "--title",
        "add text/words: words. (and 1 more)",
    ]
    assert said[-2:] == ["--base", "main"]


@pytest.mark.parametrize("what", ["none", "gone", "ext"])
def test_without_a_remote_the_branch_stays(root: Path, tmp_path: Path, what: str) -> None:
    git(root, "remote", "remove", "origin")
    if what != "none":
        mark = tmp_path / "sprung"
        url = f"ext::touch {mark}" if what == "ext" else str(tmp_path / "gone")
        git(root, "remote", "add", "origin", url)
        git(root, "config", "protocol.ext.allow", "always")
    done = Repo(root).commit("r1", [adding("words")], deliver="pr")
    assert "left on branch dynasaur/r1" in done.note
    assert "\n" not in done.note
    assert committed(root, WORDS, "dynasaur/r1")
    assert not (tmp_path / "sprung").exists()


class Guarded(BaseHTTPRequestHandler):
    """A forge that lets nobody in without a password."""

    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="forge"')
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def guarded() -> Iterator[str]:
    """Its address."""
    with HTTPServer(("127.0.0.1", 0), Guarded) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "setting", ["core.sshCommand", "credential.helper", "core.askPass", "remote.origin.receivepack"]
)
def test_no_program_of_the_repository_runs(
    root: Path, tmp_path: Path, guarded: str, setting: str
) -> None:
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\nexit 1\n")
    trap.chmod(0o755)
    git(root, "config", setting, str(trap))
    hook = root / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_bytes(trap.read_bytes())
    hook.chmod(0o755)
    if setting == "core.sshCommand":
        git(root, "remote", "set-url", "origin", "ssh://localhost:1/nothing")
    if setting in {"credential.helper", "core.askPass"}:
        git(root, "remote", "set-url", "origin", f"{guarded}/x.git")
    done = Repo(root).commit("r1", [adding("words")], deliver="pr")
    assert "r1" in done.note
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("git@github.com:o/r.git", "https://github.com/o/r/compare/main...dynasaur/r1?expand=1"),
        (
            "https://u:p@git.example/o/r",
            "https://git.example/o/r/compare/main...dynasaur/r1?expand=1",
        ),
        ("ssh://git@gitlab.example:22/g/s/r.git", "https://gitlab.example/g/s/r" + GITLAB),
        (
            "https://bitbucket.org/o/r",
            "https://bitbucket.org/o/r/pull-requests/new?source=dynasaur/r1",
        ),
        ("/srv/git/r.git", ""),
        ("file:///srv/git/r.git", ""),
        ("", ""),
    ],
)
def test_where_to_ask(url: str, address: str) -> None:
    assert compare_address(url, "main", "dynasaur/r1") == address
