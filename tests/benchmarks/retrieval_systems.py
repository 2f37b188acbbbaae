"""The systems whose cost is measured by size: ours, and its peers as they are used best."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from dynasaur.index import Document, Index
from tests.benchmarks import retrieval

STAND_INS = 500


class System(Protocol):
    """A retriever that lives in a folder."""

    def __init__(self, folder: Path) -> None: ...

    def build(self, documents: Iterator[Document]) -> None: ...

    def add(self, document: Document) -> None: ...

    def search(self, query: str) -> object: ...


class Ours:
    """The index of this package."""

    def __init__(self, folder: Path) -> None:
        self.index = Index(folder)

    def build(self, documents: Iterator[Document]) -> None:
        self.index.update(documents)

    def add(self, document: Document) -> None:
        self.index.update([document])
        if self.index.wants_merging():  # in a run a thread does it
            self.index.merge()

    def search(self, query: str) -> object:
        return self.index.search(query)


class Bm25s:
    """bm25s with identifiers split and words stemmed; adding means building anew."""

    def __init__(self, folder: Path) -> None:
        self.bm25s = importlib.import_module("bm25s")
        self.stemmer = importlib.import_module("Stemmer").Stemmer("english")
        self.folder = folder
        self.texts: list[str] = []
        self.index = self.bm25s.BM25()
        if folder.exists():
            self.index = self.bm25s.BM25.load(str(folder), mmap=True)

    def _tokens(self, texts: list[str]) -> object:
        return self.bm25s.tokenize(texts, stopwords="en", stemmer=self.stemmer, show_progress=False)

    def build(self, documents: Iterator[Document]) -> None:
        self.texts += [retrieval.split(retrieval.whole(document)) for document in documents]
        self.index = self.bm25s.BM25()
        self.index.index(self._tokens(self.texts), show_progress=False)
        self.index.save(str(self.folder))

    def add(self, document: Document) -> None:
        self.build(iter([document]))

    def search(self, query: str) -> object:
        return self.index.retrieve(
            self._tokens([retrieval.split(query)]), k=10, show_progress=False
        )


class Tantivy:
    """Tantivy with its English stemmer, identifiers split."""

    def __init__(self, folder: Path) -> None:
        self.tantivy = importlib.import_module("tantivy")
        folder.mkdir(exist_ok=True)
        schema = self.tantivy.SchemaBuilder()
        schema.add_text_field("key", stored=True, tokenizer_name="raw")
        schema.add_text_field("text", stored=False, tokenizer_name="en_stem")
        self.index = self.tantivy.Index(schema.build(), path=str(folder))

    def build(self, documents: Iterator[Document]) -> None:
        writer = self.index.writer()
        for document in documents:
            text = retrieval.split(retrieval.whole(document))
            writer.add_document(self.tantivy.Document(key=document.key, text=text))
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()

    def add(self, document: Document) -> None:
        self.build(iter([document]))

    def search(self, query: str) -> object:
        words = " ".join(word for word in retrieval.split(query).lower().split() if word.isalnum())
        searcher = self.index.searcher()
        hits = searcher.search(self.index.parse_query(words or "nothing", ["text"]), 10).hits
        return [searcher.doc(address)["key"] for _, address in hits]


class Chroma:
    """Chroma with MiniLM over the one-line description, as the paper's design has it.

    Its store alone is measured: what is added and asked for is embedded beforehand. To embed
    made-up documents by the hundred thousand would take hours: while building, a vector stands
    for each that is one of `STAND_INS` real ones, slightly turned.
    """

    def __init__(self, folder: Path) -> None:
        client = importlib.import_module("chromadb").PersistentClient(str(folder))
        self.collection = client.get_or_create_collection(
            "actions", embedding_function=None, metadata={"hnsw:space": "cosine"}
        )

    def build(self, documents: Iterator[Document]) -> None:
        import numpy as np

        chance = np.random.default_rng(0)
        while some := list(itertools.islice(documents, 5000)):
            if not hasattr(self, "real"):
                self.real = self._embedded(some[:STAND_INS])
            places = chance.integers(len(self.real), size=len(some))
            turned = self.real[places] + chance.normal(0, 0.02, (len(some), self.real.shape[1]))
            ids = [document.key for document in some]
            self.collection.add(ids=ids, embeddings=turned.astype(np.float32))

    def _embedded(self, documents: list[Document]) -> Any:
        return retrieval.encoder()([retrieval.line(document) for document in documents])

    def add(self, document: Document) -> None:
        self.collection.add(ids=[document.key], embeddings=self._embedded([document]))

    def search(self, query: str) -> object:
        vectors = retrieval.encoder()([query])
        return self.collection.query(query_embeddings=vectors, n_results=10, include=[])


SYSTEMS: dict[str, tuple[type[System], tuple[str, ...]]] = {
    "ours": (Ours, ()),
    "bm25s": (Bm25s, ("bm25s", "Stemmer")),
    "tantivy": (Tantivy, ("tantivy",)),
    "chromadb": (Chroma, ("chromadb", "sentence_transformers")),
}
