"""Other ways and places: ssh, shallow and partial clones, several at once, odd folders."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dynasaur.errors import StoreError
from dynasaur.pins import Address
from dynasaur.repo import Repo
from dynasaur.sources.add import add, offer
from dynasaur.sources.cache import Cache
from dynasaur.sources.desk import Desk
from tests.builders.cli import command, dynasaur, environment
from tests.builders.git_server import GitServer
from tests.builders.repos import git
from tests.builders.sources import Team, action, commit, publish
from tests.builders.ssh_server import SSHD, SshServer

FILES: dict[str, str | bytes] = {
    f"actions/text/{name}.py": action(name) for name in ("one_word", "two_words", "three_words")
}


@pytest.mark.skipif(SSHD is None, reason="needs sshd (Debian: openssh-server)")
def test_over_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # root's sshd wants it
    team = Team(tmp_path / "ada", monkeypatch)
    config = team.folder / "home" / ".gitconfig"
    plain = config.read_text()
    known = team.folder / "known"
    with SshServer(tmp_path / "ssh") as server:
        publish(server.folder / "acme.git", FILES, tag="v1")
        url = server.url("acme")
        options = "-o IdentitiesOnly=yes -F /dev/null -o StrictHostKeyChecking=yes"
        ssh = f"ssh -o BatchMode=yes {options} -o UserKnownHostsFile={known}"
        config.write_text(plain + f"[core]\n\tsshCommand = {ssh} -i {server.key}\n")
        assert "host key is not known" in team.refused("source", "add", url, "--trust")
        known.write_text(server.known)
        assert "nobody is there" in team.refused("source", "add", url, code=3)
        settings = team.folder / "home" / ".config" / "dynasaur" / "config.toml"
        settings.parent.mkdir(parents=True)
        path = "/".join("*" for _ in Address.parse(url).path.split("/"))
        settings.write_text(f'allowed_sources = "https://127.0.0.1/{path}"\n')
        team.did("source", "add", f"{url}@v1", "--name", "acme", "--take", "one_*")
        tip = commit(server.folder / "acme.git", {"LICENSE": "MIT License", **FILES}, tag="v2")
        team.did("source", "update", "acme", "--to", "v2", "--yes", "--accept")
        assert tip in (team.root / "dynasaur.lock").read_text()
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "other")],
            check=True,
        )
        config.write_text(plain + f"[core]\n\tsshCommand = {ssh} -i {tmp_path / 'other'}\n")
        assert "let your ssh key in" in team.refused("source", "update", "acme", "--to", "v1")


@pytest.mark.parametrize("how", [("--depth=1",), ("--filter=blob:none",), ()])
def test_in_clones_of_every_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: tuple[str, ...]
) -> None:
    """A library that was itself cloned over HTTP, whole, shallow or without its old contents."""
    with GitServer(tmp_path / "server") as server:
        publish(server.folder / "acme.git", FILES)
        publish(server.folder / "mine.git", {"actions/own.py": action("own")})
        git(server.folder / "mine.git", "config", "uploadpack.allowFilter", "true")
        commit(
            server.folder / "mine.git", {"actions/__init__.py": "", ".gitignore": ".dynasaur/\n"}
        )
        team = Team(tmp_path / "a team ünï", monkeypatch)
        team.root = team.folder / "a clone"
        git(team.folder, "clone", "--quiet", *how, server.url("mine"), "a clone")
        team.did("source", "add", server.url("acme"), "--name", "acme", "--trust")
        team.did("take", "acme/one_word")
        assert team.did("source", "verify") == ""
        assert git(team.root, "status", "--porcelain") == ""
        team.did("source", "remove", "acme")


def test_a_source_of_the_other_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with GitServer(tmp_path / "server") as server:
        folder = server.folder / "acme.git"
        folder.mkdir(parents=True)
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", "--object-format=sha256")
        publish(folder, FILES)
        team = Team(tmp_path / "ada", monkeypatch)
        team.did("source", "add", server.url("acme"), "--name", "acme", "--trust")
        team.did("take", "acme/one_word")
        tip = publish(
            folder, {**FILES, "actions/text/one_word.py": action("one_word", "return text")}
        )
        team.did("source", "update", "acme", "--yes")
        pins = tomllib.loads((team.root / "dynasaur.lock").read_text())
        assert (pins["source"][0]["commit"], len(tip)) == (tip, 64)
        assert team.did("source", "verify", "--online") == ""


@pytest.mark.slow
def test_several_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three takes in one library and one add in another, with one cache, at the same moment."""
    with GitServer(tmp_path / "server") as server:
        publish(server.folder / "acme.git", FILES)
        url = server.url("acme")
        team = Team(tmp_path / "ada", monkeypatch)
        team.did("source", "add", url, "--name", "acme", "--trust")
        team.did("init", team.folder / "second")
        team.did("cache", "gc", "--older-than", "0")
        names = ("one_word", "two_words", "three_words")
        lines: list[tuple[str, ...]] = [
            ("take", f"acme/{name}", "--allow-insecure") for name in names
        ]
        lines.append(("source", "add", url, "--trust", "--library", str(team.folder / "second")))
        env = environment(team.folder / "home", {"DYNASAUR_ALLOW_INSECURE": "1"})
        running = [
            subprocess.Popen(command(*line), cwd=team.root, env=env, stderr=subprocess.PIPE)
            for line in lines
        ]
        for process in running:
            _, said = process.communicate(timeout=120)
            assert process.returncode == 0, said
        table = tomllib.loads((team.root / "dynasaur.lock").read_text())
        assert [one["id"] for one in table["module"]] == sorted(f"acme/text/{n}" for n in names)
        taken = tomllib.loads((team.root / "dynasaur.toml").read_text())["sources"]["acme"]["take"]
        assert sorted(taken) == sorted(f"text/{name}" for name in names)
        assert team.did("source", "verify") == ""
        assert git(team.root, "status", "--porcelain") == ""


def test_two_adds_of_one_source_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of them adds it, the other says why it did not."""
    with GitServer(tmp_path / "server") as server:
        publish(server.folder / "acme.git", FILES)
        team = Team(tmp_path / "ada", monkeypatch)
        line = command("source", "add", server.url("acme"), "--trust", "--take", "one_word")
        env = environment(team.folder / "home", {"DYNASAUR_ALLOW_INSECURE": "1"})
        running = [
            subprocess.Popen(line, cwd=team.root, env=env, stderr=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        ended = sorted(
            (one.returncode, said.splitlines()[-1])
            for one, (_, said) in [(one, one.communicate(timeout=120)) for one in running]
        )
        (won, _), (lost, said) = ended
        assert won == 0, said
        # the second may come while the first is at work, or find it done
        told = {
            1: "another process has just changed acme: try again",
            2: "is here already, as acme",
        }
        assert told[lost] in said
        table = tomllib.loads((team.root / "dynasaur.lock").read_text())
        assert [one["name"] for one in table["source"]] == ["acme"]
        assert team.did("source", "verify") == ""
        assert git(team.root, "status", "--porcelain") == ""


def test_another_source_of_the_name_came_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at a source and the yes to it."""
    with GitServer(tmp_path / "server") as server:
        for name in ("one", "two"):
            publish(server.folder / f"{name}.git", FILES)
        team = Team(tmp_path / "ada", monkeypatch)
        desk = Desk(Repo(team.root), Cache(tmp_path / "cache"), allow_insecure=True)
        looked_at = offer(desk, Address.parse(server.url("one")), "", name="acme")
        team.did("source", "add", server.url("two"), "--name", "acme", "--trust")
        before = team.state()
        with pytest.raises(StoreError, match="another process has just changed acme: try again"):
            add(desk, looked_at)
        assert team.state() == before


def test_odd_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No identity, no repository, a cache that cannot be written, a closed stdout."""
    with GitServer(tmp_path / "server") as server:
        publish(server.folder / "acme.git", FILES)
        url = server.url("acme")
        team = Team(tmp_path / "ada", monkeypatch)
        (team.folder / "home" / ".gitconfig").unlink()
        team.did("source", "add", url, "--name", "acme", "--trust")
        assert team.log("-1", "--format=%an") == "dynasaur"
        alone = tmp_path / "alone"
        (alone / "actions").mkdir(parents=True)
        (alone / "actions" / "__init__.py").touch()
        done = team.run("source", "list", "--library", alone)
        assert done.code == 1
        assert "not in a git repository" in done.err
        env = {"DYNASAUR_ALLOW_INSECURE": "1", "XDG_CACHE_HOME": "/dev/null/x"}
        done = dynasaur("take", "acme/one_word", cwd=team.root, env=env)
        assert done.code == 1
        assert "cannot be written" in done.err
        reader, writer = os.pipe()
        os.close(reader)
        lines = command("source", "list")
        run = environment(team.folder / "home")
        closed = subprocess.run(
            lines, cwd=team.root, env=run, stdout=writer, stderr=subprocess.PIPE, check=False
        )
        os.close(writer)
        assert (closed.returncode, closed.stderr) == (0, b"")


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs ssh-keygen")
def test_signers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who signed the commit is told; whether that is anybody known is a matter of own keys."""
    team = Team(tmp_path / "ada", monkeypatch)
    key, config = tmp_path / "key", team.folder / "home" / ".gitconfig"
    make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)]
    subprocess.run(make, check=True)
    told = subprocess.run(["ssh-keygen", "-lf", str(key)], check=True, capture_output=True)
    known = told.stdout.decode().split()[1]
    with GitServer(tmp_path / "server") as server:
        folder = server.folder / "acme.git"
        plain = publish(folder, FILES)
        sign = ("-c", "gpg.format=ssh", "-c", f"user.signingKey={key}")
        made = git(folder, *sign, "commit-tree", "-S", "-p", plain, "-m", "x", f"{plain}^{{tree}}")
        git(folder, "update-ref", "refs/heads/main", made)
        url = server.url("acme")
        text = config.read_text()
        for allowed, shown in (("", known), ("ada@example.org ", f"{known} (verified)")):
            (tmp_path / "allowed").write_text(
                allowed and allowed + key.with_suffix(".pub").read_text()
            )
            config.write_text(text + f'[gpg "ssh"]\n\tallowedSignersFile = {tmp_path}/allowed\n')
            done = team.run("source", "add", url, "--name", "acme", "--trust")
            assert f"signer  {shown}\n" in done.err
            pinned = tomllib.loads((team.root / "dynasaur.lock").read_text())["source"][0]
            assert pinned["signer"] == shown
            team.did("source", "remove", "acme")
            team.did("cache", "gc", "--older-than", "0")


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="needs to mount")
def test_full_disks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the cache, at the fetch and after it, and of the library: nothing is half done."""
    noise = {f"actions/text/noise_{n}.py": f'X = "{os.urandom(2000).hex()}"\n' for n in range(200)}
    with GitServer(tmp_path / "server") as server:
        publish(server.folder / "acme.git", {**FILES, **noise})
        words = ("source", "add", server.url("acme"), "--name", "acme", "--take", "*", "--trust")
        team = Team(tmp_path / "ada", monkeypatch)
        env = {"DYNASAUR_ALLOW_INSECURE": "1", "XDG_CACHE_HOME": str(tmp_path / "cache")}
        said = {}
        for size in (200, 900):
            with disk(tmp_path / "cache", size):
                before = team.state()
                done = dynasaur(*words, cwd=team.root, env=env)
                said[size] = done.err.splitlines()[-1]
                assert (done.code, done.out, team.state()) == (1, "", before), done.err
        assert said[200].endswith("the disk is full: make room on it (`dynasaur cache gc` removes "
                                  "what is not used)")  # fmt: skip
        assert said[900].endswith("cannot be written: database or disk is full")
        with disk(tmp_path / "small", 400):
            small = tmp_path / "small" / "library"
            assert dynasaur("init", small, cwd=tmp_path / "small").code == 0
            done = dynasaur(*words, cwd=small, env=env | {"HOME": str(tmp_path)})
            assert (done.code, done.out) == (1, ""), done.err
            assert git(small, "status", "--porcelain") == ""
            assert not (small / "dynasaur.lock").exists()
        assert dynasaur(*words, cwd=team.root, env=env).code == 0


@contextmanager
def disk(folder: Path, kib: int) -> Iterator[None]:
    """A small disk."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "none", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("cannot mount here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
