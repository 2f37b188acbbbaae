"""Where the code runs: the options of every command that starts a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from dynasaur import config

F = TypeVar("F", bound=Callable[..., Any])

SANDBOXES = ("auto", "bwrap", "unshare", "landlock", "seatbelt", "none")


def kernel_options(function: F) -> F:
    """`--sandbox`, `--network`, `--search`, `--memory`, and further options."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def mcp_config_option(function: F) -> F:
    """The option `--mcp-config FILE`."""
    return click.option(
        "--mcp-config",
        metavar="FILE",
        help="Tool servers that code may use through the host, in the form that other MCP clients "
        'use: {"mcpServers": {...}}.',
    )(function)


_OPTIONS = (
    click.option(
        "--sandbox",
        type=click.Choice(SANDBOXES),
        help="The kernel's sandbox; none gives the code your rights. Default: auto, the strongest.",
    ),
    click.option(
        "--network",
        metavar="none|allow=DOMAIN,...|full",
        help="What the kernel may reach: domains with all below them, by HTTP and HTTPS (other "
        "ports than 80 and 443: DOMAIN:PORT), or all that this machine reaches. Default: none.",
    ),
    click.option(
        "--search",
        type=click.Choice(config.SEARCHES),
        help="The search engine that code may ask through the host. Default: none.",
    ),
    click.option("--memory", metavar="SIZE", help="What the kernel may use. Default: 4GiB."),
    click.option(
        "--install",
        type=click.Choice(config.INSTALLS),
        help="Packages that code asks for: ask on a terminal, else only those of the setting "
        "`packages` (ask, the default); all; or none.",
    ),
    mcp_config_option,
    click.option(
        "--gateway",
        metavar="URL",
        help="Run the kernel on a Jupyter gateway or server; its token comes from "
        "JUPYTER_GATEWAY_AUTH_TOKEN.",
    ),
    click.option(
        "--kernel",
        "kernel_name",
        metavar="NAME",
        help="Use an installed kernelspec (Docker, Kubernetes, SSH, ...) instead of the sandbox.",
    ),
)
