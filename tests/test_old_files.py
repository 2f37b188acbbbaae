"""Old Office files, RTF, 7z and RAR: read within bounds, and one line where they cannot be."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("olefile")
pytest.importorskip("striprtf")

from actions.archives import _libarchive, _members
from actions.archives.extract_archive import extract_archive
from actions.archives.list_archive import list_archive
from actions.documents.document_parts import document_parts
from actions.documents.document_text import document_text
from actions.documents.read_document import read_document
from tests.builders import old_office, papers
from tests.builders.ole import compound_file

LINK = "\x13 HYPERLINK x \x14the link\x15"
WORD = f"Tea \u2014 hot\r{LINK} and\x0bon\rtea\x072.5\x07\x07cup\x078\x07\x07\r"
BROKEN_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le") + bytes(600)
RTF = (
    r"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0 Serif;}}{\info{\title no}}"
    r"\pard \'d7\'e0\'e9 \u29483?\par "
    r"hot{\super 1{\*\footnote said below}}\par\trowd a\cell b\cell\row{\pict 0a0b}}"
)


@pytest.fixture
def _libarchive_there() -> None:
    try:
        import libarchive  # noqa: F401
    except Exception:  # noqa: BLE001  # without the system's library it fails in several ways
        pytest.skip("the system has no libarchive")


def made(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def seven(files: dict[str, bytes], **options: str) -> bytes:
    """A 7z archive."""
    import libarchive

    pieces: list[bytes] = []

    def keep(piece: bytes) -> int:
        pieces.append(bytes(piece))
        return len(piece)

    with libarchive.custom_writer(keep, "7zip", **options) as archive:
        for name, content in files.items():
            archive.add_file_from_memory(name, len(content), content)
    return b"".join(pieces)


def test_a_word_document_of_the_old_format(tmp_path: Path) -> None:
    path = made(tmp_path, "a.doc", old_office.word(WORD, footnotes="a note\r"))
    told, _, text = read_document(path).partition("\n\n")
    assert told == (
        "[the old Word format: the text, without headings; saved as .docx it is read better]"
    )
    assert text == "Tea \u2014 hot\nthe link and\non\ntea | 2.5\ncup | 8\n\n## Footnotes\n\na note"
    older = old_office.word("Tea\rcup\r", version=0x68)
    assert document_text(made(tmp_path, "older.doc", older)) == "Tea\ncup"


def test_slides_of_the_old_format(tmp_path: Path) -> None:
    content = old_office.slides([("Tea", "\u732b hot", "Said"), ("Cups", "eight", "")])
    path = made(tmp_path, "a.ppt", content)
    assert document_parts(path) == [
        "# Tea\n\n\u732b hot\n\n### Notes:\nSaid",
        "# Cups\n\neight",
    ]
    assert "<!-- slide 2 -->\n# Cups" in read_document(path)


def test_rich_text(tmp_path: Path) -> None:
    text = document_text(made(tmp_path, "a.rtf", RTF.encode()))
    assert text.split() == ["\u0427\u0430\u0439", "\u732b", "hot1", "said", "below", "a|b"]
    assert document_text(made(tmp_path, "named.doc", RTF.encode())) == text
    pictures = RTF.replace("0a0b", "0a0b" * 100_000).encode()
    assert document_text(made(tmp_path, "big.rtf", pictures)) == text
    assert document_text(made(tmp_path, "odd.rtf", b"{\\rtf1\\ansicpg99999 tea {{{")) == "tea"


def test_a_slide_with_a_chart_is_no_workbook(tmp_path: Path) -> None:
    """A chart's numbers lie in a workbook inside, which is not packed."""
    pytest.importorskip("markitdown")
    content = io.BytesIO(papers.pptx([("Tea", "hot")]))
    with zipfile.ZipFile(content, "a") as book:
        book.writestr("ppt/embeddings/numbers.xlsx", papers.xlsx({"S": [["price"], [8]]}))
    assert "# Tea\nhot" in document_text(made(tmp_path, "a.pptx", content.getvalue()))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.doc", old_office.word("x", locked=True), "is encrypted: it needs a password"),
        ("a.doc", old_office.word("x" * 999, repeated=9_000), "is a broken Word document"),
        ("a.doc", BROKEN_WORD, "is a broken file of the old Office formats"),
        ("a.ppt", old_office.slides([("a", "b", "c")], locked=True), "is encrypted"),
        ("a.ppt", old_office.slides([("a", "b" * 9_000, "")], copies=50), "is a broken presen"),
        ("a.pub", compound_file({"Contents": b"x"}), "is an old Office file of a kind"),
    ],
)
def test_what_is_broken_locked_or_a_bomb_is_one_line(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = made(tmp_path, name, content)
    with pytest.raises(ValueError, match=r"^[^\n]*$") as caught:
        read_document(path)
    assert f"{path} {said}" in str(caught.value)


@pytest.mark.usefixtures("_libarchive_there")
@pytest.mark.parametrize("kind", ["7z", "rar"])
def test_archives_of_other_programs(tmp_path: Path, kind: str) -> None:
    files = {"in/a.txt": b"Tea", "b.csv": b"x,y\n1,2\n", "zero": bytes(3_000_000)}
    path = made(tmp_path, f"a.{kind}", seven(files) if kind == "7z" else old_office.rar(files))
    assert {one["name"]: one["size"] for one in list_archive(path)} == {
        name: len(content) for name, content in files.items()
    }
    unpacked = extract_archive(path, str(tmp_path / "out"))
    assert [Path(one).read_bytes() for one in unpacked] == [*files.values()]
    page = read_document(path)
    assert "## File: in/a.txt\n\nTea" in page
    assert "| 1 | 2 |" in page
    with _members.Archive(path, path) as archive:
        last, *_, first = (archive.read(one, 2) for one in reversed(archive.members))
        assert (first, last) == (b"Te", b"\0\0")


@pytest.mark.usefixtures("_libarchive_there")
def test_an_archive_of_another_program_is_held_within_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = made(tmp_path, "out.rar", old_office.rar({"../out.txt": b"x"}))
    with pytest.raises(ValueError, match="leads out of the folder"):
        extract_archive(out, str(tmp_path / "in"))
    files = {f"{number}.txt": b"x" * 400 for number in range(4)}
    packed = made(tmp_path, "a.7z", seven(files))
    monkeypatch.setattr(_members, "MOST_BYTES", 1_000)
    for path in (packed, made(tmp_path, "a.rar", old_office.rar(files))):
        with pytest.raises(ValueError, match="unpacks to more than"):
            list_archive(path)
    lying = made(tmp_path, "lying.rar", old_office.rar({"a": b"x" * 2_000}, sizes=[10]))
    with pytest.raises(ValueError, match=r"cannot be unpacked|unpacks to more"):
        extract_archive(lying, str(tmp_path / "in"))
    monkeypatch.setattr(_members, "MOST_BYTES", 1_000_000)
    monkeypatch.setattr(_members, "MOST_FILES", 3)
    with pytest.raises(ValueError, match="or 3 files"):
        list_archive(packed)


@pytest.mark.usefixtures("_libarchive_there")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"7z\xbc\xaf\x27\x1c" + b"\xff" * 50, "cannot be read ("),
        (b"Rar!\x1a\x07\0" + bytes(50), "cannot be read ("),
        (old_office.rar({"a.txt": b"x" * 999})[:200], "cannot be read (Truncated"),
    ],
)
def test_a_broken_archive_of_another_program_is_one_line(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = made(tmp_path, "a.7z", content)
    with pytest.raises(ValueError, match=r"^[^\n]*; have it packed as ZIP$") as caught:
        read_document(path)
    assert f"{path} {said}" in str(caught.value)
    assert "archive_p" not in str(caught.value)


@pytest.mark.parametrize(
    ("package", "content", "said"),
    [
        ("olefile", old_office.word("x"), "olefile"),
        ("striprtf", RTF.encode(), "striprtf"),
        ("libarchive", old_office.rar({}), "libarchive13, brew install libarchive"),
    ],
)
def test_what_reads_them_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, content: bytes, said: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    if package == "striprtf":
        monkeypatch.setitem(sys.modules, "striprtf.striprtf", None)
    with pytest.raises(ImportError, match=r"dynasaur\[tools\]") as caught:
        read_document(made(tmp_path, "a.file", content))
    assert said in str(caught.value)
    assert _libarchive._HELP.count("\n") == 0
