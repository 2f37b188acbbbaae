"""`dynasaur runs export`: a notebook that runs again, a page that is safe, Markdown."""

from __future__ import annotations

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest

from dynasaur.export.markdown import fenced, plain
from tests.builders.cli import Done, dynasaur, environment, script
from tests.builders.kernel import PIXEL

HOSTILE = (
    "</pre></details><script>alert(1)</script> ![x](http://127.0.0.1:9/x.png) <img src=//x> ```"
)

SHOW = (
    "import base64\nfrom IPython.display import Image, display\n"
    f"display(Image(data=base64.b64decode('{PIXEL}')))\nprint({HOSTILE!r})"
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with one real run: an image, an error, hostile text, a kernel's death."""
    folder = tmp_path_factory.mktemp("export") / "my library ö"
    assert dynasaur("init", folder, cwd=folder.parent).code == 0
    (folder / "sales.csv").write_text("region,price\nNorth,1.5\nSouth,4\n", encoding="utf-8")
    model = script(
        folder,
        (HOSTILE, SHOW),
        ("It fails.", "1 / 0"),
        ("It dies.", "import os; os._exit(1)"),
        ("", ""),
        ("Now.", "x = mean(numeric_column(read_table('sales.csv'), 'price'))\nprint(x)"),
        ("Done.", "submit_final_answer({'mean': x, 'note': '<b>'})"),
    )
    done = dynasaur("run", HOSTILE, "--model", model, "--file", "sales.csv", cwd=folder)
    assert done.code == 0, done.err
    return folder


def export(library: Path, kind: str) -> str:
    done = dynasaur("runs", "export", "last", "--to", kind, "-o", "-", cwd=library)
    assert (done.code, done.err) == (0, "")
    return done.out


def test_a_notebook_is_valid_and_has_what_was_seen(library: Path) -> None:
    book: Any = nbformat.reads(export(library, "ipynb"), as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(book)
    codes = [cell for cell in book.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in codes] == [None, 1, 2, 5, 6]
    image = next(out for out in codes[1].outputs if out.output_type == "display_data")
    assert image.data["image/png"] == PIXEL
    assert codes[1].outputs[0].text == HOSTILE + "\n"
    assert codes[2].outputs[0].ename == "ZeroDivisionError"
    words = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    assert "os._exit(1)" in words
    assert not re.search(r"(?<!\\)!\[|<script|<img", words.replace(fenced(HOSTILE, ""), ""))


@pytest.mark.slow
def test_a_notebook_runs_again_where_the_library_is(library: Path) -> None:
    from nbclient import NotebookClient

    book: Any = nbformat.reads(export(library, "ipynb"), as_version=4)  # type: ignore[no-untyped-call]
    kept = dict(os.environ)
    try:
        os.environ.clear()
        os.environ.update(environment(library / ".home"))
        NotebookClient(book, timeout=120, kernel_name="python3").execute(cwd=str(library))
    finally:
        os.environ.clear()
        os.environ.update(kept)
    last = [cell for cell in book.cells if cell.cell_type == "code"][-2:]
    assert last[0].outputs[0].text == "2.75\n"
    assert last[1].outputs[0].text == "answer: {'mean': 2.75, 'note': '<b>'}\n"


class Tags(HTMLParser):
    """The tags of a page, and whether each that is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in {"meta", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_page_holds_no_markup_but_ours_and_fetches_nothing(library: Path) -> None:
    text = export(library, "html")
    tags = Tags()
    tags.feed(text)
    tags.close()
    assert tags.open == []
    names = {tag for tag, _ in tags.seen}
    assert not names & {"script", "iframe", "link", "object", "base", "a", "b"}
    addresses = [
        value for _, attrs in tags.seen for key, value in attrs.items() if key in {"src", "href"}
    ]
    assert addresses == [f"data:image/png;base64,{PIXEL}"]
    assert [tag for tag, _ in tags.seen].count("details") == 6
    assert "default-src 'none'" in text
    assert not re.search(r"url\(|@import", text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "killed its kernel" in text


def test_markdown_says_what_was_said_and_no_more(library: Path) -> None:
    text = export(library, "md")
    assert f"data:image/png;base64,{PIXEL}" in text
    assert fenced(HOSTILE, "") in text
    outside = re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert not re.search(r"(?<!\\)!\\?\[x|<", outside)
    assert '"mean": 2.75' in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a *b* _c_ `d` [e](f) # g | ~h~ $i$", r"a \*b\* \_c\_ \`d\` \[e\](f) \# g \| \~h\~ \$i\$"),
        ("<b> & </b>", "&lt;b&gt; &amp; &lt;/b&gt;"),
        ("- one\n1. two\n+ three\n---", "\\- one\n1\\. two\n\\+ three\n---"),
        ("1.5 and -3", "1.5 and -3"),
    ],
)
def test_text_in_markdown_is_shown_as_it_is(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_nothing_ends_a_block_of_code() -> None:
    assert fenced("a ```` b", "").splitlines() == ["`````", "a ```` b", "`````"]


def written(library: Path, *more: str) -> Done:
    return dynasaur("runs", "export", "last", "--to", "md", *more, cwd=library)


def test_a_file_is_written_where_it_is_asked_for(library: Path) -> None:
    run = json.loads(dynasaur("runs", "--json", cwd=library).out)[0]["run"]
    assert written(library).out == f"wrote: {run}.md\n"
    assert (library / f"{run}.md").read_text("utf-8").startswith("# ")
    nowhere = written(library, "-o", "no/such/folder.md")
    assert (nowhere.code, nowhere.out) == (1, "")
    assert nowhere.err == (
        "dynasaur: error: no/such/folder.md cannot be written: No such file or directory\n"
    )


def test_a_full_disk_is_one_line(library: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no device that is always full")
    done = dynasaur("runs", "export", "last", "--to", "md", "-o", "/dev/full", cwd=library)
    assert (done.code, done.out) == (1, "")
    assert "/dev/full cannot be written: No space left on device" in done.err
