"""Builders of documents for the index and of actions packages for the retriever."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dynasaur.index import Document, Index


def document(name: str, summary: str = "", *, key: str = "", stamp: str = "1") -> Document:
    """A small document; its key is its name unless told."""
    return Document(key=key or name, stamp=stamp, name=name, summary=summary)


def bring_in(index: Index, documents: Iterable[Document]) -> list[str]:
    """Sync an index with exactly these documents; gives the keys that were read."""
    by_key = {found.key: found for found in documents}
    read: list[str] = []

    def give(key: str) -> Document | None:
        read.append(key)
        return by_key[key]

    index.sync({key: found.stamp for key, found in by_key.items()}, give)
    return read


def write_action(
    package: Path, place: str, docstring: str = "Does it.", *, imports: str = "", task: str = ""
) -> Path:
    """An action's file `<package>/<place>.py`, with the packages' `__init__.py` files."""
    path = package / f"{place}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = path.parent
    while folder != package.parent:
        (folder / "__init__.py").touch()
        folder = folder.parent
    head = f'# /// script\n# [tool.dynasaur]\n# task = "{task}"\n# ///\n' if task else ""
    text = f'{head}"""An action."""\n\n{imports}\n\n\ndef {path.stem}(x: int) -> int:\n'
    path.write_text(f'{text}    """{docstring}"""\n    return x\n', encoding="utf-8")
    return path
