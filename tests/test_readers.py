"""The actions that a run offers for the files of its task."""

from __future__ import annotations

import pytest

from dynasaur.agent.readers import with_readers
from dynasaur.library import Library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("library")
    (folder / "actions").mkdir()
    (folder / "actions" / "__init__.py").touch()
    return Library(folder)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a.csv"], ["read_table"]),
        (["a.TSV", "b.csv"], ["read_table"]),
        (["a.xlsx"], ["read_sheet"]),
        (["a.json"], ["read_json"]),
        (["a.txt"], ["read_text"]),
        (["a.db"], ["query_table_file"]),
        (["a.eml"], ["read_email"]),
        (["a.mbox"], ["read_mailbox"]),
        (["a.zip"], ["extract_archive"]),
        (["a.pdf"], ["read_document"]),
        (["a.docx", "b.pptx", "c.unknown", "no suffix"], ["read_document"]),
        (["a.pdf", "b.csv", "c.json", "d.txt"], ["read_document", "read_table", "read_json"]),
        ([], []),
    ],
)
def test_each_kind_of_file_has_its_reader(
    library: Library, names: list[str], expected: list[str]
) -> None:
    found = with_readers([], library.retriever, names)
    assert [hit.action.name for hit in found] == expected


def test_what_fits_the_task_comes_first_and_nothing_twice(library: Library) -> None:
    hits = library.retriever.search("rows of a table file: CSV", 3)
    found = with_readers(hits, library.retriever, ["a.csv", "b.pdf"])
    assert [hit.action.name for hit in found[:3]] == [hit.action.name for hit in hits]
    names = [hit.action.name for hit in found]
    assert sorted(names) == sorted({*names})
    assert "read_document" in names
