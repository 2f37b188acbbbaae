"""Addresses of sources: one parser, which decides what git is ever given.

Only what is matched here reaches a command line, so nothing can be taken for an option, name a
helper program (`ext::`), hold a password, or mean another host to git than it does to us.
"""

from __future__ import annotations

import hashlib
import keyword
import re
from dataclasses import dataclass
from typing import Literal

from dynasaur.config import PACKAGE
from dynasaur.errors import UsageError

_HOST = r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)"
_USER = r"(?P<user>[A-Za-z0-9_][A-Za-z0-9_.-]*)@"
_PORT = r"(?::(?P<port>[1-9][0-9]{0,4}))?"
_PATH = r"(?P<path>[A-Za-z0-9_.~+/-]+)"
_WEB = re.compile(rf"(?P<scheme>https?)://{_HOST}{_PORT}/{_PATH}")
_SSH = re.compile(rf"(?P<scheme>ssh)://(?:{_USER})?{_HOST}{_PORT}/{_PATH}")
_SCP = re.compile(rf"{_USER}{_HOST}:(?!/){_PATH}")
_PASSWORD = re.compile(r"https?://[^/]*@")
_FOLDER = re.compile(r"subdirectory=(?P<folder>[A-Za-z0-9_.~+/-]+)")
_REVISION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+/-]*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")

LONGEST = 2000
RESERVED = frozenset({"local", "base", "vendor", "actions"})
"""Names that no source may have."""

COMMON = frozenset({"actions", "dynasaur", "library", "dynasaur-actions", "dynasaur_actions"})
"""Names of repositories that say nothing: their owner's is taken instead."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a source lies.

    Attributes:
        url: What git is given.
        scheme: How it is reached.
        host: The machine, lower-case.
        path: The path on it, without slashes at its ends.
        folder: Where in the repository the library lies; empty at its root.
    """

    url: str
    scheme: Literal["https", "http", "ssh"]
    host: str
    path: str
    folder: str = ""

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read an address.

        Args:
            text: An address for git; `#subdirectory=FOLDER` behind it names the folder of a
                repository that holds more than the library.

        Raises:
            UsageError: It is none that we use: says which are.
        """
        text, mark, fragment = text.partition("#")
        folder = _folder(fragment) if mark else ""
        shown = repr(text if len(text) <= 100 else text[:100] + "...")
        if _PASSWORD.match(text):
            raise UsageError(
                "leave name and password out of the address: git's credential helper keeps them"
            )
        found = _WEB.fullmatch(text) or _SSH.fullmatch(text) or _SCP.fullmatch(text)
        if found is None or len(text) > LONGEST or not _plain(found["path"]):
            raise UsageError(
                f"{shown} is no address of a source: use https://HOST/PATH, ssh://HOST/PATH "
                "or USER@HOST:PATH"
            )
        parts = found.groupdict()
        scheme, host, path = parts.get("scheme") or "ssh", found["host"].lower(), found["path"]
        path = path.strip("/")
        user = f"{parts['user']}@" if parts.get("user") else ""
        port = f":{parts['port']}" if parts.get("port") else ""
        if "scheme" in parts:
            url = f"{scheme}://{user}{host}{port}/{path}"
        else:
            url = f"{user}{host}:{path}"
        return cls(url, scheme, host, path, folder)  # type: ignore[arg-type]

    def __str__(self) -> str:
        """As people write it, and `parse` reads it."""
        return f"{self.url}#subdirectory={self.folder}" if self.folder else self.url

    @property
    def key(self) -> str:
        """The cache's name for its repository, which may hold several libraries."""
        return hashlib.sha256(self.url.encode()).hexdigest()

    @property
    def library_key(self) -> str:
        """The cache's name for the library."""
        return hashlib.sha256(str(self).encode()).hexdigest()

    @property
    def package(self) -> str:
        """The path of its actions in the repository."""
        return f"{self.folder}/{PACKAGE}" if self.folder else PACKAGE

    @property
    def name(self) -> str:
        """What the source may be called: the last part of its place that says something."""
        places = f"{self.path}/{self.folder}".split("/")
        parts = [part.removesuffix(".git").lower() for part in places]
        telling = [part for part in parts if part and part not in COMMON]
        name = re.sub(r"\W+", "_", telling[-1] if telling else "source").strip("_")
        return name if _NAME.fullmatch(name) and name not in RESERVED else f"source_{name}"


def split(text: str) -> tuple[Address, str]:
    """An address and the revision after its `@`; empty for none.

    Args:
        text: `ADDRESS[@REVISION][#subdirectory=FOLDER]`.

    Raises:
        UsageError: One of them cannot be used.
    """
    text, mark, fragment = text.partition("#")
    start = text.find("/", text.find("://") + 3) if "://" in text else text.find(":")
    head, tail = text[: start + 1], text[start + 1 :]
    path, at, revision = tail.partition("@")
    if at and not revision:
        raise UsageError(f"{text!r} ends with @: name a tag, a branch or a commit after it")
    return Address.parse(head + path + mark + fragment), check_revision(revision) if at else ""


def check_revision(revision: str) -> str:
    """A revision that can stand on a command line, or in a reference's name.

    Raises:
        UsageError: It cannot.
    """
    odd = (".." in revision, "//" in revision, "/." in revision, revision[-1:] in "/.")
    if not _REVISION.fullmatch(revision) or any(odd) or revision.endswith(".lock"):
        raise UsageError(f"{revision[:100]!r} is no revision: name a tag, a branch or a commit")
    return revision


def check_name(name: str) -> str:
    """A name that a source can have: it becomes a Python package.

    Raises:
        UsageError: It cannot.
    """
    if not _NAME.fullmatch(name) or keyword.iskeyword(name) or name in RESERVED:
        raise UsageError(
            f"a source cannot be called {name[:100]!r}: use lower-case letters, digits and "
            f"underscores, and none of {', '.join(sorted(RESERVED))}; --name gives another"
        )
    return name


def _folder(fragment: str) -> str:
    """The folder that the end of an address names.

    Raises:
        UsageError: It names none.
    """
    found = _FOLDER.fullmatch(fragment)
    if found is None or len(fragment) > LONGEST or not _plain(found["folder"]):
        raise UsageError(
            f"{fragment[:100]!r} names no folder of a repository: write #subdirectory=FOLDER "
            "behind the address"
        )
    return found["folder"].strip("/")


def _plain(path: str) -> bool:
    parts = path.strip("/").split("/")
    return all(part and part.strip(".") and part[0] != "-" for part in parts)
