"""An exact name in a query: what counts as one, and that it ranks first."""

from __future__ import annotations

import pytest

from dynasaur.index import Index
from dynasaur.index.names import mentions, names
from tests.builders.documents import bring_in, document

LIBRARY = [
    document("mean_of_column", "Mean of one column of a CSV file."),
    document("median", "Middle value of some numbers.", key="1 actions.vendor.acme.stats.median"),
    document("median", "Of a table, in short.", key="0 actions.tables.median"),
    document("count_words", "How often each word of a text occurs."),
    document("days_between", "Number of days from one date to another."),
    document("parseJSONLines", "Reads a file of JSON documents, one a line."),
    document("words", "Splits a text."),
    document("python", "Runs what it is given."),
    document("text_of_page", "Texts on paper."),
]


@pytest.fixture
def index() -> Index:
    made = Index()
    bring_in(made, LIBRARY)
    return made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("use mean_of_column", ["meanofcolumn"]),
        ("call mean(x)", ["mean"]),
        ("what does `mean` do", ["mean"]),
        ("  Median ", ["median"]),
        ("use parseJSON", ["parsejson"]),
        ("find the mean", []),
        ("`None` or none() of Mean(x)", ["none", "mean"]),
        ("True `False` None(x)", []),
        ("read (this)", []),
        ("2mean_of 3x(", []),
        ("`mean and _x", []),
        ("the mean, please", ["mean"]),
        ("how to mean it", ["mean"]),
        ("mean " * 3, ["mean"]),
        ("mean 2 median", []),
        ("", []),
    ],
)
def test_names_are_told_from_plain_words(text: str, expected: list[str]) -> None:
    known = {"mean", "none", "true", "false", "median", "parsejson", "meanofcolumn"}
    assert [name.text for name in names(text) if name.text in known] == expected


@pytest.mark.parametrize(
    ("query", "first"),
    [
        # as code, wherever it stands
        ("a median of what lies in a CSV file, by mean_of_column", "mean_of_column"),
        ("column mean csv file, mean of one column, by days_between", "days_between"),
        ("MeanOfColumn of the median", "mean_of_column"),
        ("mean of a column and a text: words(text)", "words"),
        ("mean of a column of a CSV file by `words`", "words"),
        ("mean of one column of a CSV file " * 100 + "count_words", "count_words"),
        # as all of the query
        ("WORDS", "words"),
        ("python", "python"),
        ("parse_json_lines", "parseJSONLines"),
        # three and more words in order
        ("which is the median, the mean of column b or another?", "mean_of_column"),
        ("mean-of-column for days between dates", "mean_of_column"),
        ("how often days occur: parse json lines", "parseJSONLines"),
        ("on paper: the texts and a text of page 3", "text_of_page"),
        # two words where one more is said at most
        ("count words", "count_words"),
        ("count-words", "count_words"),
        ("the days between", "days_between"),
        ("Number of days between", "days_between"),
        ("count words of the text", "count_words"),
        # one word where no other is
        ("a function for the words", "words"),
    ],
)
def test_an_exact_name_ranks_first(index: Index, query: str, first: str) -> None:
    found = index.search(query)
    assert (found[0].key, found[0].score) == (first, 1.0)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("how often words occur in a text", "count_words"),
        ("from one date to another count words number", "days_between"),
        ("number of days: python", "days_between"),
        ("a CSV file's column's mean, count words", "mean_of_column"),
    ],
)
def test_plain_words_that_are_names_do_not(index: Index, query: str, first: str) -> None:
    found = index.search(query)
    assert found[0].key == first
    assert found[0].score < 1.0


OWN, ACME = "0 actions.tables.median", "1 actions.vendor.acme.stats.median"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("median", [OWN, ACME]),
        ("acme/stats/median", [ACME]),
        ("middle value of numbers by tables/median", [OWN]),
        ("a table in short by acme.median", [ACME]),
        ("a table by acme/median, `median`", [ACME, OWN]),
        ("a table by `median` and Acme/Stats/Median.", [ACME, OWN]),
        ("actions.vendor.acme.stats.median", [ACME]),
        ("the words of data/tables/other/median", []),
        ("get http://acme.org/stats/median of a text", []),
        ("open stats.acme.median or median.csv of a text", []),
    ],
)
def test_a_name_with_its_place_means_that_one(
    index: Index, query: str, expected: list[str]
) -> None:
    assert [scored.key for scored in index.search(query) if scored.score == 1.0] == expected


def test_how_many_are_asked_for_changes_no_rank() -> None:
    made = Index()
    many = [document("mean", "Of them.", key=f"{number:03}") for number in range(60)]
    bring_in(made, [*many, document("mean", "Of prices.", key="999")])
    assert made.search("`mean` of prices", 1) == made.search("`mean` of prices", 70)[:1]
    assert made.search("`mean` of prices", 1)[0].key == "999"


def test_reasons_tell_of_a_name_with_its_place(index: Index) -> None:
    query = "a table by acme/median"
    reasons = index.explain(query, LIBRARY[1])
    assert ("median", "exact name") in {(reason.word, reason.field) for reason in reasons}
    assert sum(reason.score for reason in reasons) == pytest.approx(1.0)
    other = index.explain(query, LIBRARY[2])
    assert "exact name" not in {reason.field for reason in other}


@pytest.mark.parametrize("text", ["x" * 10**6, "x." * 10**5, "/x_" * 10**5, ".." * 10**5])
def test_endless_text_costs_no_more_than_its_length(text: str) -> None:
    assert len(names(text)) < 2000


def test_each_name_is_given_once() -> None:
    found = names("a_b, 1/a_b, a_b(a_b)")
    assert [name.text for name in found].count("ab") == 2  # once with its place
    assert len(set(found)) == len(found)


CROWD = [document(f"prices_{number}", "Mean of prices of goods.") for number in range(30)]


def test_a_mentioned_name_is_never_lost() -> None:
    query = "mean of the prices of goods"
    made = Index()
    bring_in(made, [*CROWD, document("mean", "Middle.")])
    best = [scored.key for scored in made.search(query, 9)]
    assert all(key.startswith("prices") for key in best)
    found = made.search(query)
    assert [scored.key for scored in found[:9]] == best
    assert (found[9].key, found[9].mentioned) == ("mean", True)
    wide = {scored.key: scored.score for scored in made.search(query, 32)}
    assert wide["mean"] == found[9].score < 1.0
    reasons = made.explain(query, document("mean", "Middle."))
    assert sum(reason.score for reason in reasons) == pytest.approx(found[9].score)


def test_a_mention_takes_no_place_where_one_is_there_or_none_is_named() -> None:
    made = Index()
    bring_in(made, [*CROWD[:9], document("mean", "Of some."), document("of", "")])
    found = made.search("mean of the prices of goods")
    assert [scored.key for scored in found if scored.mentioned] == ["mean"]
    assert found[9].key == "mean"
    assert not any(scored.mentioned for scored in made.search("prices of goods"))


def test_mentions_are_one_word_or_two_and_say_something() -> None:
    found = [name.text for name in mentions("The mean_of x to it 2 The")]
    assert found == ["meanof", "x", "2", "themeanof", "meanofx", "xto", "it2", "2the"]
    assert len(mentions("a1 " * 10_000 + "b")) == 2
