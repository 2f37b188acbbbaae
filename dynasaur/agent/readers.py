"""Actions that read the files of a task: it tells what to find out, seldom how a file is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dynasaur.agent.protocols import Retriever
from dynasaur.types import Hit

_QUERIES = {
    "rows of a table file: CSV, TSV, JSON Lines": ("csv", "tsv", "tab", "jsonl", "ndjson"),
    "rows of one sheet of a workbook": ("xlsx", "xlsm", "xls", "ods"),
    "data of a JSON file": ("json", "geojson", "jsonld"),
    "text of a text file": ("txt", "log", "py", "md", "pdb", "yaml", "ini", "toml"),
    "SQL query over a database file": ("db", "sqlite", "sqlite3", "duckdb", "parquet"),
    "read an e-mail file (.eml, or .msg of Outlook)": ("eml", "msg"),
    "read a mailbox file": ("mbox",),
    "unpack an archive": ("zip", "tar", "gz", "tgz", "bz2", "xz", "7z", "rar"),
    "look at a picture (image) file": ("png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff"),
    "transcribe a sound (audio) file": ("mp3", "wav", "m4a", "flac", "ogg"),
}
_BY_SUFFIX = {suffix: query for query, suffixes in _QUERIES.items() for suffix in suffixes}
_ANY = "read any document (PDF, Word, Excel, PowerPoint, HTML, e-book)"
_LEAST = 0.4
"""The score from which an action does what a query says; what only sounds like it is below."""
_MOST = 3


def with_readers(hits: Sequence[Hit], retriever: Retriever, files: Iterable[str]) -> list[Hit]:
    """The actions that fit a task, and behind them those that read its files.

    Args:
        hits: The actions that fit the task.
        retriever: Finds the others.
        files: The names of the files in the work folder.
    """
    found = {hit.action.module: hit for hit in hits}
    suffixes = [name.rpartition(".")[2].lower() for name in files]
    for query in list(dict.fromkeys(_BY_SUFFIX.get(one, _ANY) for one in suffixes))[:_MOST]:
        for hit in retriever.search(query, 1):
            if hit.score >= _LEAST:
                found.setdefault(hit.action.module, hit)
    return list(found.values())
