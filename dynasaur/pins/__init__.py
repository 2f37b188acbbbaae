"""What a library pins of its sources: the manifest that people write, the lock that we write."""

from dynasaur.pins.address import Address, split
from dynasaur.pins.aliases import aliases_of, read_aliases
from dynasaur.pins.dirhash import h1
from dynasaur.pins.lock import LOCK, Lock, ModulePin, SourcePin, dump_lock, read_lock
from dynasaur.pins.manifest import MANIFEST, Wish, edit_manifest, read_manifest

__all__ = [
    "LOCK",
    "MANIFEST",
    "Address",
    "Lock",
    "ModulePin",
    "SourcePin",
    "Wish",
    "aliases_of",
    "dump_lock",
    "edit_manifest",
    "h1",
    "read_aliases",
    "read_lock",
    "read_manifest",
    "split",
]
