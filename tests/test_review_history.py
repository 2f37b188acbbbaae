"""Sixty commits of changes to actions, made by a script: each is told for what it is."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dynasaur.review import Report, review
from tests.builders.repos import git, isolate
from tests.builders.review import action

COMMITS = 60
KINDS = ("added", "removed", "renamed", "moved", "contract", "body", "deprecated", "documentation")
EXTRA = ("renamed body", "moved body", "renamed contract")


@dataclass
class Known:
    """One action as the script knows it."""

    folder: str
    name: str
    verb: str
    number: int
    params: str = "text: str, times: int = 1"
    steps: list[str] = field(default_factory=list)
    summary: str = ""
    head: str = ""
    spaced: bool = False

    @property
    def path(self) -> str:
        return f"actions/{self.folder}/{self.name}.py"

    def text(self) -> str:
        lines = [f"words = [one.{self.verb}() for one in text.split()]", *self.steps]
        lines.append(f"return '{'-' * (self.number % 5 + 1)}'.join(words)[: {self.number} * times]")
        if self.spaced:
            lines = [f"{line}  # step" for line in lines]
        return action(
            self.name,
            self.params,
            body="\n".join(lines),
            summary=self.summary,
            head=self.head,
        )


class Script:
    """Changes one action at a time, and says how."""

    def __init__(self, root: Path) -> None:
        self._root, self._chance, self._count = root, random.Random(60), 0
        self.actions = [self._made() for _ in range(12)]
        for one in self.actions:
            self._write(one)

    def change(self, kind: str) -> None:
        """Makes one change of a kind in the work tree."""
        if kind == "added":
            self.actions.append(self._made())
            self._write(self.actions[-1])
            return
        one = self._chance.choice([a for a in self.actions if not a.head or kind != "deprecated"])
        (self._root / one.path).unlink()
        if kind == "removed":
            self.actions.remove(one)
            return
        for part in kind.split():
            getattr(self, f"_{part}")(one)
        self._write(one)

    def _renamed(self, one: Known) -> None:
        self._count += 1
        if not one.summary:
            one.summary = f"Make {one.name.replace('_', ' ')}."
        one.name = f"new_name_{self._count}"

    def _moved(self, one: Known) -> None:
        one.folder = {"text": "words", "words": "text"}[one.folder]

    def _contract(self, one: Known) -> None:
        self._count += 1
        one.params += f", extra_{self._count}: int = 0"

    def _body(self, one: Known) -> None:
        self._count += 1
        one.steps.append(f"words = words[: {self._count + 50}]")

    def _deprecated(self, one: Known) -> None:
        one.head = '# [tool.dynasaur]\n# deprecated = "text/other"'

    def _documentation(self, one: Known) -> None:
        self._count += 1
        if self._count % 2:
            one.summary = f"Say it in other words, number {self._count}."
        else:
            one.spaced = not one.spaced

    def _made(self) -> Known:
        self._count += 1
        verb = self._chance.choice(["upper", "lower", "title", "strip", "casefold", "swapcase"])
        folder = self._chance.choice(["text", "words"])
        return Known(folder, f"{verb}_words_{self._count}", verb, self._count + 3)

    def _write(self, one: Known) -> None:
        path = self._root / one.path
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(one.text(), "utf-8")


def told(report: Report) -> str:
    (change,) = report.changes
    return f"{change.kind} {change.also}" if change.also else str(change.kind)


@pytest.mark.slow
def test_sixty_commits_are_told_for_what_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    isolate(monkeypatch, tmp_path / "home")
    root = tmp_path / "library"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(root))
    script = Script(root)
    (root / "actions/__init__.py").touch()
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "start")
    plan = [(KINDS + EXTRA)[number % len(KINDS + EXTRA)] for number in range(COMMITS)]
    table: Counter[tuple[str, str]] = Counter()
    for kind in plan:
        script.change(kind)
        git(root, "add", "--all")
        git(root, "commit", "--quiet", "-m", kind)
        table[kind, told(review(root, "HEAD~1..HEAD"))] += 1
    with capsys.disabled():
        print()
        for (made, seen), count in sorted(table.items()):
            print(f"    {made:17} told as {seen:17} {count}")
    assert set(table) == {(kind, kind) for kind in plan}
    assert sum(table.values()) == COMMITS
