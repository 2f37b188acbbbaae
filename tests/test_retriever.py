"""Search over several stores, and what an action needs to be loaded."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from dynasaur.errors import ActionError
from dynasaur.retriever import Retriever
from dynasaur.store import Entry, Store
from dynasaur.usage import Report, Served
from tests.builders.documents import write_action

BASE = "actions.vendor.base"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """An actions package with one local action and one vendored from `base`."""
    package = tmp_path / "library" / "actions"
    write_action(package, "tables/mean_of_column", "Mean of a column.")
    write_action(package, "vendor/base/tables/read_table", "Reads a table from a file.")
    return package


@pytest.fixture
def base(tmp_path: Path) -> Path:
    package = tmp_path / "base"
    write_action(package, "tables/read_table", "Reads a table from a file.")
    write_action(package, "tables/mean_of_column", "Mean of a column.")
    write_action(package, "text/words", "Words of a text.", imports="from .._shared import cut")
    write_action(package, "text/count_words", "Counts words.", imports="from .words import words")
    (package / "_shared.py").write_text("from ._deep import x\n\n\ndef cut() -> None: ...\n")
    (package / "_deep.py").write_text("x = 1\n")
    return package


@pytest.fixture
def retriever(library: Path, base: Path) -> Retriever:
    return Retriever([Store(library), Store(base, source="base", mount=BASE)])


def modules(retriever: Retriever, query: str) -> list[str]:
    return [hit.action.module for hit in retriever.search(query)]


def test_the_librarys_own_action_comes_first_on_ties(retriever: Retriever, library: Path) -> None:
    """Then vendored ones, then other sources', whatever their modules' names."""
    for place in ("zones/count_words", "vendor/zoo/text/count_words"):
        write_action(library, place, "Counts words.", imports="from .words import words")
    assert modules(retriever, "counting of words")[:3] == [
        "actions.zones.count_words",
        "actions.vendor.zoo.text.count_words",
        f"{BASE}.text.count_words",
    ]


def test_a_vendored_copy_hides_the_built_in_one(retriever: Retriever, library: Path) -> None:
    hits = retriever.search("read a table")
    paths = [hit.action.path for hit in hits if hit.action.name == "read_table"]
    assert paths == [library / "vendor/base/tables/read_table.py"]


def test_a_deprecated_action_ranks_last(retriever: Retriever, base: Path) -> None:
    path = write_action(base, "text/count_all_words", "Counts all words.", task="count words")
    assert retriever.search("count all words")[0].action.name == "count_all_words"
    path.write_text(path.read_text().replace("# task =", '# deprecated = "count_words"\n# task ='))
    hits = retriever.search("count all words", 2)
    assert [hit.action.name for hit in hits] == ["count_words", "words"]
    last = retriever.search("count all words")[-1].action
    assert (last.name, last.provenance.deprecated) == ("count_all_words", "count_words")


def ran(*runs: tuple[str, str, bool]) -> Report:
    """Earlier runs: the task, the one action that was called, and whether it returned."""
    return Report(
        tasks=tuple(
            Served(str(n), task, frozenset({name}), frozenset({name} if ok else ()))
            for n, (task, name, ok) in enumerate(runs)
        )
    )


@pytest.mark.parametrize(
    ("runs", "first"),
    [
        ([], "sum_up"),
        ([("sums of numbers", "sum_up_all", True)], "sum_up_all"),
        ([("sums of numbers", "sum_up_all", True), ("sums of numbers", "sum_up", True)], "sum_up"),
        ([("sums of numbers", "sum_up_all", False)] * 50, "sum_up"),
        ([("weather in Bergen", "sum_up_all", True)] * 50, "sum_up"),
        ([("sums of numbers", "count_words", True)] * 50, "sum_up"),
        ([("", "sum_up_all", True), ("\x00\ud800", "sum_up_all", True)], "sum_up"),
    ],
)
def test_actions_that_proved_useful_rise_a_little(
    base: Path, runs: list[tuple[str, str, bool]], first: str
) -> None:
    write_action(base, "stats/sum_up", "Sums up numbers.")
    write_action(base, "stats/sum_up_all", "Sums up numbers.")
    shelf = Store(base, source="base", mount=BASE)
    retriever = Retriever([shelf], experience=lambda: ran(*runs))
    plain = Retriever([shelf]).search("sums of numbers")
    hits = retriever.search("sums of numbers")
    assert hits[0].action.name == first
    for hit in hits:
        before = next(one.score for one in plain if one.action.name == hit.action.name)
        assert before <= hit.score <= before * 1.2
        reasons = retriever.explain("sums of numbers", hit)
        assert sum(reason.score for reason in reasons) == pytest.approx(hit.score)
        assert any(reason.field == "usage" for reason in reasons) == (hit.score > before)


def test_actions_that_served_similar_tasks_rise_for_these(base: Path, tmp_path: Path) -> None:
    """For other tasks they do not, nor by tasks in which they were called in vain."""
    write_action(base, "stats/sum_up", "Sums up numbers.")
    write_action(base, "stats/sum_up_all", "Sums up numbers.")
    task, names = "How much rain fell on Bergen, in numbers?", frozenset({"sum_up_all"})
    served = [Served(f"run-{n}", task, names, names if n else frozenset()) for n in range(3)]
    retriever = Retriever(
        [Store(base, source="base", mount=BASE)],
        tmp_path / "index",
        experience=lambda: Report(tasks=tuple(served)),
    )
    other, like = "sums of numbers", "How much rain fell on Oslo, in numbers?"
    assert retriever.search(other)[0].action.name == "sum_up"
    hit = retriever.search(like)[0]
    assert hit.action.name == "sum_up_all"
    reasons = retriever.explain(like, hit)
    assert ("served 2 similar tasks", "usage") in {(one.word, one.field) for one in reasons}
    assert sum(reason.score for reason in reasons) == pytest.approx(hit.score)
    before = hit.score - sum(one.score for one in reasons if one.field == "usage")
    assert before < hit.score <= before * 1.2
    assert "run-0" not in {hit.action.name for hit in retriever.search("run-0")}


def test_segments_are_merged_in_a_thread(library: Path, tmp_path: Path) -> None:
    retriever = Retriever([Store(library)], tmp_path / "index")
    for number in range(9):
        write_action(library, f"tables/column_{number}", "Column of a table.")
        retriever.search("column")
    assert len(list((tmp_path / "index").glob("*.segment"))) > 8
    retriever.tend()
    retriever.tend()
    for thread in threading.enumerate():
        if thread.daemon and "merge" in thread.name:
            thread.join()
    assert len(list((tmp_path / "index").glob("*.segment"))) < 8
    assert len(retriever.search("column of a table", 20)) == 11


@pytest.mark.parametrize("k", [0, -1])
def test_nothing_is_asked_for_and_nothing_given(retriever: Retriever, k: int) -> None:
    assert retriever.search("words", k) == []


def test_one_source_is_searched_alone(retriever: Retriever) -> None:
    for source in ("local", "base"):
        hits = retriever.search("mean of a column", 1, source=source)
        assert [(hit.action.name, hit.action.source) for hit in hits] == [
            ("mean_of_column", source)
        ]
    assert retriever.search("mean", source="nowhere") == []


def test_progress_is_told_while_the_index_is_built(library: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    retriever = Retriever(
        [Store(library)],
        tmp_path / "index",
        progress=lambda done, total: told.append((done, total)),
    )
    retriever.search("mean")
    retriever.search("mean")
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("mean_of_column", "actions.tables.mean_of_column"),
        ("tables/mean_of_column", "actions.tables.mean_of_column"),
        ("local/mean_of_column", "actions.tables.mean_of_column"),
        ("base/mean_of_column", f"{BASE}.tables.mean_of_column"),
        ("base/tables/mean_of_column", f"{BASE}.tables.mean_of_column"),
        (f"{BASE}.tables.mean_of_column", f"{BASE}.tables.mean_of_column"),
        ("words", f"{BASE}.text.words"),
        ("text/mean_of_column", None),
        ("nothing", None),
        ("", None),
        ("_shared", None),
    ],
)
def test_a_name_is_found(retriever: Retriever, name: str, module: str | None) -> None:
    action = retriever.find(name)
    assert (action and action.module) == module


def test_a_closure_has_every_module_once_requirements_first(retriever: Retriever) -> None:
    loaded = [module.name for module in retriever.closure(["count_words", "words"])]
    expected = ["_deep", "_shared", "text.words", "text.count_words"]
    assert loaded == [f"{BASE}.{name}" for name in expected]


def test_a_closure_ends_where_modules_import_each_other(retriever: Retriever, base: Path) -> None:
    write_action(base, "text/words", imports="from .count_words import count_words")
    loaded = [module.name for module in retriever.closure(["words"])]
    assert loaded == [f"{BASE}.text.count_words", f"{BASE}.text.words"]


def test_a_missing_requirement_is_named(retriever: Retriever, base: Path) -> None:
    (base / "_deep.py").unlink()
    with pytest.raises(ActionError, match="_deep"):
        retriever.closure(["words"])


def test_files_changed_by_hand_are_noticed(retriever: Retriever, library: Path) -> None:
    assert modules(retriever, "median") == []
    path = write_action(library, "tables/middle", "Median of numbers.")
    assert modules(retriever, "median") == ["actions.tables.middle"]
    path = path.rename(library / "middle.py")
    assert modules(retriever, "median") == ["actions.middle"]
    path.unlink()
    assert modules(retriever, "median") == []


def test_a_change_of_the_same_size_and_time_is_noticed(library: Path, tmp_path: Path) -> None:
    path = write_action(library, "tables/middle", "Median of numbers.")
    before = path.stat()
    first = Retriever([Store(library)], tmp_path / "index")
    assert modules(first, "median") == ["actions.tables.middle"]
    path.write_text(path.read_text().replace("Median", "Medium"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    for retriever in (first, Retriever([Store(library)], tmp_path / "index")):
        assert modules(retriever, "median") == []
        assert modules(retriever, "medium") == ["actions.tables.middle"]


class Walked(Store):
    """A store that counts how often it was walked."""

    walks = 0

    def entries(self) -> Mapping[str, Entry]:
        self.walks += 1
        return super().entries()


def test_nothing_is_walked_where_nothing_has_changed(library: Path, tmp_path: Path) -> None:
    assert modules(Retriever([Store(library)], tmp_path / "index"), "mean") != []
    store = Walked(library)
    retriever = Retriever([store], tmp_path / "index")
    assert modules(retriever, "mean of a column") == ["actions.tables.mean_of_column"]
    assert [hit.action.name for hit in retriever.search("mean", source="local")] != []
    assert retriever.search("mean", source="elsewhere") == []
    assert store.walks == 0
    assert list(retriever.modules(["read_table", "mean_of_column"])) != []
    assert retriever.modules(["nothing"]) == {}
    assert store.walks == 1
    write_action(library, "tables/middle", "Median of numbers.")
    assert modules(retriever, "median") == ["actions.tables.middle"]
    assert modules(retriever, "the median") == ["actions.tables.middle"]
    assert store.walks == 2
    other = Retriever([Walked(library, source="x", mount="actions.vendor.x")], tmp_path / "index")
    assert modules(other, "median") == ["actions.vendor.x.tables.middle"]


def test_a_file_that_goes_while_it_is_searched_is_left_out(library: Path, tmp_path: Path) -> None:
    assert modules(Retriever([Store(library)], tmp_path / "index"), "mean") != []

    class Late(Store):
        def seen(self) -> str:
            seen = super().seen()
            (library / "tables/mean_of_column.py").unlink(missing_ok=True)
            return seen

    retriever = Retriever([Late(library)], tmp_path / "index")
    assert modules(retriever, "mean") == []
    assert modules(retriever, "reads a table") == ["actions.vendor.base.tables.read_table"]


@pytest.mark.slow
def test_what_git_does_to_files_is_noticed(retriever: Retriever, library: Path) -> None:
    def git(*words: str) -> None:
        names = ["-c", "user.name=x", "-c", "user.email=x@localhost"]
        subprocess.run(["git", "-C", str(library), *names, *words], check=True, capture_output=True)

    git("init", "-b", "main")
    git("add", ".")
    git("commit", "-m", "one")
    git("checkout", "-b", "other")
    write_action(library, "tables/mean_of_column", "Gizmo of a column.")
    write_action(library, "tables/middle", "Median of numbers.")
    git("add", ".")
    git("commit", "-m", "two")
    assert modules(retriever, "the gizmo") == ["actions.tables.mean_of_column"]
    git("checkout", "main")
    assert modules(retriever, "the gizmo") == []
    assert modules(retriever, "the median") == []
    git("merge", "other")
    assert modules(retriever, "the gizmo") == ["actions.tables.mean_of_column"]
    assert modules(retriever, "the median") == ["actions.tables.middle"]


def test_a_broken_file_costs_only_itself(retriever: Retriever, library: Path) -> None:
    (library / "tables" / "broken.py").write_text("def broken(:\n")
    assert "actions.tables.mean_of_column" in modules(retriever, "broken mean of a column")


def test_the_task_that_gave_birth_to_an_action_finds_it(
    retriever: Retriever, library: Path
) -> None:
    write_action(library, "tables/helper", "Helps.", task="Which penguins live on Dream island?")
    assert modules(retriever, "penguins of an island") == ["actions.tables.helper"]
    hit = retriever.search("penguins of an island")[0]
    fields = {reason.field for reason in retriever.explain("penguins of an island", hit)}
    assert fields == {"task"}


def test_the_values_of_examples_are_not_searched(retriever: Retriever, library: Path) -> None:
    example = "    Examples:\n        >>> helper('sales')\n        1\n"
    docstring = f"Helps.\n\n{example}\n    Note:\n        Gizmo.\n"
    write_action(library, "tables/helper", docstring)
    assert modules(retriever, "the sales of it") == []
    assert modules(retriever, "the gizmo of it") == ["actions.tables.helper"]


def test_only_what_stands_out_from_noise_is_offered(retriever: Retriever, base: Path) -> None:
    for number in range(60):
        write_action(base, f"units/unit_{number}", "Converts a length.")
    task = (
        "Astronomers of long ago saw only planets brighter than faint stars. Which planet did "
        "shepherds greet first on summer evenings, and what length had the shortest night?"
    )
    assert len(retriever.search(task)) == 10
    assert retriever.offer(task) == []
    offered = retriever.offer("Count the words of the text, the most frequent ones too.")
    assert offered[0].action.name == "count_words"
    assert retriever.offer(f"{task} Use count_words.")[0].action.name == "count_words"


def test_an_explanation_names_words_and_fields(retriever: Retriever) -> None:
    hit = retriever.search("count the words")[0]
    reasons = retriever.explain("count the words", hit)
    assert {(reason.word, reason.field) for reason in reasons} >= {
        ("count", "name"),
        ("word", "name"),
    }
    assert sum(reason.score for reason in reasons) == pytest.approx(hit.score)
