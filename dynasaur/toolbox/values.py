"""A tool server and its tools, as they travel."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Whose = Literal["user", "library", "file"]
"""Who named a server: the user's own settings, the library's (a stranger's, maybe), or a file that
the command line names."""


@dataclass(frozen=True, slots=True)
class Server:
    """How a tool server is reached.

    Attributes:
        name: Its name here.
        whose: Who named it.
        where: The file that it stands in, for messages.
        command: The program that serves on its standard input and output; empty for a URL.
        arguments: The program's arguments.
        environ: Variables that it gets besides the few that every program needs.
        folder: The folder that it starts in; empty for the current one.
        url: The address that serves by streamable HTTP; empty for a program.
        headers: Headers of each request.
        seconds: How long a call may go without a sign of life.
        start_seconds: How long it may take to become ready.
        tools: The tools that are used; empty for all.
    """

    name: str
    whose: Whose = "user"
    where: str = ""
    command: str = ""
    arguments: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    folder: str = ""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 60.0
    start_seconds: float = 60.0
    tools: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Changes whenever what is reached does; secrets are only named in it."""
        return self.key_of(())

    def key_of(self, more: tuple[str, ...]) -> str:
        """The key of this server together with what else decides what it is."""
        told = [
            *(self.name, self.command, self.arguments, sorted(self.environ.items()), self.folder),
            *(self.url, sorted(self.headers.items()), self.tools, more),
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def told(self) -> str:
        """What is started or reached, in words."""
        return self.url or " ".join([self.command, *self.arguments])


@dataclass(frozen=True, slots=True)
class Tool:
    """What a server says of one of its tools: untrusted, all of it.

    Attributes:
        name: Its name there.
        description: What it is for.
        takes: The JSON schema of its arguments.
        gives: The JSON schema of its structured result; None where it says nothing.
        reads_only: It says that it changes nothing.
        repeatable: It says that a second call changes nothing more.
    """

    name: str
    description: str = ""
    takes: Mapping[str, Any] = field(default_factory=dict)
    gives: Mapping[str, Any] | None = None
    reads_only: bool = False
    repeatable: bool = False
