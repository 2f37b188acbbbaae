"""On trial: the texts that would be saved, each alone in a fresh process of a sandboxed kernel."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from dynasaur import host
from dynasaur.errors import KernelError
from dynasaur.kernel.inside import literals
from dynasaur.packages import Supply, Want, wants_of
from dynasaur.places import sandbox_only
from dynasaur.registry import alone, finder, serving, verdicts
from dynasaur.types import Json, Module, Observation

TRIAL_SECONDS = 60.0
"""Time that one trial may take: the import, its calls and its examples together."""

TOGETHER = 20
"""Trials that one cell does: what they may tell has to fit into its output."""

_CELL = """\
import os as _os, subprocess as _subprocess, sys as _sys
_own = lambda name: name.startswith("PYTHON") and name != "PYTHONPATH"  # packages of the library
_kept = {{name: _os.environ[name] for name in _os.environ if not _own(name)}}
_done = _subprocess.run(
    [_sys.executable, "-s", "-P", "-c", {program!r}, {trials!r}],
    input={job!r}, capture_output=True, encoding="utf-8",
    env={{**_kept, "PYTHONHASHSEED": {seed!r}, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}},
)
print(_done.stdout if _done.returncode == 0 else _done.stderr[-500:])
"""


class TrialKernel(Protocol):
    """What a trial needs of a kernel."""

    def start(self) -> None:
        """Launch it."""

    def execute(self, code: str, *, timeout: float | None = None) -> Observation:
        """Run one cell."""

    def supply(self, site: Path) -> tuple[str, ...]:
        """Put a folder of packages on its path."""

    def close(self) -> None:
        """End it."""


Supplier = Callable[[Sequence[Want]], Supply]
MakeKernel = Callable[[Path, Mapping[str, Callable[..., Json]]], TrialKernel]


@dataclass(frozen=True, slots=True)
class Sample:
    """What is tried.

    Attributes:
        modules: The module with all that it requires, itself last.
        calls: Arguments of calls of its function, as Python source.
        documents: Docstrings whose examples are run, each with its first line.
        function: The module is an action: it has a function of its own name.
        seconds: Time that it may take in all.
        others: Those of the modules that are another library's, by their names in this one, where
            they are tried under names of that one's own.
    """

    modules: tuple[Module, ...]
    calls: tuple[str, ...] = ()
    documents: tuple[tuple[int, str], ...] = ()
    function: bool = True
    seconds: float = TRIAL_SECONDS
    others: tuple[Module, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What one call gave.

    Attributes:
        spelled: The value as Python source; None where it is no literal.
        shown: The value as Python shows it.
        error: The class of the exception that it raised; empty when it returned.
        of_files: That exception tells of a missing or closed file.
        of_host: The first function of the host that it asked for, where none is; empty for none.
    """

    spelled: str | None = None
    shown: str = ""
    error: str = ""
    of_files: bool = False
    of_host: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a trial.

    Attributes:
        problem: Why the module does not import; empty when it does.
        line: Where in the module.
        results: One for each call, fewer when the process came to an end before.
        failures: Examples that failed: line and what happened.
        tried: How many examples were run.
        stopped: Why not everything was tried; empty when everything was.
    """

    problem: str = ""
    line: int = 1
    results: tuple[Result, ...] = ()
    failures: tuple[tuple[int, str], ...] = ()
    tried: int = 0
    stopped: str = ""


class Trial:
    """One fresh kernel for many trials, started when it is first needed; a context manager.

    In the kernel a plain Python process is started for each lot, and forked for each trial. So
    each module is imported by a process that has imported nothing else, in an empty folder.

    Args:
        make: Makes the kernel.
        supply: Installs what the heads of modules ask for; None: nothing is installed.
        sandboxed: The kernel is in a sandbox; where not, what needs other libraries is not run.
    """

    def __init__(
        self, make: MakeKernel, supply: Supplier | None = None, *, sandboxed: bool = True
    ) -> None:
        self._sandboxed = sandboxed
        self._make = make
        self._supply = supply
        self._kernel: TrialKernel | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        kernel, self._kernel = self._kernel, None
        if kernel is not None:
            kernel.close()
        if self._folder is not None:
            self._folder.cleanup()

    def run(self, samples: Sequence[Sample], seed: int = 1) -> list[Outcome]:
        """Try each sample in a process of its own.

        Args:
            samples: What is tried.
            seed: Of Python's string hashes: what depends on the order of a set differs by it.

        Raises:
            KernelError: The kernel cannot be started, or cannot start Python.
        """
        strange = (sandbox_only((*one.modules, *one.others)) for one in samples)
        barred = ["" if self._sandboxed else why for why in strange]
        free = [one for one, why in zip(samples, barred, strict=True) if not why]
        found: list[Outcome] = []
        for start in range(0, len(free), TOGETHER):
            found += self._lot(free[start : start + TOGETHER], seed)
        tried = iter(found)
        return [Outcome(problem=why) if why else next(tried) for why in barred]

    def _lot(self, samples: Sequence[Sample], seed: int) -> list[Outcome]:
        lacking = self._provide([module for sample in samples for module in sample.modules])
        job = json.dumps(_job(samples))
        program, trials = _source(alone.__file__), str(len(samples))
        cell = _CELL.format(program=program, job=job, seed=str(seed), trials=trials)
        seen = self._started().execute(cell, timeout=60.0 + sum(one.seconds + 1 for one in samples))
        try:
            told = json.loads(seen.output)
            return [_outcome(told[number], lacking) for number in range(len(samples))]
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            why = seen.error.message if seen.error else seen.notice or seen.output.strip()
            last = why.splitlines()[-1] if why else "it said nothing"
            raise KernelError(f"the trial's Python failed in the kernel: {last[:300]}") from error

    def _provide(self, modules: Sequence[Module]) -> str:
        """Have what the heads of modules ask for on the path; gives why something is not."""
        if self._supply is None:
            return ""
        supply = self._supply(wants_of(modules))
        if supply.site is not None:
            self._started().supply(supply.site)
        return supply.problem

    def _started(self) -> TrialKernel:
        if self._kernel is None:
            self._folder = tempfile.TemporaryDirectory(
                prefix="dynasaur-trial-", ignore_cleanup_errors=True
            )
            self._kernel = self._make(Path(self._folder.name), {})
            self._kernel.start()
        return self._kernel


@cache
def _source(file: str) -> str:
    return Path(file).read_text(encoding="utf-8")


def _job(samples: Sequence[Sample]) -> dict[str, object]:
    """The lot as the program in the kernel reads it: a text that many require is sent once."""
    texts: dict[str, str] = {}
    trials: list[dict[str, object]] = []
    for number, sample in enumerate(samples):
        keys: dict[str, str] = {}
        for module in sample.modules:
            key = module.name
            if texts.setdefault(key, module.text) != module.text:
                key = f"{number} {module.name}"
                texts[key] = module.text
            keys[module.name] = key
        trials.append(
            {
                "module": sample.modules[-1].name,
                "texts": keys,
                "calls": sample.calls,
                "documents": sample.documents,
                "function": sample.function,
                "seconds": sample.seconds,
            }
        )
    return {
        "texts": texts,
        "trials": trials,
        "literals": _source(literals.__file__),
        "finder": _source(finder.__file__),
        "host": _source(host.__file__),
        "serving": _source(serving.__file__),
        "verdicts": _source(verdicts.__file__),
    }


def _outcome(told: Mapping[str, Any], lacking: str) -> Outcome:
    """A reply of the kernel's, which may hold anything, as an outcome."""
    problem = str(told.get("error", ""))
    return Outcome(
        problem=f"{problem}: {lacking}" if problem and lacking else problem,
        line=int(told.get("line", 1)),
        results=tuple(_result(one) for one in told["results"]),
        failures=tuple((int(line), str(what)) for line, what in told["failures"]),
        tried=int(told["tried"]),
        stopped=str(told.get("stopped", "")),
    )


def _result(told: Mapping[str, Any]) -> Result:
    spelled = told.get("spelled")
    return Result(
        spelled if isinstance(spelled, str) else None,
        str(told.get("shown") or ""),
        str(told.get("error", "")),
        bool(told.get("file")),
        str(told.get("host") or ""),
    )
