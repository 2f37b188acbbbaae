"""`dynasaur mcp`: the library as an MCP server."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from dynasaur.agent.permission import Permission
from dynasaur.calling import Call
from dynasaur.commands._agent import model_of
from dynasaur.commands._kernel_options import kernel_options
from dynasaur.commands._wiring import library_option, open_library, outside_of
from dynasaur.errors import MissingExtraError, UsageError

if TYPE_CHECKING:
    from dynasaur.agent import Approval
    from dynasaur.config import Settings
    from dynasaur.library import Library
    from dynasaur.mcp_server.desk import Desk

TOKEN = "DYNASAUR_MCP_TOKEN"  # noqa: S105 - a variable's name
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_FOR_RUNS = ("model", "max_steps", "max_cost", "max_seconds", "cell_timeout")
_OF_KERNELS = (
    *("sandbox", "network", "search", "memory", "install", "mcp_config", "gateway", "kernel_name"),
)


@click.command("mcp")
@click.option(
    "--transport",
    type=click.Choice(["stdio", "http"]),
    default="stdio",
    show_default=True,
    help="How clients reach it: it is their child, or by streamable HTTP at /mcp.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where HTTP listens.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8765,
    show_default=True,
    help="The port; 0 takes a free one.",
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="A name by which HTTP clients may call it, besides those of this machine alone.",
)
@click.option(
    "--take",
    "patterns",
    multiple=True,
    metavar="GLOB",
    help="Serve these actions alone: names, CATEGORY/NAME or SOURCE/CATEGORY/NAME, with * and ?. "
    "Default: the library's own and the initial ones.",
)
@click.option(
    "--max-tools",
    type=click.IntRange(0),
    default=128,
    show_default=True,
    metavar="N",
    help="Where more actions are served, none is a tool of its own: clients search them, and "
    "call them by name.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    metavar="N",
    help="Calls that run at once; others wait.",
)
@click.option(
    "--files",
    "roots",
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="A file below DIR that an argument names is shown to the action. Default: none is.",
)
@click.option(
    "--run-task/--no-run-task",
    "run_task",
    default=True,
    help="Let clients have tasks solved, with the model of your settings. Default: yes.",
)
@click.option("--model", metavar="NAME", help="The model for tasks.")
@click.option("--max-steps", type=int, metavar="N", help="Steps of a task at most. Default: 20.")
@click.option("--max-cost", type=float, metavar="DOLLARS", help="Money for one task at most.")
@click.option("--max-seconds", type=float, metavar="SECONDS", help="Time for one task at most.")
@click.option(
    "--cell-timeout", type=float, metavar="SECONDS", help="Time for one call. Default: 300."
)
@kernel_options
@library_option
def command(
    transport: str,
    host: str,
    port: int,
    hosts: tuple[str, ...],
    library_path: Path | None,
    patterns: tuple[str, ...],
    max_tools: int,
    jobs: int,
    roots: tuple[Path, ...],
    run_task: bool,
    **flags: object,
) -> None:
    """Serve the library to other agents by the Model Context Protocol.

    Each action is a tool, with search_actions, show_action and run_task. A call runs in the
    sandbox, in a fresh kernel that nothing else uses. HTTP clients have to send the token in
    $DYNASAUR_MCP_TOKEN, where it is set; to listen beyond this machine, it has to be.
    """
    token = os.environ.get(TOKEN, "")
    if transport == "http" and host not in _LOCAL and not token:
        raise UsageError(
            f"whoever reaches {host}:{port} could call the actions: set {TOKEN} to a secret that "
            f"clients send (Authorization: Bearer ...), or leave out --host"
        )
    _logs()
    library, settings = open_library(library_path, flags)
    _check_extra()
    from dynasaur.mcp_server.serve import PATH, listen, serve_http, serve_stdio

    desk = _desk(library, settings, patterns, max_tools, jobs, roots, run_task, flags)
    desk.catalogue.refresh()
    if not len(desk.catalogue):
        wanted = f" that {', '.join(patterns)} means" if patterns else ""
        raise UsageError(f"{library.root} has no action{wanted}; see `dynasaur list --all`")
    if transport == "stdio":
        desk.pool.start()
        serve_stdio(desk)
        return
    with listen(host, port) as listening:
        desk.pool.start()
        at = f"[{host}]" if ":" in host else host
        where = f"http://{at}:{listening.getsockname()[1]}{PATH}"
        click.echo(f"dynasaur: serving {len(desk.catalogue)} actions at {where}", err=True)
        names = (*hosts, *(() if host in {*_LOCAL, "0.0.0.0", "::"} else (at,)))  # noqa: S104
        serve_http(desk, listening, names, token)


def _desk(
    library: Library,
    settings: Settings,
    patterns: tuple[str, ...],
    max_tools: int,
    jobs: int,
    roots: tuple[Path, ...],
    run_task: bool,
    flags: Mapping[str, object],
) -> Desk:
    from dynasaur.mcp_server.catalogue import Catalogue
    from dynasaur.mcp_server.desk import Desk
    from dynasaur.mcp_server.pool import Pool, files_below
    from dynasaur.mcp_server.runs import Runs

    model = partial(model_of, library.root, settings, flags)
    outside = outside_of(library, settings, model, brief=True)

    def call(work: Path) -> Call:
        return Call(library, work, outside, Permission(cast("Approval", settings.approve)))

    find = files_below(list(roots))
    return Desk(
        Catalogue(library, patterns),
        Pool(call, jobs, settings.cell_timeout, find),
        max_tools,
        Runs(library.root, _words(flags)) if run_task else None,
        find,
        bool(roots),
        settings.max_steps,
    )


def _words(flags: Mapping[str, object]) -> list[str]:
    """The options of this command that `dynasaur run` is given, too."""
    words = []
    for name in (*_FOR_RUNS, *_OF_KERNELS):
        if flags.get(name) is not None and name != "max_steps":
            option = "kernel" if name == "kernel_name" else name.replace("_", "-")
            words += [f"--{option}", str(flags[name])]
    return words


def _check_extra() -> None:
    from importlib.util import find_spec

    if find_spec("mcp") is None:
        raise MissingExtraError("the MCP server needs more packages: pip install 'dynasaur[mcp]'")


def _logs() -> None:
    """What libraries have to say goes to stderr."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="dynasaur: %(name)s: %(message)s"
    )
