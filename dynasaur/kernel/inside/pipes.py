"""What child processes print: read from the pipes that ipykernel put in place of its streams."""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import threading
from collections.abc import Callable, Iterable
from typing import Any

_MOST = 65_536
"""Bytes that a pipe holds: all that was in it before a read of so many."""

_PATIENCE = 0.5


class Pipes:
    """Reads them in a thread of its own, in place of ipykernel's threads.

    Those say nowhere whether they are about to pass something on. Here reading and passing on are
    one, so that the end of a cell need not wait for any thread to know that all is heard.

    Args:
        streams: The kernel's stdout and stderr; one without a pipe has nothing to read.
        take: Told of each piece of text, and of the stream that it is for.
    """

    def __init__(self, streams: Iterable[Any], take: Callable[[Any, str], object]) -> None:
        self._take = take
        self._lock = threading.Lock()
        self._ends = [(one, _decoder()) for one in streams if _let_go(one)]
        if self._ends:
            threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        waiting = select.poll()
        for stream, _ in self._ends:
            waiting.register(stream._fid, select.POLLIN)  # noqa: SLF001
        while True:
            waiting.poll()
            self.drain()

    def drain(self) -> None:
        """Pass on all that was printed until now."""
        if not self._lock.acquire(timeout=_PATIENCE):
            return
        try:
            for stream, decoder in self._ends:
                with contextlib.suppress(BlockingIOError):
                    data = os.read(stream._fid, _MOST)  # noqa: SLF001
                    if text := decoder.decode(data):
                        self._take(stream, text)
        finally:
            self._lock.release()


def _decoder() -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder("utf-8")("replace")


def _let_go(stream: Any) -> bool:
    """Have ipykernel's own thread end that reads a stream's pipe; False where it is to stay.

    Before its version 7.1, which a gateway may have, what another thread writes is of no cell.
    """
    thread = getattr(stream, "watch_fd_thread", None)
    if thread is None or hasattr(stream, "_thread_to_parent"):
        return False
    stream._should_watch = False  # noqa: SLF001
    os.write(stream._original_stdstream_fd, b"\0")  # noqa: SLF001 - it looks when it has read
    thread.join()
    os.set_blocking(stream._fid, False)  # noqa: SLF001
    return True
