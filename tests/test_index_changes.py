"""The index under change: whatever happened to it, it answers as a fresh one would."""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynasaur.index import Document, Index, changes, merging, pack, scoring
from dynasaur.index.document import FIELDS, SATURATION
from dynasaur.index.query import LOOKS
from dynasaur.index.words import grams, terms
from tests.builders.documents import bring_in

TEXT = "mean median column table csv json file count word date day number text sort sum"
WORDS = TEXT.split()


def made_up(key: str, seed: int) -> Document:
    """A document of random words, a few of them frequent."""
    chance = random.Random(f"{key} {seed}")
    some = [WORDS[int(len(WORDS) * chance.random() ** 2)] for _ in range(chance.randint(1, 12))]
    return Document(key, f"{seed}", "_".join(some[:2]), " ".join(some[2:6]), " ".join(some[6:]))


QUERIES = [
    "mean",
    "mean of a column in a csv table",
    "sort the words of a text by count",
    "mean_median and table",
    "sum numbers sum days",
]


def assert_same(index: Index, documents: dict[str, Document]) -> None:
    fresh = Index()
    bring_in(fresh, documents.values())
    assert len(index) == len(documents)
    for query in QUERIES:
        for k in (1, 3, 1000):
            assert index.search(query, k) == fresh.search(query, k), query


sequences = st.lists(
    st.tuples(
        st.sampled_from(
            ["add", "add", "edit", "remove", "sync", "merge", "reopen", "litter", "many"]
        ),
        st.integers(0, 11),
    ),
    min_size=1,
    max_size=25,
)


@pytest.fixture(params=["plain", "numpy"])
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Merges after two segments; all arithmetic in plain Python, or all with NumPy."""
    few = 0 if request.param == "numpy" else 1 << 30
    for module, name in [(scoring, "FEW"), (scoring, "FEW_FOR_NUMPY"), (pack, "FEW")]:
        monkeypatch.setattr(module, name, few)
    monkeypatch.setattr(merging, "FANOUT", 2)
    return str(request.param)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=sequences)
def test_any_sequence_of_changes_gives_what_a_fresh_index_gives(
    steps: list[tuple[str, int]], small: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("index")
    index = Index(folder)
    documents: dict[str, Document] = {}
    for step, (change, number) in enumerate(steps):
        key = f"k{number}"
        match change:
            case "add" | "edit":
                documents[key] = made_up(key, step)
                index.update([documents[key]])
            case "remove":
                documents.pop(key, None)
                index.update([], [key])
            case "sync":
                documents[key] = made_up(key, step)
                documents.pop(f"k{number // 2}", None)
                bring_in(index, documents.values())
            case "many":
                added = {f"m{n}": made_up(f"m{n}", step) for n in range(number * 3)}
                documents |= added
                index.update(added.values())
            case "merge":
                index.merge()
            case "reopen":
                index = Index(folder)
            case "litter":
                (folder / f"{number:016x}.segment").write_bytes(b"left by a killed writer")
    assert_same(index, documents)
    assert_same(Index(folder), documents)


def test_plain_and_numpy_arithmetic_give_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = {f"k{n}": made_up(f"k{n}", n) for n in range(600)}
    answers = []
    for few in (0, 1 << 30):
        for module, name in [(scoring, "FEW"), (scoring, "FEW_FOR_NUMPY"), (pack, "FEW")]:
            monkeypatch.setattr(module, name, few)
        index = Index()
        bring_in(index, documents.values())
        answers.append([index.search(query, k) for query in QUERIES for k in (1, 5, 60, 900)])
    assert answers[0] == answers[1]


def test_scores_are_those_that_scikit_learn_gives() -> None:
    """An independent reckoning over whole matrices, with scikit-learn's counts."""
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer

    documents = [made_up(f"k{n:03}", n) for n in range(200)]
    index = Index()
    bring_in(index, documents)
    counter = CountVectorizer(analyzer=terms)
    counter.fit([getattr(d, field) for d in documents for field in FIELDS])
    worth = np.zeros((len(documents), len(counter.vocabulary_)))
    for name, field in FIELDS.items():
        counts = counter.transform([getattr(d, name) for d in documents]).toarray()
        lengths = counts.sum(axis=1, keepdims=True)
        thinning = 1 - field.slope + field.slope * lengths / field.length
        worth += field.weight * counts / np.maximum(thinning, 1e-9)
    weights = worth / (worth + SATURATION)
    frequency = (worth > 0).sum(axis=0)
    rarity = np.log(1 + (len(documents) - frequency + 0.5) / (frequency + 0.5))
    for query in QUERIES[1:3]:
        asked = counter.transform([query]).toarray()[0]
        asked = np.where(asked > 0, 1 + np.log(np.maximum(asked, 1)), 0) * rarity
        expected = (1 - LOOKS) * (weights @ asked) / asked.sum()
        for scored in index.search(query, 10):
            document = documents[int(scored.key[1:])]
            one, other = set(grams(query)), set(grams(f"{document.name} {document.summary}"))
            looks = LOOKS * len(one & other) / (len(one) * len(other)) ** 0.5
            share = expected[int(scored.key[1:])]
            assert scored.score == pytest.approx(share + looks, abs=1e-4)


def test_merging_keeps_the_number_of_segments_small(tmp_path: Path) -> None:
    index = Index(tmp_path)
    documents = {f"k{number}": made_up(f"k{number}", 0) for number in range(200)}
    for document in documents.values():
        index.update([document])
    assert len(list(tmp_path.glob("*.segment"))) < 50
    assert index.wants_merging()
    index.merge()
    assert not index.wants_merging()
    assert len(list(tmp_path.glob("*.segment"))) < 12
    assert_same(index, documents)


@pytest.mark.parametrize("where", ["here", "elsewhere", "in memory"])
def test_what_changes_during_a_merge_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    index = Index(None if where == "in memory" else tmp_path)
    documents = {f"k{number}": made_up(f"k{number}", 0) for number in range(10)}
    for document in documents.values():
        index.update([document])
    merge = merging.merged

    def late(*given: Any) -> bytes:
        """Merges, and meanwhile one document is edited, one removed and one added."""
        data = merge(*given)
        if "new" not in documents:
            for key in ("k2", "new"):
                documents[key] = made_up(key, 1)
            writer = Index(tmp_path) if where == "elsewhere" else index
            writer.update([documents["k2"], documents["new"]], [documents.pop("k5").key])
        return data

    monkeypatch.setattr("dynasaur.index.core.merged", late)
    index.merge()
    assert "new" in documents
    assert_same(index, documents)
    if where != "in memory":
        assert_same(Index(tmp_path), documents)


def test_two_merge_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index, other = Index(tmp_path), Index(tmp_path)
    documents = {f"k{number}": made_up(f"k{number}", 0) for number in range(10)}
    for document in documents.values():
        index.update([document])
    merge = merging.merged

    def late(*given: Any) -> bytes:
        data = merge(*given)
        monkeypatch.setattr("dynasaur.index.core.merged", merge)
        other.merge()
        return data

    monkeypatch.setattr("dynasaur.index.core.merged", late)
    index.merge()
    assert len(list(tmp_path.glob("*.segment"))) == 1
    for one in (index, other, Index(tmp_path)):
        one.refresh()
        assert_same(one, documents)


def test_a_large_change_leaves_one_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "BATCH", 20)
    documents = {f"k{number}": made_up(f"k{number}", 0) for number in range(110)}
    index = Index(tmp_path)
    index.update(documents.values())
    assert len(list(tmp_path.glob("*.segment"))) == 1
    assert_same(index, documents)


def test_removing_gives_the_space_back(tmp_path: Path) -> None:
    index = Index(tmp_path)
    documents = [made_up(f"k{number}", 0) for number in range(300)]
    index.update(documents)
    before = sum(file.stat().st_size for file in tmp_path.iterdir())
    index.update([], [document.key for document in documents[10:]])
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < before / 5
    assert len(index) == 10


def test_an_interrupted_sync_changes_nothing(tmp_path: Path) -> None:
    index = Index(tmp_path)
    documents = {f"k{n}": made_up(f"k{n}", 0) for n in range(5)}
    bring_in(index, documents.values())

    def stop(key: str) -> Document | None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.sync({"new": "1", "k0": "1"}, stop)
    assert_same(index, documents)
    assert_same(Index(tmp_path), documents)


def test_a_folder_that_cannot_be_made_leaves_the_index_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    index = Index(tmp_path / "file" / "index")
    documents = {f"k{n}": made_up(f"k{n}", 0) for n in range(5)}
    bring_in(index, documents.values())
    assert_same(index, documents)


def test_a_full_disk_is_not_filled_further(tmp_path: Path) -> None:
    index = Index(tmp_path)
    bring_in(index, [made_up("a", 1)])
    before = sorted(tmp_path.iterdir())
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, limit[1]))
    try:
        documents = {f"k{number}": made_up(f"k{number}", number) for number in range(20)}
        bring_in(index, documents.values())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert_same(index, documents)
    assert sorted(tmp_path.iterdir()) == before, "nothing is left of what did not fit"
    assert len(Index(tmp_path)) == 1
    bring_in(index, documents.values())
    index.update([made_up("k99", 1)])
    assert len(Index(tmp_path)) == 21


VERSIONS = 12
SIZE = 30
READERS = int(os.environ.get("DYNASAUR_TEST_READERS", "3"))
SECONDS = float(os.environ.get("DYNASAUR_TEST_SECONDS", "5"))
"""So long readers read beside a writer."""


def version(number: int) -> dict[str, Document]:
    """The documents of one version: each version replaces some, and adds and removes others."""
    keys = range(number, number + SIZE)
    return {f"k{n}": made_up(f"k{n}", max(0, number - n % 5)) for n in keys}


def write_on(folder: Path, stop: Path, deadline: float) -> None:
    """Goes through the versions until told to stop, while a thread of it merges."""
    index = Index(folder)
    number = 0
    with ThreadPoolExecutor(1) as pool:
        while not stop.exists() and time.time() < deadline:
            merging = pool.submit(index.merge)
            bring_in(index, version(number % VERSIONS).values())
            number += 1
            if number % 10 == 0:
                merging.result()


def merge_on(folder: Path, deadline: float) -> None:
    """Merges beside all that goes on, until it is killed."""
    index = Index(folder)
    while time.time() < deadline:
        index.merge()


def read_on(folder: Path, until: float, deadline: float) -> int:
    """Searches until then, and until several versions were met many times; gives how often.

    A wrong answer is an error.
    """
    answers = []
    for number in range(VERSIONS):
        fresh = Index()
        bring_in(fresh, version(number).values())
        answers.append(fresh.search(QUERIES[1], 5))
    index = Index(folder)
    met: list[int] = []
    while len(met) < 300 or len(set(met)) < 3 or time.time() < until:
        index.refresh()
        found = index.search(QUERIES[1], 5)
        assert found in answers
        met.append(answers.index(found))
        assert time.time() < deadline, f"{len(set(met))} versions met in {len(met)} searches"
    return len(met)


@pytest.mark.slow
def test_readers_and_a_writer_at_once(tmp_path: Path) -> None:
    folder, stop = tmp_path / "index", tmp_path / "stop"
    until = time.time() + SECONDS
    deadline = until + 120
    bring_in(Index(folder), version(0).values())
    context = multiprocessing.get_context("spawn")
    with context.Pool(READERS + 1) as pool:
        writer = pool.apply_async(write_on, (folder, stop, deadline))
        readers = [pool.apply_async(read_on, (folder, until, deadline)) for _ in range(READERS)]
        try:
            while time.time() < until:
                merger = context.Process(target=merge_on, args=(folder, deadline))
                merger.start()
                time.sleep(0.5)
                merger.kill()
                merger.join()
            searches = sum(reader.get() for reader in readers)
        finally:
            stop.touch()
        writer.get()
    assert searches >= 300 * READERS


@pytest.mark.slow
def test_writers_of_different_wishes_leave_a_whole_index(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    deadline = time.time() + 3
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        wishes = [
            pool.apply_async(write_on, (folder, tmp_path / "stop", deadline)) for _ in range(2)
        ]
        for wish in wishes:
            wish.get()
    index = Index(folder)
    bring_in(index, version(3).values())
    assert_same(index, version(3))
    assert_same(Index(folder), version(3))
