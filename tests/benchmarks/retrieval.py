"""Quality of retrieval beside its peers, all in one run.

    python -m tests.benchmarks.retrieval --data DIR [--queries N] [--only ours,bm25s]

Peers that are not installed are named and left out: `pip install bm25s PyStemmer tantivy`;
`chromadb sentence-transformers` with the model all-MiniLM-L6-v2 at hand (or its folder in `MINILM`)
for the dense ones.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from dynasaur.index import Document, Vectors
from dynasaur.retriever.fusion import WIDE, reciprocal, text_of
from tests.benchmarks.retrieval_sets import Search, Set, arguments, evaluate, load, mean, ours

MEASURES = ("R@1", "R@5", "MRR@10", "nDCG@10")


def split(text: str) -> str:
    """Identifiers cut into words."""
    return re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text).replace("_", " ")


def whole(document: Document) -> str:
    """Everything a peer gets to see of a document."""
    parts = [document.name, document.parameters, document.summary, document.docstring]
    return " ".join([*parts, document.body])


def line(document: Document) -> str:
    """The one-line description, or the name where there is none."""
    return document.summary or split(document.name)


def tfidf_of_lines(corpus: Sequence[Document]) -> Search:
    """scikit-learn's TF-IDF as it comes, over the one-line description."""
    return _tfidf([line(document) for document in corpus], corpus, {})


def tfidf_split(corpus: Sequence[Document]) -> Search:
    """The same over everything, identifiers split, one and two words."""
    texts = [split(whole(document)) for document in corpus]
    return _tfidf(texts, corpus, {"ngram_range": (1, 2), "sublinear_tf": True})


def _tfidf(texts: list[str], corpus: Sequence[Document], options: dict[str, object]) -> Search:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(stop_words="english", **options)
    matrix = vectorizer.fit_transform(texts).T.tocsr()

    def search(query: str, k: int) -> list[str]:
        scores = (vectorizer.transform([query]) @ matrix).toarray()[0]
        return [corpus[place].key for place in (-scores).argsort(kind="stable")[:k]]

    return search


def bm25s_plain(corpus: Sequence[Document]) -> Search:
    """bm25s as it comes."""
    return _bm25s(corpus, lambda text: text, None)


def bm25s_split(corpus: Sequence[Document]) -> Search:
    """bm25s with identifiers split and words stemmed."""
    stemmer = importlib.import_module("Stemmer").Stemmer("english")
    return _bm25s(corpus, split, stemmer)


def _bm25s(corpus: Sequence[Document], prepare: Callable[[str], str], stemmer: object) -> Search:
    bm25s = importlib.import_module("bm25s")

    def tokens(text: str) -> list[str]:
        found = bm25s.tokenize(
            [prepare(text)],
            stopwords="en",
            stemmer=stemmer,
            show_progress=False,
            return_ids=False,
        )
        return list(found[0])

    retriever = bm25s.BM25()
    documents = [tokens(whole(document)) or ["nothing"] for document in corpus]
    retriever.index(documents, show_progress=False)

    def search(query: str, k: int) -> list[str]:
        words = tokens(query)
        if not words:
            return []
        places, scores = retriever.retrieve([words], k=k, show_progress=False)
        pairs = zip(places[0], scores[0], strict=True)
        return [corpus[place].key for place, score in pairs if score > 0]

    return search


def tantivy_split(corpus: Sequence[Document]) -> Search:
    """Tantivy with its English stemmer, identifiers split."""
    tantivy = importlib.import_module("tantivy")

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=False, tokenizer_name="en_stem")
    builder.add_unsigned_field("place", stored=True)
    index = tantivy.Index(builder.build())
    writer = index.writer()
    for place, document in enumerate(corpus):
        writer.add_document(tantivy.Document(text=split(whole(document)), place=place))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def search(query: str, k: int) -> list[str]:
        words = " ".join(re.findall(r"\w+", split(query))).lower()
        if not words:
            return []
        hits = searcher.search(index.parse_query(words, ["text"]), k).hits
        return [corpus[searcher.doc(address)["place"][0]].key for _, address in hits]

    return search


def minilm_of_lines(corpus: Sequence[Document]) -> Search:
    """MiniLM over the one-line description: what the paper's design amounts to."""
    return _minilm([line(document) for document in corpus], corpus)


def minilm(corpus: Sequence[Document]) -> Search:
    """MiniLM over name and docstring, or the body where there is none."""
    texts = [
        f"{split(d.name)}. {f'{d.summary} {d.docstring}'.strip() or d.body}"[:600] for d in corpus
    ]
    return _minilm(texts, corpus)


def _minilm(texts: list[str], corpus: Sequence[Document]) -> Search:
    matrix = encoder()(texts)

    def search(query: str, k: int) -> list[str]:
        scores = matrix @ encoder()([query])[0]
        return [corpus[place].key for place in (-scores).argsort(kind="stable")[:k]]

    return search


@cache
def encoder() -> Callable[[list[str]], Any]:
    """MiniLM: texts to a NumPy matrix of vectors of length 1; each text is embedded once."""
    transformers = importlib.import_module("sentence_transformers")
    model = transformers.SentenceTransformer(
        os.environ.get("MINILM", "all-MiniLM-L6-v2"), device="cpu"
    )
    known: dict[str, Any] = {}

    def encode(texts: list[str]) -> Any:
        new = list(dict.fromkeys(text for text in texts if text not in known))
        vectors = model.encode(new, normalize_embeddings=True, show_progress_bar=False)
        known.update(zip(new, vectors, strict=True))
        return numpy.stack([known[text] for text in texts])

    numpy = importlib.import_module("numpy")
    return encode


def chroma_of_lines(corpus: Sequence[Document]) -> Search:
    """Chroma with MiniLM over the one-line description: the paper's design as it is."""
    collection = (
        importlib.import_module("chromadb")
        .EphemeralClient()
        .create_collection(
            f"lines-{id(corpus)}", embedding_function=None, metadata={"hnsw:space": "cosine"}
        )
    )
    for start in range(0, len(corpus), 1000):
        some = corpus[start : start + 1000]
        vectors = encoder()([line(document) for document in some])
        collection.add(ids=[document.key for document in some], embeddings=vectors)

    def search(query: str, k: int) -> list[str]:
        found = collection.query(query_embeddings=encoder()([query]), n_results=k, include=[])
        return list(found["ids"][0])

    return search


def hybrid(corpus: Sequence[Document]) -> Search:
    """Ours by words, fused with MiniLM as `--retriever hybrid` does it."""
    by_words, by_key = ours(corpus), {document.key: document for document in corpus}
    vectors = Vectors(None, "MiniLM", lambda texts: encoder()(list(texts)).tolist())
    vectors.sync(dict.fromkeys(by_key, "1"), lambda key: text_of(by_key[key]))

    def search(query: str, k: int) -> list[str]:
        near = [scored.key for scored in vectors.nearest(query, WIDE).found]
        worth = reciprocal(by_words(query, WIDE), near)
        return sorted(worth, key=lambda key: -worth[key])[:k]

    return search


PEERS: dict[str, tuple[Callable[[Sequence[Document]], Search], tuple[str, ...]]] = {
    "TF-IDF, one line": (tfidf_of_lines, ("sklearn",)),
    "TF-IDF, split, 1-2-grams": (tfidf_split, ("sklearn",)),
    "bm25s as it comes": (bm25s_plain, ("bm25s",)),
    "bm25s, split, stemmed": (bm25s_split, ("bm25s", "Stemmer")),
    "tantivy, split, stemmed": (tantivy_split, ("tantivy",)),
    "chromadb, MiniLM, one line": (chroma_of_lines, ("chromadb", "sentence_transformers")),
    "MiniLM, one line": (minilm_of_lines, ("sentence_transformers",)),
    "MiniLM, name and docstring": (minilm, ("sentence_transformers",)),
    "ours": (ours, ()),
    "ours, hybrid with MiniLM": (hybrid, ("sentence_transformers",)),
}


def table(sets: Sequence[Set], only: str) -> None:
    """Print the measures of every system on every set."""
    header = " | ".join(f"{data.name} {' / '.join(MEASURES)}" for data in sets)
    sys.stdout.write(f"| | {header} | mean nDCG@10 |\n|---|{'---|' * (len(sets) + 1)}\n")
    for name, (build, modules) in PEERS.items():
        missing = [module for module in modules if importlib.util.find_spec(module) is None]
        if only and not any(word in name for word in only.split(",")):
            continue
        if missing:
            sys.stdout.write(f"| {name} | skipped: {', '.join(missing)} is not installed |\n")
            continue
        cells, last = [], []
        for data in sets:
            if "sentence_transformers" in modules:
                encoder()(list(data.queries.values()))  # many at once are quicker than one by one
            rows = evaluate(build(data.corpus), data)
            figures = [mean(column) for column in zip(*rows, strict=True)]
            cells.append(" / ".join(f"{figure:.3f}" for figure in figures))
            last.append(figures[-1])
        sys.stdout.write(f"| {name} | {' | '.join(cells)} | {mean(last):.4f} |\n")
        sys.stdout.flush()


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--only", default="", help="systems whose names hold one of these words")
    options = parser.parse_args()
    data: Path | None = options.data
    table(load(data, options.queries), options.only)


if __name__ == "__main__":
    main()
