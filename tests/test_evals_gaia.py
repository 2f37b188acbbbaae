"""GAIA: its published formats, attachments of every kind, what its leaderboard takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from dynasaur.errors import UsageError
from dynasaur.evals.suites.table import SUITES
from tests.builders import suites as made
from tests.builders.cli import dynasaur, script

KINDS = (
    "csv", "docx", "gif", "jpg", "json", "jsonl", "jsonld", "m4a", "mov", "mp3", "pdb", "pdf",
    "png", "pptx", "py", "txt", "wav", "xls", "xlsx", "xml", "zip",
)  # fmt: skip


def rows(kinds: Sequence[str], answer: str = "yes") -> list[dict[str, Any]]:
    return [
        {
            "task_id": f"t-{kind}",
            "Question": f"What is the size of the {kind or 'number'}?",
            "Level": n % 3 + 1,
            "Final answer": answer,
            "file_name": f"t-{kind}.{kind}" if kind else "",
            "file_path": f"2023/validation/t-{kind}.{kind}" if kind else "",
            "Annotator Metadata": {"Steps": "1. look", "Number of steps": "1"},
        }
        for n, kind in enumerate(kinds)
    ]


def gaia(
    folder: Path,
    kinds: Sequence[str],
    write: Callable[..., Path] = made.write_jsonl,
    split: str = "validation",
    answer: str = "yes",
) -> Path:
    """A split as published: metadata and attachments, bytes that are no text among them."""
    beside = folder / "2023" / split
    suffix = write.__name__.removeprefix("write_")
    write(beside / f"metadata.{suffix}", rows(kinds, answer))
    for kind in filter(None, kinds):
        (beside / f"t-{kind}.{kind}").write_bytes(b"\x00\xff" + kind.encode())
    return folder


@pytest.mark.parametrize("write", [made.write_jsonl, made.write_json, made.write_parquet])
def test_attachments_of_every_kind(tmp_path: Path, write: Callable[..., Path]) -> None:
    if write is made.write_parquet:
        pytest.importorskip("pyarrow")
    problems = SUITES["gaia"].load(gaia(tmp_path, (*KINDS, ""), write))
    assert [one.id for one in problems] == [f"t-{kind}" for kind in (*KINDS, "")]
    for kind, one in zip(KINDS, problems, strict=False):
        assert [file.read_bytes() for file in one.files] == [b"\x00\xff" + kind.encode()]
    assert problems[-1].files == ()
    assert {one.group for one in problems} == {"level 1", "level 2", "level 3"}


def test_newer_releases_have_a_file_for_each_level_as_well(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    beside = gaia(tmp_path, KINDS[:3], made.write_parquet) / "2023" / "validation"
    for level in (1, 2, 3):
        made.write_parquet(beside / f"metadata.level{level}.parquet", rows(KINDS[:1]))
    assert len(SUITES["gaia"].load(tmp_path)) == 3
    for folder in (tmp_path / "2023", beside):
        assert len(SUITES["gaia"].load(folder)) == 3


def test_a_row_without_its_fields_is_named(tmp_path: Path) -> None:
    made.write_jsonl(tmp_path / "metadata.jsonl", [{"task_id": "1", "Question": "?"}])
    with pytest.raises(UsageError, match=r"metadata\.jsonl:1: no field Final answer; its fields"):
        SUITES["gaia"].load(tmp_path)


def test_the_agent_gets_them_and_the_leaderboard_its_file(tmp_path: Path) -> None:
    """Answers of the test split are kept back: answered, not scored, handed in."""
    kinds = ("xlsx", "mp3", "")
    gaia(tmp_path / "data", kinds, split="test", answer="?")
    code = (
        "import os\n"
        "names = sorted(name for name in os.listdir() if name.startswith('t-'))\n"
        "submit_final_answer([len(open(name, 'rb').read()) for name in names])"
    )
    model = script(tmp_path, ("I look.\nThen I count.", code))
    words = ("--data", "data", "--split", "test", "--model", model, "-o", "out", "--freeze")
    done = dynasaur("eval", "gaia", *words, "--jobs", "2", cwd=tmp_path, timeout=300)
    assert (done.code, done.out) == (0, "none of 0 right; 3 answered, not scored\n"), done.err
    (file,) = (tmp_path / ".home" / "state").rglob("submission.jsonl")
    assert f"lies in {file.parent}, outside of any repository" in done.err
    handed_in = [json.loads(line) for line in file.read_text().splitlines()]
    assert handed_in == [
        {"task_id": f"t-{kind}", "model_answer": answer, "reasoning_trace": thought}
        for kind, answer, thought in [
            ("xlsx", "6", "I look.\nThen I count."),
            ("mp3", "5", "I look.\nThen I count."),
            ("", "", "I look.\nThen I count."),
        ]
    ]


def test_the_papers_protocol(tmp_path: Path) -> None:
    """Accumulate on validation, freeze for test; one library a model."""
    gaia(tmp_path / "data", ("",))
    gaia(tmp_path / "data", ("",), split="test", answer="?")
    model = script(tmp_path, "submit_final_answer('yes')", "submit_final_answer('yes')")
    words = ("eval", "gaia", "--data", "data", "--paper", "--model", model)
    grown = dynasaur(*words, "-o", "grown", cwd=tmp_path)
    assert (grown.code, "note: the paper" in grown.err) == (0, False), grown.err
    plan = json.loads((tmp_path / "grown" / "manifest.json").read_text())["plan"]
    kept = ("max_steps", "temperature", "k", "accept", "reformulate", "freeze", "split")
    assert [plan[key] for key in kept] == [20, 0.5, 10, "executed", True, False, "validation"]

    test = (*words, "--split", "test")
    alone = dynasaur(*test, "-o", "alone", cwd=tmp_path)
    assert "the paper accumulates on validation and freezes the library for test" in alone.err
    assert json.loads((tmp_path / "alone" / "manifest.json").read_text())["plan"]["freeze"]
    other = script(tmp_path, "submit_final_answer('no')")
    more = ("--library", "grown/library", "-o", "out")
    refused = dynasaur(*words[:-1], other, "--split", "test", *more, cwd=tmp_path)
    assert refused.code == 2
    assert "the paper keeps one library a model" in refused.err
