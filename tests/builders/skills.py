"""A model server whose skill is scripted: right by a chance that an offered action raises."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.builders.chat_server import ChatServer, Raw, Request, completion

ALONE, HELPED = 0.5, 0.9
"""Chance of a right answer without and with a fitting action offered."""

CATEGORY = "arithmetic"

TOKENS_ALONE, TOKENS_HELPED, TOKENS_ASKED = (200, 80), (150, 20), (90, 10)
"""Tokens of prompt and reply."""

KINDS = {
    "collatz_length": (
        "count = 0",
        "while n != 1:",
        "    n = 3 * n + 1 if n % 2 else n // 2",
        "    count += 1",
        "return count",
    ),
    "digital_root": (
        "while n > 9:",
        "    n = sum(int(one) for one in str(n))",
        "return n",
    ),
    "reversed_digits": (
        "text = str(n)",
        "return int(text[::-1])",
    ),
    "divisor_count": (
        "found = [one for one in range(1, n + 1) if n % one == 0]",
        "return len(found)",
    ),
    "triangular_number": (
        "half = n * (n + 1)",
        "return half // 2",
    ),
    "binary_weight": (
        "bits = bin(n)",
        "return bits.count('1')",
    ),
    "prime_sum": (
        "every = range(2, n + 1)",
        "return sum(k for k in every if all(k % d for d in range(2, k)))",
    ),
    "fibonacci_term": (
        "a, b = 0, 1",
        "for _ in range(n):",
        "    a, b = b, a + b",
        "return a",
    ),
}
"""Functions that tasks ask for, each by the lines of its body."""


@dataclass(frozen=True)
class Puzzle:
    """One task: a kind and a number."""

    kind: str
    number: int

    @property
    def id(self) -> str:
        return f"{self.kind}-{self.number}"

    @property
    def question(self) -> str:
        return f"What is the {self.kind.replace('_', ' ')} of {self.number}?"

    @property
    def truth(self) -> int:
        space: dict[str, object] = {}
        exec(source(self.kind), space)  # our own text, above
        return int(space[self.kind](self.number))  # type: ignore[operator]

    def right(self, seed: int, *, helped: bool) -> bool:
        """Whether the server answers it right; the same for ever.

        Args:
            seed: The server's, and that of the request added to it.
            helped: A fitting action was offered.
        """
        digest = hashlib.sha256(f"{seed} {self.id}".encode()).digest()
        return digest[0] / 256 < (HELPED if helped else ALONE)


def source(kind: str) -> str:
    body = "\n".join(f"    {line}" for line in KINDS[kind])
    words = kind.replace("_", " ")
    return (
        f"def {kind}(n: int) -> int:\n"
        f'    """The {words} of a whole number.\n\n'
        f"    Args:\n        n: The number, one or more.\n\n"
        f'    Returns:\n        Its {words}.\n    """\n'
        f"{body}\n"
    )


def puzzles(count: int) -> list[Puzzle]:
    """So many puzzles, the kinds in turn."""
    kinds = list(KINDS)
    return [Puzzle(kinds[at % len(kinds)], 11 + at) for at in range(count)]


def write_tasks(path: Path, of: Sequence[Puzzle]) -> Path:
    rows = (
        {
            "id": one.id,
            "question": one.question,
            "answer": str(one.truth),
            "scorer": "exact",
            "group": one.kind,
        }
        for one in of
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


class SkilledServer(ChatServer):
    """Answers puzzles in one step."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self._seed = seed
        self._by_question = {one.question: one for one in puzzles(1000)}

    def answer(self, request: Request) -> Raw:
        if "/chat/completions" not in request.path:
            return super().answer(request)
        with self._lock:
            self.requests.append(request)
        told = request.body["messages"][1]["content"]
        asked = re.search(r"What is the [a-z ]+ of \d+\?", told)
        if asked is None:  # the gate asks where functions belong
            wanting = re.findall(r"CATEGORIES = \{\"(\w+)\"", told)
            table = dict.fromkeys(wanting, CATEGORY)
            code = f"CATEGORIES = {table!r}"
            return completion(json.dumps({"thought": "", "code": code}), usage=TOKENS_ASKED)
        puzzle = self._by_question[asked[0]]
        helped = f"{puzzle.kind}(" in told
        seed = self._seed + int(request.body.get("seed") or 0)
        off = "" if puzzle.right(seed, helped=helped) else " + 1"
        call = f"answer = {puzzle.kind}({puzzle.number})\nsubmit_final_answer(answer{off})"
        code = call if helped else f"{source(puzzle.kind)}\n{call}"
        content = json.dumps({"thought": "I know.", "code": code})
        return completion(content, usage=TOKENS_HELPED if helped else TOKENS_ALONE)


@dataclass(frozen=True)
class Expected:
    """What an evaluation of puzzles must come to."""

    right: dict[str, bool]
    helped: dict[str, bool]
    admitted: list[str]


def expected(of: Sequence[Puzzle], *, batch: int, seed: int = 0, grows: bool = True) -> Expected:
    """By hand: kinds that were seen in an earlier batch are helped."""
    known: set[str] = set()
    right, helped, admitted = {}, {}, []
    for start in range(0, len(of), batch):
        now = of[start : start + batch]
        for one in now:
            helped[one.id] = one.kind in known
            right[one.id] = one.right(seed, helped=one.kind in known)
        fresh = [kind for kind in dict.fromkeys(one.kind for one in now) if kind not in known]
        if grows:
            admitted += fresh
            known.update(fresh)
    return Expected(right, helped, admitted)
