"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


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
