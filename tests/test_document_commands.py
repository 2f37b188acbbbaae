"""Documents through the command line, in the sandbox that a user has."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import papers
from tests.builders.cli import dynasaur, script

FILES = {
    "Annual report.docx": papers.docx(
        [("Heading1", "Annual report"), ("table", [["product", "price"], ["tea", "2.5"]])]
    ),
    "minutes.pdf": papers.pdf([[f"Minutes of day {day}"] * 40 for day in range(1, 12)]),
    "sales.xlsx": papers.xlsx({"Sales": [["product", "n"], ["tea", 40], ["cup", 5]]}),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents") / "library"
    assert dynasaur("init", folder, cwd=folder.parent).code == 0
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    (folder / "locked.pdf").write_bytes(papers.pdf([["x"]], locked=True))
    return folder


def test_a_document_is_printed(library: Path) -> None:
    done = dynasaur("call", "read_document", "Annual report.docx", cwd=library)
    assert (done.code, done.err) == (0, "")
    assert done.out == "# Annual report\n\n| product | price |\n| --- | --- |\n| tea | 2.5 |\n"
    rows = dynasaur(
        "call", "query_table_file", "sales.xlsx", "SELECT sum(n) AS n FROM Sales", "--json",
        cwd=library,
    )  # fmt: skip
    assert rows.json == [{"n": 45}]


def test_what_cannot_be_read_is_one_line(library: Path) -> None:
    for name, said in (
        ("locked.pdf", "ValueError: locked.pdf is encrypted: it needs a password"),
        ("none.pdf", "FileNotFoundError: [Errno 2] No such file or directory: 'none.pdf'"),
    ):
        done = dynasaur("call", "read_document", name, cwd=library)
        assert (done.code, done.out) == (1, "")
        assert done.err == f"dynasaur: error: read_document: {said}\n"


@pytest.mark.slow
def test_a_run_reads_its_documents(library: Path) -> None:
    model = script(
        library,
        "print(read_document('Annual report.docx'))\nprint(read_document('minutes.pdf'))",
        "hits = find_in_document('minutes.pdf', 'day 11')\n"
        "print({hit['part'] for hit in hits}, {hit['page'] for hit in hits})",
        "table = document_tables('Annual report.docx')[0]\n"
        "prices = {row['product']: row['price'] for row in table}\n"
        "sold = read_sheet('sales.xlsx', 'Sales')\n"
        "print(sum(prices.get(row['product'], 0) * row['n'] for row in sold))",
        "submit_final_answer(100)",
    )
    given = [word for name in FILES for word in ("--file", name)]
    done = dynasaur("run", "What was earned?", *given, "--model", model, "-v", cwd=library)
    assert (done.code, done.out) == (0, "100\n"), done.err
    assert "[minutes.pdf: PDF, page 1 of 2]" in done.err
    assert "{'page 11'} {2}" in done.err
    assert "  100.0\n" in done.err


@pytest.mark.slow
def test_the_built_in_planner_reads_a_document(library: Path) -> None:
    task = "How many words are in minutes.pdf?"
    done = dynasaur("run", task, "--file", "minutes.pdf", cwd=library)
    assert (done.code, done.out) == (0, f"{11 * 40 * 4}\n"), done.err
