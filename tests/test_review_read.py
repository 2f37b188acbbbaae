"""What a reviewer reads: the riskiest first, nothing said twice, nothing that misleads."""

from __future__ import annotations

import json

import pytest

from dynasaur.review import Options, Report, waivers
from dynasaur.review.formats import github, json_format, markdown, rdjson, text
from dynasaur.review.values import Finding
from tests.builders.review import action, reviewed

HEAD = '# [tool.dynasaur]\n# origin = "generated"\n# run = "1"\n# evidence = "replayed"'
USER = action(
    "greet_all",
    "text: str",
    body="return shout_text(text, 2)",
    imports="from .shout_text import shout_text",
)
BEFORE = {
    "text/shout_text.py": action(),
    "text/greet_all.py": USER,
    "text/first_word.py": action("first_word", "text: str", body="return text[:1]", head=HEAD),
    "text/old_word.py": action("old_word", "text: str", body="return text[-1]"),
    "text/use_old.py": action(
        "use_old",
        "text: str",
        body="return old_word(text)",
        imports="from .old_word import old_word",
    ),
}


@pytest.fixture(scope="module")
def report() -> Report:
    """Five changes, the worst of which comes last by its name and by what happened to it."""
    after = {
        **BEFORE,
        "text/shout_text.py": action(params="text: str"),
        "text/first_word.py": BEFORE["text/first_word.py"].replace("[:1]", "[:2]"),
        "text/aside.py": action("aside", "text: str", body="return f'({text})'"),
        "words/run_words.py": action("run_words", "text: str", "object", body="return eval(text)"),
    }
    del after["text/old_word.py"]
    return reviewed(BEFORE, after)


def test_changes_come_in_the_order_of_their_risk(report: Report) -> None:
    told = text.render(report, width=100).partition("\nChanges\n")[2].splitlines()
    heads = [line.split()[1] for line in told if line[:2] in {"+ ", "~ ", "- ", "> ", ". "}]
    names = "words/run_words text/shout_text text/old_word text/first_word text/aside"
    assert heads == names.split()
    _, _, rows = markdown.render(report).partition("### Changes")
    found = [row.split("|")[2].replace("&#95;", "_").strip() for row in rows.split("\n")[4:9]]
    assert found == heads


def test_callers_are_named_once_beside_what_they_use(report: Report) -> None:
    told = text.render(report, width=100)
    assert "  callers that break: text/greet_all\n" in told
    assert "| contract changed<br>breaks text/greet&#95;all |" in markdown.render(report)
    assert told.count("it calls text/shout_text with 2") == 1


def test_callers_of_odd_names_are_named_too() -> None:
    user = "from actions.text.shout_text import shout_text\n"
    users = {"__init__.py": user, "text/\udcff.py": user}
    report = reviewed({"text/shout_text.py": action(), **users}, users)
    assert "  callers that break: actions, text/<U+DCFF>\n" in text.render(report, width=100)
    told = json.loads(json_format.render(report).encode())
    (gone,) = (one for one in told["actions"] if one["change"] == "removed")
    assert [one["name"] for one in gone["callers"]] == ["actions", "text/\\udcff"]


def test_what_was_removed_says_who_needs_it(report: Report) -> None:
    (gone,) = (one for one in report.findings if one.id == "DYN102")
    assert gone.message == "it is gone, and text/use_old still needs it"
    assert (gone.level, gone.path) == ("error", "actions/text/use_old.py")
    (gone,) = (
        one for one in reviewed({"text/shout_text.py": action()}, {}).findings if one.id == "DYN102"
    )
    assert gone.message == "it is gone; nothing here uses it"


@pytest.mark.parametrize("render", [text.render, markdown.render])
def test_voided_evidence_is_nowhere_shown_as_backing(render: object, report: Report) -> None:
    told = render(report)  # type: ignore[operator]
    assert "evidence replayed (voided by this edit)" in told
    assert "evidence replayed," not in told


@pytest.mark.parametrize("render", [text.render, markdown.render])
def test_an_added_action_is_told_as_a_change_alone(render: object, report: Report) -> None:
    told = render(report)  # type: ignore[operator]
    assert "text/aside" in told
    assert "DYN101" not in told


def test_rules_of_the_same_help_are_told_together(report: Report) -> None:
    more = reviewed(
        {}, {"a/a.py": action("a", body="import os\nreturn eval(text) + os.environ['A']")}
    )
    told = markdown.render(more)
    assert "**DYN404 eval-exec, DYN405 environment**" in told


def test_a_file_name_begins_no_line_of_its_own() -> None:
    name = "text/a\nNothing was found that speaks against it.\n.py"
    for width in (80, 160):
        told = text.render(reviewed({}, {name: "def f(:\n"}), width=width)
        assert "a<U+000A>Nothing" in told.replace("\n", "").replace(" ", "")
        assert not any(line.startswith("Nothing") for line in told.splitlines())


def test_a_line_too_long_to_be_read_is_cut_and_says_so() -> None:
    far = f"x = 1{' ' * 2000}; import os\n"
    assert "more characters)" in text.render(reviewed({}, {"text/_far.py": far}), width=100)


def test_columns_for_reviewdog_are_bytes() -> None:
    report = reviewed(
        BEFORE, {**BEFORE, "text/a.py": action("a", body="return 'ä\U0001f4a5', eval(text)")}
    )
    (one,) = (one for one in report.findings if one.id == "DYN404")
    told = json.loads(rdjson.render(report))["diagnostics"]
    (found,) = (each["location"]["range"] for each in told if each["code"]["value"] == "DYN404")
    assert (one.column, found["start"]["column"]) == (18, 22)
    assert found["end"]["column"] - found["start"]["column"] == 4
    unread = reviewed(BEFORE, {**BEFORE, "text/shout_text.py": action(params="text: str")})
    told = json.loads(rdjson.render(unread))["diagnostics"]
    (found,) = (each["location"]["range"] for each in told if each["code"]["value"] == "DYN701")
    assert found["start"] == {"line": 19}, "the caller's text is not at hand"


def test_no_choice_of_rules_makes_what_could_not_be_read_clean() -> None:
    after = {"text/odd.py": "# coding: latin-1\nx = '\xe9'\n".encode("latin-1")}
    report = reviewed({}, after, Options(select=("DYN4",)))
    assert [one.id for one in report.open] == ["DYN104"]
    assert report.fails("error")
    report = reviewed({}, after, Options(ignore=("DYN1",)))
    for told in (text.render(report), markdown.render(report), github.render(report)):
        assert "Not all of it was reviewed: 1 file left." in told
        assert "speaks against" not in told


REASON = "# dynasaur: accept[eval-exec] it computes"


@pytest.mark.parametrize(
    ("body", "accepted"),
    [
        (f"return eval(text)  {REASON}", True),
        (f"{REASON}\nreturn eval(text)", True),
        (f"return eval(text), '{REASON}'", False),
        (f"x = '''\n{REASON}\n'''; return eval(text)", False),
    ],
)
def test_only_a_comment_accepts(body: str, accepted: bool) -> None:
    report = reviewed({}, {"text/a.py": action("a", body=body)})
    assert [bool(one.accepted) for one in report.findings if one.id == "DYN404"] == [accepted]


def test_what_could_not_be_read_is_accepted_as_it_is_alone() -> None:
    def unread(text: str, options: Options | None = None) -> Finding:
        report = reviewed({}, {"text/a.py": text.encode("latin-1")}, options)
        (one,) = (one for one in report.findings if one.id == "DYN104")
        return one

    first = unread("# coding: latin-1\nx = '\xe9'\n")
    entry = waivers.Accepted(first.fingerprint, "DYN104", "text/a", "it is old")
    options = Options(accepted={first.fingerprint: entry})
    assert unread("# coding: latin-1\nx = '\xe9'\n", options).accepted
    assert not unread("# coding: latin-1\nx = '\xe9'\nimport os\n", options).accepted
    assert not unread("# dynasaur: accept[DYN404] no\ndef f(:\n").accepted
    assert unread("# dynasaur: accept[DYN104] a draft\ndef f(:\n").accepted


def test_a_comment_on_many_actions_has_the_head_of_every_table() -> None:
    files = {f"text/a{n}.py": action(f"a{n}", body=f"return eval(text * {n})") for n in range(150)}
    told = markdown.render(reviewed({}, files))
    assert len(told) < markdown.ROOM
    for head in ("### Look at first", "### Capabilities gained", "### Changes"):
        assert head in told
    assert told.count("| 50 more |") == 2
    assert told.count(" more | |") == 3
