"""What is taken of a source: actions by pattern, with the closure of what they import."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from dynasaur.config import PACKAGE
from dynasaur.errors import ActionError
from dynasaur.pins import ModulePin, SourcePin, h1
from dynasaur.pins.licence import holding
from dynasaur.snapshot import Pinned, Snapshot
from dynasaur.source import gather, relative_imports
from dynasaur.source.text import BOM


@dataclass(frozen=True, slots=True)
class Selection:
    """Modules of one source, each with its pin.

    Attributes:
        pins: By id (`acme/web/fetch_page`).
        texts: Their contents as they are installed, by id.
    """

    pins: Mapping[str, ModulePin]
    texts: Mapping[str, str]

    def files(self, legal: Mapping[str, str], source: str) -> dict[str, bytes | None]:
        """Path below the library's root to content: modules, packages, legal files."""
        found: dict[str, bytes | None] = {}
        for id_, pin in self.pins.items():
            found[pin.path] = self.texts[id_].encode()
            parts = pin.path.split("/")[:-1]
            for end in range(2, len(parts) + 1):
                found["/".join([*parts[:end], "__init__.py"])] = b""
        for name in holding(legal, self.paths):
            found[f"{PACKAGE}/vendor/{source}/{name}"] = legal[name].encode()
        return found

    @property
    def paths(self) -> list[str]:
        """The modules' paths in their source."""
        return [id_.partition("/")[2] for id_ in self.pins]


def mount_of(source: str) -> str:
    """Where the kernel mounts a source."""
    return f"{PACKAGE}.vendor.{source}"


def matching(snapshot: Snapshot, patterns: Iterable[str]) -> tuple[set[str], list[str]]:
    """The paths of the actions that patterns mean, and the patterns that mean none."""
    found: set[str] = set()
    idle = []
    for pattern in patterns:
        hits = {one.path for one in snapshot.actions if fits(one.path, pattern)}
        found |= hits
        if not hits:
            idle.append(pattern)
    return found, idle


def fits(path: str, pattern: str) -> bool:
    """Whether an action's path is meant by a pattern, with its category or without."""
    return fnmatchcase(path if "/" in pattern else path.rpartition("/")[2], pattern)


def named(snapshot: Snapshot, source: str, name: str) -> str:
    """The path of the one action that a name means, with its category or without.

    Raises:
        ActionError: There is none, or there are several.
    """
    found = sorted(one.path for one in snapshot.actions if one.path == name)
    found = found or sorted(one.path for one in snapshot.actions if fits(one.path, name))
    if len(found) == 1:
        return found[0]
    if found:
        raise ActionError(f"{source} has several {name}: say which of {', '.join(found[:5])}")
    near = get_close_matches(name, [one.path for one in snapshot.actions], n=3)
    near = near or get_close_matches(
        name, [one.path.rpartition("/")[2] for one in snapshot.actions]
    )
    hint = f"did you mean {', '.join(f'{source}/{one}' for one in near)}?" if near else ""
    hint = hint or f"`dynasaur source search` finds what {source} has"
    raise ActionError(f"{source} has no action {name!r}: {hint}")


def select(
    snapshot: Snapshot,
    source: str,
    paths: Collection[str],
    edited: Callable[[str, str], str] | None = None,
) -> Selection:
    """Actions with all that they import, pinned.

    Args:
        snapshot: The source at a commit.
        source: What the library calls it.
        paths: The actions wanted.
        edited: Gives what a module becomes in this library, from its path and its text; what
            the library's own edits import of it is not the source's business.

    Raises:
        ActionError: One of them is no Python, or imports what the source does not have.
    """
    mount = mount_of(source)
    store = Pinned(snapshot, source=source, mount=mount)
    made: dict[str, str] = {}

    def text_of(name: str) -> str | None:
        path = _path(name, mount)
        if path not in snapshot.modules:
            return store.text(name) if _is_inside(name, mount) else ""
        text = snapshot.modules[path].text
        made[path] = edited(path, text) if edited else text
        return made[path].removeprefix(BOM)

    gather([f"{mount}.{path.replace('/', '.')}" for path in sorted(paths)], text_of)
    pins = {f"{source}/{path}": _pinned(snapshot, source, path, made[path]) for path in made}
    return Selection(pins, {f"{source}/{path}": text for path, text in made.items()})


def _pinned(snapshot: Snapshot, source: str, path: str, text: str) -> ModulePin:
    """The pin of a module.

    Raises:
        ActionError: It imports what lies outside of its source, and not by an edit of ours.
    """
    mount, module = mount_of(source), snapshot.modules[path]
    names = relative_imports(text, f"{mount}.{path.replace('/', '.')}")
    for name in names:
        if not _is_inside(name, mount) and text == module.text:
            raise ActionError(
                f"{source}/{path} imports {name}, which lies outside of its source: it must "
                "import its siblings relatively"
            )
    needed = {_path(name, mount) for name in names if _is_inside(name, mount)}
    return ModulePin(
        id=f"{source}/{path}",
        blob=module.blob,
        h1=h1({f"{path}.py": text.encode()}),
        requires=tuple(sorted(f"{source}/{one}" for one in needed if one in snapshot.modules)),
        packages=module.packages,
        capabilities=module.capabilities,
        modified=text != module.text,
    )


def source_pin(
    snapshot: Snapshot,
    name: str,
    ref: str,
    capabilities: Iterable[str],
    paths: Collection[str],
) -> SourcePin:
    """The pin of a source.

    Args:
        snapshot: The source at the commit.
        name: What the library calls it.
        ref: What was asked for.
        capabilities: What is approved.
        paths: The modules that are vendored of it; the legal files are those that hold for them.
    """
    about = snapshot.about
    kept = holding(snapshot.legal, paths) if paths else _own(snapshot.legal)
    legal = {one: snapshot.legal[one] for one in kept}
    return SourcePin(
        name=name,
        url=about.url,
        ref=ref,
        commit=about.commit,
        tree=about.tree,
        signer=about.signer,
        licence=about.licence,
        capabilities=tuple(sorted(capabilities)),
        legal=tuple(sorted(legal)),
        h1=h1({name: text.encode() for name, text in legal.items()}),
    )


def _own(legal: Iterable[str]) -> list[str]:
    return [one for one in legal if "/" not in one]


def _is_inside(name: str, mount: str) -> bool:
    return name == mount or name.startswith(f"{mount}.")


def _path(name: str, mount: str) -> str:
    return name[len(mount) + 1 :].replace(".", "/") if name.startswith(f"{mount}.") else ""
