"""What several commands share: the options that name a library, and opening it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from dynasaur import config
from dynasaur.commands._output import plain
from dynasaur.commands._progress import Bar
from dynasaur.commands._run_options import OWN
from dynasaur.errors import ActionError, ConfigError

if TYPE_CHECKING:
    from dynasaur.agent.outside import Outside
    from dynasaur.agent.protocols import HostFunctions, Kernel, KernelFactory, Model
    from dynasaur.library import Embeddings, Library
    from dynasaur.packages import Packages
    from dynasaur.repo import Deliver
    from dynasaur.toolbox.box import Toolbox
    from dynasaur.types import Action

F = TypeVar("F", bound=Callable[..., Any])


def library_option(function: F) -> F:
    """The option `--library DIR`."""
    return click.option(
        "--library",
        "library_path",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="The library's folder. Default: the nearest parent folder with an actions/ "
        "package, else $DYNASAUR_LIBRARY, else one in your data folder.",
    )(function)


def json_option(function: F) -> F:
    """The option `--json`."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON document on stdout."
    )(function)


def open_library(
    path: Path | None,
    flags: Mapping[str, object] | None = None,
    *,
    usage: bool = True,
    initial: bool = True,
    data: Path | None = None,
) -> tuple[Library, config.Settings]:
    """The library that a command works on, made on first use where it is the user's own.

    Args:
        path: What `--library` gave.
        flags: Settings that the command line gave; a value of None means not given.
        usage: Let what became of actions weigh in a search.
        initial: The initial actions are there.
        data: Where runs and what is derived lie; None for the library's own place.

    Raises:
        UsageError: A setting has no sense, or the named folder is no library.
    """
    from dynasaur.library import Library

    root = config.find_library(path, Path.cwd(), os.environ)
    given = {name: value for name, value in (flags or {}).items() if name not in OWN}
    settings = config.load(root, os.environ, given)
    if path is None and not root.exists():
        _, note = Library.create(root)
        click.echo(f"dynasaur: made the library {root}{note and '; ' + note}", err=True)
    packages = _packages(root, settings)
    library = Library(
        root,
        accept=settings.accept,
        deliver=cast("Deliver", settings.deliver),
        kernel=_kernels(settings, packages),
        packages=packages,
        usage=usage,
        initial=initial,
        tools=box.catalogue if (box := toolbox_of(root, settings)) else None,
        sandboxed=settings.sandbox != "none",
        embeddings=_embeddings(settings),
        progress=Bar("Reading actions"),
        warn=lambda line: click.echo(f"dynasaur: {plain(line)}", err=True),
        data=data,
        hooks=settings.hooks,
    )
    if context := click.get_current_context(silent=True):
        context.call_on_close(lambda: _tend(library))
    return library, settings


def _tend(library: Library) -> None:
    """Make the history quick to ask, where the command has committed; it has told of it by now."""
    if "repo" in vars(library):
        library.repo.tend()


def action_of(library: Library, settings: config.Settings, name: str) -> Action:
    """The action of a name; of a tool that is not known yet it is told what to do.

    Raises:
        ActionError: There is none.
        ConfigError: It may be a tool of a server that was not asked yet.
    """
    try:
        return library.get(name)
    except ActionError:
        box = toolbox_of(library.root, settings)
        if why := box.unasked(name) if box else "":
            raise ConfigError(why) from None
        raise


def outside_of(
    library: Library,
    settings: config.Settings,
    model: Callable[[], Model],
    *,
    brief: bool = False,
) -> Outside:
    """What gives the kernels of a library their host functions beyond the library's.

    Args:
        library: The library.
        settings: What is set.
        model: Gives the model that host functions may ask.
        brief: It is for one call: what could not be asked lately is not asked and told of again.
    """
    from dynasaur.hosting import Means, outside

    box = toolbox_of(library.root, settings)
    return outside(Means(library.root, settings, os.environ, model, box, brief))


def toolbox_of(root: Path, settings: config.Settings) -> Toolbox | None:
    """The tool servers that are configured for a library; None for none."""
    from dynasaur.toolbox.servers import servers_of

    servers = servers_of(root, settings.mcp_config)
    if not servers:
        return None
    from dynasaur.toolbox.box import Toolbox

    return Toolbox(
        root,
        config.data_folder(root),
        servers,
        lambda line: click.echo(f"dynasaur: {plain(line)}", err=True),
    )


def _embeddings(settings: config.Settings) -> Embeddings | None:
    if settings.retriever != "hybrid":
        return None
    from dynasaur.models.embeddings import resolve_embeddings

    return resolve_embeddings(settings.embeddings, os.environ)


def _packages(root: Path, settings: config.Settings) -> Packages:
    from dynasaur.packages import Packages

    there = settings.gateway or settings.kernel_name
    return Packages(
        config.data_folder(root) / "packages",
        install=settings.install,
        allowed=settings.packages,
        ask=_ask if sys.stdin.isatty() and sys.stderr.isatty() else None,
        elsewhere=f"the code runs on {there}, and packages have to be installed there"
        if there
        else "",
    )


def _ask(question: str) -> bool:
    try:
        return click.confirm(f"dynasaur: {plain(question)}", default=False, err=True)
    except click.Abort:
        raise KeyboardInterrupt from None


def _kernels(settings: config.Settings, packages: Packages) -> KernelFactory:
    """Makes kernels as the settings say; what the user must know of them is said once."""
    told: list[str] = []

    def make(work: Path, functions: HostFunctions) -> Kernel:
        from dynasaur.kernel.client import JupyterKernel
        from dynasaur.kernel.limits import Limits

        kernel = JupyterKernel(
            work,
            functions=functions,
            limits=Limits(memory=settings.memory_bytes, cell_seconds=settings.cell_timeout),
            sandbox=settings.sandbox,
            network=settings.network,
            gateway=settings.gateway,
            kernel_name=settings.kernel_name,
            packages=packages.folder,
            site=packages.site,
        )
        if kernel.warning not in ("", *told):
            told.append(kernel.warning)
            click.echo(f"dynasaur: {kernel.warning}", err=True)
        return kernel

    return make
