"""Giving actions to a source: a branch on top of its newest commit, one commit for each action.

What is given is what the library has committed, moved to its place in the source's own layout and
judged there: by every rule, imported alone, its examples run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dynasaur.config import PACKAGE
from dynasaur.errors import UsageError
from dynasaur.pins import Address, SourcePin
from dynasaur.registry import Registry
from dynasaur.repo import Change, Identity
from dynasaur.repo.build import Plan, blob_id, build
from dynasaur.repo.git import Git
from dynasaur.repo.look import Look
from dynasaur.repo.place import Head
from dynasaur.repo.publish import compare_address, request_by_gh
from dynasaur.repo.settings import read_settings
from dynasaur.sources.desk import Desk
from dynasaur.sources.judging import judge
from dynasaur.sources.packing import Given, Packing


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
    packing = Packing(desk, registry, to, tip)
    actions = tuple(packing.packed(names))
    if not actions:
        raise UsageError(f"{to} has all of that already")
    judge(registry, tip, actions, packing.mine)
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
        head = Look(Head(None, commit), gift.branch, {})
        wanted = Plan(((change, change.files),), {}, "")
        (commit,) = build(mirror.git, head, wanted, prefix, (one.author, person), named=False)
    mirror.push(to, commit, gift.branch)
    return to.url


def _change(one: Given, signer: Identity | None) -> Change:
    path = str(one.action.path)
    files: dict[str, bytes | None] = {path: one.action.text.encode()}
    if one.action.category and not one.replaces:
        files[f"{PACKAGE}/{one.action.category}/__init__.py"] = b""
    verb = "revise" if one.replaces else "add"
    trailers = {key: [*values] for key, values in one.trailers.items()}
    trailers.pop("Dynasaur-Source", None)
    if signer:
        mark, signed = f"{signer.name} <{signer.email}>", trailers.setdefault("Signed-off-by", [])
        signed += [] if mark in signed else [mark]
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
