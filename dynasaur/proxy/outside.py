"""The network itself: names to addresses, addresses to connections."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from dynasaur.proxy.addresses import is_public
from dynasaur.proxy.target import Refused, Target

if TYPE_CHECKING:
    from tornado.iostream import IOStream

SECONDS = 15.0
"""Time for one name to be resolved, and for one address to answer."""

_MOST = 8
_BUFFER = 1024 * 1024


class Outside:
    """The network that the proxy stands in."""

    def addresses(self, host: str) -> list[str]:
        """All addresses of a name, as the system knows them.

        Raises:
            OSError: There are none.
        """
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    def is_own(self, address: str) -> bool:
        """An address is one of this machine's, however public: its services are the user's."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))  # sends nothing: it only chooses the way
            return bool(probe.getsockname()[0] == address)
        return False

    async def connect(self, address: str, port: int) -> IOStream:
        """Connect to an address.

        Raises:
            OSError: It cannot be reached.
        """
        from tornado.iostream import IOStream

        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        stream = IOStream(socket.socket(family, socket.SOCK_STREAM), max_buffer_size=_BUFFER)
        try:
            return await asyncio.wait_for(stream.connect((address, port)), SECONDS)
        except BaseException:
            stream.close()
            raise


async def reach(target: Target, outside: Outside) -> IOStream:
    """Connect to a target: its name is resolved once, and every address of it must be public.

    Raises:
        Refused: It has no address, one of its addresses is not public, or none answers.
    """
    try:
        found = await asyncio.wait_for(_in_thread(outside, target.host), SECONDS)
    except (OSError, UnicodeError) as error:
        raise Refused(502, f"{target.host} has no address") from error
    if not found:
        raise Refused(502, f"{target.host} has no address")
    for address in found:
        if not is_public(address) or outside.is_own(address):
            raise Refused(
                403, f"{target.host} leads to {address}, which is not on the public internet"
            )
    for address in found[:_MOST]:
        with contextlib.suppress(OSError):
            return await outside.connect(address, target.port)
    raise Refused(502, f"{target.host} does not answer")


async def _in_thread(outside: Outside, host: str) -> list[str]:
    """Resolve in a thread that nobody waits for at the end: a resolver may be silent for long."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[list[str]] = loop.create_future()

    def tell(found: list[str] | None, error: Exception | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(found or [])

    def work() -> None:
        found: list[str] | None = None
        failed: Exception | None = None
        try:
            found = outside.addresses(host)
        except (OSError, UnicodeError) as error:
            failed = error
        with contextlib.suppress(RuntimeError):  # the loop may be over
            loop.call_soon_threadsafe(tell, found, failed)

    threading.Thread(target=work, daemon=True, name="dynasaur-resolve").start()
    return await done
