"""`dynasaur tools`: the tools of MCP servers that code may use."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur import config
from dynasaur.commands._output import document, plain
from dynasaur.commands._wiring import json_option, library_option, toolbox_of
from dynasaur.errors import BlockedError, DynasaurError, FailureError, UsageError

if TYPE_CHECKING:
    from dynasaur.toolbox.box import Toolbox
    from dynasaur.toolbox.values import Server
    from dynasaur.types import Json


@click.group("tools", invoke_without_command=True)
@click.option("--refresh", is_flag=True, help="Connect to the servers, and ask what they have now.")
@click.option(
    "--mcp-config",
    metavar="FILE",
    help='Servers of this file, too: {"mcpServers": {...}}, as other MCP clients have it.',
)
@library_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    refresh: bool,
    mcp_config: str | None,
    library_path: Path | None,
    as_json: bool,
) -> int:
    """List the MCP servers that are configured, and their tools as code calls them.

    Servers stand in [tool.dynasaur.mcp.NAME] of the library's pyproject.toml, in [mcp.NAME] of
    your own settings, or in the file of --mcp-config. Without --refresh nothing is connected to.
    """
    root = config.find_library(library_path, Path.cwd(), os.environ)
    settings = config.load(root, os.environ, {"mcp_config": mcp_config})
    box = toolbox_of(root, settings)
    context.obj = box
    if context.invoked_subcommand is not None:
        return 0
    problems = _refreshed(box) if box and refresh else {}
    if as_json:
        servers = box.servers.values() if box else ()
        document({"servers": [_fields(box, one, problems) for one in servers]})  # type: ignore[arg-type]
    elif box is None:
        none = "dynasaur: no tool servers are configured; see `dynasaur tools --help`"
        click.echo(none, err=True)
    else:
        for server in box.servers.values():
            _print(box, server, problems)
    return 1 if problems else 0


@command.command("trust", short_help="Agree to the server NAME of the library.")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def trust(box: Toolbox | None, name: str, yes: bool) -> int:
    """Agree to the server NAME of the library's own settings, as it stands now.

    A library may have come from a stranger, and a server's program runs with your rights, outside
    the sandbox. When its settings change, or a file of the library that it is started with, you
    are asked again.
    """
    from dynasaur.toolbox.trust import grant

    server = _named(box, name)
    assert box is not None
    if server.whose != "library":
        click.echo(f"dynasaur: {name} is your own; nothing is to be agreed to", err=True)
        return 0
    click.echo(f"{name} of {plain(server.where)}:", err=True)
    for line in _details(server):
        click.echo(f"  {plain(line)}", err=True)
    if not yes:
        if not sys.stdin.isatty():
            raise BlockedError("nobody is there to ask: say --yes where you agree")
        if not click.confirm("Let it be used?", err=True):
            return 1
    grant(server, box.root)
    box.catalogue.ask_again(server)
    click.echo(f"trusted: {name}")
    return 0


@command.command("login")
@click.argument("name")
@click.pass_obj
def login(box: Toolbox | None, name: str) -> int:
    """Log in to the server NAME in your browser, by OAuth.

    What the server gives is kept in your data folder, where only you can read it, and is renewed
    as long as the server lets it be.
    """
    from dynasaur.toolbox.clients import Clients
    from dynasaur.toolbox.login import SECONDS, Browser

    server = _named(box, name)
    assert box is not None
    if not server.url:
        raise UsageError(f"{name} is a program: only servers behind a URL have a login")
    box.server(name)

    def tell(address: str) -> None:
        click.echo(f"open this address to log in: {plain(address)}", err=True)
        if sys.stdin.isatty():
            click.launch(address)

    with Browser(tell) as browser:
        clients = Clients(box, login=browser.login)
        try:
            clients.refresh(replace(server, start_seconds=SECONDS))
        except (ConnectionError, RuntimeError, TimeoutError) as error:
            raise FailureError(str(error)) from None
        finally:
            clients.close()
    click.echo(f"logged in: {name}")
    return 0


def _named(box: Toolbox | None, name: str) -> Server:
    if box is None or name not in box.servers:
        known = ", ".join(box.servers) if box else "none"
        raise UsageError(f"no tool server {name!r} is configured (there are: {known})")
    return box.servers[name]


def _details(server: Server) -> list[str]:
    lines = [f"url: {server.url}"] if server.url else [f"command: {server.told()}"]
    lines += [f"in: {server.folder}"] * bool(server.folder)
    lines += [f"variable: {key}={value}" for key, value in server.environ.items()]
    return lines + [f"header: {key}: {value}" for key, value in server.headers.items()]


def _refreshed(box: Toolbox) -> dict[str, str]:
    """Ask all servers that may be reached; why some could not be asked, by name."""
    from dynasaur.toolbox.box import untrusted
    from dynasaur.toolbox.clients import Clients

    problems = {one.name: untrusted(one) for one in box.servers.values() if not box.is_trusted(one)}
    clients = Clients(box)
    try:
        for server in (one for one in box.servers.values() if one.name not in problems):
            try:
                clients.refresh(server)
            except (ConnectionError, RuntimeError, TimeoutError, DynasaurError) as error:
                problems[server.name] = str(error)
    finally:
        clients.close()
    return problems


def _print(box: Toolbox, server: Server, problems: dict[str, str]) -> None:
    click.echo(plain(f"{server.name}  {server.told()}"))
    if problem := problems.get(server.name):
        click.echo(f"  {plain(problem)}")
    elif not box.is_trusted(server):
        click.echo(f"  not used before you agree: dynasaur tools trust {server.name}")
    elif not box.catalogue.is_listed(server):
        click.echo("  not asked yet: dynasaur tools --refresh, or the next run")
    elif gone := sorted(set(server.tools) - set(box.catalogue.tools(server))):
        click.echo(f"  it has no tool {plain(', '.join(gone))}, which its settings name")
    for name, tool, summary in _actions(box, server):
        click.echo(plain(f"  {name}{'' if tool else '  (asks with --approve)'}  {summary}"))


def _actions(box: Toolbox, server: Server) -> list[tuple[str, bool, str]]:
    """Each tool's name as an action, whether it only reads, and what it is for."""
    made = box.catalogue.stubs(server, box.catalogue.tools(server).values())
    summary = {name: " ".join(tool.description.split())[:100] for name, (tool, _) in made.items()}
    return [(name, tool.reads_only, summary[name]) for name, (tool, _) in made.items()]


def _fields(box: Toolbox, server: Server, problems: dict[str, str]) -> Json:
    tools: list[Json] = [
        {"action": name, "reads_only": reads_only, "summary": summary}
        for name, reads_only, summary in _actions(box, server)
    ]
    return {
        "name": server.name,
        "from": server.where,
        "reached": server.told(),
        "trusted": box.is_trusted(server),
        "asked": box.catalogue.is_listed(server),
        "problem": problems.get(server.name, ""),
        "tools": tools,
    }
