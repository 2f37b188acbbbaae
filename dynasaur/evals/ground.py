"""The library that an evaluation works in: its own, whatever it begins with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dynasaur.config import PACKAGE
from dynasaur.errors import DynasaurError, UsageError
from dynasaur.evals.folder import LIBRARY, MANIFEST, read_manifest
from dynasaur.evals.private import guarded
from dynasaur.evals.problem import Problem
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
        UsageError: There is no library, nothing is committed in it, or a commit that added
            several actions stands where the share would end.
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
    last = born[count - 1].commit
    if count < len(born) and born[count].commit == last:
        together = sum(event.commit == last for event in born)
        raise UsageError(
            f"{source}: {together} of its {len(born)} actions came in one commit, {last[:10]}, "
            f"so the first {count} cannot be told from the rest: take another --share"
        )
    return last


def begin_library(root: Path, source: Path | None, commit: str) -> None:
    """Make the evaluation's library, with what another one had at a commit; once.

    Args:
        root: Where it will be.
        source: The other library; None for an empty one.
        commit: The commit of the other library; empty for an empty one.
    """
    from dynasaur.history import History

    library, _ = Library.create(root)
    subject = f"Begin with the actions of {commit[:10]}"
    if source is None or not commit:
        return
    if any(event.subject == subject for event in History(library.repo).log()):
        return
    then = Library(source).repo.at(commit)
    files = {path: then.text(path).encode() for path in then.files(PACKAGE)}
    files.pop(f"{PACKAGE}/__init__.py", None)
    if files:
        library.repo.commit("begin", [Change(subject, "", {}, files, overwrite=True)])


def same_model(source: Path, model: str) -> None:
    """The paper keeps one library a model: refuse one that another model's evaluation made.

    Raises:
        UsageError: It is such a library.
    """
    folder = source.absolute().parent
    if source.name != LIBRARY or not (folder / MANIFEST).exists():
        return
    other = read_manifest(folder)["plan"].get("model")
    if other != model:
        raise UsageError(
            f"{source} was made with {other}, and the paper keeps one library a model: use "
            f"--model {other}, or leave --paper out"
        )


def admitted_by(library: Library) -> dict[str, list[str]]:
    """What a library has of runs: the names of the actions, by the run's id."""
    from dynasaur.history import History

    done: dict[str, list[str]] = {}
    for event in reversed(History(library.repo).log()):
        if event.run:
            done.setdefault(event.run, []).append(event.name)
    return done


def admitter(
    library: Library, model: Callable[[], Model], suite: str
) -> Callable[[str, Problem], tuple[Admission, Usage]]:
    """Puts what a run left through the gate, by the run's id, and says what asking cost.

    What a process that was killed had committed already counts as admitted, and is not judged
    again.

    Args:
        library: Where it goes.
        model: Makes the model that is asked for documentation.
        suite: The suite's name.
    """
    from dynasaur import prompts

    done = admitted_by(library)

    def admit(run: str, problem: Problem) -> tuple[Admission, Usage]:
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
        record = library.runs / run
        left = guarded(harvest(record), record, problem, suite)
        made = library.registry.admit(left, ask if left.solved else None)
        return made, spent

    return admit
