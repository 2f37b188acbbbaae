"""The suites by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dynasaur.evals.suites.aime import AIME
from dynasaur.evals.suites.gaia import GAIA
from dynasaur.evals.suites.gpqa import GPQA
from dynasaur.evals.suites.math import MATH
from dynasaur.evals.suites.suite import Suite
from dynasaur.evals.suites.tabmwp import TABMWP
from dynasaur.evals.suites.tasks import TASKS

SUITES: Mapping[str, Suite] = MappingProxyType(
    {suite.name: suite for suite in (GAIA, MATH, TABMWP, AIME, GPQA, TASKS)}
)
