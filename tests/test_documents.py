"""Files of every kind, read as documents: what comes of each, and what is said of the rest."""

from __future__ import annotations

import gzip
import io
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from actions.documents.document_outline import document_outline
from actions.documents.document_parts import document_parts
from actions.documents.document_tables import document_tables
from actions.documents.document_text import document_text
from actions.documents.find_in_document import find_in_document
from actions.documents.read_document import read_document
from dynasaur.prompts import OBSERVATION_LIMIT
from tests.builders import papers
from tests.builders.ole import compound_file, outlook_message

ROWS = [["product", "price"], ["tea", "2.5"], ["cup", "8"]]
TABLE = "| product | price |\n| --- | --- |\n| tea | 2.5 |\n| cup | 8 |"
HTML = (
    "<html><head><title>T</title><script>no()</script></head>"
    "<body><h1>Tea</h1><p>Hot.</p></body></html>"
)
DECLARED = '<html><head><meta charset="koi8-r"></head><body>Чай</body></html>'
RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>'
    "<item><title>Tea is up</title><description>Again.</description></item></channel></rss>"
)


NAMES = {"PIL": "Pillow"}


def tar(files: dict[str, bytes], mode: str = "w:gz") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as file:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            file.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def odf_table(rows: list[list[str]]) -> str:
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    lines = ["".join(cell.format(text) for text in row) for row in rows]
    lines = [f"<table:table-row>{line}</table:table-row>" for line in lines]
    return f'<table:table table:name="Prices">{"".join(lines)}</table:table>'


# name, content, what the text of it must hold
READ: list[tuple[str, Callable[[Path], bytes], list[str]]] = [
    ("a.pdf", lambda _: papers.pdf([["Tea is hot.", "Drink it."]]), ["Tea is hot.", "Drink it."]),
    ("ruled.pdf", lambda _: papers.ruled_pdf(ROWS), ["product", "tea", "2.5"]),
    (
        "a.docx",
        lambda _: papers.docx([("Heading1", "Tea"), ("", "Hot &amp; sweet"), ("table", ROWS)]),
        ["# Tea", "Hot & sweet", TABLE],
    ),
    (
        "a.pptx",
        lambda _: papers.pptx([("Tea", "hot"), ("Cups", "eight")], ROWS),
        ["<!-- slide 1 -->", "# Tea", "hot", "Said aloud", "<!-- slide 2 -->", "| tea | 2.5 |"],
    ),
    (
        "a.xlsx",
        lambda _: papers.xlsx(
            {"Prices": [["product", "price"], ["tea", 2.5], ["cup", 8]], "More": [[1]]}
        ),
        ["## Prices", TABLE, "## More"],
    ),
    ("old.xls", lambda _: papers.xls([["product", "price"], ["tea", 2.5], ["cup", 8.0]]), [TABLE]),
    ("a.html", lambda _: HTML.encode(), ["# Tea", "Hot."]),
    ("latin.htm", lambda _: HTML.replace("Hot", "Caf\xe9").encode("latin-1"), ["Caf\xe9."]),
    ("a.csv", lambda _: b"product,price\ntea,2.5\ncup,8\n", [TABLE]),
    ("semi.csv", lambda _: b"product;price\r\ntea;2.5\r\ncup;8\r\n", [TABLE]),
    ("names.csv", lambda _: b'"a, b, c";d\nx;y\n', ["| a, b, c | d |", "| x | y |"]),
    ("a.tsv", lambda _: b"product\tprice\ntea\t2.5\ncup\t8\n", [TABLE]),
    (
        "wide.csv",
        lambda _: "имя;бюджет\nЖюли;Пермь\nИюль;Владивосток\n".encode("cp1251"),
        ["| Жюли | Пермь |"],
    ),
    ("a.json", lambda _: b'{"tea": {"price": 2.5}}', ['"price": 2.5']),
    ("long.json", lambda _: b"[" + b'{"tea": 2.5},' * 900 + b"0]", ['"tea": 2.5']),
    ("a.jsonl", lambda _: b'{"tea": 1}\n{"tea": 2}\n', ['{"tea": 2}']),
    (
        "a.xml",
        lambda _: "<?xml version='1.0' encoding='iso-8859-1'?><a>Caf\xe9</a>".encode("latin-1"),
        ["Caf\xe9"],
    ),
    ("news.xml", lambda _: RSS.encode(), ["News", "Tea is up"]),
    (
        "a.epub",
        lambda _: papers.epub("Book", {"One": "Tea.", "Two": "Cup."}),
        ["Book", "# One", "Cup."],
    ),
    (
        "a.odt",
        lambda _: papers.open_document(
            "text",
            '<text:h text:outline-level="2">Tea</text:h><text:p>Hot<text:s/>and sweet</text:p>'
            f"<text:list><text:list-item><text:p>one</text:p></text:list-item></text:list>{odf_table(ROWS)}",
        ),
        ["## Tea", "Hot and sweet", "- one", TABLE],
    ),
    ("a.ods", lambda _: papers.open_document("spreadsheet", odf_table(ROWS)), ["## Prices", TABLE]),
    (
        "a.odp",
        lambda _: papers.open_document(
            "presentation", "<draw:page><text:p>Hot tea</text:p></draw:page>"
        ),
        ["Hot tea"],
    ),
    (
        "a.zip",
        lambda _: papers.zipped(
            {"in/a.txt": "Tea", "b.docx": papers.docx([("", "Cup")]), "c.bin": b"\0\1\2"}
        ),
        ["## File: in/a.txt", "Tea", "Cup", "(not shown: it is neither text nor of a kind"],
    ),
    ("nested.zip", lambda _: papers.zipped({"in.zip": papers.zipped({"a.txt": "Deep"})}), ["Deep"]),
    ("a.tar.gz", lambda _: tar({"a.txt": b"Tea", "b.csv": b"x,y\n1,2\n"}), ["Tea", "| 1 | 2 |"]),
    ("a.tar", lambda _: tar({"a.txt": b"Tea"}, "w"), ["Tea"]),
    ("a.txt.gz", lambda _: gzip.compress(b"Tea, packed"), ["Tea, packed"]),
    (
        "a.eml",
        lambda _: papers.email("Tea?", "At four.", {"l.txt": b"x"}),
        ["**Subject:** Tea?", "At four.", "- l.txt (1 bytes)"],
    ),
    (
        "html.eml",
        lambda _: papers.email("Tea?", "", html="<p>At <b>four</b>.</p><p>Yes</p>"),
        ["At four.\n\nYes"],
    ),
    (
        "a.msg",
        lambda _: outlook_message(
            "Tea?", ("Ann", "ann@example.org"), "Bob", "At four.", {"l.txt": b"x" * 5000}
        ),
        [
            "**Subject:** Tea?",
            "**From:** Ann <ann@example.org>",
            "At four.",
            "- l.txt (5,000 bytes)",
        ],
    ),
    (
        "a.mbox",
        lambda _: b"".join(
            b"From x Mon Jan 1 2024\n" + papers.email(s, "Hi") + b"\n" for s in ("One", "Two")
        ),
        ["## One", "## Two"],
    ),
    (
        "a.ipynb",
        lambda _: papers.notebook([("markdown", "# Tea", ""), ("code", "print(1)", "1\n")]),
        ["# Tea", "```python\nprint(1)", "```text\n1"],
    ),
    ("a.py", lambda _: b"def tea():\n    return 1\n", ["def tea():\n    return 1"]),
    ("utf16.txt", lambda _: "Tea caf\xe9".encode("utf-16"), ["Tea caf\xe9"]),
    ("no-mark.txt", lambda _: "Tea and cups".encode("utf-16-le"), ["Tea and cups"]),
    ("latin.txt", lambda _: "Caf\xe9 cr\xe8me".encode("latin-1"), ["Caf\xe9 cr\xe8me"]),
    ("sjis.txt", lambda _: "これは日本語のテキストです。".encode("shift_jis"), ["日本語"]),
    ("a.png", lambda _: papers.picture(), ["- Format: PNG", "- Size: 40 x 30"]),
    (
        "a.jpg",
        lambda _: papers.picture("JPEG", camera="Box 3"),
        ["- Model: Box 3", "- Place: 60.393000, -5.333333"],
    ),
    ("a.wav", lambda _: papers.sound(2.0), ["2.00 seconds", "- Sample rate: 8000"]),
    (
        "a.mp3",
        lambda _: papers.tagged_sound("Teatime", "The Cups"),
        ["- Title: Teatime", "- Artist: The Cups"],
    ),
    (
        "a.sqlite",
        lambda folder: papers.database(folder, "sqlite"),
        ["## sales", "2 rows", "| tea | 2.5 |"],
    ),
    ("a.duckdb", lambda folder: papers.database(folder, "duckdb"), ["## sales", "| tea | 2.5 |"]),
    (
        "a.parquet",
        lambda folder: papers.database(folder, "parquet"),
        ["## data", "2 rows", "| cup | 8 |"],
    ),
    # What the name says is wrong, missing, or hard to write.
    ("report.doc", lambda _: papers.docx([("", "In truth a docx")]), ["In truth a docx"]),
    ("table.csv", lambda _: papers.xlsx({"S": ROWS}), [TABLE]),
    ("report", lambda _: papers.pdf([["No suffix"]]), ["No suffix"]),
    ("page", lambda _: HTML.encode(), ["# Tea"]),
    ("mail", lambda _: papers.email("Tea?", "At four."), ["**Subject:** Tea?"]),
    ("Prüf bericht (2) 報告.pdf", lambda _: papers.pdf([["Strange name"]]), ["Strange name"]),
    ("bad.json", lambda _: b'{"tea": 2.5', ['{"tea": 2.5']),
    ("ragged.csv", lambda _: b'a,b\n1\n2,3,4\n"5', ["| 2 | 3 | 4 |"]),
    ("text.html", lambda _: b"just words", ["just words"]),
    ("declared.html", lambda _: DECLARED.encode("koi8-r"), ["Чай"]),
    ("deep.html", lambda _: b"<div>" * 1500 + b"Deep" + b"</div>" * 1500, ["Deep"]),
    ("empty.txt", lambda _: b"", ["[the file is empty]"]),
    ("empty.pdf", lambda _: b"", ["[the file is empty]"]),
    ("scan.pdf", lambda _: papers.pdf([[]]), ["hold no text: they are pictures or empty"]),
]
# name, content, what the error says
NOT_READ: list[tuple[str, bytes, str]] = [
    (
        "locked.pdf",
        papers.pdf([["x"]], locked=True),
        "locked.pdf is encrypted: it needs a password",
    ),
    ("cut.pdf", papers.pdf([["x"]])[:60], "cut.pdf is a broken PDF"),
    ("cut.docx", papers.docx([("", "x")])[:300], "cut.docx is not an archive, or a broken one"),
    ("cut.xlsx", papers.xlsx({"S": ROWS})[:400], "cut.xlsx is"),
    (
        "cut.zip",
        papers.zipped({"a.txt": "x" * 999})[:60],
        "cut.zip is not an archive, or a broken one",
    ),
    ("cut.tar.gz", tar({"a.txt": b"x" * 9999})[:40], "is not an archive, or a broken one"),
    ("cut.png", papers.picture()[:20], "cut.png is a broken picture"),
    ("cut.msg", outlook_message("a", ("b", "c"), "d", "e", {})[:700], "cut.msg is"),
    ("cut.sqlite", b"SQLite format 3\0" + b"x" * 200, "cut.sqlite"),
    ("cut.parquet", b"PAR1xxxxPAR1", "cut.parquet"),
    ("cut.wav", b"RIFF\x10\0\0\0WAVE", "cut.wav is a broken sound file"),
    ("cut.odt", papers.zipped({"mimetype": "x"})[:10], "cut.odt is not an archive"),
    (
        "word.doc",
        compound_file({"WordDocument": b"x" * 5000}),
        "word.doc is a broken Word document of the old format",
    ),
    (
        "slides.ppt",
        compound_file({"PowerPoint Document": b"x" * 5000}),
        "slides.ppt is a broken presentation of the old format",
    ),
    (
        "locked.xlsx",
        compound_file({"EncryptedPackage": b"x" * 5000}),
        "locked.xlsx is encrypted: it needs a password",
    ),
    (
        "cut.xls",
        compound_file({"Workbook": b"x" * 5000}),
        "cut.xls is not an Excel workbook, or a broken one",
    ),
    ("a.bin", bytes(range(256)) * 4, "a.bin is neither text nor of a kind that is known"),
    ("prog.txt", b"\x7fELF" + b"\0" * 99, "is a program, not a document"),
    ("film.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 50, "is a film"),
]


def made(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def test_there_are_at_least_thirty_kinds() -> None:
    assert len({name.rpartition(".")[2] for name, _, _ in READ}) >= 30


@pytest.mark.parametrize(("name", "content", "expected"), READ, ids=[row[0] for row in READ])
def test_a_file_is_read(
    tmp_path: Path, name: str, content: Callable[[Path], bytes], expected: list[str]
) -> None:
    path = made(tmp_path, name, content(tmp_path))
    page = read_document(path)
    assert [one for one in expected if one not in page] == []
    assert "no()" not in page


@pytest.mark.parametrize(("name", "content", "said"), NOT_READ, ids=[row[0] for row in NOT_READ])
def test_what_cannot_be_read_is_told_on_one_line(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = made(tmp_path, name, content)
    with pytest.raises(ValueError, match=r"^[^\n]*$") as caught:
        read_document(path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(path)


# --- pages --------------------------------------------------------------------------------------


def long_pdf(folder: Path, pages: int = 12) -> str:
    texts = [
        [f"Chapter {n}", *[f"line {line} of page {n} " + "tea " * 9 for line in range(40)]]
        for n in range(1, pages + 1)
    ]
    return made(folder, "long.pdf", papers.pdf(texts, bookmarks=["Begin", "Middle", "End"]))


def test_a_long_document_comes_in_pages_with_contents_on_the_first(tmp_path: Path) -> None:
    path = long_pdf(tmp_path)
    first = read_document(path)
    assert first.startswith(f"[{path}: PDF, page 1 of 6]\nContents:\n- Begin (page 1)\n")
    assert "- End (page 2)" in first
    assert "<!-- page 1 -->" in first
    assert "<!-- page 2 -->" in first
    assert "page 3" not in first
    last = read_document(path, page=6)
    assert last.startswith(f"[{path}: PDF, page 6 of 6]\n\n<!-- page 11 -->")
    assert "line 39 of page 12" in last
    for page in (0, 7):
        with pytest.raises(ValueError, match=f"has no page {page}; it has pages 1 to 6"):
            read_document(path, page)


def test_pages_of_a_long_text_lose_nothing(tmp_path: Path) -> None:
    text = "".join(f"## Part {n}\n\n{'word ' * 300}\n\n" for n in range(40)) + "x" * 30_000
    path = made(tmp_path, "long.md", text.encode())
    pages = [read_document(path)]
    count = int(pages[0].partition(" of ")[2].partition("]")[0])
    pages += [read_document(path, page) for page in range(2, count + 1)]
    bodies = [page.partition("\n\n")[2] for page in pages]
    assert all(len(page) < OBSERVATION_LIMIT for page in pages)
    assert "".join("".join(bodies).split()) == "".join(text.split())


def test_a_page_with_its_contents_fits_into_one_observation(tmp_path: Path) -> None:
    text = (
        "".join(f"{'#' * (n % 3 + 1)} {'Heading ' * 30}{n}\n\n" for n in range(300)) + "x" * 9_000
    )
    page = read_document(made(tmp_path, "long.md", text.encode()))
    assert len(page) < OBSERVATION_LIMIT
    assert "more: see document_outline" in page
    rows = "".join(f"{n},{'word ' * 8}\n" for n in range(2_000))
    page = read_document(made(tmp_path, "long.csv", rows.encode()), page=3)
    assert len(page) < OBSERVATION_LIMIT


def test_a_document_that_fits_comes_without_a_line_about_it(tmp_path: Path) -> None:
    assert read_document(made(tmp_path, "a.txt", b"Tea\n")) == "Tea"


def test_the_outline_tells_where_things_are(tmp_path: Path) -> None:
    assert document_outline(long_pdf(tmp_path)) == [
        {"page": 1, "level": 1, "title": "Begin"},
        {"page": 1, "level": 1, "title": "Middle"},
        {"page": 2, "level": 1, "title": "End"},
    ]
    plain = made(tmp_path, "plain.pdf", papers.pdf([["Tea"], ["Cup"]]))
    assert [one["title"] for one in document_outline(plain)] == ["page 1: Tea", "page 2: Cup"]
    slides = made(tmp_path, "a.pptx", papers.pptx([("Tea", "hot"), ("Cups", "eight")]))
    assert [one["title"] for one in document_outline(slides)] == ["slide 1: Tea", "slide 2: Cups"]
    book = made(tmp_path, "a.xlsx", papers.xlsx({"Prices": ROWS, "More": ROWS}))
    assert [one["title"] for one in document_outline(book)] == ["Prices", "More"]
    code = made(tmp_path, "a.md", b"# A\n```sh\n# no heading\n```\n### B\n")
    assert [(one["level"], one["title"]) for one in document_outline(code)] == [(1, "A"), (3, "B")]


def test_a_phrase_is_found_wherever_it_stands(tmp_path: Path) -> None:
    path = long_pdf(tmp_path)
    assert [(one["page"], one["part"]) for one in find_in_document(path, "CHAPTER  3")] == [
        (2, "page 3")
    ]
    assert find_in_document(path, "coffee") == []
    assert len(find_in_document(path, "tea")) == 1_000
    with pytest.raises(ValueError, match="the phrase is empty"):
        find_in_document(path, " ")


def test_parts_and_whole_text(tmp_path: Path) -> None:
    path = made(tmp_path, "a.pdf", papers.pdf([["Tea"], [], ["Cup"]]))
    assert document_parts(path) == ["Tea", "", "Cup"]
    assert document_text(path) == "Tea\n\nCup"
    assert len(document_parts(long_pdf(tmp_path))) == 12
    many = made(tmp_path, "many.pdf", papers.pdf([[f"page {n}"] for n in range(70)]))
    assert document_text(many).endswith("page 69")
    with pytest.raises(ValueError, match="its pages hold no text: they are pictures or empty"):
        document_text(made(tmp_path, "scan.pdf", papers.pdf([[], []])))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", papers.ruled_pdf(ROWS)),
        ("a.docx", papers.docx([("", "Before"), ("table", ROWS)])),
        ("a.pptx", papers.pptx([("Tea", "hot")], ROWS)),
        ("a.xlsx", papers.xlsx({"S": ROWS})),
        ("a.ods", papers.open_document("spreadsheet", odf_table(ROWS))),
        ("a.md", f"Text\n\n{TABLE}\n\n| alone |\n".encode()),
    ],
)
def test_tables_come_as_rows(tmp_path: Path, name: str, content: bytes) -> None:
    rows = [{"product": "tea", "price": 2.5}, {"product": "cup", "price": 8}]
    assert document_tables(made(tmp_path, name, content)) == [rows]


def test_tables_whose_rows_are_longer_than_their_header(tmp_path: Path) -> None:
    path = made(tmp_path, "a.md", b"| a | |\n|---|---|\n| 1 | x\\|y | z |\n")
    assert document_tables(path) == [[{"a": 1, "column_2": "x|y", "column_3": "z"}]]


def test_a_pdf_whose_tables_are_broken_is_told(tmp_path: Path) -> None:
    content = papers.ruled_pdf(ROWS).replace(b" >> stream", b" /T >> stream")
    path = made(tmp_path, "a.pdf", content)
    assert "tea" in read_document(path)
    with pytest.raises(ValueError, match=r"a\.pdf is broken: its tables cannot be read"):
        document_tables(path)


# --- packages that are missing -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("package", "name", "content"),
    [
        ("markitdown", "a.docx", papers.docx([("", "x")])),
        ("markitdown", "a.html", HTML.encode()),
        ("pypdfium2", "a.pdf", papers.pdf([["x"]])),
        ("openpyxl", "a.xlsx", papers.xlsx({"S": ROWS})),
        ("xlrd", "a.xls", papers.xls([["x"]])),
        ("olefile", "a.msg", outlook_message("a", ("b", "c"), "d", "e", {})),
        ("duckdb", "a.parquet", b"PAR1"),
        ("PIL", "a.png", papers.picture()),
        ("tinytag", "a.wav", papers.sound()),
    ],
)
def test_a_package_that_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, name: str, content: bytes
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    path = made(tmp_path, name, content)
    with pytest.raises(
        ImportError, match=rf"{NAMES.get(package, package)}: pip install 'dynasaur\["
    ):
        read_document(path)


def test_without_its_packages_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = papers.picture()
    for package in ("markitdown", "pypdfium2", "pdfplumber", "charset_normalizer", "PIL"):
        monkeypatch.setitem(sys.modules, package, None)
    assert read_document(made(tmp_path, "a.txt", b"Caf\xe9")) == "Café"
    plain = made(tmp_path, "a.pdf", papers.ruled_pdf(ROWS))
    with pytest.raises(ImportError, match="need pypdfium2"):
        document_tables(plain)
    monkeypatch.delitem(sys.modules, "pypdfium2")
    with pytest.raises(ImportError, match="need pdfplumber"):
        document_tables(plain)
    assert "2.5" in read_document(plain)
    zipped = made(tmp_path, "a.zip", papers.zipped({"a.png": picture, "b.txt": "Tea"}))
    assert "(not shown: pictures need Pillow" in read_document(zipped)


# --- what is hostile or huge --------------------------------------------------------------------


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = made(tmp_path, "a.txt", b"Tea")
    assert read_document(path) == "Tea"
    assert read_document(made(tmp_path, "a.txt", b"Coffee")) == "Coffee"


def test_a_folder_and_a_missing_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="list_files"):
        read_document(str(tmp_path))
    with pytest.raises(FileNotFoundError):
        read_document(str(tmp_path / "none.pdf"))


def test_a_document_that_fills_the_memory_when_unpacked_is_refused(tmp_path: Path) -> None:
    bomb = papers.zipped({"word/document.xml": b"<w>" + b" " * 70_000_000})
    with pytest.raises(ValueError, match="is too large for a Word document: 66 MiB"):
        read_document(made(tmp_path, "bomb.docx", bomb))


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    kinds = "".join(f"<!ENTITY e{n + 1} '" + f"&e{n};" * 10 + "'>" for n in range(11))
    xml = f"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e0 'ha'>{kinds}]><x>&e11;</x>"
    parts = {"docx": "word/document.xml", "odt": "content.xml", "epub": "META-INF/container.xml"}
    parts |= {"xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
    for suffix, part in parts.items():
        content = papers.zipped({part: xml, "[Content_Types].xml": xml})
        with pytest.raises(ValueError, match=rf"a\.{suffix} is "):
            read_document(made(tmp_path, f"a.{suffix}", content))


@pytest.mark.parametrize("unit", ["<!--", "<a ", "<a href='", "<![CDATA[", "<?", "</", "&#"])
def test_marks_that_are_never_closed_take_no_longer_than_others(tmp_path: Path, unit: str) -> None:
    content = f"<html><body><p>Tea</p>{unit * 100_000}".encode()
    assert "Tea" in read_document(made(tmp_path, "a.html", content))


def test_lines_of_marks_alone_are_read(tmp_path: Path) -> None:
    hashes = made(tmp_path, "a.md", b"# Tea ##\n# " + b"#" * 200_000 + b"x")
    assert document_outline(hashes)[0]["title"] == "Tea"
    bars = made(tmp_path, "b.md", b"|a|\n|" + b" - |" * 50_000 + b"x\n" + b"|" * 500_000)
    assert document_tables(bars) == []


def test_archives_in_archives_end_somewhere(tmp_path: Path) -> None:
    content = b"end"
    for depth in range(6):
        content = papers.zipped({f"{depth}.zip" if depth else "end.txt": content})
    assert "archive in an archive" in read_document(made(tmp_path, "deep.zip", content))


def test_large_members_and_many_members_are_cut(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"{n}.txt": "x" for n in range(250)}
    path = made(tmp_path, "many.zip", papers.zipped({"big.txt": b"a" * 40_000_000, **files}))
    parts = document_parts(path)
    assert len(parts) == 200
    assert parts[0] == "## File: big.txt\n\n(not shown: more than 32 MiB)"
    assert "[only the first 200 of 251 files]" in read_document(path)


def test_a_locked_archive_says_so_for_each_file(tmp_path: Path) -> None:
    content = bytearray(papers.zipped({"a.txt": "Tea"}))
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    page = read_document(made(tmp_path, "locked.zip", bytes(content)))
    assert "(not shown: a.txt is encrypted: it needs a password)" in page


def test_what_is_packed_in_an_unknown_way_says_so(tmp_path: Path) -> None:
    whole = papers.zipped({"a.txt": "Tea"})
    at, directory = whole.index(b"PK\3\4"), whole.index(b"PK\1\2")
    odd, newer = bytearray(whole), bytearray(whole)
    odd[at + 8] = odd[directory + 10] = 99  # the way of packing
    newer[directory + 6] = 200  # the version of ZIP that it needs
    page = read_document(made(tmp_path, "odd.zip", bytes(odd)))
    assert "(not shown: a.txt cannot be unpacked: That compression method" in page
    with pytest.raises(ValueError, match=r"newer\.zip is not an archive, or a broken one"):
        read_document(made(tmp_path, "newer.zip", bytes(newer)))


def test_an_open_document_that_is_cut_inside_is_told(tmp_path: Path) -> None:
    content = bytearray(papers.open_document("text", "<text:p>Tea</text:p>"))
    directory = content.index(b"PK\1\2", content.index(b"PK\1\2") + 4)
    size = int.from_bytes(content[directory + 20 : directory + 24], "little") + 9_000
    for place in (20, 24):
        content[directory + place : directory + place + 4] = size.to_bytes(4, "little")
    with pytest.raises(ValueError, match=r"cut\.odt is a broken or encrypted OpenDocument file"):
        read_document(made(tmp_path, "cut.odt", bytes(content)))


def test_a_table_of_many_rows_says_what_is_left_out(tmp_path: Path) -> None:
    path = made(tmp_path, "long.csv", b"a\n" + b"1\n" * 60_000)
    assert "[only the first 50,000 rows are shown]" in read_document(path)
