"""From admitted actions to commits: their files, what they take along, the words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from dynasaur.config import PACKAGE
from dynasaur.record import Harvest
from dynasaur.registry.judged import Judged
from dynasaur.repo import Change
from dynasaur.types import Action, Evidence, Module

SUBJECT = 72
"""Characters of a commit's first line, at most."""


def changes(
    admitted: Sequence[Judged], harvest: Harvest, has: Callable[[str], bool]
) -> list[Change]:
    """One commit for each action; what it requires from a source goes with the first that does.

    Args:
        admitted: The actions, requirements before what requires them.
        harvest: The run they come from.
        has: Whether the library already has a module (by full name, packages too).
    """
    made: set[str] = set()
    result = []
    for one in admitted:
        assert one.action is not None, "only what was written is saved"
        modules = [Module(one.module, one.action.text)]
        vendored = [m for m in one.requires if m.name.startswith(f"{PACKAGE}.vendor.")]
        files: dict[str, bytes | None] = {}
        for module in [*vendored, *modules]:
            for name, text in (*_packages(module.name), (module.name, module.text)):
                if name not in made and not has(name):
                    made.add(name)
                    files[_path(name, is_package=text == "")] = text.encode()
        result.append(Change(_subject(one.action), _body(one), _trailers(one, harvest), files))
    return result


def _packages(module: str) -> Iterable[tuple[str, str]]:
    parts = module.split(".")[:-1]
    return [(".".join(parts[: end + 1]), "") for end in range(1, len(parts))]


def _path(module: str, *, is_package: bool) -> str:
    path = module.replace(".", "/")
    return f"{path}/__init__.py" if is_package else f"{path}.py"


def _subject(action: Action) -> str:
    subject = f"add {action.category}/{action.name}: {action.summary}"
    return subject if len(subject) <= SUBJECT else subject[: SUBJECT - 3].rstrip() + "..."


def _body(one: Judged) -> str:
    meaning = {
        Evidence.EXECUTED: "the code that defines it ran without error",
        Evidence.CALLED: "it was called and returned",
        Evidence.SOLVED: "it was called in a run that submitted an answer",
        Evidence.REPLAYED: "its recorded calls, run again from this file alone, gave equal results",
    }
    return f"Evidence: {one.level}, that is, {meaning[one.level]}."


def _trailers(one: Judged, harvest: Harvest) -> Mapping[str, str]:
    found = {
        "Dynasaur-Run": harvest.run,
        "Dynasaur-Model": harvest.model,
        "Dynasaur-Task": " ".join(harvest.task.split())[:200],
        "Dynasaur-Evidence": str(one.level),
        "Dynasaur-Fingerprint": one.fingerprint,
    }
    return {key: value for key, value in found.items() if value}
