"""The house: floors, doors, no circles, sizes, what an import may load, the public names."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "dynasaur"

FLOORS = {
    "talk": -1,
    "errors": 0,
    "host": 0,
    "types": 0,
    "examples": 0,
    "proxy": 1,
    "record": 1,
    "config": 2,
    "ledger": 2,
    "places": 2,
    "toml_lines": 2,
    "prompts": 2,
    "syntax": 2,
    "tokens": 2,
    "fingerprint": 3,
    "source": 3,
    "capabilities": 4,
    "categories": 4,
    "checks": 4,
    "crew": 4,
    "export": 4,
    "index": 4,
    "kernel": 4,
    "pins": 4,
    "models": 4,
    "packages": 4,
    "repo": 4,
    "schemas": 4,
    "store": 4,
    "tombstones": 4,
    "trajectory": 4,
    "usage": 4,
    "agent": 5,
    "history": 5,
    "listing": 5,
    "registry": 5,
    "retriever": 5,
    "snapshot": 5,
    "counting": 5,
    "toolbox": 5,
    "audit": 6,
    "hosting": 6,
    "openapi": 6,
    "calling": 6,
    "library": 6,
    "review": 6,
    "replay": 6,
    "tasks": 6,
    "telemetry": 6,
    "shipping": 7,
    "sources": 6,
    "upkeep": 6,
    "notebook": 7,
    "adopting": 7,
    "evals": 7,
    "mcp_server": 7,
    "commands": 8,
    "cli": 9,
    "__main__": 10,
}

DOORS = {
    "click": {"cli", "commands"},
    "ddgs": {"hosting"},
    "dill": {"kernel"},
    "distributed": {"crew"},
    "filelock": {"packages", "repo", "trajectory", "index", "upkeep"},
    "git": {"repo"},
    "griffe": {"review"},
    "huggingface_hub": {"evals"},
    "math_verify": {"evals"},
    "httpx2": {"toolbox"},
    "mcp": {"adopting", "mcp_server", "toolbox"},
    "mcp_types": {"adopting", "mcp_server", "toolbox"},
    "matplotlib": {"evals"},
    "pyarrow": {"evals"},
    "IPython": {"kernel"},
    "idna": {"proxy"},
    "ipykernel": {"kernel"},
    "jupyter_client": {"kernel"},
    "jupyter_core": {"kernel"},
    "jsonschema": {"agent", "toolbox"},
    "nbformat": {"export"},
    "numpy": {"fingerprint", "index"},
    "openai": {"models"},
    "opentelemetry": {"telemetry"},
    "packaging": {"packages", "shipping"},
    "platformdirs": {"cli", "commands", "config", "models"},
    "pydantic": {"toolbox"},
    "prompt_toolkit": {"commands"},
    "pygments": {"export"},
    "referencing": {"agent"},
    "rich": {"commands", "review"},
    "sentence_transformers": {"models"},
    "sklearn": {"categories"},
    "threadpoolctl": {"categories"},
    "tomlkit": {"pins"},
    "tornado": {"kernel", "proxy"},
    "traitlets": {"kernel"},
    "tree_sitter": {"syntax"},
    "tree_sitter_python": {"syntax"},
    "uvicorn": {"mcp_server"},
    "yaml": {"openapi"},
    "zmq": {"kernel"},
}
"""Which part of the house may import a third-party library."""

HEAVY = {
    "git",
    "jupyter_client",
    "numpy",
    "openai",
    "scipy",
    "sentence_transformers",
    "sklearn",
    "tree_sitter",
}
"""Imported inside functions only. Code that runs in the kernel's own process is exempt."""

IN_THE_KERNEL = {"kernel/launcher.py", "kernel/provisioner.py"}
"""The provisioner subclasses jupyter_client's; only jupyter_client itself loads it."""

MAX_LINES = 300
MAX_FUNCTION = 50


@dataclass(frozen=True)
class Import:
    """One import statement of one file: the module meant, and whether it runs on import."""

    file: Path
    line: int
    module: str
    at_top: bool

    @property
    def where(self) -> str:
        return f"{self.file.relative_to(PACKAGE)}:{self.line} imports {self.module}"


def files() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if "base" not in p.relative_to(PACKAGE).parts)


def room(file: Path) -> str:
    """The part of the house that a file belongs to; empty for the package's own door."""
    first = file.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py").replace("__init__", "")


def imports(file: Path) -> Iterator[Import]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    yield from _walk(file, tree, at_top=True)


def _walk(file: Path, node: ast.AST, *, at_top: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(file, child.lineno, alias.name, at_top)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"{file}:{child.lineno}: relative import"
            for alias in child.names:
                yield Import(file, child.lineno, _submodule(child.module or "", alias.name), at_top)
        elif isinstance(child, ast.If) and _type_checking(child):
            for inner in child.body:
                yield from _walk(file, ast.Module([inner], []), at_top=False)
        else:
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _walk(file, child, at_top=at_top and not inside)


def _type_checking(node: ast.If) -> bool:
    return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _submodule(module: str, name: str) -> str:
    """`from dynasaur import prompts` means the module `dynasaur.prompts`."""
    path = PACKAGE.parent.joinpath(*module.split("."))
    if (path / f"{name}.py").exists() or (path / name / "__init__.py").exists():
        return f"{module}.{name}"
    return module


@cache
def all_imports() -> list[Import]:
    return [found for file in files() for found in imports(file)]


def test_every_file_has_a_floor() -> None:
    rooms = {room(file) for file in files()} - {""}
    assert rooms == set(FLOORS)


def test_imports_go_down() -> None:
    wrong = []
    for found in all_imports():
        parts = found.module.split(".")
        if parts[0] != "dynasaur" or len(parts) == 1:
            continue
        here, there = room(found.file), parts[1]
        if here and here != there and FLOORS[there] >= FLOORS[here]:
            wrong.append(found.where)
    assert not wrong


def test_siblings_do_not_go_through_their_own_door() -> None:
    wrong = []
    for found in all_imports():
        own = "dynasaur." + ".".join(found.file.relative_to(PACKAGE).parts[:-1])
        if found.module == own and found.file.name != "__init__.py":
            wrong.append(found.where)
    assert not wrong


def test_no_circles() -> None:
    graph: dict[str, set[str]] = {}
    for found in all_imports():
        parts = found.file.relative_to(PACKAGE.parent).with_suffix("").parts
        name = ".".join(parts).removesuffix(".__init__")
        if found.module.startswith("dynasaur.") and found.module != name:
            graph.setdefault(name, set()).add(found.module)
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path[path.index(name) :], name))
        if name not in done:
            for other in graph.get(name, ()):
                visit(other, (*path, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_each_library_has_its_doors() -> None:
    wrong = []
    for found in all_imports():
        top = found.module.split(".")[0]
        if top == "dynasaur" or top in sys.stdlib_module_names:
            continue
        if room(found.file) not in DOORS.get(top, set()):
            wrong.append(found.where)
    assert not wrong


def test_heavy_libraries_are_imported_late() -> None:
    wrong = [
        found.where
        for found in all_imports()
        if found.at_top
        and found.module.split(".")[0] in HEAVY
        and found.file.relative_to(PACKAGE).as_posix() not in IN_THE_KERNEL
    ]
    assert not wrong


@pytest.mark.parametrize("file", files(), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_sizes(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MAX_FUNCTION, f"{node.name}: {length} lines"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from dynasaur.cli import run; run(['--help']);"
        "print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.split())
    third_party = loaded - set(sys.stdlib_module_names) - {"__main__", "dynasaur"}
    assert {name for name in third_party if not name.startswith("_")} <= {"click"}


def test_public_names() -> None:
    import dynasaur

    assert sorted(dynasaur.__all__) == ["Agent", "Library", "Task", "__version__"]
    for name in dynasaur.__all__:
        assert getattr(dynasaur, name) is not None
