"""A builder of compound files: the container of the old Office formats and of Outlook messages."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from itertools import pairwise

_SECTOR = 512
_MINI = 64
_CUTOFF = 4096
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_STORAGE, _STREAM, _ROOT = 1, 2, 5


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams; a `/` in a name puts it into a storage.

    Each stream is padded to the size from which streams lie in whole sectors, but for small ones,
    which share a mini stream as real files have it.
    """
    small = {name: data for name, data in streams.items() if len(data) < _CUTOFF}
    mini, mini_fat, starts = b"", list[int](), dict[str, int]()
    for name, data in small.items():
        starts[name] = len(mini) // _MINI
        mini += data + b"\0" * (-len(data) % _MINI)
        first, last = starts[name], len(mini) // _MINI
        mini_fat += [*range(first + 1, last), _END] if last > first else []
    fat: list[int] = []
    body = b""

    def place(data: bytes) -> int:
        nonlocal body
        if not data:
            return _END
        start, count = len(fat), -(-len(data) // _SECTOR)
        fat.extend([*range(start + 1, start + count), _END])
        body += data + b"\0" * (-len(data) % _SECTOR)
        return start

    for name, data in streams.items():
        if name not in small:
            starts[name] = place(data)
    mini_start = place(mini)
    table = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    table_sectors = -(-len(table) // _SECTOR)
    table_start = place(table + b"\xff" * (-len(table) % _SECTOR))
    directory_start = place(_directory(streams, starts, mini_start, len(mini)))
    fat_sectors = 1
    while len(fat) + fat_sectors > fat_sectors * _SECTOR // 4:
        fat_sectors += 1
    fat_at = list(range(len(fat), len(fat) + fat_sectors))
    fat += [_FAT] * fat_sectors
    fat += [_FREE] * (fat_sectors * _SECTOR // 4 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 10
    header += struct.pack("<IIII", fat_sectors, directory_start, 0, _CUTOFF)
    header += struct.pack("<IIII", table_start, table_sectors, _END, 0)
    header += struct.pack("<109I", *fat_at, *[_FREE] * (109 - fat_sectors))
    return header + body + struct.pack(f"<{len(fat)}I", *fat)


def _directory(
    streams: Mapping[str, bytes], starts: Mapping[str, int], mini_start: int, mini_size: int
) -> bytes:
    """The entries; the children of each storage are chained by their right neighbours."""
    storages = sorted({name.rpartition("/")[0] for name in streams} - {""})
    names = ["", *storages, *streams]
    children: dict[str, list[int]] = {}
    for number, name in enumerate(names[1:], start=1):
        children.setdefault(name.rpartition("/")[0], []).append(number)
    right = {a: b for kids in children.values() for a, b in pairwise(kids)}
    data = b""
    for number, name in enumerate(names):
        kind = _ROOT if not number else _STORAGE if name in storages else _STREAM
        start, size = (mini_start, mini_size) if kind == _ROOT else (0, 0)
        if kind == _STREAM:
            start, size = starts[name], len(streams[name])
        title = (name.rpartition("/")[2] or "Root Entry").encode("utf-16-le") + b"\0\0"
        child = children[name][0] if kind != _STREAM and name in children else _FREE
        data += title.ljust(64, b"\0") + struct.pack("<HBB", len(title), kind, 1)
        data += struct.pack("<III", _FREE, right.get(number, _FREE), child)
        data += b"\0" * 36 + struct.pack("<IQ", start, size)
    return data


def outlook_message(
    subject: str, sender: tuple[str, str], to: str, text: str, files: Mapping[str, bytes]
) -> bytes:
    """An Outlook message (.msg) with attachments."""
    texts = {"0037": subject, "0C1A": sender[0], "5D01": sender[1], "0E04": to, "1000": text}
    texts["007D"] = "Date: Tue, 05 Mar 2024 10:00:00 +0100\r\nFrom: x\r\n\r\n"
    streams = {f"__substg1.0_{k}001F": v.encode("utf-16-le") for k, v in texts.items()}
    streams["__properties_version1.0"] = b"\0" * 32
    for number, (name, content) in enumerate(files.items()):
        folder = f"__attach_version1.0_#{number:08X}"
        streams[f"{folder}/__substg1.0_3707001F"] = name.encode("utf-16-le")
        streams[f"{folder}/__substg1.0_37010102"] = content
    return compound_file(streams)
