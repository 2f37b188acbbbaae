"""git's configuration: whose it is decides what is believed of it.

A repository's own configuration may be a stranger's. Names and addresses are taken from it, but
never a program: filters are switched off, signing and credentials come from what the person has
set for all repositories.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from dynasaur.repo.git import Git
from dynasaur.repo.values import Identity

FALLBACK = Identity("dynasaur", "dynasaur@localhost", fallback=True)
TRUE = {"true", "yes", "on", "1", ""}
SIGNING = re.compile(r"gpg\.|user\.signingkey$")


@dataclass(frozen=True, slots=True)
class Settings:
    """What is configured, keys as git lists them.

    Attributes:
        own: In the repository.
        person: For all repositories of the person or the machine.
    """

    own: Mapping[str, str]
    person: Mapping[str, str]

    @property
    def people(self) -> tuple[Identity, Identity]:
        """Author and committer as git is configured, or the one that stands in for both."""
        known = {**self.person, **self.own}
        people = []
        for role in ("author", "committer"):
            found = [
                _clean(os.environ.get(f"GIT_{role}_{part}".upper(), ""))
                or _clean(known.get(f"{role}.{part}", known.get(f"user.{part}", "")))
                for part in ("name", "email")
            ]
            if not all(found):
                return FALLBACK, FALLBACK
            people.append(Identity(name=found[0], email=found[1]))
        return people[0], people[1]

    @property
    def filters_off(self) -> dict[str, str]:
        """What switches all filters off; git would run them whenever it writes an index."""
        off: dict[str, str] = {}
        for key in {**self.person, **self.own}:
            if key.startswith("filter."):
                name = key.rpartition(".")[0]
                off |= {f"{name}.clean": "", f"{name}.smudge": "", f"{name}.process": ""}
                off[f"{name}.required"] = "false"
        return off

    @property
    def signing(self) -> dict[str, str] | None:
        """How the person signs all commits; None when they do not.

        What the repository says of it is outweighed, so that it can name no program.
        """
        if self.person.get("commit.gpgsign", "false").lower() not in TRUE:
            return None
        chosen = {key: value for key, value in self.person.items() if SIGNING.match(key)}
        form = chosen.setdefault("gpg.format", "openpgp")
        chosen.setdefault("user.signingkey", "")
        chosen.setdefault("gpg.program", "gpg")
        chosen.setdefault("gpg.openpgp.program", chosen["gpg.program"])
        chosen.setdefault("gpg.ssh.program", "ssh-keygen")
        chosen.setdefault("gpg.x509.program", "gpgsm")
        chosen.setdefault("gpg.ssh.defaultkeycommand", "")
        if not chosen["user.signingkey"] and form == "ssh":
            return None
        if not chosen["user.signingkey"]:
            del chosen["user.signingkey"]
        return chosen


def read_settings(git: Git) -> Settings:
    """All of git's configuration, as it stands."""
    listed = git.run("config", "--null", "--show-scope", "--list").stdout
    parts = listed.decode("utf-8", "surrogateescape").split("\0")
    own: dict[str, str] = {}
    person: dict[str, str] = {}
    for scope, pair in zip(parts[::2], parts[1::2], strict=False):
        name, _, value = pair.partition("\n")
        if scope in {"local", "worktree"}:
            own[name] = value
        elif scope in {"global", "system"}:
            person[name] = value
    return Settings(own, person)


def _clean(text: str) -> str:
    """What may stand in a commit's head: one line without angle brackets."""
    return " ".join(re.sub(r"[<>\0]", "", text).split())
