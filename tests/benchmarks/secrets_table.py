"""How many made secrets are found, and how many harmless lines are taken for one.

    python tests/benchmarks/secrets_table.py [--seeds 5]

The rows are those of `tests/builders/secret_lines.py`. Where detect-secrets is installed it is
measured beside, with its default plugins and without those that look at entropy alone.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.builders.secret_lines import harmless_lines, secret_lines
from tests.test_secrets import is_found

ENTROPY = ("Base64HighEntropyString", "HexHighEntropyString")


def main() -> None:
    """Print a line for each detector."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seeds", type=int, default=5)
    seeds = range(parser.parse_args().seeds)
    secret = [line for seed in seeds for _, line in secret_lines(seed)]
    harmless = [line for seed in seeds for _, line in harmless_lines(seed)]
    detectors: dict[str, Callable[[str], bool]] = {"dynasaur": is_found}
    if importlib.util.find_spec("detect_secrets") is None:
        print("detect-secrets is not installed: pip install detect-secrets")
    else:
        detectors["detect-secrets"] = lambda line: _detected(line, ())
        detectors["detect-secrets, no entropy"] = lambda line: _detected(line, ENTROPY)
    for name, finds in detectors.items():
        found, false = sum(map(finds, secret)), sum(map(finds, harmless))
        print(f"{name:28} found {found} of {len(secret)}, false {false} of {len(harmless)}")


def _detected(line: str, without: tuple[str, ...]) -> bool:
    settings: Any = importlib.import_module("detect_secrets.settings")
    collection: Any = importlib.import_module("detect_secrets").SecretsCollection()
    with tempfile.TemporaryDirectory() as folder, settings.default_settings() as chosen:
        chosen.disable_plugins(*without)
        file = Path(folder, "f.py")
        file.write_text(f"{line}\n", encoding="utf-8")
        collection.scan_file(str(file))
    return bool(list(collection))


if __name__ == "__main__":
    main()
