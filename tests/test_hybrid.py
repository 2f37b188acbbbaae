"""Search by words and by meaning: a real endpoint, real files, and what happens without it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from dynasaur import Library
from dynasaur.errors import ConfigError, DynasaurError, MissingExtraError, ModelError
from dynasaur.index import Vectors
from dynasaur.models.embeddings import EndpointEmbeddings, resolve_embeddings
from dynasaur.models.patience import Patience
from dynasaur.retriever import Retriever
from dynasaur.store import Store
from tests.builders.cli import dynasaur
from tests.builders.documents import write_action
from tests.builders.embedding_server import EmbeddingServer

ONCE = Patience(attempts=1)


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    with EmbeddingServer() as running:
        yield running


@pytest.fixture
def package(tmp_path: Path) -> Path:
    found = tmp_path / "actions"
    write_action(found, "stats/mean", "Mean of numbers.")
    write_action(found, "lists/tally", "Tally of things.")
    write_action(found, "lists/things", "Things of a list.")
    return found


def hybrid(package: Path, server: EmbeddingServer, warned: list[str] | None = None) -> Retriever:
    folder = package.parent / "index"
    embed = EndpointEmbeddings("m", server.url, patience=ONCE)
    warn = (warned if warned is not None else []).append
    vectors = Vectors(folder, embed.name, embed)
    return Retriever([Store(package)], folder, dense=vectors, warn=warn)


def names(retriever: Retriever, query: str) -> list[str]:
    return [hit.action.name for hit in retriever.search(query)]


def test_what_shares_no_word_is_found_by_meaning(package: Path, server: EmbeddingServer) -> None:
    assert names(Retriever([Store(package)]), "occurrences") == []
    assert names(hybrid(package, server), "occurrences")[0] == "tally"


def test_an_exact_name_stays_first_and_a_deprecated_action_last(
    package: Path, server: EmbeddingServer
) -> None:
    path = write_action(package, "stats/average", "Average, arithmetic mean.", task="x")
    path.write_text(path.read_text().replace("# task =", '# deprecated = "mean"\n# task ='))
    found = names(hybrid(package, server), "arithmetic average of `things`")
    assert (found[0], found[-1]) == ("things", "average")


def test_reasons_add_up_to_the_score(package: Path, server: EmbeddingServer) -> None:
    retriever = hybrid(package, server)
    for hit in retriever.search("average of a list"):
        reasons = retriever.explain("average of a list", hit)
        assert sum(reason.score for reason in reasons) == pytest.approx(hit.score)
        assert "meaning" in {reason.field for reason in reasons}


def test_each_content_is_embedded_once(package: Path, server: EmbeddingServer) -> None:
    hybrid(package, server).search("average")
    assert [len(batch) for batch in server.batches] == [3, 1]
    hybrid(package, server).search("average")
    assert [len(batch) for batch in server.batches[2:]] == [1]
    write_action(package, "stats/mean", "Mean of numbers.")  # touched, and not changed
    write_action(package, "lists/tally", "Counts of things.")
    hybrid(package, server).search("average")
    assert [len(batch) for batch in server.batches[3:]] == [1, 1]
    assert server.batches[3] == ["tally. Counts of things."]


def test_many_are_embedded_in_batches(package: Path, server: EmbeddingServer) -> None:
    for number in range(70):
        write_action(package, f"made/made_{number}", f"Made up {number}.")
    told: list[tuple[int, int]] = []
    embed = EndpointEmbeddings("m", server.url)
    vectors = Vectors(None, embed.name, embed)
    stamps = {str(number): "1" for number in range(150)}
    vectors.sync(stamps, lambda key: f"text {key}", lambda *some: told.append(some))
    assert [len(batch) for batch in server.batches] == [64, 64, 22]
    assert told == [(64, 150), (128, 150), (150, 150)]


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, {"error": {"message": "out of memory"}}, "out of memory"),
        (401, {"error": {"message": "no"}}, "wants a key"),
        (404, "not here", "no embeddings there"),
        (404, {"error": {"message": "no such model m"}}, "has no model 'm'"),
        (200, "<html>", "no embeddings of m"),
        (200, {"data": []}, "no embeddings of m"),
        (200, {"data": [{"embedding": [1.0]}, {"embedding": [1.0, 2.0]}]}, "no embeddings of m"),
        (200, {"data": [{"embedding": ["x"]}] * 3}, "no embeddings of m"),
        (200, {"data": [{"embedding": [float("nan")]}] * 3}, "no embeddings of m"),
    ],
)
def test_without_embeddings_words_are_enough_and_one_line_says_so(
    package: Path, server: EmbeddingServer, status: int, body: object, said: str
) -> None:
    warned: list[str] = []
    server.answer = status, body
    retriever = hybrid(package, server, warned)
    for _ in range(2):
        assert names(retriever, "mean of numbers")[0] == "mean"
    (line,) = warned
    assert line.startswith("searching by words alone: ")
    assert said in line
    assert "\n" not in line
    server.answer = None
    assert names(hybrid(package, server), "occurrences")[0] == "tally"


@pytest.mark.parametrize("damage", ["noise", "cut", "folder", "lengths"])
def test_a_damaged_file_costs_only_itself(
    package: Path, server: EmbeddingServer, damage: str
) -> None:
    hybrid(package, server).search("average")
    (file,) = (package.parent / "index").glob("vectors-*.sqlite")
    data = file.read_bytes()
    if damage == "noise":
        file.write_bytes(bytes(reversed(data)))
    elif damage == "cut":
        file.write_bytes(data[: len(data) // 2])
    elif damage == "folder":
        file.unlink()
        file.mkdir()
    else:
        with sqlite3.connect(file) as base:
            base.execute(
                "UPDATE vector_1 SET vector = x'00' WHERE hash IN (SELECT min(hash) FROM vector_1)"
            )
    warned: list[str] = []
    assert names(hybrid(package, server, warned), "average mean")[0] == "mean"
    assert len(warned) == (damage == "lengths")


def test_a_stopped_embedding_goes_on_where_it_was(tmp_path: Path) -> None:
    asked: list[str] = []

    def embed(texts: Sequence[str]) -> list[list[float]]:
        if len(asked) >= 64:
            raise KeyboardInterrupt
        asked.extend(texts)
        return [[1.0, float(len(text))] for text in texts]

    stamps = {f"{number:03}": "1" for number in range(100)}
    with pytest.raises(KeyboardInterrupt):
        Vectors(tmp_path, "m", embed).sync(stamps, lambda key: f"text {key}")
    first = list(asked)
    asked.clear()
    Vectors(tmp_path, "m", embed).sync(stamps, lambda key: f"text {key}")
    assert len(first) == 64
    assert len(asked) == 36


@pytest.mark.parametrize(
    ("name", "environ", "error", "said"),
    [
        ("", {}, ConfigError, "OPENAI_API_KEY"),
        ("m", {}, ConfigError, "OPENAI_API_KEY"),
        ("", {"OPENAI_BASE_URL": "http://localhost:1/v1"}, ConfigError, "--embeddings MODEL"),
        ("m", {"OPENAI_BASE_URL": "localhost"}, ConfigError, "http://"),
    ],
)
def test_what_is_missing_is_said(
    name: str, environ: dict[str, str], error: type[DynasaurError], said: str
) -> None:
    with pytest.raises(error, match=said):
        resolve_embeddings(name, environ)
    assert "text-embedding" in resolve_embeddings("", {"OPENAI_API_KEY": "k"}).name


def test_a_local_model_needs_its_library(tmp_path: Path) -> None:
    try:
        import sentence_transformers  # noqa: F401
    except ImportError:
        with pytest.raises(MissingExtraError, match="dense"):
            resolve_embeddings("local:m", {})
        return
    with pytest.raises(ModelError, match="cannot be used"):
        resolve_embeddings(f"local:{tmp_path}", {})(["text"])


def test_on_the_command_line(tmp_path: Path, server: EmbeddingServer) -> None:
    made, _ = Library.create(tmp_path / "my library é")
    write_action(made.root / "actions", "lists/tally", "Tally of things.")
    env = {"OPENAI_BASE_URL": server.url, "DYNASAUR_EMBEDDINGS": "m"}
    words = ("search", "occurrences", "--source", "local", "--json")
    (hit,) = dynasaur(*words, "--retriever", "hybrid", cwd=made.root, env=env).json
    assert hit["name"] == "tally"
    assert dynasaur(*words, cwd=made.root, env=env).json == []
    server.answer = 401, {"error": {"message": "no"}}
    done = dynasaur("search", "tally", "--retriever", "hybrid", cwd=made.root, env=env)
    assert "tally" in done.out.splitlines()[0]
    assert done.err.startswith("dynasaur: searching by words alone: ")
    done = dynasaur("search", "tally", "--retriever", "hybrid", cwd=made.root)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("dynasaur: error: retriever = hybrid needs an embedding model: ")
    (made.root / "pyproject.toml").write_text('[tool.dynasaur]\nembeddings = "local:evil"\n')
    done = dynasaur("search", "tally", cwd=made.root)
    assert done.code == 2
    assert "a library cannot set embeddings" in done.err
