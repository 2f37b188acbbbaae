"""Reviews of repositories that mean harm, or are odd: nothing runs, nothing is passed over."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from dynasaur.errors import StoreError
from dynasaur.review import reading, review
from dynasaur.review.formats import github, json_format, markdown, sarif, text
from tests.builders.cli import dynasaur
from tests.builders.repos import git, isolate
from tests.builders.review import action, reviewed, told


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    isolate(monkeypatch, tmp_path / "home")
    root = tmp_path / "library"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(root))
    for name in ("actions/__init__.py", "actions/text/__init__.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    (root / "actions/text/shout_text.py").write_text(action())
    commit(root)
    return root


def commit(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "-m", "a commit")


def test_no_program_of_the_repository_is_run(root: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    trap.chmod(0o755)
    settings = {
        "diff.external": trap,
        "diff.odd.textconv": trap,
        "diff.odd.command": trap,
        "filter.odd.clean": trap,
        "filter.odd.smudge": trap,
        "filter.odd.process": trap,
        "core.fsmonitor": trap,
        "core.pager": trap,
        "core.sshCommand": trap,
        "grep.threads": 1,
    }
    for key, value in settings.items():
        git(root, "config", key, str(value))
    (root / ".gitattributes").write_text("*.py diff=odd filter=odd\n")
    (root / "actions/text/shout_text.py").write_text(action(params="text: str, times: int"))
    subprocess.run(
        ["git", "-c", "core.fsmonitor=", "-c", "filter.odd.clean=", "-c", "filter.odd.process=",
         "commit", "--all", "--quiet", "-m", "x"],
        cwd=root, check=True, env={**os.environ, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
                                   "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"},
    )  # fmt: skip
    (tmp_path / "sprung").unlink(missing_ok=True)
    assert told(review(root, "HEAD~1..HEAD")) == ["DYN205 text/shout_text.py:4:27"]
    (root / "actions/text/more_text.py").write_text(action("more_text", body="return text"))
    assert [one.name for one in review(root, "HEAD").changes] == ["text/more_text"]
    assert not (tmp_path / "sprung").exists()


NAMES = [
    "a\nb.py",
    "::error::x.py",
    "a%0Ab,c:d.py",
    "\x1b[31mred.py",
    "\u202egnp.py",
    "a'\"`$(x).py",
    "ü ö.py",
    "--option.py",
    ":(top)x.py",
    ".py",
    os.fsdecode(b"\xff\xfe.py"),
]


def test_every_name_of_a_file_is_shown_and_steers_nothing(root: Path) -> None:
    for name in NAMES:
        (root / "actions/text" / name).write_text(action("more_text", body="return eval(text)"))
    commit(root)
    found = review(root, "HEAD~1..HEAD")
    assert len(found.changes) == len(NAMES)
    assert sum(one.id == "DYN807" for one in found.findings) == len(NAMES)
    assert sum(one.id == "DYN404" for one in found.findings) == len(NAMES)
    for shown in (text.render(found), github.render(found), markdown.render(found)):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e\ud800-\udfff]", shown)
    for line in github.render(found).splitlines():
        assert re.fullmatch(r"::(error|warning|notice)( [^:]*)?::.*", line)
    for document in (json_format.render(found), sarif.render(found)):
        document.encode("utf-8")
    done = dynasaur("review", "HEAD~1..HEAD", "--format", "json", cwd=root)
    assert len(done.json["actions"]) == len(NAMES)
    assert review(root, "HEAD~1").counts == found.counts


def test_what_is_no_file_is_told_and_not_followed(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(tmp_path, "init", "--quiet", str(other))
    git(other, "commit", "--quiet", "--allow-empty", "-m", "x")
    head = git(other, "rev-parse", "HEAD")
    (root / "actions/text/link.py").symlink_to("/etc/passwd")
    (root / "actions/folder").symlink_to("/etc")
    (root / "actions/text/huge.py").write_bytes(b"#" * 1_000_001)
    (root / "actions/text/zeros.py").write_bytes(b"\x00" * 100)
    git(root, "add", "--all")
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{head},actions/sub")
    git(root, "commit", "--quiet", "-m", "odd")
    found = review(root, "HEAD~1..HEAD")
    reasons = {one.path: one.reason for one in found.unread}
    assert reasons.pop("actions/text/zeros.py").endswith("mend its syntax")
    assert reasons == {
        "actions/folder": "it is a link, which is not followed",
        "actions/sub": "it is a submodule, which is not followed",
        "actions/text/huge.py": "it is larger than 1,000,000 bytes",
        "actions/text/link.py": "it is a link, which is not followed",
    }
    assert {one.id for one in found.findings if one.level == "error"} == {"DYN104", "DYN105"}
    assert found.fails("error")
    assert "root:" not in text.render(found)


def test_a_link_in_the_work_tree_is_not_read(root: Path) -> None:
    path = root / "actions/text/shout_text.py"
    path.unlink()
    path.symlink_to("/etc/passwd")
    found = review(root, "HEAD")
    assert [one.reason for one in found.unread] == ["it is a link, which is not followed"]
    assert "root:" not in text.render(found)


def test_a_commit_that_renames_everything(root: Path) -> None:
    for number in range(120):
        body = f"return text * {number} + '{number}'"
        (root / f"actions/text/old_{number}.py").write_text(action(f"old_{number}", body=body))
    commit(root)
    (root / "actions/text").rename(root / "actions/words")
    commit(root)
    found = review(root, "HEAD~1..HEAD")
    assert {str(one.kind) for one in found.changes if one.is_action} == {"moved"}
    assert len(markdown.render(found)) < markdown.LIMIT


def test_a_huge_difference_ends() -> None:
    before = "\n".join(f"x{n} = {n}" for n in range(4000))
    after = "\n".join(f"x{n} = {n + 1}" for n in range(4000))
    found = reviewed({"text/_tool.py": before}, {"text/_tool.py": after})
    assert "too many to be compared here" in text.render(found)
    assert [one.id for one in found.open if one.level == "error"] == ["DYN105"]


def test_it_works_from_a_folder_inside(root: Path) -> None:
    (root / "actions/text/more_text.py").write_text(action("more_text", body="return text"))
    commit(root)
    folder = root / "actions/text"
    done = dynasaur("review", "HEAD~1..HEAD", "--format", "json", cwd=folder)
    assert [one["name"] for one in done.json["actions"]] == ["text/more_text"]


def test_a_renamed_branch_and_a_tag_are_revisions(root: Path) -> None:
    git(root, "tag", "v1")
    git(root, "branch", "--move", "trunk")
    (root / "actions/text/more_text.py").write_text(action("more_text", body="return text"))
    commit(root)
    assert len(review(root, "v1..trunk").changes) == 1
    done = dynasaur("review", "main...HEAD", cwd=root)
    assert (done.code, done.out) == (2, "")


def test_histories_with_nothing_in_common_are_told_so(root: Path) -> None:
    git(root, "checkout", "--quiet", "--orphan", "apart")
    git(root, "commit", "--quiet", "-m", "another beginning")
    done = dynasaur("review", "main...apart", cwd=root)
    assert done.code == 2
    assert "have no commit in common: compare them as they are, with main..apart" in done.err
    assert dynasaur("review", "main..apart", cwd=root).code == 0


def test_a_repository_without_a_commit_is_told_so(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "actions").mkdir()
    (tmp_path / "actions/__init__.py").touch()
    done = dynasaur("review", "HEAD", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "nothing has been committed yet" in done.err


def test_repositories_with_longer_ids_are_read(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--object-format=sha256")
    (tmp_path / "actions/text").mkdir(parents=True)
    (tmp_path / "actions/__init__.py").touch()
    commit(tmp_path)
    (tmp_path / "actions/text/shout_text.py").write_text(action())
    commit(tmp_path)
    found = review(tmp_path, "HEAD~1..HEAD")
    assert [one.name for one in found.changes] == ["text/shout_text"]
    assert len(found.head) == 64


def test_a_closed_pipe_is_no_failure(root: Path) -> None:
    (root / "actions/text/more_text.py").write_text(action("more_text", body="return text"))
    commit(root)
    words = f"{shlex.quote(sys.executable)} -m dynasaur review HEAD~1..HEAD | head -1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {words}"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize("attribute", ["binary", "-diff", "-text", "diff=odd"])
def test_no_attribute_of_a_file_hides_a_caller(root: Path, attribute: str) -> None:
    (root / ".gitattributes").write_text(f"*.py {attribute}\n")
    line = "from .shout_text import shout_text"
    caller = action("call_it", "text: str", body="return shout_text(text, 2)", imports=line)
    (root / "actions/text/call_it.py").write_text(caller)
    commit(root)
    (root / "actions/text/shout_text.py").write_text(action(params="text: str"))
    commit(root)
    assert "DYN701 text/call_it.py:19:12" in told(review(root, "HEAD~1..HEAD"))


def test_a_library_that_is_read_in_parts_is_read_whole(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "return ','.join(text.split(';')[:3]).strip('x')"
    for number in range(9):
        name = f"other_{number}"
        text = action(name, body=body if number == 7 else f"return text.replace('{number}', '')")
        (root / f"actions/text/{name}.py").write_text(text)
    commit(root)
    (root / "actions/text/again.py").write_text(action("again", body=body))
    (root / "actions/text/huge.py").write_text("x = 1\n" * 200_000)
    commit(root)
    whole = json_format.render(review(root, "HEAD~1..HEAD"))
    assert '"DYN303"' in whole
    assert "it is larger than 1,000,000 bytes" in whole
    monkeypatch.setattr(reading, "AT_ONCE", 1000)
    assert json_format.render(review(root, "HEAD~1..HEAD")) == whole


def test_where_no_temporary_file_can_be_made_nothing_is_called_clean(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "actions/text/shout_text.py").write_text(action(params="text: str"))
    commit(root)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
    with pytest.raises(StoreError, match="no temporary file can be made"):
        review(root, "HEAD~1..HEAD")
