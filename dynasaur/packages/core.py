"""Packages for one library's kernels: what is wanted, what policy says, what is there."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dynasaur.errors import StoreError
from dynasaur.packages.distributions import giver_of, host_version, installed_in
from dynasaur.packages.shelf import Generation, Shelf
from dynasaur.packages.wants import (
    MOST,
    Unfit,
    Want,
    allow_list,
    canonical,
    clash,
    contested,
    read,
)

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    from dynasaur.packages.installer import Outcome


@dataclass(frozen=True, slots=True)
class Supply:
    """What came of wanting packages.

    Attributes:
        site: The folder that a kernel needs on its path; None where it needs none.
        new: What was installed just now: `pandas==2.2.3`.
        problem: Why something is not there, in words for user and model; empty when all is.
    """

    site: Path | None = None
    new: tuple[str, ...] = ()
    problem: str = ""


class Packages:
    """Installs what code asks for, as far as policy allows it.

    Args:
        folder: Where the library's environments lie.
        install: `ask`, `allow` or `deny`.
        allowed: What is installed without asking: names, with versions or without, with commas.
        ask: Asks a person a question, yes or no; None where nobody is there.
        elsewhere: Why nothing can be installed where the code runs; empty where it can.

    Raises:
        UsageError: `allowed` has no sense.
    """

    def __init__(
        self,
        folder: Path,
        *,
        install: str = "deny",
        allowed: str = "",
        ask: Callable[[str], bool] | None = None,
        elsewhere: str = "",
    ) -> None:
        self._shelf = Shelf(folder)
        self._install = install
        self._allowed = allow_list(allowed) if allowed else {}
        self._ask = ask
        self._elsewhere = elsewhere
        self._answers: dict[str, bool] = {}
        self._wants: dict[Want, None] = {}

    @property
    def folder(self) -> Path | None:
        """What a kernel must be able to read, made where it is not there; None if it cannot be."""
        try:
            return None if self._elsewhere else self._shelf.make()
        except StoreError:
            return None

    @property
    def site(self) -> Path | None:
        """The packages that are there now; None for none."""
        return None if self._elsewhere else self._shelf.current().site

    def ensure(self, wants: Sequence[Want]) -> Supply:
        """See that packages are there.

        Args:
            wants: What the next step needs. What is there with Python already is not installed
                again.
        """
        try:
            needed = self._needed(wants)
            if not needed:
                return Supply()
            self._wants.update(dict.fromkeys(needed))
            missing = _missing(needed, self._shelf.current())
            if missing:
                self._permit(missing)
                return self._add(missing)
            return Supply(self._shelf.current().site)
        except Unfit as error:
            for want in wants:
                self._wants.pop(want, None)
            return Supply(self.site, problem=str(error))
        except StoreError as error:
            return Supply(problem=f"packages cannot be installed: {error}")

    def distribution_of(self, name: str) -> str:
        """The requirement that gives an import name (`yaml`: `PyYAML>=6.0.2`); empty for none."""
        from packaging.version import InvalidVersion, Version

        site = self._shelf.current().site
        found = giver_of(name, [str(site)]) if site is not None else None
        found = found or giver_of(name, sys.path)
        if found is None:
            return ""
        try:
            return f"{found[0]}>={Version(found[1]).public}"
        except InvalidVersion:
            return found[0]

    def _needed(self, wants: Sequence[Want]) -> dict[Want, Requirement]:
        """The wants that what comes with Python does not meet."""
        if len(wants) > MOST:
            raise Unfit(f"{len(wants)} packages are wanted at once; the most is {MOST}")
        needed = {}
        for want in dict.fromkeys(wants):
            found = read(want)
            if found is not None and not _meets(found, host_version(found.name)):
                needed[want] = found
        if needed and self._elsewhere:
            raise Unfit(f"{', '.join(map(str, needed))}: {self._elsewhere}")
        return needed

    def _permit(self, missing: dict[Want, Requirement]) -> None:
        """Ask policy, and where it says so a person. Raises Unfit."""
        open_ones = {}
        for want, found in missing.items():
            name = canonical(found.name)
            if self._install == "allow" or (self._install == "ask" and name in self._allowed):
                continue
            if self._answers.get(name) is not True:
                open_ones[want] = found
        if not open_ones:
            return
        names = ", ".join(str(found) for found in open_ones.values())
        if self._install == "deny":
            raise Unfit(f"{names} is not installed, and --install deny forbids to install it")
        if any(self._answers.get(canonical(found.name)) is False for found in open_ones.values()):
            raise Unfit(f"the user does not want {names} to be installed")
        if self._ask is None:
            raise Unfit(
                f"{names} is not installed: that needs a person's consent and nobody is there; a "
                f"user gives it with --install allow, or for single packages with the setting "
                f"packages (DYNASAUR_PACKAGES)"
            )
        told = ", ".join(map(str, open_ones))
        agreed = self._ask(f"Install {told} from the package index, for the sandbox alone?")
        self._answers.update({canonical(found.name): agreed for found in open_ones.values()})
        if not agreed:
            raise Unfit(f"the user does not want {names} to be installed")

    def _add(self, missing: Iterable[Want]) -> Supply:
        """Build an environment that has what is missing as well."""
        own = list(self._wants)
        if found := clash(own):
            raise Unfit(f"packages cannot be had together: {found}")
        with self._shelf.locked():
            before = self._shelf.current()
            if not _missing({want: read(want) for want in own}, before):
                return Supply(before.site)
            self._build_one(own, before, missing)
            after = self._shelf.current()
        new = [f"{n}=={v}" for n, v in after.installed.items() if before.installed.get(n) != v]
        return Supply(after.site, tuple(sorted(new)))

    def _build_one(self, own: Sequence[Want], before: Generation, missing: Iterable[Want]) -> None:
        """Build the environment that changes least. Raises Unfit."""
        earlier = [Want(text, by) for text, by in before.wants.items()]
        everything = list(dict.fromkeys([*earlier, *own]))
        pins = [f"{name}=={version}" for name, version in before.installed.items()]
        # At last without what earlier runs have asked for: they will ask again.
        attempts = [(everything, pins)]
        attempts += [(everything, [])] if pins else []
        attempts += [(list(own), [])] if earlier else []
        for wants, kept in attempts:
            done = self._build(wants, kept)
            if not done.problem:
                return
            if not done.unresolved:
                break
        problem = done.problem
        if who := contested(own):
            raise Unfit(f"packages cannot be had together: {who} ({problem})")
        new = [str(want) for want in missing]
        rest = [str(want) for want in own if str(want) not in new]
        beside = f" beside {', '.join(rest)}" if rest and done.unresolved else ""
        raise Unfit(f"{', '.join(new)} cannot be installed{beside}: {problem}")

    def _build(self, wants: Sequence[Want], kept: Sequence[str]) -> Outcome:
        """Try to build an environment and make it the current one."""
        from dynasaur.packages.installer import Outcome, install

        if why := clash(wants):
            return Outcome(why, unresolved=True)
        texts = {str(found): want.by for want in wants if (found := read(want)) is not None}
        limits = [str(entry) for entry in self._allowed.values() if not entry.extras]
        site = self._shelf.begin()
        try:
            done = install(list(texts), [*kept, *limits], site)
            if not done.problem:
                self._shelf.commit(site, texts, installed_in(site))
            return done
        finally:
            self._shelf.drop(site)


def _missing(needed: Mapping[Want, Requirement | None], now: Generation) -> dict[Want, Requirement]:
    """The wants that an environment does not meet."""
    return {
        want: found
        for want, found in needed.items()
        if found is not None
        and str(found) not in now.wants
        and (found.extras or not _meets(found, now.installed.get(canonical(found.name), "")))
    }


def _meets(found: Requirement, version: str) -> bool:
    """A version does for a requirement; what extras ask for is not known here."""
    return bool(version) and not found.extras and found.specifier.contains(version, True)
