"""Which tool servers are configured: the user's, the library's, and those of `--mcp-config`."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dynasaur.config import table_of, user_file
from dynasaur.errors import ConfigError
from dynasaur.toolbox.values import Server, Whose

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_KEYS = {
    *("command", "args", "env", "cwd", "url", "headers", "timeout", "tools"),
    *("disabled", "start_timeout", "type", "python"),
}
SERVING = "dynasaur.adopting.serving"
"""The program that serves functions and tools of installed packages."""

_HTTP = {"http", "streamable-http", "streamableHttp", "streamable_http"}


def servers_of(root: Path, file: str = "") -> dict[str, Server]:
    """The servers by name; where two have one name, the nearer to the user counts.

    Args:
        root: The library's root, whose `pyproject.toml` may name some.
        file: The file of `--mcp-config`; empty for none.

    Raises:
        ConfigError: One of them has no sense; says which, and where it stands.
    """
    own, theirs = user_file(), root / "pyproject.toml"
    found = tables(table_of(theirs, ("tool", "dynasaur")).get("mcp", {}), theirs, "library")
    found |= tables(table_of(own, ()).get("mcp", {}), own, "user")
    found |= _of_file(Path(file).expanduser()) if file else {}
    places: dict[str, str] = {}
    for name, one in found.items():
        from dynasaur.toolbox.stubs import category  # most libraries have no servers

        other = places.setdefault(category(name), name)
        if other != name:
            raise ConfigError(f"{one.where}: the tool servers {other!r} and {name!r} are too alike")
    return found


def _of_file(path: Path) -> dict[str, Server]:
    """The servers of a file in the form that other clients use."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"--mcp-config {path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"--mcp-config {path}: this is not JSON: {error}") from None
    servers = told.get("mcpServers") if isinstance(told, dict) else None
    if not isinstance(servers, dict):
        raise ConfigError(f'--mcp-config {path}: must be an object with "mcpServers"')
    return tables(servers, path, "file")


def tables(told: object, path: Path, whose: Whose) -> dict[str, Server]:
    """The servers that a table of tables names.

    Args:
        told: The table, of any shape.
        path: The file that it stands in, for messages.
        whose: Who wrote that.

    Raises:
        ConfigError: One of them has no sense.
    """
    if not isinstance(told, dict):
        raise ConfigError(f"{path}: mcp is no table; write [tool.dynasaur.mcp.NAME]")
    made = (_server(name, table, path, whose) for name, table in told.items())
    return {one.name: one for one in made if one is not None}


def _server(name: str, table: object, path: Path, whose: Whose) -> Server | None:
    where = f"{path}: the tool server {name!r}"
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{where}: a name has letters, digits, - and _, and begins with a letter")
    if not isinstance(table, dict):
        raise ConfigError(f"{where}: must be a table with command or url")
    if whose != "file" and (unknown := sorted(table.keys() - _KEYS)):
        raise ConfigError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(_KEYS)}")
    if table.get("disabled") is True:
        return None
    if "python" in table:
        table = _of_python(table, whose, where)
    kind = table.get("type", "stdio" if "command" in table else "http")
    if kind not in _HTTP | {"stdio"}:
        raise ConfigError(f"{where}: type {kind!r} is not known: use stdio or http")
    one = Server(
        name=name,
        whose=whose,
        where=str(path),
        command=_text(table, "command", where),
        arguments=tuple(_texts(table, "args", where)),
        environ=_named(table, "env", where),
        folder=_text(table, "cwd", where),
        url=_text(table, "url", where),
        headers=_named(table, "headers", where),
        seconds=_seconds(table, "timeout", 60, where),
        start_seconds=_seconds(table, "start_timeout", 60, where),
        tools=tuple(_texts(table, "tools", where)),
    )
    if bool(one.command) == bool(one.url):
        raise ConfigError(f"{where}: needs either a command or a url")
    if one.url and not one.url.startswith(("http://", "https://")):
        raise ConfigError(f"{where}: url must begin with https:// or http://")
    return one


def _of_python(table: Mapping[str, Any], whose: Whose, where: str) -> Mapping[str, Any]:
    """The table of the program that serves what `python` names, in this Python."""
    if whose == "library":
        raise ConfigError(f"{where}: python stands in your own settings alone: {user_file()}")
    if other := sorted(table.keys() & {"command", "args", "url"}):
        raise ConfigError(f"{where}: has python, so {other[0]} has no place")
    specs = _texts(table, "python", where)
    if not specs:
        raise ConfigError(f'{where}: python must name something, as in ["my_tools:search"]')
    # Modules of the current folder, which may be a stranger's, are not to be imported by chance.
    safe = [] if table.get("cwd") else ["-P"]
    return {**table, "command": sys.executable, "args": [*safe, "-m", SERVING, *specs]}


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str) or "\0" in value:
        raise ConfigError(f"{where}: {key} must be text")
    return value


def _texts(table: Mapping[str, Any], key: str, where: str) -> list[str]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ConfigError(f"{where}: {key} must be a list of texts")
    return value


def _named(table: Mapping[str, Any], key: str, where: str) -> dict[str, str]:
    value = table.get(key, {})
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise ConfigError(f'{where}: {key} must name texts, such as {{ NAME = "${{NAME}}" }}')
    return value


def _seconds(table: Mapping[str, Any], key: str, otherwise: int, where: str) -> float:
    value = table.get(key, otherwise)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 86_400:
        raise ConfigError(f"{where}: {key} must be seconds, above zero")
    return float(value)


def filled(text: str, environ: Mapping[str, str], where: str) -> str:
    """A text with `${NAME}` and `${NAME:-otherwise}` replaced by what the environment says.

    Raises:
        ConfigError: A variable is not set.
    """

    def value(found: re.Match[str]) -> str:
        name, otherwise = found[1], found[2]
        if name not in environ and otherwise is None:
            raise ConfigError(f"{where}: the variable {name} is not set")
        return environ.get(name, otherwise or "")

    return _VARIABLE.sub(value, text)
