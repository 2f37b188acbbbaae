"""Quality on sets that nothing was tuned on: functions of packages, found by their first sentence.

    python -m tests.benchmarks.retrieval_held_out [--packages stdlib,numpy,sklearn] [--only ours]

A function's first sentence is the query and is taken out of what the systems get to see: its name,
signature, the rest of its docstring and its body. Needs no data beside what is installed. With
`--unnamed` the words of the function's name are taken out of the query, too: then each name that
the query meets is a wrong one, which is the worst that can happen to a system that trusts names.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from dynasaur.index import Document
from dynasaur.index.words import terms
from tests.benchmarks.retrieval import table
from tests.benchmarks.retrieval_sets import Set

ASKED = 500
_LEFT_OUT = {"test", "tests", "site-packages", "idlelib", "lib2to3", "__pycache__"}
_SHORTEST = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--packages", default="stdlib,numpy,sklearn,scipy")
    parser.add_argument("--only", default="", help="systems whose names hold one of these words")
    parser.add_argument("--unnamed", action="store_true", help="take names out of the queries")
    options = parser.parse_args()
    sets = [made(name).sample(ASKED) for name in options.packages.split(",")]
    table([unnamed(data) for data in sets] if options.unnamed else sets, options.only)


def unnamed(data: Set) -> Set:
    """The same without the words of the right function's name; what says too little is left out."""
    names = {document.key: set(terms(document.name)) for document in data.corpus}
    queries = {}
    for key, text in data.queries.items():
        left = [word for word in text.split() if not names[key] & set(terms(word))]
        if len(set(terms(" ".join(left)))) > 1:
            queries[key] = " ".join(left)
    return Set(f"{data.name}, unnamed", data.corpus, queries, data.right)


def made(package: str) -> Set:
    """The functions of a package, each asked for by its first sentence."""
    corpus, queries, right = list[Document](), dict[str, str](), dict[str, frozenset[str]]()
    for key, function in _functions(_folder(package)):
        sentence, _, rest = (ast.get_docstring(function) or "").partition("\n\n")
        sentence = " ".join(sentence.split())
        if len(sentence.split()) < _SHORTEST or sentence in queries.values():
            continue
        body = "\n".join(ast.unparse(line) for line in function.body[1:])
        signature = f"({ast.unparse(function.args)})"
        corpus.append(Document(key, "1", function.name, "", rest, parameters=signature, body=body))
        queries[key], right[key] = sentence, frozenset({key})
    return Set(package, corpus, queries, right)


def _folder(package: str) -> Path:
    if package == "stdlib":
        return Path(sysconfig.get_paths()["stdlib"])
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise SystemExit(f"{package} is not installed")
    return Path(found.origin).parent


def _functions(folder: Path) -> Iterator[tuple[str, ast.FunctionDef]]:
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(folder).parts
        if _LEFT_OUT & set(parts):
            continue
        try:
            tree = ast.parse(file.read_text("utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield f"{'.'.join(parts)}:{node.name}", node


if __name__ == "__main__":
    main()
