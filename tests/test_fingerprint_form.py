"""The canonical form does not change unseen: kept fingerprints and tombstones are of one version.

`python tests/test_fingerprint_form.py` writes the golden table anew, once `VERSION` went up.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from dynasaur.fingerprint import VERSION, fingerprint
from dynasaur.fingerprint.shingles import shingles

GOLDEN = Path(__file__).with_name("golden_fingerprints.json")


def digests() -> dict[str, str]:
    """For each text that a case of the tables holds, what is made of its canonical form."""
    from tests.test_fingerprint import APART, EQUAL

    return {
        f"{case}, {number}": _digest(text)
        for table in (EQUAL, APART)
        for case, pair in table.items()
        for number, text in enumerate(pair)
    }


def _digest(text: str) -> str:
    made = fingerprint(text), fingerprint(text, "lifted"), sorted(shingles(text))
    return hashlib.sha256(repr(made).encode()).hexdigest()[:12]


def test_another_form_is_another_version() -> None:
    golden = json.loads(GOLDEN.read_text("utf-8"))
    now = digests()
    changed = [case for case, digest in golden["digests"].items() if now.get(case) != digest]
    hint = "raise VERSION of dynasaur.fingerprint and run `python tests/test_fingerprint_form.py`"
    assert (golden["version"], changed) == (VERSION, []), hint
    assert len(golden["digests"]) > 300


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    GOLDEN.write_text(
        json.dumps({"version": VERSION, "digests": digests()}, indent=1) + "\n", "utf-8"
    )
