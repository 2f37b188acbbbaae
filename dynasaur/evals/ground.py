"""The library that an evaluation works in: its own, whatever it begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from dynasaur.config import PACKAGE
from dynasaur.errors import ActionError, DynasaurError, UsageError
from dynasaur.evals.folder import LIBRARY, MANIFEST, read_manifest
from dynasaur.evals.private import guarded
from dynasaur.evals.problem import Problem
from dynasaur.library import Library
from dynasaur.record import Admission
from dynasaur.repo import Change
from dynasaur.source import gather
from dynasaur.trajectory import harvest
from dynasaur.types import Usage

if TYPE_CHECKING:
    from dynasaur.agent.protocols import Model
    from dynasaur.history import Event
    from dynasaur.record import Undocumented


def starting_point(source: Path, share: float) -> str:
    """The commit of a library at which a share of its actions had been admitted.

    Args:
        source: The library's root.
        share: From 0, when it had none, to 1, which is how it is committed now.

    Raises:
        UsageError: There is no library, or nothing is committed in it.
    """
    library = Library(source)
    if share >= 1.0:
        return library.repo.at("HEAD").commit
    born = _born(library)
    if not born:
        raise UsageError(f"{source} has no committed actions to take a share of")
    count = round(share * len(born))
    return born[count - 1].commit if count else ""


def _born(library: Library) -> list[Event]:
    """The commits that added an action, oldest first.

    Of a commit that added several, they come in the order of their files, but for those that
    others of them call: these come before them, so that every beginning of the list can run.
    """
    from dynasaur.history import History

    added = [event for event in reversed(History(library.repo).log()) if event.kind == "added"]
    born: list[Event] = []
    for _, together in groupby(added, key=lambda event: event.commit):
        events = {_module(one.path): one for one in sorted(together, key=lambda one: one.path)}
        born += [events[name] for name in _requirements_first(library, events)]
    return born


def _requirements_first(library: Library, events: Mapping[str, Event]) -> list[str]:
    if len(events) < 2:
        return list(events)
    then = library.repo.at(next(iter(events.values())).commit)
    texts = {name: then.text(one.path) for name, one in events.items()}
    try:
        modules = gather(texts, lambda name: texts.get(name, ""))
    except ActionError:  # one of them is no Python
        return list(events)
    return [one.name for one in modules if one.name in events]


def _module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def begin_library(root: Path, source: Path | None, commit: str, share: float = 1.0) -> None:
    """Make the evaluation's library, with what another one had at a commit; once.

    Args:
        root: Where it will be.
        source: The other library; None for an empty one.
        commit: The commit of the other library; empty for an empty one.
        share: The share of its actions that ends with this commit, or in the middle of it.
    """
    from dynasaur.history import History

    library, _ = Library.create(root)
    subject = f"Begin with the actions of {commit[:10]}"
    if source is None or not commit:
        return
    if any(event.subject == subject for event in History(library.repo).log()):
        return
    other = Library(source)
    born = _born(other) if share < 1.0 else []
    beyond = {one.path for one in born[round(share * len(born)) :] if one.commit == commit}
    then = other.repo.at(commit)
    wanted = [path for path in then.files(PACKAGE) if path not in beyond]
    files = {path: then.text(path).encode() for path in wanted}
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
        library.registry.tend(made.admitted)
        return made, spent

    return admit
