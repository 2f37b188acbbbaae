"""From a package's module to actions of a library: looked at in the kernel, written, admitted."""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynasaur.adopting import probe
from dynasaur.adopting.text import action_name, action_text
from dynasaur.agent.supplies import supply
from dynasaur.errors import ActionError, FailureError, UsageError
from dynasaur.types import Json

if TYPE_CHECKING:
    from dynasaur.library import Library

GIVE = "give_what_was_found"
SECONDS = 120.0
"""Time to import a module and look at it."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """What is to become actions.

    Attributes:
        texts: By action name, its text.
        called: By action name, what its module calls it.
        problems: Why other things cannot be actions, one line each.
    """

    texts: Mapping[str, str]
    called: Mapping[str, str]
    problems: tuple[str, ...]


def adopt(library: Library, specs: Sequence[str], needs: Sequence[str] = ()) -> Adopted:
    """The actions that call what these name.

    Args:
        library: The library; its kernel imports the modules, in the sandbox.
        specs: `MODULE` for all that is public in it, `MODULE:NAME` for one thing.
        needs: Requirements to install for that.

    Raises:
        UsageError: A spec has no sense, or names nothing.
        FailureError: A module cannot be imported.
    """
    wanted = [parts(spec) for spec in specs]
    texts: dict[str, str] = {}
    called: dict[str, str] = {}
    problems: list[str] = []
    taken = set(library.names())
    for (module, _), found in zip(wanted, _looked(library, wanted, needs), strict=True):
        for told in found:
            own = str(told.get("name", ""))
            name = free(action_name(own), module, taken | set(texts))
            called[name] = own
            try:
                texts[name] = action_text(module, told, name)
            except ActionError as error:
                problems.append(str(error))
    return Adopted(texts, called, tuple(problems))


def parts(spec: str) -> tuple[str, str]:
    """The module and the name that `MODULE` or `MODULE:NAME` means. Raises UsageError."""
    module, _, name = spec.partition(":")
    words = [*module.split("."), *(name.split(".") if name else [])]
    if not all(word.isidentifier() for word in words):
        raise UsageError(f"{spec!r} names nothing: write MODULE or MODULE:NAME, as in math:gcd")
    return module, name


def free(name: str, module: str, taken: set[str]) -> str:
    """The name, or one with the module's where others have it."""
    if name in taken:
        name = action_name(f"{module.rpartition('.')[2]}_{name}")
    plain, number = name, 2
    while name in taken:
        name, number = f"{plain}_{number}", number + 1
    return name


def _looked(
    library: Library, wanted: Iterable[tuple[str, str]], needs: Sequence[str]
) -> Iterator[list[dict[str, Any]]]:
    """What the kernel finds for each of these, all in one kernel."""
    from dynasaur.packages import Want

    given: list[Json] = []

    def give(value: Json) -> Json:
        given.append(value)
        return None

    with tempfile.TemporaryDirectory(prefix="dynasaur-look-", ignore_cleanup_errors=True) as at:
        work = Path(at) / "work"
        work.mkdir()
        kernel = library.kernel(work, {GIVE: give})
        kernel.start()
        try:
            supply(library, kernel, [Want(one, "this command") for one in needs])
            kernel.execute(inspect.getsource(probe), timeout=SECONDS)
            for module, name in wanted:
                given.clear()
                seen = kernel.execute(f"{GIVE}(look({module!r}, {name!r}))", timeout=SECONDS)
                if not seen.ok or not given or not isinstance(given[0], list):
                    error = seen.error
                    said = f"{error.type}: {error.message}" if error else seen.notice
                    raise FailureError(f"{module}: {' '.join(said.split())[:300]}")
                yield [one for one in given[0] if isinstance(one, dict)]
        finally:
            kernel.close()
