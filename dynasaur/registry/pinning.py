"""What is vendored with new actions stands in the lock, like everything else that is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from dynasaur import __version__
from dynasaur.capabilities import capabilities
from dynasaur.config import PACKAGE
from dynasaur.errors import ActionError
from dynasaur.pins import Lock, ModulePin, SourcePin, dump_lock, h1, read_lock
from dynasaur.pins.licence import licence_of
from dynasaur.repo.build import blob_id
from dynasaur.source import read_head, relative_imports
from dynasaur.store import base_legal
from dynasaur.types import BASE, Module

Edit = Callable[[bytes | None], bytes]
"""Makes a file's new content of its old one."""

_VENDOR = f"{PACKAGE}.vendor."


def locked(modules: Iterable[Module]) -> Edit:
    """What makes of a lock one that holds these modules as well.

    Args:
        modules: Vendored modules with all that they require; those that the lock has already
            stay as they are there.
    """
    pins = {pin.id: pin for pin in map(_pinned, modules)}

    def edit(old: bytes | None) -> bytes:
        lock = read_lock(old)
        new = {id_: pin for id_, pin in pins.items() if id_ not in lock.modules}
        sources = dict(lock.sources)
        if any(pin.source == BASE for pin in new.values()):
            sources[BASE] = _base(sources.get(BASE))
        known = {id_: pin for id_, pin in new.items() if pin.source in sources}
        all_ = {**lock.modules, **known}
        for id_, pin in known.items():
            all_[id_] = replace(pin, requires=tuple(one for one in pin.requires if one in all_))
        return dump_lock(Lock(sources, all_))

    return edit


def _pinned(module: Module) -> ModulePin:
    path = module.name[len(_VENDOR) :].replace(".", "/")
    data = module.text.encode()
    required = relative_imports(module.text, module.name)
    may, packages = _told(module.text)
    return ModulePin(
        id=path,
        blob=blob_id("sha1", data),
        h1=h1({path.partition("/")[2] + ".py": data}),
        requires=tuple(
            sorted(
                name[len(_VENDOR) :].replace(".", "/")
                for name in required
                if name.startswith(_VENDOR)
            )
        ),
        packages=packages,
        capabilities=may,
        modified=False,
    )


def _told(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        may = tuple(sorted({str(one.kind) for one in capabilities(text)}))
        return may, read_head(text).dependencies
    except ActionError:
        return (), ()


def _base(known: SourcePin | None) -> SourcePin:
    """The built-in source: it has no address, and comes with the program.

    Args:
        known: How it is pinned already; earlier versions vendored no licence with it.
    """
    if known and known.legal:
        return known
    legal = base_legal()
    names, content = tuple(legal), h1({name: text.encode() for name, text in legal.items()})
    if known:
        return replace(known, legal=names, h1=content)
    version = f"dynasaur {__version__}"
    return SourcePin(BASE, "", version, "", "", "none", licence_of(legal), (), names, content)
