"""`dynasaur review`: real repositories, every format, every way to fail."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import jsonschema
import pytest

from dynasaur.errors import UsageError
from dynasaur.review import Kind, Options, Report, default_range, review
from dynasaur.review.formats import github, gitlab, json_format, markdown, rdjson, sarif, text
from dynasaur.review.waivers import Accepted, baseline, parse, render
from tests.builders.cli import dynasaur
from tests.builders.repos import git, isolate
from tests.builders.review import Files, action, reviewed, told

HERE = Path(__file__).resolve().parent
BASE: Files = {
    "text/clean_text.py": action("clean_text", "text: str", body="return text.strip()"),
    "text/count_words.py": action(
        "count_words",
        "text: str",
        "int",
        "return len(clean_text(text).split())",
        imports="from .clean_text import clean_text",
    ),
    "text/old_name.py": action("old_name", body="return text[::-1].title() + str(times)"),
    "web/gone_soon.py": action("gone_soon", body="return text.swapcase().center(times)"),
}
AFTER: Files = {
    "text/clean_text.py": action(
        "clean_text", "text: str, *, strict: bool", body="return text.strip()"
    ),
    "text/new_name.py": action("new_name", body="return text[::-1].title() + str(times)"),
    "web/get_page.py": action(
        "get_page",
        "address: str",
        body="import requests\nreturn requests.get(address).text",
        head='# dependencies = ["requests"]',
    ),
    "text/odd.so": b"\x7fELF",
}


def put(root: Path, files: Files, remove: tuple[str, ...] = ()) -> None:
    for name, content in files.items():
        path = root / "actions" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    for name in remove:
        (root / "actions" / name).unlink()


def commit(folder: Path, message: str) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose library lies in a folder of it, with a branch that changes actions."""
    patch = pytest.MonkeyPatch()
    isolate(patch, tmp_path_factory.mktemp("home"))
    top = tmp_path_factory.mktemp("of reviews") / "repository ö"
    root = top / "my library"
    root.mkdir(parents=True)
    git(top, "init", "--quiet", "--initial-branch=main")
    (root / "actions").mkdir()
    (root / "actions" / "__init__.py").touch()
    put(root, BASE)
    commit(top, "base")
    git(top, "checkout", "--quiet", "-b", "change")
    put(root, AFTER, ("text/old_name.py", "web/gone_soon.py"))
    (root / "actions" / "text" / "link.py").symlink_to("/etc/passwd")
    (top / "README.md").write_text("hello\n")
    commit(top, "change")
    git(top, "checkout", "--quiet", "main")
    (top / "other.txt").write_text("moved on\n")
    commit(top, "main moves on")
    git(top, "checkout", "--quiet", "change")
    patch.undo()
    return top


@pytest.fixture(scope="module")
def report(repository: Path) -> Report:
    return review(repository / "my library", "main...HEAD")


def test_each_change_is_told_for_what_it_is(report: Report) -> None:
    assert [(str(one.kind), one.name) for one in report.changes] == [
        ("contract", "text/clean_text"),
        ("added", "text/link"),
        ("renamed", "text/new_name"),
        ("added", "web/get_page"),
        ("removed", "web/gone_soon"),
    ]
    assert sorted(told(report)) == [
        "DYN101 web/get_page.py:7:1",
        "DYN102 web/gone_soon.py:4:1",
        "DYN103 text/new_name.py:4:1",
        "DYN105 text/link.py:1:1",
        "DYN105 text/odd.so:1:1",
        "DYN206 text/clean_text.py:4:30",
        "DYN401 web/get_page.py:21:12",
        "DYN501 web/get_page.py:2:1",
        "DYN502 web/get_page.py:2:1",
        "DYN701 text/count_words.py:19:16",
    ]
    assert [one.path for one in report.unread] == ["actions/text/link.py", "actions/text/odd.so"]
    assert (report.outside, report.root) == (1, "my library/")


def test_the_worst_comes_first(report: Report) -> None:
    levels = [one.level for one in report.findings]
    assert levels == sorted(levels, key=["error", "warning", "info"].index)
    assert report.fails("error")
    assert not report.fails("never")


# --- formats --------------------------------------------------------------------------------------


def test_json_keeps_its_published_schema(report: Report) -> None:
    schema = json.loads(json_format.schema())
    document = json.loads(json_format.render(report))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["summary"]["errors"] == report.counts["error"] == 4
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "more": 1}, schema)


def test_sarif_keeps_the_standards_schema(report: Report) -> None:
    schema = json.loads((HERE / "schemas" / "sarif-2.1.0.json").read_text("utf-8"))
    log = json.loads(sarif.render(report))
    jsonschema.Draft202012Validator(schema).validate(log)
    (run,) = log["runs"]
    uris = {
        one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]
    }
    assert "my%20library/actions/text/clean_text.py" in uris
    rules = [one["id"] for one in run["tool"]["driver"]["rules"]]
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in run["results"])
    severe = {
        one["id"]
        for one in run["tool"]["driver"]["rules"]
        if "security-severity" in one["properties"]
    }
    assert "DYN401" in severe
    assert "DYN206" not in severe


def test_what_reviewdog_and_gitlab_read(report: Report) -> None:
    first = json.loads(rdjson.render(report))["diagnostics"][0]
    assert first["severity"] == "ERROR"
    assert first["location"]["path"].startswith("my library/actions/")
    assert set(first["location"]["range"]["start"]) == {"line", "column"}
    issues = json.loads(gitlab.render(report))
    needed = {"description", "check_name", "fingerprint", "severity", "location"}
    assert all(set(one) == needed for one in issues)
    assert {one["severity"] for one in issues} <= {"info", "minor", "major", "critical", "blocker"}
    assert len({one["fingerprint"] for one in issues}) == len(issues)


def test_annotations_are_commands_and_nothing_else(report: Report) -> None:
    lines = github.render(report).splitlines()
    shape = re.compile(r"::(?:error|warning|notice)(?: [^:\n]*)?::[^\n]*")
    assert all(shape.fullmatch(line) for line in lines)
    assert lines[0].startswith("::error file=my library/actions/")


HOSTILE = "a%b\n::set-output name=x::y\r\x1b[31m\u202e,:"


def test_nothing_that_a_stranger_wrote_becomes_a_command() -> None:
    before = {"text/shout_text.py": action()}
    after: Files = {
        "text/shout_text.py": action(body="import os\nreturn os.environ[" + repr(HOSTILE) + "]"),
        f"text/{HOSTILE.replace('/', '')}.so": b"x",
    }
    found = reviewed(before, after)
    assert {one.id for one in found.open} >= {"DYN405", "DYN105"}
    for line in github.render(found).splitlines():
        assert re.fullmatch(r"::(?:error|warning|notice)(?: [^:\n]*)?::[^\n]*", line)
        assert not re.search(r"[\x00-\x1f\u202e]", line)
    for shown in (text.render(found), text.render(found, width=160), markdown.render(found)):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", shown)
    for colored in (text.render(found, color=True),):
        plain = re.sub(r"\x1b\[[\d;]*m", "", colored)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", plain)
    for document in (json_format.render(found), sarif.render(found), rdjson.render(found)):
        json.loads(document)


def test_ten_annotations_of_a_level_are_shown_and_the_rest_counted() -> None:
    body = "import os\n" + "\n".join(f"os.environ['A{n}']" for n in range(30)) + "\nreturn text"
    found = reviewed({"text/shout_text.py": action()}, {"text/shout_text.py": action(body=body)})
    lines = github.render(found).splitlines()
    assert sum(line.startswith("::error") for line in lines) == 10
    assert "::notice::20 more findings: the summary has all" in lines


def test_markdown_is_one_comment_that_is_found_again(report: Report) -> None:
    shown = markdown.render(report)
    assert shown.startswith(f"<!-- dynasaur-review v1 head={report.head} -->\n## ")
    assert shown.count("<details>") == shown.count("</details>") > 3
    assert "Not reviewed" in shown


def test_markdown_is_cut_at_whole_sections() -> None:
    files = {
        f"text/loud_text_{n}.py": action(
            f"loud_text_{n}", body=f"return text * {n}\n" + "x = 1\n" * 90
        )
        for n in range(40)
    }
    found = reviewed({}, files)
    shown = markdown.render(found)
    assert len(shown) <= markdown.ROOM < markdown.LIMIT
    assert "more sections did not fit" in shown
    assert shown.count("<details>") == shown.count("</details>")
    assert shown.count("```") % 2 == 0
    assert shown.rstrip().endswith("</sub>")


def test_markdown_of_a_stranger_stays_text() -> None:
    body = 'return text + """```\n</details> @everyone <img src=x> [a](http://x.org)"""'
    found = reviewed(
        {}, {"text/shout_text.py": action(body=body, summary="See http://x.org @you | <b>")}
    )
    shown = re.sub(r"`{4,}.*?`{4,}", "", markdown.render(found), flags=re.DOTALL)
    assert "@everyone" not in shown
    assert "<img" not in shown
    assert "http://x.org" not in shown


@pytest.mark.parametrize("width", [40, 80, 160])
def test_text_fits_the_terminal(report: Report, width: int) -> None:
    shown = text.render(report, width=width).split("\n")
    assert shown[0].startswith("Not to be merged as it is: 4 errors")
    prose = [
        line for line in shown if not re.match(r"  [-+@ (]", line) and not re.match(r"    ", line)
    ]
    assert max(map(len, prose)) <= width
    joined = " ".join(" ".join(shown).split())
    assert "Review: 2 added, 1 changed (1 breaking), 1 renamed, 1 removed" in joined


def test_the_same_range_gives_the_same_bytes(repository: Path, report: Report) -> None:
    again = review(repository / "my library", "main...HEAD")
    assert json_format.render(again) == json_format.render(report)


def test_fingerprints_survive_later_pushes() -> None:
    one = action(body="import os\nreturn os.system(text)")
    first = reviewed({"text/shout_text.py": action()}, {"text/shout_text.py": one})
    later = reviewed(
        {"text/shout_text.py": action()},
        {"text/shout_text.py": one.replace("    import os", "    # a line more\n\n    import os")},
    )
    assert [x.fingerprint for x in first.open] == [x.fingerprint for x in later.open]
    assert [x.line for x in first.open] != [x.line for x in later.open]


# --- what people accept ---------------------------------------------------------------------------


def test_what_is_accepted_does_not_fail_and_is_still_shown() -> None:
    after = {"text/shout_text.py": action(body="import os\nreturn os.system(text)")}
    (found,) = reviewed({"text/shout_text.py": action()}, after).open
    entry = Accepted(found.fingerprint, found.id, found.action, "it is its job")
    known = Options(accepted={entry.fingerprint: entry})
    report = reviewed({"text/shout_text.py": action()}, after, known)
    assert not report.fails("info")
    assert [one.accepted for one in report.accepted] == ["it is its job"]
    assert "it is its job" in " ".join(text.render(report).split())
    old = Options(
        accepted={entry.fingerprint: Accepted(entry.fingerprint, "", "", "x", "2020-01-01")}
    )
    assert reviewed({"text/shout_text.py": action()}, after, old).fails("warning")


def test_the_librarys_own_list_counts_and_is_told_of_when_the_range_adds_to_it() -> None:
    after = {"text/shout_text.py": action(body="import os\nreturn os.system(text)")}
    (found,) = reviewed({"text/shout_text.py": action()}, after).open
    accepted = {
        "accepted.toml": render([Accepted(found.fingerprint, found.id, found.action, "so")])
    }
    before = {"text/shout_text.py": action()}
    assert told(reviewed({**before, **accepted}, {**after, **accepted})) == []
    assert told(reviewed(before, {**after, **accepted})) == ["DYN901 accepted.toml:1:1"]


def test_a_file_of_what_is_accepted_reads_what_it_writes() -> None:
    entries = [
        Accepted("aaaaaaaaaaaa", "DYN401", "text/x", 'so "it" is\n', "2027-01-01"),
        Accepted("b" * 12, "DYN402", "y", "z"),
    ]
    read = parse("<<<<<<< ours\n" + render(entries))
    assert read["aaaaaaaaaaaa"].reason == 'so "it" is'
    assert read["b" * 12] == entries[1]
    with pytest.raises(UsageError):
        baseline("{}", "x.json")


# --- ranges ---------------------------------------------------------------------------------------


def test_the_package_of_what_is_vendored_is_no_change_of_ones_own() -> None:
    files = {f"vendor/{path}": "" for path in ("__init__.py", "x/__init__.py")}
    report = reviewed({}, {**files, "vendor/x/text/shout_text.py": action()})
    assert all(one.vendored for one in report.changes)
    assert "actions.vendor" not in text.render(report, width=100, color=False)


def test_ranges_are_gits(repository: Path, report: Report) -> None:
    root = repository / "my library"
    both = {git(repository, "rev-parse", "main"), git(repository, "rev-parse", "HEAD")}
    plain = review(root, "main..change")
    assert {plain.base, plain.head} == both
    assert plain.outside == 2
    back = review(root, "change..main")
    assert {str(one.kind) for one in back.changes} >= {"removed", "added", "contract"}
    assert review(root, "main...").head == report.head
    assert review(root, "HEAD..HEAD").changes == ()


def test_the_work_tree_is_reviewed_with_what_is_not_yet_added(repository: Path) -> None:
    root = repository / "my library"
    path = root / "actions" / "text" / "clean_text.py"
    kept = path.read_text()
    path.write_text(kept.replace("strip()", "lower()"))
    put(root, {"text/fresh_text.py": action("fresh_text", body="return text.casefold()")})
    try:
        found = review(root, "HEAD")
    finally:
        path.write_text(kept)
        (root / "actions" / "text" / "fresh_text.py").unlink()
    assert found.head == ""
    assert [(one.kind, one.name) for one in found.changes] == [
        (Kind.BODY, "text/clean_text"),
        (Kind.ADDED, "text/fresh_text"),
    ]
    os.utime(path)
    assert review(root, "HEAD").changes == ()


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "@{upstream}...HEAD"),
        ({"GITHUB_BASE_REF": "main"}, "origin/main...HEAD"),
        ({"GITHUB_BASE_REF": ""}, "@{upstream}...HEAD"),
        ({"CI_MERGE_REQUEST_DIFF_BASE_SHA": "abc"}, "abc..HEAD"),
    ],
)
def test_the_default_range_is_what_is_to_be_merged(environ: dict[str, str], expected: str) -> None:
    assert default_range(environ) == expected


# --- the command ----------------------------------------------------------------------------------


def test_the_command_writes_several_formats_at_once(repository: Path) -> None:
    folder = repository / "my library" / "actions" / "text"
    out = repository.parent / "out"
    out.mkdir()
    done = dynasaur(
        *("review", "main...HEAD", "--format", "text", "--format", f"json={out}/r.json"),
        *("--format", f"sarif={out}/r.sarif", "--format", f"markdown={out}/r.md"),
        cwd=folder,
    )
    assert done.code == 1, done.err
    assert done.out.startswith("Not to be merged as it is: 4 errors")
    assert "\x1b" not in done.out
    assert done.err == ""
    assert json.loads((out / "r.json").read_text())["schema"] == "dynasaur.review/1"
    assert (out / "r.md").read_text().startswith("<!-- dynasaur-review v1 head=")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("main...HEAD", "--fail-on", "never", "--format", "json"), 0),
        (("main...HEAD", "--format", "sarif"), 0),
        (("main...HEAD", "--select", "DYN101", "--format", "json"), 1),  # some cannot be read
        (("main...HEAD", "--select", "DYN101", "--ignore", "DYN104,DYN105", "--json"), 0),
        (("main...HEAD", "--select", "DYN101", "--fail-on", "info", "--format", "json"), 1),
        (("main...HEAD", "--ignore", "DYN1,DYN2,caller-broken", "--format", "json"), 0),
        (("HEAD..HEAD", "--fail-on", "info", "--json"), 0),
    ],
)
def test_exit_codes(repository: Path, words: tuple[str, ...], code: int) -> None:
    done = dynasaur("review", *words, cwd=repository / "my library")
    assert done.code == code, done.err
    assert done.json


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("nowhere..HEAD",),
            "'nowhere' of 'nowhere..HEAD' is not in this clone: get it with `git fetch",
        ),
        (("--", "--upload-pack=x"), "is no range"),
        (("main..--upload-pack=x",), "is no revision"),
        ((), "this branch follows no other: name a range, such as main...HEAD"),
        (("main...HEAD", "--format", "yaml"), "--format yaml: known are text"),
        (
            ("main...HEAD", "--format", "json", "--format", "text"),
            "only one format can go to stdout",
        ),
        (("main...HEAD", "--select", "DYN999"), "--select DYN999: no such rule"),
        (("main...HEAD", "--baseline", "none.toml"), "none.toml cannot be read as a baseline"),
        (("main...HEAD", "-o", "none/x.txt"), "none/x.txt cannot be written"),
    ],
)
def test_what_cannot_be_reviewed_is_exit_code_2(
    repository: Path, words: tuple[str, ...], said: str
) -> None:
    done = dynasaur("review", *words, cwd=repository / "my library")
    assert done.code == 2
    assert done.out == ""
    assert said in done.err
    assert len(done.err.splitlines()) == 1


def test_outside_of_a_repository_nothing_is_clean(tmp_path: Path) -> None:
    (tmp_path / "actions").mkdir()
    (tmp_path / "actions" / "__init__.py").touch()
    done = dynasaur("review", "HEAD", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "is not in a git repository" in done.err


def test_a_shallow_clone_says_how_to_deepen_it_and_does_so_on_request(
    repository: Path, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    git(
        tmp_path,
        "clone",
        "--quiet",
        "--depth",
        "1",
        "--branch",
        "change",
        f"file://{repository}",
        str(clone),
    )
    git(clone, "fetch", "--quiet", "--depth", "1", "origin", "main:refs/remotes/origin/main")
    root = clone / "my library"
    done = dynasaur("review", "origin/main...HEAD", cwd=root)
    assert done.code == 2
    assert "this clone is shallow" in done.err
    assert (
        "git fetch --no-tags --unshallow origin +refs/heads/main:refs/remotes/origin/main"
        in done.err
    )
    done = dynasaur("review", "origin/main...HEAD", "--fetch", "--format", "json", cwd=root)
    assert done.code == 1, done.err
    assert len(done.json["actions"]) == 5


def test_what_came_before_the_head_is_fetched_as_well(repository: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    address = f"file://{repository}"
    git(tmp_path, "clone", "-q", "--depth", "1", "--branch", "change", address, str(clone))
    root = clone / "my library"
    for missing, line in (
        ("HEAD~1", "git fetch --no-tags --unshallow origin`"),
        ("1234567", "git fetch --no-tags --unshallow origin`"),
        ("origin/main^", "--unshallow origin +refs/heads/main:refs/remotes/origin/main`"),
    ):
        done = dynasaur("review", f"{missing}..HEAD", cwd=root)
        assert (done.code, line in done.err) == (2, True), done.err
    done = dynasaur("review", "HEAD~1..HEAD", "--fetch", "--format", "json", cwd=root)
    assert done.code == 1, done.err
    assert len(done.json["actions"]) == 5


def test_a_fetch_by_ssh_goes_by_the_persons_own_settings(repository: Path, tmp_path: Path) -> None:
    clone, ssh = tmp_path / "clone", tmp_path / "ssh"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", str(clone))
    git(clone, "remote", "set-url", "origin", "ssh://nowhere.invalid/x.git")
    git(clone, "config", "core.sshCommand", f"touch '{tmp_path / 'stranger'}'; false")
    ssh.write_text(f"#!/bin/sh\ntouch '{tmp_path / 'asked'}'\nexit 1\n")
    ssh.chmod(0o755)
    own = tmp_path / "gitconfig"
    own.write_text(f"[core]\n\tsshCommand = {ssh}\n")
    env = {"GIT_CONFIG_GLOBAL": str(own)}
    done = dynasaur("review", "HEAD~1..HEAD", "--fetch", cwd=clone / "my library", env=env)
    assert (done.code, "cannot be fetched" in done.err) == (2, True), done.err
    assert (tmp_path / "asked").exists()
    assert not (tmp_path / "stranger").exists()


@pytest.mark.parametrize("revision", ["HEAD:x", "HEAD^{tree}", "main~99", "main^2", "main....HEAD"])
def test_what_no_fetch_can_bring_is_told_so(repository: Path, revision: str) -> None:
    done = dynasaur("review", revision, cwd=repository / "my library")
    assert (done.code, done.out) == (2, "")
    assert "is no commit of this repository: see `git log`" in done.err
    assert "fetch" not in done.err


def test_the_first_commit_of_a_library_is_reviewed(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(tmp_path / "new"))
    root = tmp_path / "new"
    git(root, "commit", "--quiet", "--allow-empty", "-m", "nothing")
    (root / "actions/text").mkdir(parents=True)
    for name in ("actions/__init__.py", "actions/text/__init__.py"):
        (root / name).touch()
    (root / "actions/text/shout_text.py").write_text(action())
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "all")
    done = dynasaur("review", "HEAD~1..HEAD", "--format", "json", cwd=root)
    assert done.code == 0, done.err
    named = [one["name"] for one in done.json["actions"]]
    assert named == ["actions", "text", "text/shout_text"]


def test_the_schema_is_printed(tmp_path: Path) -> None:
    done = dynasaur("review", "--schema", cwd=tmp_path)
    assert done.code == 0
    assert done.json["properties"]["schema"] == {"const": "dynasaur.review/1"}


def test_twins_stand_side_by_side_in_markdown_and_close_what_they_open() -> None:
    body = "total = 0\nfor part in text.split('</td></table>```'):\n    total += len(part) * 7"
    body += "\nreturn str(total)"
    old = {"text/sum_parts.py": action("sum_parts", "text: str", body=body)}
    new = {"text/add_parts.py": action("add_parts", "text: str", body=body)}
    shown = markdown.render(reviewed(old, old | new))
    head, _, rest = shown.partition('<table><tr valign="top"><td>\n\n')
    assert "text/add&#95;parts is the same as text/sum&#95;parts" in head
    inside, _, _ = rest.partition("\n\n</td></tr></table>\n")
    one, other = inside.split("\n\n</td><td>\n\n")
    for cell in (one, other):
        assert cell.count("\n````python\n") == 1, "a fence that the text does not close"
        assert cell.endswith("return str(total)\n````")


def test_a_package_s_empty_file_is_counted_nowhere() -> None:
    new = {
        "words/loud.py": action("loud"),
        "vendor/acme/text/clean.py": action("clean"),
    }
    shown = text.render(reviewed({}, new), width=200)
    assert "Review: 1 added, 0 changed, 0 renamed, 0 removed, 1 vendored;" in shown
