"""Actions with all that they need to stand alone: modules, packages, licences."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dynasaur.capabilities import capabilities
from dynasaur.config import PACKAGE
from dynasaur.errors import ActionError, UsageError
from dynasaur.pins.licence import LEGAL, UNKNOWN, licence_of
from dynasaur.source import read_head, relative_imports
from dynasaur.source.imports import relative, rewritten
from dynasaur.store import base_legal
from dynasaur.types import BASE, LOCAL, Action, Module

if TYPE_CHECKING:
    from dynasaur.library import Library

OWN = "dynasaur"
"""What imports this package runs only where it is."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Actions that can go elsewhere.

    Attributes:
        actions: The actions.
        modules: They and all that they import, as modules of the package `actions`.
        dependencies: PEP 508 requirements, those of all heads together.
        python: Their version specifier; empty where none says one.
        kinds: What their code may do, by the names that reviews use.
        legal: The legal files, by their path below the package's parent.
        licence: What these say, as an SPDX expression; empty where there is none, and
            `LicenseRef-unknown` in it for what is not known.
    """

    actions: tuple[Action, ...]
    modules: tuple[Module, ...]
    dependencies: tuple[str, ...]
    python: str
    kinds: tuple[str, ...]
    legal: Mapping[str, str]
    licence: str

    def files(self) -> dict[str, str]:
        """The package's files by path (`actions/tables/mean.py`), empty `__init__.py` included."""
        found: dict[str, str] = {}
        for module in self.modules:
            parts = module.name.split(".")
            for end in range(1, len(parts)):
                found.setdefault("/".join([*parts[:end], "__init__.py"]), "")
            if found.get(f"{'/'.join(parts)}/__init__.py") is None:
                found[f"{'/'.join(parts)}.py"] = module.text
        return found


def bundle_of(library: Library, actions: Sequence[Action]) -> Bundle:
    """Actions with all that they need.

    Raises:
        ActionError: One of them cannot go elsewhere: says why.
    """
    modules = library.retriever.closure([action.module for action in actions])
    for module in modules:
        if problem := _problem(library, module):
            raise ActionError(problem)
    alone = tuple(Module(one.name, _relative(one)) for one in modules)
    heads = [read_head(one.text) for one in modules]
    sources = sorted({_source(one.name) for one in modules}, key=lambda one: (one != LOCAL, one))
    legal = {source: _legal(library, source) for source in sources}
    parts = _parts(library, [one.name for one in modules])
    return Bundle(
        tuple(actions),
        alone,
        tuple(dict.fromkeys(text for head in heads for text in head.dependencies)),
        ",".join(dict.fromkeys(head.requires_python for head in heads if head.requires_python)),
        tuple(sorted({str(kind) for one in modules for kind in _kinds(one)})),
        {
            **{
                name if source == LOCAL else f"{PACKAGE}/vendor/{source}/{name}": text
                for source, texts in legal.items()
                for name, text in texts.items()
            },
            **{
                f"{folder}/{name}": text for folder in parts for name, text in parts[folder].items()
            },
        },
        _licence(legal.values(), parts.values()),
    )


def chosen(library: Library, names: Sequence[str], *, initial: bool) -> list[Action]:
    """The actions that are asked for: by name, or all of the library's own.

    Args:
        library: The library.
        names: The names; empty for all.
        initial: All means the initial actions, too.

    Returns:
        The actions, each bare name once.

    Raises:
        ActionError: There is no action of a name.
        UsageError: There is none at all.
    """
    if names:
        return [library.get(name) for name in dict.fromkeys(names)]
    found: dict[str, Action] = {}
    for action in library.actions():
        if action.source == LOCAL or (initial and action.source == BASE):
            found.setdefault(action.name, action)
    if not found:
        raise UsageError(
            f"{library.root} has no actions of its own: name some, or give --all for the initial "
            "ones, too"
        )
    return list(found.values())


def split(library: Library, actions: Sequence[Action]) -> tuple[list[Bundle], list[str]]:
    """A bundle for each action that can go elsewhere, and why the others cannot."""
    bundles, problems = [], []
    for action in actions:
        try:
            bundles.append(bundle_of(library, [action]))
        except ActionError as error:
            problems.append(f"{action.name}: {error}")
    return bundles, problems


def _problem(library: Library, module: Module) -> str:
    """Why a module cannot go elsewhere; empty where it can."""
    source = _source(module.name)
    if source not in {LOCAL, BASE} and not (library.root / PACKAGE / "vendor" / source).is_dir():
        return f"it is {source}'s, which is only a source: `dynasaur take` it first"
    tree = ast.parse(module.text)
    for name in _imported(tree):
        first = name.split(".")[0]
        if first == OWN:
            return f"it asks the host ({module.name} imports {name}), which is not there elsewhere"
    whole = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.split(".")[0] == PACKAGE
    ]
    if whole:
        return f"{module.name} imports {whole[0]} whole: write `from ... import ...`"
    return ""


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module


def _relative(module: Module) -> str:
    """The text with imports of other actions relative, so that the package may have any name."""

    def spell(node: ast.ImportFrom) -> str | None:
        name = node.module or ""
        inside = not node.level and name.split(".")[0] == PACKAGE
        return relative(name, module.name) if inside else None

    return (
        rewritten(module.text, spell)
        if relative_imports(module.text, module.name)
        else (module.text)
    )


def _source(module: str) -> str:
    parts = module.split(".")
    return parts[2] if parts[1:2] == ["vendor"] else LOCAL


def _legal(library: Library, source: str) -> Mapping[str, str]:
    """The legal files of a source by name."""
    folder = library.root if source == LOCAL else library.root / PACKAGE / "vendor" / source
    found = dict(_texts(folder)) if folder.is_dir() else {}
    return found or (base_legal() if source == BASE else {})


def _parts(library: Library, modules: Iterable[str]) -> dict[str, dict[str, str]]:
    """The legal files of parts of the sources, which lie beside the modules, by their folder."""
    found: dict[str, dict[str, str]] = {}
    for name in modules:
        folders, own = name.split(".")[:-1], _source(name)
        least = 1 if own == LOCAL else 4  # a source's own lie in actions/vendor/<source>
        for end in range(least, len(folders) + 1):
            folder = "/".join(folders[:end])
            here = library.root / folder
            if folder not in found and own != BASE and here.is_dir():
                found[folder] = {one: text for one, text in _texts(here) if one[-3:] != ".py"}
    return dict(sorted(found.items()))


def _licence(sources: Iterable[Mapping[str, str]], parts: Iterable[Mapping[str, str]]) -> str:
    """What legal files say together; a part without its own licence has its source's."""
    whole = dict.fromkeys(map(licence_of, sources))
    all_of_it = [*whole, *map(licence_of, parts)]
    told = [one if " OR " not in one else f"({one})" for one in dict.fromkeys(all_of_it) if one]
    unknown = [UNKNOWN] if "" in whole and told and UNKNOWN not in told else []
    return " AND ".join([*told, *unknown])


def _texts(folder: Path) -> Iterable[tuple[str, str]]:
    for file in sorted(folder.iterdir()):
        if LEGAL.fullmatch(file.name) and file.is_file() and not file.is_symlink():
            yield file.name, file.read_text(encoding="utf-8", errors="replace")


def _kinds(module: Module) -> set[str]:
    return {str(one.kind) for one in capabilities(module.text)}
