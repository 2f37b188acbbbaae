"""What holds for every test."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version

import pytest
from hypothesis import settings

from dynasaur.source import read_head

settings.register_profile("dynasaur", deadline=None)  # no test judges a time
settings.load_profile("dynasaur")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what goes behind `&`
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Thousands of tests are objects that all stay: looking for garbage among them is wasted time.
gc.set_threshold(50_000, 20, 50)

# jsonschema would compile a grammar for a format that no schema here has: a second at each start.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]


def pytest_collection_finish() -> None:
    """The tests themselves are no garbage."""
    gc.freeze()


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """The examples of actions that need packages of an extra run where these are installed."""
    for item in items:
        if isinstance(item, pytest.DoctestItem) and "actions" in item.path.parts:
            head = read_head(item.path.read_text(encoding="utf-8"))
            if missing := [one for one in head.dependencies if not _is_there(one)]:
                item.add_marker(pytest.mark.skip(reason=f"needs {', '.join(missing)}"))


def _is_there(requirement: str) -> bool:
    try:
        return bool(version(requirement.partition(">=")[0]))
    except PackageNotFoundError:
        return False


@pytest.fixture(autouse=True)
def _trajectories_keep_to_the_schema(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every trajectory that a test's program writes validates against the published schema."""
    if "tmp_path" not in request.fixturenames:
        yield
        return
    folder = request.getfixturevalue("tmp_path")
    yield
    if any(folder.glob("**/.dynasaur")):
        from tests.builders.trajectories import faults

        assert faults(folder) == []
