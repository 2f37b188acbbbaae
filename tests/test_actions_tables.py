"""The actions on tables, on odd and hostile files."""

from __future__ import annotations

import csv
import math
import sys
import tempfile
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.lists.count_items import count_items
from actions.lists.count_unique import count_unique
from actions.stats.mean import mean
from actions.stats.total import total
from actions.tables.bottom_rows import bottom_rows
from actions.tables.column_names import column_names
from actions.tables.column_values import column_values
from actions.tables.filter_rows import filter_rows
from actions.tables.group_counts import group_counts
from actions.tables.group_means import group_means
from actions.tables.group_totals import group_totals
from actions.tables.largest_group import largest_group
from actions.tables.numeric_column import numeric_column
from actions.tables.read_table import read_table
from actions.tables.rows_above import rows_above
from actions.tables.rows_below import rows_below
from actions.tables.rows_between_dates import rows_between_dates
from actions.tables.smallest_group import smallest_group
from actions.tables.sort_rows import sort_rows
from actions.tables.to_number import to_number
from actions.tables.top_rows import top_rows
from tests.builders.files import data_file, workbook

Rows = list[dict[str, Any]]
EXAMPLES = Path(__file__).parents[1] / "dynasaur" / "examples"


@pytest.mark.parametrize(
    ("name", "content", "rows"),
    [
        ("plain.csv", "a,b\n1,x\n2,y\n", [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]),
        ("no-last-line-end.csv", "a,b\n1,x", [{"a": 1, "b": "x"}]),
        ("windows.csv", "a,b\r\n1,x\r\n", [{"a": 1, "b": "x"}]),
        ("old-mac.csv", "a,b\r1,x\r", [{"a": 1, "b": "x"}]),
        ("bom.csv", b"\xef\xbb\xbfa,b\n1,x\n", [{"a": 1, "b": "x"}]),
        (
            "latin-1.csv",
            "ville;prix\nOrléans;3\n".encode("latin-1"),
            [{"ville": "Orléans", "prix": 3}],
        ),
        ("windows-1252.csv", "a\n\u201cyes\u201d\n".encode("cp1252"), [{"a": "\u201cyes\u201d"}]),
        ("utf-16.csv", "a,b\n1,ü\n".encode("utf-16"), [{"a": 1, "b": "ü"}]),
        ("header-only.csv", "a,b\n", []),
        ("one-column.csv", "a\n1\n2\n", [{"a": 1}, {"a": 2}]),
        ("blank-lines.csv", "\n\na,b\n\n1,x\n  \n,\n", [{"a": 1, "b": "x"}]),
        ("short-row.csv", "a,b,c\n1\n", [{"a": 1, "b": None, "c": None}]),
        ("trailing-commas.csv", "a,b,\n1,x,\n2,y,,\n", [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]),
        ("quotes.csv", 'a,b\n"x, ""y""",2\n', [{"a": 'x, "y"', "b": 2}]),
        ("line-in-cell.csv", 'a,b\n"x\r\ny",2\n', [{"a": "x\ny", "b": 2}]),
        ("space.csv", 'a , b\n 1 , "x, y"\n', [{"a": 1, "b": "x, y"}]),
        ("same-names.csv", "a,a,,a_2\n1,2,3,4\n", [{"a": 1, "a_2": 2, "column_3": 3, "a_2_2": 4}]),
        ("thrice.csv", "a,a,a\n1,2,3\n", [{"a": 1, "a_2": 2, "a_3": 3}]),
        ("number-names.csv", "2023,1.50\n1,2\n", [{"2023": 1, "1.50": 2}]),
        ("semicolon.csv", "a;b\n1,5;x,y\n", [{"a": "1,5", "b": "x,y"}]),
        ("bar.txt", "a|b\n1|x\n", [{"a": 1, "b": "x"}]),
        ("tab.txt", "a\tb, c\n1\tx, y\n", [{"a": 1, "b, c": "x, y"}]),
        ("commas-in-cells.tsv", "a,b\tc\n1,2\t3\n", [{"a,b": "1,2", "c": 3}]),
        ("UPPER.CSV", "a,b\n1,x\n", [{"a": 1, "b": "x"}]),
        ("unicode.csv", "名前,🙂\n山田,1\n", [{"名前": "山田", "🙂": 1}]),
        ("rows.jsonl", '{"a": 1}\n\n{"b": [true, null]}\n', [{"a": 1}, {"b": [True, None]}]),
        ("rows.ndjson", '\ufeff{"a": "\u2028"}\r\n', [{"a": "\u2028"}]),
        ("empty.jsonl", "", []),
        ("rows.json", '[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
    ],
)
def test_read_table(tmp_path: Path, name: str, content: str | bytes, rows: Rows) -> None:
    assert read_table(data_file(tmp_path, name, content)) == rows


@given(
    st.sampled_from(",;\t|"),
    st.lists(st.lists(st.text("ab1 ,;\t|\"'\n\u00e9", max_size=6), min_size=3, max_size=3)),
)
def test_what_was_written_is_read(delimiter: str, cells: list[list[str]]) -> None:
    file = StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerows([["one", "two", "three"], *([f"x{cell}x" for cell in row] for row in cells)])
    with tempfile.TemporaryDirectory() as folder:
        rows = read_table(data_file(Path(folder), "cells.csv", file.getvalue()))
    assert [list(row.values()) for row in rows] == [[f"x{cell}x" for cell in row] for row in cells]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0", 0),
        ("-12", -12),
        ("3.50", 3.5),
        ("1.5e3", 1500.0),
        ("2e-05", 2e-05),
        ("9" * 40, int("9" * 40)),
        ("9" * 5000, "9" * 5000),
        *((text, text) for text in ("007", "-01", "+5", ".5", "1.", "3E10", "1_000", "$5", "٣")),
        *((text, text) for text in ("NaN", "inf", "-Infinity", "1.0e999", "0x1F", "1,000", "True")),
    ],
)
def test_only_plain_numbers_become_numbers(tmp_path: Path, cell: str, value: object) -> None:
    (row,) = read_table(data_file(tmp_path, "cells.tsv", f"name\tcell\nx\t{cell}\n"))
    assert row["cell"] == value
    assert type(row["cell"]) is type(value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", "", "empty.csv is empty: it has no header row"),
        ("blank.csv", " \n,,\n", "blank.csv is empty"),
        ("long-row.csv", "a,b\n1,2\n1,2,3\n", "line 3 has 3 cells, but the header has 2"),
        ("title.csv", "Report\na,b\n1,2\n", "line 2 has 2 cells, but the header has 1"),
        ("open-quote.csv", 'a,b\n1,"x\n2,y\n', "unexpected end of data"),
        ("binary.csv", b"a,b\n\0\1\n", "not a text file"),
        ("broken.csv", b"\xff\xfea\0b", "broken UTF-16"),
        ("huge-cell.csv", "a,b\n1," + "x" * 200_000, "field larger than field limit"),
        ("bad.jsonl", '{"a": 1}\n{"a": }\n', "line 2 is not JSON"),
        ("list.jsonl", "[1, 2]\n", "not JSON objects"),
        ("one.json", '{"a": 1}', "json_rows"),
        ("numbers.json", "[1, 2]", "json_rows"),
        ("old.xls", b"\xd0\xcf\x11\xe0", "old.xls is not an Excel workbook"),
        ("fake.xlsx", "a,b\n", "fake.xlsx is not an Excel workbook"),
    ],
)
def test_what_cannot_be_read_is_told(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        read_table(data_file(tmp_path, name, content))


@pytest.mark.parametrize("name", ["no.csv", "no.jsonl", "no.json", "no.xlsx"])
def test_a_missing_file_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError, match=name):
        read_table(str(tmp_path / name))


def test_excel(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "sales.xlsx",
        [
            (None, None, None),
            ("day", " product ", "price", None),
            (date(2024, 2, 29), "tea ", 2.5, None),
            (datetime(2024, 3, 1, 8, 30), "007", 3),
            (None, None, None),
            (None, "  ", 4),
        ],
    )
    assert read_table(path) == [
        {"day": "2024-02-29", "product": "tea", "price": 2.5},
        {"day": "2024-03-01T08:30:00", "product": "007", "price": 3},
        {"day": None, "product": None, "price": 4},
    ]
    assert read_table(workbook(tmp_path / "header.xlsx", [("a", "b")])) == []
    with pytest.raises(ValueError, match="is empty"):
        read_table(workbook(tmp_path / "empty.xlsx", []))


def test_excel_without_openpyxl_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "sales.xlsx", [("a",), (1,)])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(ImportError, match=r"pip install 'dynasaur\[excel\]'"):
        read_table(path)


def test_a_large_table(tmp_path: Path) -> None:
    lines = (f"{number},{'NSEW'[number % 4]},{number}.5\n" for number in range(200_000))
    rows = read_table(data_file(tmp_path, "large.csv", "id,region,price\n" + "".join(lines)))
    assert count_items(rows) == 200_000
    assert count_unique(column_values(rows, "id")) == 200_000
    totals = group_totals(rows, "price", by="region")
    assert totals["S"] == sum(range(1, 200_000, 4)) + 25_000
    assert top_rows(rows, "price")[0]["id"] == 199_999


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (" 12 ", 12),
        ("007", 7),
        ("+3", 3),
        (".5", 0.5),
        ("1.", 1.0),
        ("$1,234.50", 1234.5),
        ("-$3", -3),
        ("1 €", 1),
        ("45%", 45),
        ("(1,200)", -1200),
        ("\N{MINUS SIGN}4", -4),
        ("1e3", 1000.0),
        ("9" * 40, int("9" * 40)),
        (10**40, 10**40),
        (math.inf, math.inf),
        *((empty, None) for empty in (None, math.nan, "", " ", "-", "N/A", "NaN", "null", "None")),
    ],
)
def test_to_number(value: object, number: float | None) -> None:
    assert to_number(value) == number
    assert type(to_number(value)) is type(number)


@pytest.mark.parametrize(
    "value",
    ["abc", "1,5", "12,34,567", "1.2.3", "--5", "(-5)", "5 kg", "1e999", "inf", "٣", True, [1], {}],
)
def test_what_is_no_number_is_told(value: object) -> None:
    with pytest.raises(ValueError, match="number"):
        to_number(value)


def test_the_cell_that_is_no_number_is_named() -> None:
    rows: Rows = [{"price": 1}, {"price": "cheap"}]
    for act in (numeric_column, lambda r, c: rows_above(r, c, 0), lambda r, c: rows_below(r, c, 0)):
        with pytest.raises(ValueError, match="column 'price', row 2: 'cheap' is not a number"):
            act(rows, "price")


def test_a_wrong_column_is_told_with_those_there_are() -> None:
    rows: Rows = [{"price": 1, "Region": "N"}, {"size": 2}]
    for act in (column_values, numeric_column, sort_rows, top_rows, group_counts):
        with pytest.raises(KeyError, match=r"no column 'pirce'; the columns are 'price', 'Region'"):
            act(rows, "pirce")


def test_a_column_is_found_however_its_name_is_spelt() -> None:
    rows: Rows = [{"Unit Price": 1, "unit": 2}]
    assert column_values(rows, "unit_price") == column_values(rows, "UNIT-PRICE") == [1]
    assert column_values([{"a": 1, "A": 2}], "A") == [2]
    with pytest.raises(KeyError, match="no column 'a b'"):
        column_values([{"A B": 1, "a_b": 2}], "a b")


def test_rows_of_different_shape_and_no_rows() -> None:
    rows: Rows = [{"a": 1}, {"b": 2}]
    assert column_names(rows) == ["a", "b"]
    assert column_values(rows, "b") == [None, 2]
    assert numeric_column(rows, "b") == [2]
    assert column_values([], "anything") == []
    assert filter_rows([], "anything", 1) == []
    assert group_totals([], "x", by="y") == {}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("north", [0, 1]),
        (" NORTH ", [0, 1]),
        (10, [2]),
        ("10.0", [2]),
        ("$10", [2]),
        ("007", [3]),
        (7, []),
        (True, [4]),
        ("true", [4]),
        (1, []),
        (None, [5, 6]),
        ("", [5, 6]),
        ("STRASSE", [7]),
        ("n/a", [8]),
    ],
)
def test_filter_rows(value: object, found: list[int]) -> None:
    cells = ["North", "north ", "10", "007", True, None, " ", "straße", "N/A"]
    rows = [{"place": place, "cell": cell} for place, cell in enumerate(cells)]
    assert [row["place"] for row in filter_rows(rows, "cell", value)] == found


def test_limits_leave_out_the_limit_and_empty_cells() -> None:
    rows: Rows = [{"x": x} for x in (1, "2", 2.5, None, -3)]
    assert [row["x"] for row in rows_above(rows, "x", 2)] == [2.5]
    assert [row["x"] for row in rows_below(rows, "x", 2)] == [1, -3]


def test_rows_between_dates() -> None:
    rows: Rows = [{"d": d} for d in ("2024-02-28", "29 Feb 2024", None, "2024-03-01T00:00Z")]
    found = rows_between_dates(rows, "d", "2024-02-29", "March 1, 2024")
    assert [row["d"] for row in found] == ["29 Feb 2024", "2024-03-01T00:00Z"]
    with pytest.raises(ValueError, match="'soon' is not a date"):
        rows_between_dates([{"d": "soon"}], "d", "2024-01-01", "2024-02-01")


def test_sorting_mixed_cells() -> None:
    rows: Rows = [{"x": x} for x in ("b", 10, None, "A", "9", "", -1.5)]
    assert [row["x"] for row in sort_rows(rows, "x")] == [-1.5, "9", 10, "A", "b", None, ""]
    down = sort_rows(rows, "x", descending=True)
    assert [row["x"] for row in down] == ["b", "A", 10, "9", -1.5, None, ""]


def test_equal_rows_keep_their_order_both_ways() -> None:
    rows: Rows = [{"x": 1, "n": 1}, {"x": 1, "n": 2}, {"x": 0, "n": 3}]
    assert [row["n"] for row in sort_rows(rows, "x")] == [3, 1, 2]
    assert [row["n"] for row in sort_rows(rows, "x", descending=True)] == [1, 2, 3]
    assert [row["n"] for row in top_rows(rows, "x", 9)] == [1, 2, 3]
    assert bottom_rows(rows, "x", 0) == []
    for act in (top_rows, bottom_rows):
        with pytest.raises(ValueError, match="n is -1"):
            act(rows, "x", -1)


def test_groups() -> None:
    rows: Rows = [
        {"region": "N", "x": 0.1},
        {"region": "S", "x": None},
        {"region": "N", "x": 0.2},
        {"region": None, "x": "1,000"},
    ]
    assert group_totals(rows, "x", by="region") == {"N": 0.1 + 0.2, "S": 0, None: 1000}
    assert group_means(rows, "x", by="Region") == {"N": pytest.approx(0.15), None: 1000}
    assert group_counts(rows, by="region") == {"N": 2, "S": 1, None: 1}
    with pytest.raises(TypeError, match="unhashable"):
        group_counts([{"tags": ["a"]}], by="tags")


def test_choosing_a_group() -> None:
    assert largest_group({"a": 1, "b": 3, "c": 3}) == "b"
    assert smallest_group({"a": 1, "b": 3, "c": 1}) == "a"
    for act in (largest_group, smallest_group):
        with pytest.raises(ValueError, match="no groups"):
            act({})


def test_on_the_example_files() -> None:
    sales = read_table(str(EXAMPLES / "sales.csv"))
    assert count_items(sales) == 60
    assert len(numeric_column(sales, "quantity")) == 58
    north = filter_rows(sales, "region", "north")
    assert (
        total(numeric_column(north, "quantity"))
        == group_totals(sales, "quantity", "region")["North"]
    )
    weather = read_table(str(EXAMPLES / "weather.csv"))
    assert largest_group(group_means(weather, "high_c", by="city")) == "Lisbon"
    people = read_table(str(EXAMPLES / "people.tsv"))
    assert filter_rows(people, "name", "søren kjær")[0]["email"] == "soren.kjar@nordlicht.example"
    assert mean(numeric_column(people, "salary")) > 30_000
    assert count_items(read_table(str(EXAMPLES / "events.jsonl"))) == 80
