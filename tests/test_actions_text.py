"""The actions on text and JSON, on odd and hostile input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from actions.structured.json_rows import json_rows
from actions.structured.json_value import json_value
from actions.structured.json_values import json_values
from actions.structured.read_json import read_json
from actions.text.count_lines import count_lines
from actions.text.count_occurrences import count_occurrences
from actions.text.count_words import count_words
from actions.text.extract_emails import extract_emails
from actions.text.extract_numbers import extract_numbers
from actions.text.extract_urls import extract_urls
from actions.text.find_matches import find_matches
from actions.text.lines_containing import lines_containing
from actions.text.read_text import read_text
from actions.text.words import words
from tests.builders.files import data_file

EXAMPLES = Path(__file__).parents[1] / "dynasaur" / "examples"

# --- text ------------------------------------------------------------------------------------


def test_words() -> None:
    text = "Don\u2019t  stop -- re-use\nsnake_case, Über 3.5 na\u0308ive 日本"
    assert words(text) == [
        *("don\u2019t", "stop", "re-use", "snake", "case", "über"),
        *("3", "5", "näive", "日本"),
    ]
    assert count_words(" \n ") == 0


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("\n", 1), ("a", 1), ("a\n", 1), ("a\nb", 2), ("a\r\nb\r\n", 2)]
)
def test_count_lines(text: str, count: int) -> None:
    assert count_lines(text) == count
    assert len(lines_containing(text, "")) == count


def test_phrases() -> None:
    assert count_occurrences("aaaa Straße STRASSE", "aa") == 2
    assert count_occurrences("Straße STRASSE", "strasse") == 2
    whole = [("the other The, then", "the", 2), ("a-b -b b-", "-b", 2), ("C++ C+ c++x", "C++", 2)]
    for text, phrase, count in [*whole, ("it is, is it", "is it", 1), ("aaaa", "aa", 0)]:
        assert count_occurrences(text, phrase, whole_words=True) == count
    assert lines_containing("a\x0cERROR\r\nok\nerror", "Error") == ["a\x0cERROR", "error"]
    with pytest.raises(ValueError, match="no phrase"):
        count_occurrences("text", "")


def test_find_matches() -> None:
    assert find_matches("a1\nb2", r"^\w") == ["a", "b"]
    assert find_matches("ab", "(x)?b") == [""]
    assert find_matches("k=v", r"(\w)=(\w)") == ["k"]
    with pytest.raises(ValueError, match="not a regular expression"):
        find_matches("text", "(")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("10-20", [10, 20]),
        ("from -5 to +5", [-5, 5]),
        ("1,234,567.5 and 12,34", [1234567.5, 12, 34]),
        ("1,2,3", [1, 2, 3]),
        ("A4, B12c, 3px", [3]),
        (".5 and 1.", [0.5, 1]),
        ("2.5e3", [2500.0]),
        ("é4 ٣", []),
        ("", []),
    ],
)
def test_extract_numbers(text: str, numbers: list[float]) -> None:
    assert extract_numbers(text) == numbers


def test_addresses() -> None:
    text = (EXAMPLES / "minutes.txt").read_text(encoding="utf-8")
    assert extract_emails(text) == ["shop@nordlicht.example", "ana.almeida@nordlicht.example"]
    assert extract_urls(text) == [
        "https://wiki.nordlicht.example/outages/2024-02-29",
        "https://print.example/order?id=7731",
    ]
    assert extract_emails("@a a@ a@b a@b.c x@@y.org, A+B@sub-1.example.CO.UK.") == [
        "A+B@sub-1.example.CO.UK"
    ]
    assert extract_emails("a." * 50_000) == []
    assert extract_urls("http:// ftp://a.b HTTP://A.B/?; <https://x.y/z>)") == [
        "HTTP://A.B/",
        "https://x.y/z",
    ]


def test_read_text(tmp_path: Path) -> None:
    assert read_text(data_file(tmp_path, "empty.txt", "")) == ""
    assert read_text(data_file(tmp_path, "bom.txt", b"\xef\xbb\xbfa\rb\r\nc")) == "a\nb\nc"
    assert read_text(data_file(tmp_path, "latin.txt", b"\x81\xe9")) == "\x81é"
    with pytest.raises(ValueError, match="null bytes"):
        read_text(data_file(tmp_path, "image.png", b"\x89PNG\0\0"))
    with pytest.raises(FileNotFoundError, match=r"missing\.txt"):
        read_text(str(tmp_path / "missing.txt"))
    with pytest.raises(IsADirectoryError):
        read_text(str(tmp_path))


# --- JSON ------------------------------------------------------------------------------------

SHOP = {
    "owner": {"first name": "Ann", "a.b": 1, "*": 0},
    "items": [{"price": 3, "tags": ["x", "y"]}, {"price": None}, {}],
    "empty": [],
    "2024": True,
}


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("", [SHOP]),
        ("owner.first name", ["Ann"]),
        ('owner["a.b"]', [1]),
        ("owner['a.b']", [1]),
        ("2024", [True]),
        ("items[0].tags[1]", ["y"]),
        ("items.0.tags.1", ["y"]),
        ("items[-1]", [{}]),
        ("items[*].price", [3, None]),
        ("items.*.price", [3, None]),
        ("items[*].tags[*]", ["x", "y"]),
        ("empty[*].price", []),
        ("owner.*", ["Ann", 1, 0]),
    ],
)
def test_json_values(key: str, values: list[Any]) -> None:
    assert json_values(SHOP, key) == values


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (
            "nobody",
            "no 'nobody' in 'nobody': there is a dict with 'owner', 'items', 'empty', '2024'",
        ),
        ("items.price", "there is a list of 3, whose entries are"),
        ("items[3]", "no 3 in"),
        ("items[*].size", "no 'size'"),
        ("items[0].price.x", "there is the int 3"),
        ("items[0].price[*]", "no '\\*'"),
        ("items[-1].price", "a dict with no keys"),
    ],
)
def test_what_is_not_in_the_json_is_told(key: str, message: str) -> None:
    for act in (json_value, json_values, json_rows):
        with pytest.raises(KeyError, match=message):
            act(SHOP, key)


@pytest.mark.parametrize("key", ["a..b", "a[", "a[x]", "a]", ".", "a[0", "a[0]b]"])
def test_a_path_that_cannot_be_read_is_told(key: str) -> None:
    with pytest.raises(ValueError, match="cannot read the path"):
        json_values({"a": [{"b": 1}]}, key)


def test_json_rows() -> None:
    stock = read_json(str(EXAMPLES / "inventory.json"))
    assert len(json_rows(stock, "warehouses[*].items")) == 11
    assert json_rows([{"a": 1}], "") == [{"a": 1}]
    assert json_rows({"a": {"b": 1}}, "a") == [{"b": 1}]
    assert json_value(stock, "warehouses[*].city") == ["Bergen", "Vienna"]
    with pytest.raises(ValueError, match="are not records"):
        json_rows(stock, "warehouses[0].items[*].name")


def test_a_file_that_is_no_json_is_told(tmp_path: Path) -> None:
    for content in ("", "{", "{'a': 1}", "[1,]"):
        with pytest.raises(ValueError, match=r"bad\.json is not JSON"):
            read_json(data_file(tmp_path, "bad.json", content))
    with pytest.raises(ValueError, match="not JSON"):
        read_json(data_file(tmp_path, "deep.json", "[" * 100_000))
