"""What is left of embedding when the process is killed or the disk is full."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from dynasaur.index import Vectors
from tests.builders.repos import can_mount, in_a_namespace

ROOT = Path(__file__).resolve().parents[1]
KILLS = int(os.environ.get("DYNASAUR_TEST_KILLS", "8"))

EMBEDDER = """
import sys, time
from pathlib import Path
from dynasaur.index import Vectors

def embed(texts):
    time.sleep(0.002)
    print(len(texts), flush=True)
    return [[1.0, float(text.split()[-1])] for text in texts]

stamps = {f"{number:04}": "1" for number in range(2000)}
Vectors(Path(sys.argv[1]), "m", embed).sync(stamps, lambda key: f"text {int(key)}")
"""


def embed(texts: Sequence[str]) -> list[list[float]]:
    return [[1.0, float(text.split()[-1])] for text in texts]


@pytest.mark.slow
def test_killed_while_embedding(tmp_path: Path) -> None:
    chance, told = random.Random(5), []
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", EMBEDDER, tmp_path],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout
            first = process.stdout.readline()
            time.sleep(chance.uniform(0, 0.08))
            process.send_signal(signal.SIGKILL)
            told += [int(line) for line in (first, *process.stdout) if line.strip()]
    asked: list[str] = []

    def counted(texts: Sequence[str]) -> list[list[float]]:
        asked.extend(texts)
        return embed(texts)

    stamps = {f"{number:04}": "1" for number in range(2000)}
    vectors = Vectors(tmp_path, "m", counted)
    vectors.sync(stamps, lambda key: f"text {int(key)}")
    assert sum(told) + len(asked) <= 2000 + KILLS * 64, "no more than a batch is lost by a kill"
    fresh = Vectors(None, "m", embed)
    fresh.sync(stamps, lambda key: f"text {int(key)}")
    assert vectors.nearest("text 7", 20) == fresh.nearest("text 7", 20)


FULL = """
import json, subprocess, sys
from pathlib import Path
root = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", root], check=True)
from dynasaur.index import Vectors
from dynasaur.retriever import Retriever
from dynasaur.store import Store
from tests.builders.documents import write_action

for number in range(100):
    write_action(root / "actions", f"text/words_{number}", f"Words of the {number}th text.")

def embed(texts):
    return [[float(len(text) + place) for place in range(1500)] for text in texts]

def search(warned):
    vectors = Vectors(root / "index", "m", embed)
    retriever = Retriever([Store(root / "actions")], root / "index", dense=vectors,
                          warn=warned.append)
    return [hit.action.name for hit in retriever.search("words of the 7th text", 3)]

full, after = [], []
(root / "fill").write_bytes(bytes(200_000))
first = search(full)
subprocess.run(["mount", "-o", "remount,size=9m", root], check=True)
again = search(after)
print(json.dumps([first, full, again, after]))
"""


@pytest.mark.skipif(not can_mount(), reason="needs user namespaces")
def test_a_disk_that_is_full_of_vectors(tmp_path: Path) -> None:
    first, full, again, after = json.loads(in_a_namespace(FULL, str(tmp_path)))
    assert first[0] == "words_7"
    assert len(full) == 1
    assert "searching by words alone" in full[0]
    assert "\n" not in full[0]
    assert len(again) == 3
    assert after == []
