"""What a kernel may use."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a kernel may use, and what one cell may cost the host.

    Attributes:
        cell_seconds: Wall time of one cell; the host's own time in host functions is not counted.
        grace_seconds: Time an interrupted cell has to end before the kernel is killed.
        start_seconds: Time a kernel has to become ready.
        memory: Bytes of memory, for each process and for all of them together.
        processes: Processes and threads.
        file_size: Bytes of one file.
        open_files: Open files of one process.
        disk: Bytes in the work folder.
        files: Files in the work folder.
        scratch: Bytes in the private temporary folder, and in shared memory, where they are the
            sandbox's own.
        output: Bytes that one cell may send to the host; the kernel itself keeps honest cells far
            below it.
        images: Pictures kept of one cell.
        host_calls: Calls of host functions in one cell.
    """

    cell_seconds: float = 300.0
    grace_seconds: float = 3.0
    start_seconds: float = 60.0
    memory: int = 4096 * MIB
    processes: int = 512
    file_size: int = 1024 * MIB
    open_files: int = 1024
    disk: int = 4096 * MIB
    files: int = 100_000
    scratch: int = 512 * MIB
    output: int = 64 * MIB
    images: int = 8
    host_calls: int = 1_000
