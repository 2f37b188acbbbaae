"""Measure how clones are found: recall, false merges, speed, near links.

Usage:
    python tests/benchmarks/clones.py --data DIR [--library 100000] [--skip-near]

DIR holds `functions.jsonl` (id, entry, code) and `variants.jsonl.gz` (base, group, kind, label,
verified, entry, code). For near links the functions are hidden among others: every function that
the Python files of this interpreter hold, taken at random, with numbered copies if they do not
suffice. Speeds are ratios to a peer in the same run.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import json
import random
import sys
import textwrap
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dynasaur.fingerprint import NearIndex, fingerprint
from dynasaur.syntax import parse

THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9)


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant of a function; `kind` says what was done to it."""

    id: str
    base: str
    group: str
    kind: str
    label: str
    verified: bool
    entry: str
    code: str


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--library", type=int, default=20_000, help="functions to hide among")
    parser.add_argument("--skip-near", action="store_true")
    chosen = parser.parse_args()
    if not (chosen.data / "functions.jsonl").is_file():
        sys.exit(f"{chosen.data} holds no functions.jsonl: give the folder of the clone data")
    functions, variants = read(chosen.data)
    exact(functions, variants)
    speed([code for _, code in functions.values()])
    if not chosen.skip_near:
        near(functions, variants, chosen.library)


def read(folder: Path) -> tuple[dict[str, tuple[str, str]], list[Variant]]:
    """The functions (entry and code by id) and their variants."""
    functions: dict[str, tuple[str, str]] = {}
    for line in (folder / "functions.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        functions[row["id"]] = (row["entry"], row["code"])
    with gzip.open(folder / "variants.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    names = Variant.__slots__
    return functions, [Variant(**{name: row[name] for name in names}) for row in rows]


# --- equal or different ------------------------------------------------------------------------


def exact(functions: dict[str, tuple[str, str]], variants: list[Variant]) -> None:
    """Recall by group and kind, and every false merge, at both levels."""
    for level in ("exact", "lifted"):
        base = {key: fingerprint(code, level, entry) for key, (entry, code) in functions.items()}
        equal: Counter[str] = Counter()
        total: Counter[str] = Counter()
        false: list[Variant] = []
        for variant in variants:
            same = fingerprint(variant.code, level, variant.entry) == base[variant.base]
            for name in (variant.group, f"{variant.group} {variant.kind}"):
                total[name] += 1
                equal[name] += same
            if same and variant.label == "diff":
                false.append(variant)
        print(f"\n{level}: share that has the fingerprint of its base")
        for name in sorted(total):
            if level == "exact" or " " not in name:
                share = equal[name] / total[name]
                print(f"  {name:24} {equal[name]:6} of {total[name]:6}  {share:.4f}")
        verified = sum(bool(variant.verified) for variant in false)
        print(f"  merged though different: {len(false)} by label, {verified} verified by running")
        if level == "exact":
            for variant in false:
                seen = "verified" if variant.verified else "by label"
                print(f"    {variant.id} {variant.kind} of {variant.base}, {seen}")


# --- speed -------------------------------------------------------------------------------------


def speed(codes: list[str]) -> None:
    """Functions a second, as a ratio to what Python and tree-sitter do with the same text."""
    peers: dict[str, Callable[[str], object]] = {
        "fingerprint": fingerprint,
        "tree-sitter parse": parse,
        "ast.dump(ast.parse)": lambda code: ast.dump(ast.parse(code)),
    }
    best = dict.fromkeys(peers, float("inf"))
    for _ in range(5):
        for name, work in peers.items():
            best[name] = min(best[name], _seconds(work, codes))
    print("\nspeed, best of 5 rounds")
    for name, seconds in best.items():
        rate, ratio = len(codes) / seconds, seconds / best["fingerprint"]
        print(f"  {name:22} {rate:9.0f} functions/s  {ratio:.3f} of the time of a fingerprint")


def _seconds(work: Callable[[str], object], codes: list[str]) -> float:
    start = time.process_time()
    for code in codes:
        work(code)
    return time.process_time() - start


# --- near --------------------------------------------------------------------------------------


def near(functions: dict[str, tuple[str, str]], variants: list[Variant], size: int) -> None:
    """How often a near variant finds its base, and how often a function finds a stranger."""
    index = NearIndex()
    exact_keys: dict[str, str] = {}
    for key, (entry, code) in functions.items():
        index.add(key, code, entry)
    for number, (name, code) in enumerate(library(size)):
        index.add(f"library {number}", code, name)
        exact_keys[fingerprint(code, name=name)] = name
    print(f"\nnear, among {len(index)} actions")
    wanted = [variant for variant in variants if variant.group == "T3near"]
    found = 0
    scores: list[float] = []
    for variant in wanted:
        hits = index.query(variant.code, name=variant.entry, at_least=0.0)
        found += variant.base in {hit.key for hit in hits}
        scores.append(max([hit.score for hit in hits if hit.key == variant.base], default=0.0))
    strangers = [_stranger(index, key, *functions[key]) for key in functions]
    print(f"  the base is among the five nearest: {found / len(wanted):.4f} of {len(wanted)}")
    print("  threshold   near variants linked to their base   other functions given some link")
    for threshold in THRESHOLDS:
        linked = sum(score >= threshold for score in scores) / len(scores)
        noise = sum(score >= threshold for score in strangers) / len(strangers)
        print(f"  {threshold:9.2f}   {linked:34.3f}   {noise:31.3f}")
    sample = wanted[:: max(1, len(wanted) // 200)]
    look_up = _seconds(lambda code: index.query(code), [variant.code for variant in sample])
    check = _seconds(lambda code: fingerprint(code) in exact_keys, [v.code for v in sample])
    print(
        f"  one near check {1000 * look_up / len(sample):.2f} ms, one exact check "
        f"{1000 * check / len(sample):.2f} ms; the index is {len(index.to_bytes()):,} bytes"
    )


def _stranger(index: NearIndex, key: str, entry: str, code: str) -> float:
    hits = index.query(code, name=entry, limit=1, at_least=0.0, ignore=[key])
    return hits[0].score if hits else 0.0


def library(size: int) -> Iterator[tuple[str, str]]:
    """Functions of this interpreter's Python files, each text once."""
    files = sorted(
        {file for folder in {*sys.path} if folder for file in Path(folder).rglob("*.py")}
    )
    random.Random(1).shuffle(files)
    seen: set[str] = set()
    for file in files:
        for name, code in _functions(file):
            if code not in seen:
                seen.add(code)
                yield name, code
            if len(seen) >= size:
                return
    texts = sorted(seen)
    for number in range(size - len(seen)):
        code = texts[number % len(texts)]
        yield "", code.replace("self.", f"self.part{number}_")


def _functions(file: Path) -> Iterator[tuple[str, str]]:
    try:
        source = file.read_text(encoding="utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (OSError, ValueError, SyntaxError, RecursionError):
        return
    lines = source.splitlines(keepends=True)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            code = textwrap.dedent("".join(lines[first - 1 : node.end_lineno]))
            if 3 <= code.count("\n") <= 80:
                yield node.name, code


if __name__ == "__main__":
    main()
