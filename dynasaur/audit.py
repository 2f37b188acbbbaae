"""The library's actions against every rule, each by itself and all together."""

from __future__ import annotations

import ast
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from dynasaur import source
from dynasaur.checks import rules
from dynasaur.checks.subject import Finding
from dynasaur.errors import ActionError, UsageError
from dynasaur.places import kind_of, title
from dynasaur.registry import Registry
from dynasaur.registry.docstring import docstrings
from dynasaur.registry.trial import Outcome, Sample
from dynasaur.store import Store
from dynasaur.types import LOCAL, Action

_PLACED = re.compile(r"\s*(?:line )?(\d+): (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and in which file."""

    path: Path
    finding: Finding


@dataclass(frozen=True, slots=True)
class Report:
    """What an audit found.

    Attributes:
        checked: How many files were looked at.
        faults: What is wrong, by file and line.
    """

    checked: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class File:
    """One file of the actions package, by its place in it."""

    path: Path
    module: str
    kind: str


@dataclass(slots=True)
class Audit:
    """One look at a library.

    Every file has to parse and to find what it imports. What is vendored is other people's, and
    has to do no more. An action has to keep every rule, to import alone, and to be no clone.

    Args:
        registry: The library's.
    """

    registry: Registry
    _faults: list[Fault] = field(default_factory=list)

    def run(self, paths: Sequence[Path] = (), *, evidence: bool = False) -> Report:
        """Check the whole library, or the named files and folders of it.

        Args:
            paths: Files and folders in the actions package; none: all of it.
            evidence: Run the examples of docstrings, too.

        Raises:
            UsageError: A path is not there, or not in the library.
            KernelError: The kernel, in which actions are imported, cannot be started.
        """
        self._faults = []
        store = self.registry.stores[0]
        files = list(_files(store))
        wanted = _wanted(files, paths, store.package) if paths else files
        actions = [action for file in wanted if (action := self._read(file, store))]
        self._together(actions, {file.module for file in files if file.kind == "action"})
        self._alone(actions, store, evidence)
        self._faults.sort(key=lambda one: (str(one.path), one.finding.line, one.finding.rule))
        return Report(len(wanted), tuple(dict.fromkeys(self._faults)))

    def _blame(self, path: Path, rule: str, line: int, message: str) -> None:
        self._faults.append(Fault(path, Finding(rule, line, message)))

    def _read(self, file: File, store: Store) -> Action | None:
        """Check a file by itself; gives the action in it, where it is one."""
        if file.kind in _STRAY:
            self._blame(file.path, "place", 1, _STRAY[file.kind])
            return None
        try:
            text = store.text(file.module) or ""
            for name in source.relative_imports(text, file.module):
                self._require(file, text, name, store)
            if file.kind == "package" and text:
                self._blame(file.path, "place", 1, "a package's `__init__.py` stays empty")
            if file.kind != "action":
                return None
            action = source.read_action(
                text,
                path=file.path,
                category=".".join(file.module.split(".")[1:-1]),
                source=LOCAL,
                module=file.module,
            )
        except ActionError as error:
            where = str(file.path), file.module
            line, message = _placed(str(error).removeprefix(where[0]).removeprefix(where[1]))
            self._blame(file.path, "parses", line, message)
            return None
        self._faults += [Fault(file.path, finding) for finding in rules.findings(action)]
        return action

    def _require(self, file: File, text: str, name: str, store: Store) -> None:
        """What a file imports is there, and is imported relatively."""
        line, level = _import_of(text, name)
        if not _exists(store, name):
            self._blame(file.path, "requires", line, f"it imports {name}, which is not there")
        elif not level:
            message = f"it imports {name} by its full name; import it relatively"
            self._blame(file.path, "requires", line, message)

    def _together(self, actions: Sequence[Action], modules: Set[str]) -> None:
        """Check actions against all the others: no two names alike, no clones."""
        names: dict[str, list[str]] = defaultdict(list)
        for module in modules:
            names[module.rpartition(".")[2].casefold()].append(module)
        same: dict[str, list[str]] = defaultdict(list)
        for module, prints in self.registry.known.prints().items():
            if prints.exact and (module in modules or ".vendor." in module):
                same[prints.exact].append(module)
        looked_at = {action.module: action for action in actions}
        pairs = [
            (names, "unique", "its name is that of {}; rename one of them"),
            (same, "clone", "it is the same as {}; call that instead"),
        ]
        for groups, rule, message in pairs:
            for group in groups.values():
                if len(group) > 1:
                    self._alike(looked_at, sorted(group, key=_place), rule, message)

    def _alike(
        self, looked_at: Mapping[str, Action], group: Sequence[str], rule: str, message: str
    ) -> None:
        """Blame those of a group that are looked at, but for the first, if that is possible."""
        blamed = [module for module in group[1:] if module in looked_at]
        if not blamed:
            blamed = [module for module in group[:1] if module in looked_at]
        for module in blamed:
            other = next(one for one in group if one != module)
            action = looked_at[module]
            self._blame(action.path, rule, _line_of(action), message.format(title(other)))

    def _alone(self, actions: Sequence[Action], store: Store, evidence: bool) -> None:
        """Import each action by itself in the sandbox; on request, run its examples."""
        samples: list[tuple[Action, Sample]] = []
        for action in actions:
            try:
                modules = source.gather([action.module], store.text)
            except ActionError as error:
                if not any(one.path == action.path for one in self._faults):
                    self._blame(action.path, "requires", 1, str(error))
                continue
            documents = tuple(docstrings(action.text)) if evidence else ()
            samples.append((action, Sample(modules, documents=documents)))
        if not samples:
            return
        with self.registry.trial() as trial:
            outcomes = trial.run([sample for _, sample in samples])
        for (action, _), outcome in zip(samples, outcomes, strict=True):
            self._judge(action.path, outcome)

    def _judge(self, path: Path, outcome: Outcome) -> None:
        if outcome.problem:
            message = f"it does not import alone: {outcome.problem}"
            self._blame(path, "imports", outcome.line, message)
        for line, what in outcome.failures:
            self._blame(path, "examples", line, what)
        if outcome.stopped:
            self._blame(path, "examples", 1, f"its examples were not all run: {outcome.stopped}")


# --- the files of a package ---------------------------------------------------------------------

_STRAY = {
    "deep": "actions lie in actions/<category>/<name>.py; move it there",
    "name": "its path is no module's name; use letters, digits and underscores",
    "link": "it is a link, which is not followed; put the file itself here",
}


def _files(store: Store) -> Iterator[File]:
    """Every Python file of the package, hidden folders left out."""
    for folder, folders, names in os.walk(store.package):
        folders[:] = sorted(one for one in folders if one[:1] != "." and one != "__pycache__")
        for name in sorted(names):
            if name.endswith(".py"):
                path = Path(folder, name)
                parts = path.relative_to(store.package).with_suffix("").parts
                package = parts[:-1] if parts[-1] == "__init__" else parts
                module = ".".join([store.mount, *package])
                yield File(path, module, "link" if path.is_symlink() else kind_of(parts))


def _wanted(files: Sequence[File], paths: Iterable[Path], package: Path) -> list[File]:
    """Those of the files that the paths name, or that lie below them."""
    wanted: dict[Path, File] = {}
    for path in paths:
        full = Path(os.path.abspath(path))  # noqa: PTH100 - a link is named, not what it means
        if not full.exists():
            raise UsageError(f"{path}: no such file")
        below = full == package.parent or full == package or full.is_relative_to(package)
        found = [file for file in files if file.path.is_relative_to(full)]
        if not below or (full.is_file() and not found):
            raise UsageError(f"{path}: no file of the actions in {package}")
        wanted |= {file.path: file for file in found}
    return [file for file in files if file.path in wanted]


def _place(module: str) -> tuple[bool, str]:
    """The order in which actions that are alike are named: those of sources first."""
    return ".vendor." not in module, module.casefold()


# --- lines --------------------------------------------------------------------------------------


def _placed(message: str) -> tuple[int, str]:
    """An error's line, where it tells one, and its words."""
    message = message.removeprefix(":").strip()
    found = _PLACED.match(message)
    return (int(found[1]), found[2]) if found else (1, message)


def _line_of(action: Action) -> int:
    tree = source.tree_of(source.normal(action.text), str(action.path))
    return source.public_functions(tree)[action.name].lineno


def _import_of(text: str, name: str) -> tuple[int, int]:
    """The line of the import of a module, and its level: 0 for one by the full name."""
    last = name.rpartition(".")[2]
    for node in ast.walk(source.tree_of(source.normal(text), name)):
        if isinstance(node, ast.ImportFrom):
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            if last in names:
                return node.lineno, node.level
        elif isinstance(node, ast.Import) and name in [alias.name for alias in node.names]:
            return node.lineno, 0
    return 1, 1


def _exists(store: Store, module: str) -> bool:
    try:
        return store.text(module) is not None
    except ActionError:
        return True
