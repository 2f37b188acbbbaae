"""The index: what is found, in which order, and what survives on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynasaur.index import Document, Index
from dynasaur.index.words import stem, terms
from tests.builders.documents import bring_in, document

LIBRARY = [
    document("mean_of_column", "Mean of one column of a CSV file."),
    document("median", "Middle value of some numbers."),
    document("count_words", "How often each word of a text occurs."),
    document("days_between", "Number of days from one date to another."),
    document("parseJSONLines", "Reads a file of JSON documents, one a line."),
]


def keys(index: Index, query: str, k: int = 10) -> list[str]:
    return [scored.key for scored in index.search(query, k)]


@pytest.fixture
def index() -> Index:
    made = Index()
    bring_in(made, LIBRARY)
    return made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parse_csv_file", ["pars", "csv", "fil"]),
        ("parseCSVFile", ["pars", "csv", "fil"]),
        ("HTTPServer2", ["http", "serv", "2"]),
        ("the files of a python function", ["fil"]),
        ("df.to_str()", ["datafram", "string"]),
        ("naïve Привет", ["naiv", "привет"]),
        ("获取工单", ["获取", "取工", "工单"]),
        ("数", ["数"]),
        ("\x00\ufffd\udcff!?", []),
        ("", []),
    ],
)
def test_text_is_cut_into_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(
    "kin",
    [
        "calculate calculates calculating calculated calculation calculator",
        "sort sorts sorted sorting sorter",
        "remove removes removing removal",
        "dictionary dictionaries",
        "strip stripped stripping strips",
        "create creating created creation",
        "file files",
        "match matches matching",
        "iterate iterating iteration iterable iterator",
    ],
)
def test_inflections_share_a_stem(kin: str) -> None:
    assert len({stem(word) for word in kin.split()}) == 1


@pytest.mark.parametrize(
    "pair", ["status state", "string strip", "list line", "one on", "sum summary"]
)
def test_other_words_do_not(pair: str) -> None:
    one, other = pair.split()
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("average of the columns in sales.csv: mean", "mean_of_column"),
        ("counting the words", "count_words"),
        ("how many days lie between two dates", "days_between"),
        ("parse json", "parseJSONLines"),
        ("parsing of JSONs", "parseJSONLines"),
    ],
)
def test_words_find_actions_however_written(index: Index, query: str, first: str) -> None:
    assert keys(index, query)[0] == first


def test_equal_scores_are_ranked_by_key() -> None:
    index = Index()
    bring_in(index, [document("twin", "Same words.", key=key) for key in "cab"])
    assert keys(index, "same words") == ["a", "b", "c"]
    assert keys(index, "same words", k=2) == ["a", "b"]
    assert keys(index, "same words", k=0) == []


def test_rare_words_count_for_more_than_common_ones() -> None:
    index = Index()
    common = [document(f"reader_{n}", "Reads a table.") for n in range(20)]
    bring_in(index, [*common, document("parquet", "Parquet.")])
    assert keys(index, "table parquet")[0] == "parquet"


def test_a_long_docstring_does_not_win_by_length() -> None:
    index = Index()
    padded = Document("a", "1", "other", docstring="mean " + "nothing of interest here " * 50)
    bring_in(index, [padded, Document("b", "1", "another", docstring="Mean value.")])
    assert keys(index, "mean") == ["b", "a"]


@pytest.mark.parametrize("field", ["name", "summary", "docstring", "parameters", "body", "task"])
def test_every_field_is_searched(field: str) -> None:
    index = Index()
    texts = {"name": "f", field: "gizmo"}
    bring_in(index, [Document("found", "1", **texts), document("other", "Widgets.")])
    assert keys(index, "the gizmo thing") == ["found"]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("countt wordss", "count_words"),
        ("mediam", "median"),
        ("colunm", "mean_of_column"),
        ("jsonlines", "parseJSONLines"),
        ("betwen days", "days_between"),
    ],
)
def test_typos_and_compounds_find_actions(index: Index, query: str, first: str) -> None:
    assert keys(index, query)[0] == first


@pytest.mark.parametrize("query", ["", "  ", "the of", "zzzqqq", "\x00\xff\ufffd", "?" * 10_000])
def test_a_query_without_known_words_finds_nothing(index: Index, query: str) -> None:
    assert index.search(query) == []


def test_a_very_long_query_is_answered(index: Index) -> None:
    assert keys(index, "lorem ipsum " * 5_000 + "median")[0] == "median"


@pytest.mark.parametrize("noise", ["a" * 200_000, "a1" * 100_000, "_" * 200_000, "获取" * 50_000])
def test_endless_words_cost_no_more_than_their_length(index: Index, noise: str) -> None:
    """A quadratic step would take minutes here."""
    assert keys(index, f"{noise} median `{noise}` {noise}(")[0] == "median"


def test_an_empty_index_finds_nothing() -> None:
    assert Index().search("mean") == []


def test_only_new_and_changed_documents_are_read(index: Index) -> None:
    changed = document("median", "The middle one of sorted numbers.", stamp="2")
    added = document("mode", "Most frequent value.")
    kept = [found for found in LIBRARY if found.key not in {"median", "count_words"}]
    assert sorted(bring_in(index, [*kept, changed, added])) == ["median", "mode"]
    assert keys(index, "sorted")[0] == "median"
    assert keys(index, "frequent") == ["mode"]
    assert keys(index, "word occurs") == []


def test_an_unreadable_document_is_asked_for_once_a_stamp() -> None:
    index = Index()
    asked: list[str] = []
    for stamp in ("1", "1", "2"):
        index.sync({"bad": stamp}, asked.append)
    assert asked == ["bad", "bad"]


def test_a_second_process_finds_the_index_ready(tmp_path: Path) -> None:
    first = Index(tmp_path / "index")
    bring_in(first, LIBRARY)
    second = Index(tmp_path / "index")
    assert bring_in(second, LIBRARY) == []
    for query in ("mean of a column", "words in a text", "median"):
        assert second.search(query) == first.search(query)


@pytest.mark.parametrize("damage", ["empty", "torn", "noise", "flipped", "foreign", "folder"])
def test_a_damaged_index_is_built_anew(tmp_path: Path, damage: str) -> None:
    bring_in(Index(tmp_path), LIBRARY)
    for file in [path for path in tmp_path.rglob("*") if path.suffix != ".lock"]:
        content = file.read_bytes()
        if damage == "folder":
            file.unlink()
            file.mkdir()
            continue
        changed = {
            "empty": b"",
            "torn": content[: len(content) // 2],
            "noise": bytes(reversed(content)),
            "flipped": bytes(byte ^ (n % 7 == 6 and n > 200) for n, byte in enumerate(content)),
            "foreign": content.replace(b"dynasaur-index ", b"dynasaur-xedni "),
        }
        file.write_bytes(changed[damage])
    index = Index(tmp_path)
    bring_in(index, LIBRARY)
    fresh = Index()
    bring_in(fresh, LIBRARY)
    assert index.search("mean of a column") == fresh.search("mean of a column")


@pytest.mark.parametrize(
    "query", ["mean of a csv column", "mean of a csv colunm", "colums", "see mean_of_column"]
)
def test_reasons_add_up_to_the_score(index: Index, query: str) -> None:
    best = index.search(query)[0]
    reasons = index.explain(query, LIBRARY[0])
    assert sum(reason.score for reason in reasons) == pytest.approx(best.score)


def test_reasons_add_up_for_what_only_letters_found() -> None:
    found = document("columns_that_list_goods", "Words and words, which say little of goods.")
    made = Index()
    bring_in(made, [*(document(f"goods_{number}", "Goods.") for number in range(60)), found])
    best = made.search("goods colunms")[0]
    assert best.key == found.key
    reasons = made.explain("goods colunms", found)
    assert {reason.word for reason in reasons} == {"", "good", "colunm"}
    assert sum(reason.score for reason in reasons) == pytest.approx(best.score)


def test_reasons_name_words_and_fields(index: Index) -> None:
    reasons = index.explain("mean of a csv file", LIBRARY[0])
    named = {(reason.word, reason.field) for reason in reasons}
    assert named == {
        ("mean", "name"),
        ("mean", "summary"),
        ("csv", "summary"),
        ("fil", "summary"),
        ("", "letters"),
    }
    assert [reason.score for reason in reasons] == sorted(
        (reason.score for reason in reasons), reverse=True
    )


def test_it_knows_what_it_was_brought_in_line_with(tmp_path: Path) -> None:
    one, two = Index(tmp_path), Index(tmp_path)
    documents = {"a": Document("a", "1", "mean"), "b": Document("b", "1", "median")}
    stamps = dict.fromkeys(documents, "1")
    assert not one.stands_at("then")
    assert not one.stands_at("")
    one.sync(stamps, documents.get, seen="then")
    assert one.stands_at("then")
    assert two.stands_at("then")
    assert not two.stands_at("now")
    two.sync(stamps, documents.get, seen="now")  # nothing but what was seen has changed
    assert one.stands_at("now")
    one.update([Document("c", "1", "mode")])
    assert not one.stands_at("now")
    assert not two.stands_at("now")
    two.sync(stamps, documents.get, seen="now")
    one.merge()
    assert one.stands_at("now")
    (tmp_path / "segments.json").write_bytes(b"torn")
    assert not one.stands_at("now")
    alone = Index()
    alone.sync(stamps, documents.get, seen="now")
    assert alone.stands_at("now")
