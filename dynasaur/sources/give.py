"""Giving actions to a source: a branch on top of its newest commit, one commit for each action.

What is given is what the library has committed, moved to its place in the source's own layout and
judged there: by every rule, imported alone, its examples run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dynasaur.checks import rules
from dynasaur.config import PACKAGE
from dynasaur.errors import ActionError, UsageError
from dynasaur.pins import Address, SourcePin
from dynasaur.registry import Registry
from dynasaur.registry.docstring import docstrings
from dynasaur.registry.trial import Sample
from dynasaur.repo import Change, Identity
from dynasaur.repo.build import Plan, blob_id, build
from dynasaur.repo.git import Git
from dynasaur.repo.look import Look
from dynasaur.repo.place import Head
from dynasaur.repo.publish import compare_address, request_by_gh
from dynasaur.repo.settings import read_settings
from dynasaur.snapshot import Snapshot
from dynasaur.source import gather, move, read_action, relative_imports
from dynasaur.sources.desk import Desk
from dynasaur.types import LOCAL, Action, Module

_INSIDE = re.compile(
    r"\b(?:[\w-]+\.)+(?:internal|corp|intranet|lan|local)\b"
    r"|\b(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}\b"
)
"""Names and numbers of machines that nobody outside can reach."""


@dataclass(frozen=True, slots=True)
class Given:
    """One action on its way.

    Attributes:
        here: Its full dotted name in this library.
        action: The action as it would be in the source.
        author: Who changed it last here.
        trailers: Those of that commit.
        replaces: It takes the place of the source's own version.
    """

    here: str
    action: Action
    author: Identity
    trailers: Mapping[str, str]
    replaces: bool

    @property
    def title(self) -> str:
        """How people name it."""
        return "/".join(filter(None, (self.action.category, self.action.name)))


@dataclass(frozen=True, slots=True)
class Gift:
    """What would be given.

    Attributes:
        source: The source's pin.
        base: Its newest commit, on which the branch begins.
        actions: What is given, requirements before what requires them.
        branch: The branch.
    """

    source: SourcePin
    base: str
    actions: tuple[Given, ...]
    branch: str


def prepare(desk: Desk, registry: Registry, names: Sequence[str], to: str) -> Gift:
    """Fetch the source, move the actions to its layout, and judge them there.

    Args:
        desk: The library.
        registry: Its gate, which has the kernel that actions are tried in.
        names: Actions, bare, with their category, or edited ones of the source (`acme/text/x`).
        to: The source.

    Raises:
        ActionError: There is no such action, or it cannot be given: says why.
        FailureError: The source cannot be fetched.
    """
    pin = desk.pin(to)
    mirror = desk.mirror(pin.address, fetch=True)
    _, base = mirror.resolve("")
    tip = desk.cache.snapshot(mirror, base)
    packing = _Packing(desk, registry, to, tip)
    actions = tuple(packing.packed(names))
    if not actions:
        raise UsageError(f"{to} has all of that already")
    _judge(registry, tip, actions)
    digest = blob_id("sha1", "".join(one.action.text for one in actions).encode())
    return Gift(pin, base, actions, f"dynasaur/{actions[-1].action.name}-{digest[:8]}")


def send(desk: Desk, gift: Gift, fork: Address | None, *, signoff: bool = False) -> str:
    """Make the commits and push them as a new branch; gives the address that they went to.

    Raises:
        FailureError: The push was refused.
    """
    source = gift.source.address
    mirror = desk.mirror(source)
    to = fork or source
    desk.check(to)
    person = read_settings(Git(desk.root)).people[1]
    commit, prefix = gift.base, f"{source.folder}/" if source.folder else ""
    for one in gift.actions:
        change = _change(one, person if signoff else None)
        head = Look(Head(None, commit), gift.branch, {}, {})
        wanted = Plan(((change, change.files),), {}, "")
        (commit,) = build(mirror.git, head, wanted, prefix, (one.author, person), named=False)
    mirror.push(to, commit, gift.branch)
    return to.url


class _Packing:
    """From actions of a library to the same in the layout of a source."""

    def __init__(self, desk: Desk, registry: Registry, to: str, tip: Snapshot) -> None:
        self._desk, self._to, self._tip = desk, to, tip
        self._store = registry.stores[0]
        self._mine = f"{PACKAGE}.vendor.{to}."
        self._lock = desk.lock()
        self._git = Git(desk.root)

    def packed(self, names: Sequence[str]) -> Iterator[Given]:
        """The actions and those of the library's own that they need, needs first."""
        roots = [self._module(name) for name in names]
        for module in gather(roots, self._text):
            if self._is_given(module.name, module.name in roots):
                yield self._given(module.name)

    def _module(self, name: str) -> str:
        entries = self._store.entries()
        wanted = name.split("/")
        for full, entry in entries.items():
            place = [entry.source] if entry.source != LOCAL else []
            place += [entry.category, entry.name] if entry.category else [entry.name]
            fits = place[-len(wanted) :] == wanted and len(wanted) <= len(place)
            if fits and (entry.source == LOCAL or (entry.source, wanted[0]) == (self._to,) * 2):
                return full
        raise ActionError(f"no action {name!r} of the library's own to give; see `dynasaur list`")

    def _text(self, module: str) -> str | None:
        if not module.startswith(f"{PACKAGE}.vendor."):
            self._desk.clean([module.replace(".", "/") + ".py"])
        return self._store.text(module)

    def _is_given(self, module: str, asked: bool) -> bool:
        """Whether a module has to come along: the source has not got it as it is."""
        place = self._there(module)
        if module.startswith(self._mine):
            return asked
        if place.startswith("vendor/"):
            if place not in self._tip.modules:
                raise ActionError(
                    f"it needs {place.removeprefix('vendor/')}, which {self._to} has not vendored: "
                    "take that there first"
                )
            return False
        there = self._tip.modules.get(place)
        return there is None or there.text != self._moved(module)

    def _there(self, module: str) -> str:
        """A module's path in the source."""
        below = self._mine if module.startswith(self._mine) else f"{PACKAGE}."
        return module[len(below) :].replace(".", "/")

    def _moved(self, module: str) -> str:
        """A module's text with its imports as they are written in the source."""
        text = self._store.text(module) or ""
        new = f"{PACKAGE}.{self._there(module).replace('/', '.')}"
        required = relative_imports(text, module)
        homes = {one: f"{PACKAGE}.{self._there(one).replace('/', '.')}" for one in required}
        return move(text, module, new, homes)

    def _given(self, module: str) -> Given:
        place = self._there(module)
        theirs = {path.casefold(): path for path in self._tip.modules}.get(place.casefold())
        mine = module.startswith(self._mine)
        if theirs and not mine:
            raise ActionError(f"{self._to} has another {theirs}: rename yours")
        if mine:
            self._unchanged_there(module, place)
        path = f"{PACKAGE}/{place}.py"
        category, _, _ = place.rpartition("/")
        action = read_action(
            self._moved(module),
            path=Path(path),
            category=category,
            source=LOCAL,
            module=path.removesuffix(".py").replace("/", "."),
        )
        return Given(module, action, *self._last_change(module), bool(theirs))

    def _unchanged_there(self, module: str, place: str) -> None:
        self._desk.clean([module.replace(".", "/") + ".py"])
        pin = self._lock.modules.get(f"{self._to}/{place}")
        there = self._tip.modules.get(place)
        if pin is None or there is None or there.blob != pin.blob:
            raise ActionError(
                f"{self._to} has changed {place} since you took it: "
                f"`dynasaur source update {self._to}` first"
            )
        if there.text == self._moved(module):
            raise ActionError(f"{self._to}/{place} has no edits of yours to give")

    def _last_change(self, module: str) -> tuple[Identity, dict[str, str]]:
        """Who changed it last, and what the commit said of where it comes from."""
        path = module.replace(".", "/") + ".py"
        shape = "%an%x00%ae%x00%(trailers:only,unfold)"
        told = self._git.line("log", "-1", "--no-mailmap", f"--format={shape}", "--", path)
        if not told:
            raise ActionError(f"{path} is not committed: commit it first")
        name, mail, said = told.split("\0", 2)
        pairs = (line.partition(": ") for line in said.splitlines())
        kept = {key: value for key, _, value in pairs if key.startswith("Dynasaur-")}
        return Identity(name, mail), kept


def _judge(registry: Registry, tip: Snapshot, actions: Sequence[Given]) -> None:
    """Refuse what would not be let into the source by its own gate, or tells too much.

    Raises:
        ActionError: Names the action, the line and what is wrong.
    """
    texts = {one.action.module: one.action.text for one in actions}
    for one in actions:
        for finding in rules.findings(one.action):
            raise ActionError(f"{one.title}:{finding.line}: {finding.message}")
        for number, line in enumerate(one.action.text.splitlines(), 1):
            if found := _INSIDE.search(line):
                raise ActionError(f"{one.title}:{number}: `{found[0]}` is a machine of yours alone")
    samples = [_sample(one.action, lambda name: _text_there(name, texts, tip)) for one in actions]
    with registry.trial() as trial:
        for one, outcome in zip(actions, trial.run(samples), strict=True):
            failed = [f"{line}: {what}" for line, what in outcome.failures]
            if problem := outcome.problem or "; ".join(failed) or outcome.stopped:
                raise ActionError(f"{one.title}: {problem}")


def _text_there(name: str, texts: Mapping[str, str], tip: Snapshot) -> str | None:
    path = name.removeprefix(f"{PACKAGE}.").replace(".", "/")
    module = tip.modules.get(path)
    return texts.get(name) or (module.text if module else None)


def _sample(action: Action, text_of: Callable[[str], str | None]) -> Sample:
    modules: tuple[Module, ...] = gather([action.module], text_of)
    return Sample(modules, documents=tuple(docstrings(action.text)))


def _change(one: Given, signer: Identity | None) -> Change:
    path = str(one.action.path)
    files: dict[str, bytes | None] = {path: one.action.text.encode()}
    if one.action.category and not one.replaces:
        files[f"{PACKAGE}/{one.action.category}/__init__.py"] = b""
    verb = "revise" if one.replaces else "add"
    trailers = dict(one.trailers)
    trailers.pop("Dynasaur-Source", None)
    if signer:
        trailers["Signed-off-by"] = f"{signer.name} <{signer.email}>"
    return Change(f"{verb} {one.title}: {one.action.summary}"[:72], "", trailers, files)


def request(desk: Desk, gift: Gift, fork: str, *, draft: bool) -> str:
    """Ask for the review: by GitHub's own program where it is here, else by an address.

    Returns:
        One line for the user.
    """
    source, to = gift.source.address, Address.parse(fork)
    head = gift.branch if to.url == source.url else f"{to.path.split('/')[0]}:{gift.branch}"
    title = f"Add {', '.join(one.title for one in gift.actions)}"[:72]
    body = "\n".join(f"- {one.title}: {one.action.summary}" for one in gift.actions)
    # `gh` knows which hosts are GitHub's, a company's own among them, and fails at once elsewhere.
    place = f"{source.host}/{source.path.removesuffix('.git')}"
    more = ("--repo", place, *(("--draft",) if draft else ()))
    if made := request_by_gh(Git(desk.root), head, title, body, more=more):
        return f"asked for a review: {made}"
    return f"open a pull request at {compare_address(source.url, '', head)}"
