"""The library that an evaluation works in: its own, whatever it begins with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dynasaur.config import PACKAGE
from dynasaur.errors import DynasaurError, UsageError
from dynasaur.library import Library
from dynasaur.record import Admission
from dynasaur.repo import Change
from dynasaur.trajectory import harvest
from dynasaur.types import Usage

if TYPE_CHECKING:
    from dynasaur.agent.protocols import Model
    from dynasaur.record import Undocumented


def starting_point(source: Path, share: float) -> str:
    """The commit of a library at which a share of its actions had been admitted.

    Args:
        source: The library's root.
        share: From 0, when it had none, to 1, which is how it is committed now.

    Raises:
        UsageError: There is no library, or nothing is committed in it.
    """
    from dynasaur.history import History

    library = Library(source)
    if share >= 1.0:
        return library.repo.at("HEAD").commit
    born = [event for event in reversed(History(library.repo).log()) if event.kind == "added"]
    if not born:
        raise UsageError(f"{source} has no committed actions to take a share of")
    count = round(share * len(born))
    if count == 0:
        return ""
    return born[count - 1].commit


def begin_library(root: Path, source: Path | None, commit: str) -> None:
    """Make the evaluation's library, with what another one had at a commit; once.

    Args:
        root: Where it will be.
        source: The other library; None for an empty one.
        commit: The commit of the other library; empty for an empty one.
    """
    if (root / PACKAGE / "__init__.py").is_file():
        return
    library, _ = Library.create(root)
    if source is None or not commit:
        return
    then = Library(source).repo.at(commit)
    files = {path: then.text(path).encode() for path in then.files(PACKAGE)}
    files.pop(f"{PACKAGE}/__init__.py", None)
    if files:
        change = Change(f"Begin with the actions of {commit[:10]}", "", {}, files, overwrite=True)
        library.repo.commit("begin", [change])


def admitter(
    library: Library, model: Callable[[], Model]
) -> Callable[[str], tuple[Admission, Usage]]:
    """Puts what a run left through the gate, by the run's id, and says what asking cost.

    What a process that was killed had committed already counts as admitted, and is not judged
    again.
    """
    from dynasaur import prompts
    from dynasaur.history import History

    done: dict[str, list[str]] = {}
    for event in reversed(History(library.repo).log()):
        if event.run:
            done.setdefault(event.run, []).append(event.name)

    def admit(run: str) -> tuple[Admission, Usage]:
        spent = Usage()

        def ask(wanting: Sequence[Undocumented]) -> str:
            nonlocal spent
            try:
                reply = model().reply(prompts.documentation(wanting))
            except DynasaurError:
                return ""
            spent += reply.usage
            return reply.code

        if run in done:
            return Admission(tuple(done[run])), spent
        left = harvest(library.runs / run)
        made = library.registry.admit(left, ask if left.solved else None)
        return made, spent

    return admit
