"""From admitted actions to commits: their files, what they take along, the words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from dynasaur.config import PACKAGE
from dynasaur.pins import LOCK
from dynasaur.pins.licence import holding
from dynasaur.places import title
from dynasaur.record import Harvest
from dynasaur.registry.judged import Judged
from dynasaur.registry.pinning import Edit, locked
from dynasaur.repo import Change
from dynasaur.types import Evidence, Module

SUBJECT = 72
"""Characters of a commit's first line, at most."""


def changes(
    admitted: Sequence[Judged],
    harvest: Harvest,
    remarks: Mapping[str, str],
    has: Callable[[str], bool],
    legal: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> list[Change]:
    """One commit for each action; before them, one for what they take from sources.

    Args:
        admitted: The actions, requirements before what requires them.
        harvest: The run they come from.
        remarks: What else a reviewer should know of one, after its name.
        has: Whether the library already has a module with something in it (by full name, packages
            too): an empty package costs nothing to write again, and may never have been committed.
        legal: By source, the legal files that travel with what is taken from it.
    """
    vendor = f"{PACKAGE}.vendor."
    taken = {m.name: m for one in admitted for m in one.requires if m.name.startswith(vendor)}
    new = [module for name, module in taken.items() if not has(name)]
    files = _Files(has)
    result = [_taking(new, files, harvest, locked(taken.values()), legal)] if new else []
    for one in admitted:
        assert one.action is not None, "only what was written is saved"
        made = files.of(Module(one.module, one.action.text))
        trailers = _trailers(one, harvest)
        overwrite = one.revises is not None
        body = _body(one, remarks.get(one.name, ""))
        result.append(Change(_subject(one), body, trailers, made, overwrite))
    return result


class _Files:
    """The files of modules, and of the packages they lie in, each only once."""

    def __init__(self, has: Callable[[str], bool]) -> None:
        self._has = has
        self._made: set[str] = set()

    def of(self, *modules: Module) -> dict[str, bytes | None]:
        """Path below the library's root to content, of what is not there yet."""
        files: dict[str, bytes | None] = {}
        for module in modules:
            for package in _packages(module.name):
                if package not in self._made and not self._has(package):
                    files[f"{package.replace('.', '/')}/__init__.py"] = b""
                    self._made.add(package)
            files[f"{module.name.replace('.', '/')}.py"] = module.text.encode()
        return files


def _taking(
    modules: Sequence[Module],
    files: _Files,
    harvest: Harvest,
    pin: Edit,
    legal: Mapping[str, Mapping[str, str]],
) -> Change:
    """The commit of copies from sources, verbatim and pinned, so that the library stands alone."""
    names = [title(module.name) for module in modules]
    sources = sorted({name.partition("/")[0] for name in names})
    listed = "\n".join(f"- {name}" for name in names)
    licences: dict[str, Edit] = {
        f"{PACKAGE}/vendor/{source}/{name}": partial(_as_it_is, text.encode())
        for source in sources
        for name, text in legal.get(source, {}).items()
        if name in holding(legal[source], [one.partition("/")[2] for one in names])
    }
    return Change(
        f"take {len(names)} modules from {' and '.join(sources)}",
        f"What the new actions use of other libraries, verbatim:\n\n{listed}",
        {"Dynasaur-Run": harvest.run},
        files.of(*modules),
        edits={LOCK: pin, **licences},
    )


def _as_it_is(new: bytes, old: bytes | None) -> bytes:
    """A file that is only made where there is none."""
    return new if old is None else old


def _packages(module: str) -> Iterable[str]:
    parts = module.split(".")[:-1]
    return (".".join(parts[: end + 1]) for end in range(len(parts)))


def _subject(one: Judged) -> str:
    assert one.action is not None, "only what was written is saved"
    verb = "revise" if one.revises else "add"
    subject = f"{verb} {title(one.module)}: {one.action.summary}"
    return subject if len(subject) <= SUBJECT else subject[: SUBJECT - 3].rstrip() + "..."


def _body(one: Judged, remark: str) -> str:
    meaning = {
        Evidence.EXECUTED: "the code that defines it ran without error",
        Evidence.CALLED: "it was called and returned",
        Evidence.SOLVED: "it was called in a run that submitted an answer",
        Evidence.REPLAYED: "its recorded calls, run again from this file alone, gave equal results",
    }
    body = f"Evidence: {one.level}, that is, {meaning[one.level]}."
    if one.revises and one.vouched:
        body += "\nThe action that it replaces had no example to run: a person answers for it."
    elif one.revises:
        body += "\nThe examples of the action that it replaces still give the same."
    return f"{body}\n\n{one.name} {remark}." if remark else body


def _trailers(one: Judged, harvest: Harvest) -> Mapping[str, str]:
    found = {
        "Dynasaur-Run": harvest.run,
        "Dynasaur-Model": harvest.model,
        "Dynasaur-Task": " ".join(harvest.task.split())[:200],
        "Dynasaur-Evidence": str(one.level),
        "Dynasaur-Fingerprint": one.prints.exact,
        "Dynasaur-Near": f"{title(one.near[0])} {one.near[1]:.2f}" if one.near else "",
    }
    return {key: value for key, value in found.items() if value}
