"""Hooks of a repository that its owner has named: they judge messages, and no action is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynasaur import config
from dynasaur.errors import ConfigError
from dynasaur.repo import Repo
from tests.builders.cli import dynasaur
from tests.builders.repos import adding, clone_of_a_person, committed, git, isolate

WORDS = "actions/text/words.py"
ACTION = '''
def double_it(number: float) -> float:
    """Twice a number.

    Args:
        number: What to double.

    Returns:
        Twice as much.

    Examples:
        >>> double_it(2)
        4
    """
    return number * 2
'''


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    isolate(monkeypatch, tmp_path_factory.mktemp("home"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return clone_of_a_person(tmp_path / "library")


def hook(root: Path, name: str, text: str, folder: str = ".git/hooks") -> None:
    file = root / folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


def test_a_message_is_rewritten(root: Path) -> None:
    hook(root, "prepare-commit-msg", 'echo "prepared $2" >> "$1"')
    hook(root, "commit-msg", 'echo "Change-Id: I1" >> "$1"')
    done = Repo(root, hooks=f"/elsewhere, {root}").commit("r1", [adding("words"), adding("lines")])
    assert (done.merged, done.note) == (True, "")
    for skip in ("0", "1"):
        said = git(root, "log", "-1", f"--skip={skip}", "--format=%B").split("\n")
        assert said[0].startswith("add text/")
        assert "prepared message" in said
        assert "Change-Id: I1" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("printf 'no \\033[2J ticket\\nname one\\n' >&2; exit 1", "no [2J ticket / name one"),
        ("exit 1", "says nothing"),
        ("sleep 600", "does not come to an end"),
        ("sleep 600 & wait", "does not come to an end"),
        (': > "$1"', "leaves no message"),
        ('rm "$1"', "leaves no message"),
        ('printf "a\\0b" > "$1"', "leaves no message"),
    ],
)
@pytest.mark.parametrize("deliver", ["merge", "pr"])
def test_a_refusal_loses_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str, deliver: str
) -> None:
    if "sleep" in text:
        monkeypatch.setattr("dynasaur.repo.hooks.SECONDS", 0.3)
    hook(root, "commit-msg", text)
    hook(root, "post-merge", "touch told")
    repo = Repo(root, hooks=str(root))
    done = repo.commit("r1", [adding("words")], deliver="merge" if deliver == "merge" else "pr")
    assert not done.merged
    branch = "dynasaur/r1"
    why = f"left on branch {branch} (the hook commit-msg refused 'add text/words: words.': "
    assert done.note.startswith(why), done.note
    assert said in done.note
    assert done.note.endswith(f"take it with `git merge {branch}`")
    assert committed(root, WORDS, branch)
    assert git(root, "log", "-1", "--format=%s", branch) == "add text/words: words."
    assert not committed(root, WORDS)
    assert not (root / "told").exists()
    (root / ".git/hooks/commit-msg").unlink()
    assert repo.commit("r2", [adding("lines", category="more")]).merged


def test_a_hook_has_no_terminal_and_no_foreign_variables(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_WORK_TREE", "/elsewhere")
    hook(
        root,
        "commit-msg",
        "read line && exit 1\n( : < /dev/tty ) 2>/dev/null && exit 2\n"
        "env | grep ^GIT_ | grep -v NOSYSTEM && exit 3\n"
        'test "$(pwd -P)" = "$(git rev-parse --show-toplevel)" || exit 4',
    )
    done = Repo(root, hooks=str(root)).commit("r1", [adding("words")])
    assert done.note == ""


@pytest.mark.parametrize("name", ["post-commit", "post-merge"])
def test_after_a_delivery(root: Path, name: str) -> None:
    hook(root, name, f"git log -1 --format=%s >> '{root.parent}/told'\necho broken\nexit 3")
    repo = Repo(root, hooks=str(root))
    assert repo.commit("r1", [adding("words")], deliver="branch").commits
    assert not (root.parent / "told").exists()
    done = repo.commit("r2", [adding("lines"), adding("more")])
    assert (done.merged, done.note) == (True, f"the hook {name} failed: broken")
    assert (root.parent / "told").read_text() == "add text/more: more.\n"


@pytest.mark.parametrize("setting", ["own", "~/own", "absolute"])
def test_where_hooks_lie(root: Path, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("HOME", str(root))
    git(root, "config", "core.hooksPath", str(root / "own") if setting == "absolute" else setting)
    hook(root, "commit-msg", "exit 1")
    hook(root, "commit-msg", "echo here; exit 1", folder="own")
    done = Repo(root, hooks="~").commit("r1", [adding("words")])
    assert ": here)" in done.note


def test_what_git_would_not_run_does_not_run(root: Path) -> None:
    hook(root, "commit-msg", "exit 1")
    (root / ".git/hooks/commit-msg").chmod(0o644)
    assert Repo(root, hooks=str(root)).commit("r1", [adding("words")]).merged


def test_a_hook_that_cannot_run(root: Path) -> None:
    hook(root, "commit-msg", "exit 0")
    (root / ".git/hooks/commit-msg").write_text("#!/no/such/program\n")
    done = Repo(root, hooks=str(root)).commit("r1", [adding("words")])
    assert "cannot be run: No such file" in done.note
    assert committed(root, WORDS, "dynasaur/r1")


@pytest.mark.parametrize("named", ["", "/elsewhere", "library", "~nobody/x", "actions"])
def test_others_do_not_run(root: Path, named: str) -> None:
    for name in ("prepare-commit-msg", "commit-msg", "post-commit", "post-merge"):
        hook(root, name, f"touch '{root.parent}/sprung'; exit 1")
    assert Repo(root, hooks=named).commit("r1", [adding("words")]).merged
    assert not (root.parent / "sprung").exists()


def test_the_setting_is_the_users_alone(tmp_path: Path) -> None:
    assert dynasaur("init", "library", cwd=tmp_path).code == 0
    root = tmp_path / "library"
    hook(root, "commit-msg", "echo no ticket; exit 1")
    (root / "double.py").write_text(ACTION)
    (root / "pyproject.toml").write_text(f"[tool.dynasaur]\nhooks = '{root}'\n")
    refused = dynasaur("add", "double.py", cwd=root)
    assert refused.code == 2
    assert "a library cannot set hooks" in refused.err
    (root / "pyproject.toml").unlink()
    done = dynasaur("add", "double.py", cwd=root, env={"DYNASAUR_HOOKS": str(root)})
    assert (done.code, done.out) == (0, "kept: double_it\n")
    assert "the hook commit-msg refused" in done.err
    assert "no ticket" in done.err


def test_a_repository_is_named_in_full(tmp_path: Path) -> None:
    for wrong in (f"{tmp_path},library", "/a\0b"):
        with pytest.raises(ConfigError, match="must be whole paths"):
            config.load(tmp_path, {"DYNASAUR_HOOKS": wrong}, {})
    whole = f"{tmp_path}, ~/library"
    assert config.load(tmp_path, {"DYNASAUR_HOOKS": whole}, {}).hooks == whole
