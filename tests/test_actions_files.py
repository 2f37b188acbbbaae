"""The initial actions on archives, mail, workbooks, databases, repositories and the system."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import tarfile
from decimal import Decimal
from pathlib import Path

import pytest

from actions.archives.extract_archive import extract_archive
from actions.archives.list_archive import list_archive
from actions.dates.convert_time_zone import convert_time_zone
from actions.files.search_files import search_files
from actions.mail.read_email import read_email
from actions.mail.read_mailbox import read_mailbox
from actions.mail.save_attachments import save_attachments
from actions.system.git_log import git_log
from actions.system.system_information import system_information
from actions.tables.cell_colors import cell_colors
from actions.tables.database_tables import database_tables
from actions.tables.list_sheets import list_sheets
from actions.tables.query_table_file import query_table_file
from actions.tables.read_sheet import read_sheet
from actions.tables.read_table import read_table
from actions.tables.write_table import write_table
from actions.units.distance_on_earth import distance_on_earth
from tests.builders import papers
from tests.builders.files import data_file
from tests.builders.ole import outlook_message

ROWS: list[list[object]] = [["product", "price"], ["tea", 2.5], ["cup", 8]]
RECORDS = [{"product": "tea", "price": 2.5}, {"product": "cup", "price": 8}]


# --- archives -----------------------------------------------------------------------------------


def tar_of(entries: list[tarfile.TarInfo]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:bz2") as file:
        for info in entries:
            file.addfile(info, io.BytesIO(b"x" * info.size))
    return stream.getvalue()


def entry(
    name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, target: str = ""
) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size, target
    return info


def test_an_archive_is_listed_and_unpacked(tmp_path: Path) -> None:
    path = data_file(tmp_path, "a.zip", papers.zipped({"in/a.txt": "Tea", "ü.txt": ""}))
    assert list_archive(path) == [{"name": "in/a.txt", "size": 3}, {"name": "ü.txt", "size": 0}]
    made = extract_archive(path, str(tmp_path / "new" / "folder"))
    assert [Path(one).read_text() for one in made] == ["Tea", ""]
    with pytest.raises(FileExistsError, match=r"a\.txt is there already"):
        extract_archive(path, str(tmp_path / "new" / "folder"))


def test_a_compressed_file_is_an_archive_of_one(tmp_path: Path) -> None:
    import bz2
    import gzip
    import lzma

    for suffix, pack in (("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)):
        path = data_file(tmp_path, f"a.csv.{suffix}", pack(b"Tea"))
        assert list_archive(path) == [{"name": "a.csv", "size": None}]
        (made,) = extract_archive(path, str(tmp_path / suffix))
        assert (Path(made).name, Path(made).read_bytes()) == ("a.csv", b"Tea")


@pytest.mark.parametrize(
    "name", ["../out.txt", "/etc/out.txt", "a/../../out.txt", "..\\out.txt", "C:\\out"]
)
def test_no_path_of_an_archive_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    for content in (
        papers.zipped({"first.txt": "x", name: "x"}),
        tar_of([entry("first.txt"), entry(name)]),
    ):
        path = data_file(tmp_path, "a.archive", content)
        with pytest.raises(ValueError, match="which leads out of the folder"):
            extract_archive(path, str(tmp_path / "folder"))
        assert not (tmp_path / "folder").exists()
    assert {one.name for one in tmp_path.iterdir()} == {"a.archive"}


def test_links_and_devices_are_left_out(tmp_path: Path) -> None:
    entries = [
        entry("out", tarfile.SYMTYPE, target=str(tmp_path)),
        entry("hard", tarfile.LNKTYPE, target="/etc/passwd"),
        entry("pipe", tarfile.FIFOTYPE),
        entry("out/a.txt", size=3),
    ]
    path = data_file(tmp_path, "a.tar.bz2", tar_of(entries))
    made = extract_archive(path, str(tmp_path / "folder"))
    assert made == [str(tmp_path / "folder" / "out" / "a.txt")]
    assert not (tmp_path / "a.txt").exists()


def test_a_link_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "folder" / "in").symlink_to(tmp_path / "elsewhere")
    path = data_file(tmp_path, "a.zip", papers.zipped({"in/a.txt": "Tea"}))
    with pytest.raises(ValueError, match="leads out of the folder by a link"):
        extract_archive(path, str(tmp_path / "folder"))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from actions.archives import _members
    from actions.archives import extract_archive as module

    for place in (_members, module):
        monkeypatch.setattr(place, "MOST_BYTES", 1_000_000)
    many = {f"{n}.txt": b"a" * 300_000 for n in range(4)}
    import gzip

    for name, content in (
        ("a.zip", papers.zipped(many)),
        ("a.tar.bz2", tar_of([entry(one, size=300_000) for one in many])),
        ("a.gz", gzip.compress(b"a" * 3_000_000)),
    ):
        path = data_file(tmp_path, name, content)
        with pytest.raises(ValueError, match="unpacks to more than"):
            extract_archive(path, str(tmp_path / f"folder of {name}"))


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from actions.archives import _members

    monkeypatch.setattr(_members, "MOST_FILES", 3)
    for most, said in ((3, ""), (4, "more than (2,048 MiB or )?3 files")):
        names = [f"{n}.txt" for n in range(most)]
        for content in (
            papers.zipped(dict.fromkeys(names, "x")),
            tar_of([entry(name) for name in names]),
        ):
            path = data_file(tmp_path, "a.archive", content)
            if not said:
                assert [one["name"] for one in list_archive(path)] == names
                continue
            with pytest.raises(ValueError, match=said):
                list_archive(path)


def test_what_is_no_archive_is_told(tmp_path: Path) -> None:
    for name, content in (
        ("a.zip", b"PK\3\4cut"),
        ("a.txt", b"Tea"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c"),
    ):
        path = data_file(tmp_path, name, content)
        for action in (list_archive, lambda one: extract_archive(one, str(tmp_path / "x"))):
            with pytest.raises(ValueError, match=f"^{path} (is|cannot be) "):
                action(path)


# --- mail ---------------------------------------------------------------------------------------


def test_a_message_is_read_whole(tmp_path: Path) -> None:
    content = papers.email("Tëa?", "At four.\n", {"l.txt": b"abc"}, html="<p>At <b>four</b>.</p>")
    assert read_email(data_file(tmp_path, "a.eml", content)) == {
        "subject": "Tëa?",
        "from": "Ann Lee <ann@example.org>",
        "to": "bob@example.org",
        "cc": "",
        "date": "2024-03-05T10:00:00+01:00",
        "text": "At four.",
        "attachments": [{"name": "l.txt", "size": 3}],
    }


def test_a_message_of_outlook_is_read_alike(tmp_path: Path) -> None:
    files = {"l.txt": b"abc", "big.bin": b"x" * 9_000}
    content = outlook_message("Tëa?", ("Ann", "ann@example.org"), "Bob", "At four.\r\n", files)
    path = data_file(tmp_path, "a.msg", content)
    assert read_email(path) == {
        "subject": "Tëa?",
        "from": "Ann <ann@example.org>",
        "to": "Bob",
        "cc": "",
        "date": "2024-03-05T10:00:00+01:00",
        "text": "At four.",
        "attachments": [{"name": "l.txt", "size": 3}, {"name": "big.bin", "size": 9_000}],
    }
    saved = save_attachments(path, str(tmp_path / "new"))
    assert [Path(one).read_bytes() for one in saved] == list(files.values())


@pytest.mark.parametrize(
    "name",
    ["../../out.txt", "/etc/passwd", "..\\out.txt", "..", "a\0b", "x" * 400, "報" * 140, " . "],
)
def test_an_attachment_is_saved_in_the_folder_whatever_its_name(tmp_path: Path, name: str) -> None:
    content = outlook_message("Tea", ("a", "b@c"), "d", "e", {name: b"one"})
    path = data_file(tmp_path, "a.msg", content)
    folder = tmp_path / "in" / "folder"
    for _ in range(2):
        (saved,) = save_attachments(path, str(folder))
        assert Path(saved).resolve().parent == folder
        assert Path(saved).read_bytes() == b"one"
    assert len(list(folder.iterdir())) == 2
    assert {one.name for one in tmp_path.iterdir()} == {"a.msg", "in"}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"Subject: x\nContent-Type: text/plain; charset=nonsense\n\nCaf\xe9", "Café"),
        (b"Subject: x\nContent-Type: text/html\n\n<style>no</style><p>a<p>b<br>c", "a\nb\nc"),
        (b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nTea\n--b", "Tea"),
        (b"Subject: x\nContent-Type: multipart/mixed\n\nno boundary", ""),
        (b"Subject: =?utf-8?q?broken?=\nDate: never\nFrom: <<>>\nTo: \xff\n\nTea", "Tea"),
        (b"Subject: x\nContent-Transfer-Encoding: base64\n\n!!notbase64", ""),
    ],
)
def test_broken_messages_are_read_as_far_as_they_go(
    tmp_path: Path, content: bytes, text: str
) -> None:
    mail = read_email(data_file(tmp_path, "a.eml", content))
    assert mail["text"] == text or not text


def test_a_mailbox_gives_its_messages(tmp_path: Path) -> None:
    letters = [papers.email(f"No {n}", f"From here\n{n}") for n in range(3)]
    box = b"".join(
        b"From x Mon Jan 1 2024\n" + one.replace(b"\nFrom h", b"\n>From h") + b"\n"
        for one in letters
    )
    mails = read_mailbox(data_file(tmp_path, "a.mbox", box))
    assert [one["subject"] for one in mails] == ["No 0", "No 1", "No 2"]
    assert mails[2]["text"] == "From here\n2"


def test_what_is_no_mail_is_told(tmp_path: Path) -> None:
    for content in (b"", b"\0" * 99, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1cut"):
        with pytest.raises(ValueError, match="is not an"):
            read_email(data_file(tmp_path, "a.eml", content))
    with pytest.raises(ValueError, match="is not a mailbox"):
        read_mailbox(data_file(tmp_path, "a.mbox", b"Tea"))


# --- workbooks ----------------------------------------------------------------------------------


def test_each_sheet_can_be_read(tmp_path: Path) -> None:
    day = dt.datetime(2024, 3, 5, 10, 30)
    sheets: dict[str, list[list[object]]] = {
        "Prices": ROWS,
        "Days": [["day"], [day], [None], [day.date()]],
        "Nothing": [],
    }
    path = data_file(tmp_path, "a.xlsx", papers.xlsx(sheets))
    assert list_sheets(path) == ["Prices", "Days", "Nothing"]
    assert read_sheet(path, " prices") == RECORDS
    assert read_sheet(path, "Days") == [{"day": "2024-03-05T10:30:00"}, {"day": "2024-03-05"}]
    with pytest.raises(ValueError, match="sheet Nothing is empty"):
        read_sheet(path, "Nothing")
    with pytest.raises(
        ValueError, match="has no sheet 'Price'; it has 'Prices', 'Days', 'Nothing'"
    ):
        read_sheet(path, "Price")


def test_old_workbooks_are_read_alike(tmp_path: Path) -> None:
    path = data_file(
        tmp_path, "a.xls", papers.xls([["product", "price"], ["tea", 2.5], ["cup", 8.0]])
    )
    (sheet,) = list_sheets(path)
    assert read_sheet(path, sheet) == RECORDS
    assert read_table(path) == RECORDS


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.json", "a.jsonl", "a.xlsx"])
def test_written_tables_are_read_again(tmp_path: Path, name: str) -> None:
    rows = [{"product": "=tea()", "price": 2.5}, {"product": 'c"u\np', "price": 8, "more": "x"}]
    path = write_table(rows, str(tmp_path / name))
    found = [
        {key: value for key, value in row.items() if value is not None} for row in read_table(path)
    ]
    assert found == rows


def test_values_that_a_file_cannot_hold_are_written_as_text(tmp_path: Path) -> None:
    rows = [
        {
            "a": [1, 2],
            "b": {"c": 3},
            "d": dt.date(2024, 3, 5),
            "e": Decimal("2.50"),
            "f": None,
        }
    ]
    for name in ("a.csv", "a.xlsx"):
        (row,) = read_table(write_table(rows, str(tmp_path / name)))
        assert (row["a"], row["b"], row["d"], row["f"]) == (
            "[1, 2]",
            '{"c": 3}',
            "2024-03-05",
            None,
        )
    odd = [{"a": "x\0y\x1b", "b": dt.datetime(2024, 3, 5, 10, tzinfo=dt.UTC), "c": dt.time(3, 4)}]
    assert read_table(write_table(odd, str(tmp_path / "odd.xlsx"))) == [
        {"a": "xy", "b": "2024-03-05 10:00:00+00:00", "c": "03:04:00"}
    ]
    with pytest.raises(ValueError, match=r"a\.doc must end in \.csv"):
        write_table(rows, str(tmp_path / "a.doc"))


# --- SQL ----------------------------------------------------------------------------------------

SUM = "SELECT count(*) AS n, max(price) AS most FROM {}"


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("a.sqlite", "sales"),
        ("a.duckdb", "sales"),
        ("my sales.parquet", '"my sales"'),
        ("a[1]*.csv", "data"),
        ("a.json", "data"),
        ("a.jsonl", "a"),
        ("a.xlsx", "Prices"),
        ("a.xls", '"Sheet 1"'),
    ],
)
def test_sql_is_asked_of_each_kind(tmp_path: Path, name: str, table: str) -> None:
    kind = name.rpartition(".")[2]
    texts = {
        "csv": b"product,price\ntea,2.5\ncup,8\n",
        "json": b'[{"product": "tea", "price": 2.5}, {"product": "cup", "price": 8}]',
        "jsonl": b'{"product": "tea", "price": 2.5}\n{"product": "cup", "price": 8}\n',
        "xlsx": papers.xlsx({"Prices": ROWS}),
        "xls": papers.xls([["product", "price"], ["tea", 2.5], ["cup", 8.0]]),
    }
    made = texts.get(kind) or papers.database(tmp_path, kind)
    path = data_file(tmp_path, name, made)
    assert query_table_file(path, SUM.format(table)) == [{"n": 2, "most": 8}]
    (told,) = database_tables(path)
    assert (list(told["columns"]), told["rows"]) == (["product", "price"], 2)
    assert Path(path).read_bytes() == made


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM {table}",
        "DROP TABLE {table}",
        "INSERT INTO {table} VALUES ('x', 1)",
        "ATTACH '{other}' AS o",
        "SELECT * FROM read_csv('{other}')",
        "COPY (SELECT 1) TO '{other}.new'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "nonsense",
        "",
        "SELECT * FROM none",
        "PRAGMA query_only = OFF; DELETE FROM {table}",
    ],
)
def test_sql_changes_nothing_and_reads_nothing_else(tmp_path: Path, sql: str) -> None:
    other = data_file(tmp_path, "other.csv", b"secret\n1\n")
    for kind, table in (
        ("sqlite", "sales"),
        ("duckdb", "sales"),
        ("parquet", "data"),
        ("xlsx", "Prices"),
    ):
        content = (
            papers.xlsx({"Prices": ROWS}) if kind == "xlsx" else papers.database(tmp_path, kind)
        )
        path = data_file(tmp_path, f"a.{kind}", content)
        before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
        with pytest.raises(ValueError, match=r"the query (fails|gives no rows)"):
            query_table_file(path, sql.format(table=table, other=other))
        assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before


def test_values_of_a_query_are_plain(tmp_path: Path) -> None:
    path = data_file(tmp_path, "a.csv", b"day\n2024-03-05\n")
    sql = (
        "SELECT day, 2.50::DECIMAL(5,2) AS d, [1, 2] AS l, {'a': 1} AS s, 'x'::BLOB AS b FROM data"
    )
    assert query_table_file(path, sql) == [
        {"day": "2024-03-05", "d": 2.5, "l": [1, 2], "s": {"a": 1}, "b": "78"}
    ]


def test_sheets_are_tables_whatever_they_hold(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["a", None, "A_2", "A"],
        [0, None, None, False],
        [None, None],
        [1, "x", dt.timedelta(hours=30), True],
    ]
    path = data_file(tmp_path, "a.xlsx", papers.xlsx({"S": rows}))
    assert query_table_file(path, "SELECT * FROM S") == [
        {"a": 0, "column_2": None, "A_2": None, "A_3": 0},
        {"a": 1, "column_2": "x", "A_2": "1 day, 6:00:00", "A_3": 1},
    ]


def test_a_sheet_that_is_no_table_is_told(tmp_path: Path) -> None:
    wide: list[list[object]] = [[f"c{n}" for n in range(2_100)], [1]]
    path = data_file(tmp_path, "a.xlsx", papers.xlsx({"S": wide}))
    with pytest.raises(ValueError, match=r"a\.xlsx has a sheet that is no table of SQL: too many"):
        query_table_file(path, "SELECT 1")


def test_a_query_that_gives_too_much_is_told(tmp_path: Path) -> None:
    path = data_file(tmp_path, "a.csv", b"a\n1\n")
    with pytest.raises(ValueError, match="more than 100,000 rows; add LIMIT"):
        query_table_file(path, "SELECT * FROM range(200000)")


def test_what_sql_cannot_be_asked_of_is_told(tmp_path: Path) -> None:
    for name, content in (
        ("a.pdf", papers.pdf([["x"]])),
        ("a.parquet", b"PAR1cut"),
        ("a.xlsx", b"PK\3\4"),
    ):
        with pytest.raises(ValueError, match=f"a{name[1:]} (is no|cannot be read)"):
            query_table_file(data_file(tmp_path, name, content), "SELECT 1")


# --- git and the system -------------------------------------------------------------------------


def test_the_log_of_a_repository(tmp_path: Path) -> None:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    assert git_log(str(tmp_path)) == []
    for n, name in enumerate(["a.txt", "tëa\n.txt"]):
        (tmp_path / name).write_text("x")
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-q", "-m", f"No {n}\n\nBody"], check=True)
    found = git_log(str(tmp_path))
    assert [(one["subject"], one["files"]) for one in found] == [
        ("No 1", ["tëa\n.txt"]),
        ("No 0", ["a.txt"]),
    ]
    assert len(git_log(str(tmp_path), n=1)) == 1
    assert set(found[0]) == {"commit", "author", "email", "date", "subject", "files"}


def test_no_name_or_subject_breaks_the_log(tmp_path: Path) -> None:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=A\x1fn", "-c", "user.email=ann@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    for name in ("\n", "\nb", "c"):
        (tmp_path / name).write_text("x")
    subprocess.run([*git, "add", "."], check=True)
    subjects = ["One\x1f\x1etwo", "", "Last"]
    for subject in subjects:
        words = ["--allow-empty", "--allow-empty-message", "-m", subject]
        subprocess.run([*git, "commit", "-q", *words], check=True)
    found = git_log(str(tmp_path))
    assert [one["subject"] for one in found] == subjects[::-1]
    assert [one["files"] for one in found] == [[], [], ["\n", "\nb", "c"]]
    assert {one["author"] for one in found} == {"A\x1fn"}


def test_a_history_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(git_log.__globals__, "_SECONDS", 0)
    with pytest.raises(TimeoutError, match="took more than 0 s"):
        git_log(str(tmp_path))


def test_settings_of_a_repository_start_no_program(tmp_path: Path) -> None:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    mark = tmp_path / "ran"
    for key in ("core.fsmonitor", "gpg.program", "core.pager", "diff.external", "core.sshCommand"):
        subprocess.run([*git, "config", key, f"touch {mark}; false"], check=True)
    subprocess.run([*git, "config", "log.showSignature", "true"], check=True)
    assert len(git_log(str(tmp_path))) == 1
    assert not mark.exists()


def test_a_folder_without_a_repository_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        git_log(str(tmp_path))
    with pytest.raises(ValueError, match="there is no folder"):
        git_log(str(tmp_path / "none"))


def test_the_system_tells_of_itself() -> None:
    told = system_information()
    assert told["processors"] >= 1
    assert "pytest" in told["packages"]
    assert dt.datetime.fromisoformat(told["time"]).tzinfo


# --- colours, searching, places and times -------------------------------------------------------


def test_colours_are_told_however_a_workbook_names_them(tmp_path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import PatternFill
    from openpyxl.styles.colors import Color

    book = Workbook()
    sheet = book.worksheets[0]
    given = [
        Color(rgb="FF0099FF"),
        Color(indexed=10),
        Color(theme=4),
        Color(theme=4, tint=0.4),
        Color(theme=0, tint=-0.5),
        Color(theme=99),
    ]
    for column, color in enumerate(given, start=2):
        sheet.cell(2, column).fill = PatternFill("solid", fgColor=color)
    book.save(tmp_path / "a.xlsx")
    assert cell_colors(str(tmp_path / "a.xlsx"), "sheet") == [
        [None] * 7,
        [None, "#0099FF", "#FF0000", "#4F81BD", "#95B3D7", "#808080", None],
    ]
    with pytest.raises(ValueError, match="has no sheet 'Map'; it has 'Sheet'"):
        cell_colors(str(tmp_path / "a.xlsx"), "Map")
    with pytest.raises(ValueError, match="is not an Excel workbook"):
        cell_colors(data_file(tmp_path, "b.xlsx", b"PK\3\4"), "x")


def test_files_are_searched(tmp_path: Path) -> None:
    for name, content in (
        ("a.py", b"x = 1\n"),
        ("in/b.py", b"\n\nX = 1"),
        ("c.bin", b"x = 1\0"),
        (".git/d", b"x = 1"),
        ("e.txt", "é x = 1".encode("latin-1")),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)

    def found(pattern: str, names: str = "**/*") -> list[tuple[str, int]]:
        hits = search_files(str(tmp_path), pattern, names)
        return [(str(Path(hit["path"]).relative_to(tmp_path)), hit["line"]) for hit in hits]

    assert found("x = 1") == [("a.py", 1), ("e.txt", 1)]
    assert found("(?i)x = 1", "**/*.py") == [("a.py", 1), ("in/b.py", 3)]
    with pytest.raises(ValueError, match="not a regular expression"):
        found("(")
    with pytest.raises(NotADirectoryError):
        search_files(str(tmp_path / "none"), "x")
    data_file(tmp_path, "many.txt", b"y\n" * 2_000)
    assert len(found("y")) == 1_000


@pytest.mark.parametrize(
    ("time", "source", "target", "expected"),
    [
        ("2024-01-01 15:30", "America/New York", "Europe/Oslo", "2024-01-01T21:30:00+01:00"),
        ("2024-07-01T15:30", "UTC", "Asia/Kolkata", "2024-07-01T21:00:00+05:30"),
        ("2024-07-01T15:30+02:00", "UTC", "UTC", "2024-07-01T13:30:00+00:00"),
        (
            "2024-12-31 23:00",
            "Pacific/Kiritimati",
            "Pacific/Pago_Pago",
            "2024-12-30T22:00:00-11:00",
        ),
    ],
)
def test_times_in_other_zones(time: str, source: str, target: str, expected: str) -> None:
    assert convert_time_zone(time, source, target) == expected


def test_times_and_zones_that_are_none(tmp_path: Path) -> None:
    for zone in ("Europe/Nowhere", "", "../../etc/passwd", "/etc/passwd"):
        with pytest.raises(ValueError, match="unknown time zone"):
            convert_time_zone("2024-01-01", zone, "UTC")
    with pytest.raises(ValueError, match="is no time"):
        convert_time_zone("tea", "UTC", "UTC")


def test_distances_on_earth() -> None:
    assert distance_on_earth(0, 0, 0, 0) == 0
    assert round(distance_on_earth(90, 0, -90, 0)) == 20_015
    assert round(distance_on_earth(0, 179, 0, -179), 1) == 222.4
    assert round(distance_on_earth(40.7128, -74.006, 51.5074, -0.1278)) == 5_570
    for place in ((91, 0, 0, 0), (0, 0, 0, 361)):
        with pytest.raises(ValueError, match="itude lies between"):
            distance_on_earth(*place)
