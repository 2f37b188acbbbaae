"""Carry connections from a port of the kernel's own network to a unix socket of the host.

Run as a script with the descriptor of a listening socket and the path of the unix socket. It
imports the standard library alone, and has no more rights than the kernel beside it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from asyncio import StreamReader, StreamWriter

_CHUNK = 64 * 1024


async def copy(source: StreamReader, sink: StreamWriter) -> None:
    """Carry bytes one way until there are no more."""
    with contextlib.suppress(OSError):
        while data := await source.read(_CHUNK):
            sink.write(data)
            await sink.drain()
        sink.write_eof()


async def main(listening: socket.socket, target: str) -> None:
    """Serve for ever."""

    async def carry(reader: StreamReader, writer: StreamWriter) -> None:
        with contextlib.suppress(OSError):
            far_reader, far_writer = await asyncio.open_unix_connection(target)
            with contextlib.closing(far_writer):
                await asyncio.wait(
                    [
                        asyncio.ensure_future(copy(reader, far_writer)),
                        asyncio.ensure_future(copy(far_reader, writer)),
                    ],
                )
        writer.close()

    server = await asyncio.start_server(carry, sock=listening)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(socket.socket(fileno=int(sys.argv[1])), sys.argv[2]))
