"""7z and RAR archives, read forward by libarchive."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, Any

_HELP = (
    "7z and RAR archives need the package libarchive-c (pip install 'dynasaur[tools]') and the "
    "system's library libarchive (such as apt install libarchive13, brew install libarchive)"
)


class Forward:
    """An archive whose files are read in their order; going back begins anew.

    Args:
        file: The archive; it is sought.

    Raises:
        ValueError: It is no archive, or a broken one.
        ImportError: libarchive is missing.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._library: Any = _library()
        self._stack = ExitStack()
        self._entries: Iterator[Any] = iter(())
        self._next = -1

    def members(self, most: int) -> list[tuple[str, int, int]]:
        """Path, size (-1 where it is not told) and number of each file; links are left out.

        Args:
            most: So many are looked at.
        """
        found = []
        for number, entry in self._all(most):
            if entry.isreg and not entry.linkpath:
                size = -1 if entry.size is None else int(entry.size)
                found.append((str(entry.pathname or f"file {number + 1}"), size, number))
        return found

    def blocks(self, number: int) -> Iterator[bytes]:
        """The content of the file with a number, piece by piece.

        Raises:
            RuntimeError: It is encrypted.
            ValueError: It is broken, or packed in a way that is not known.
        """
        if not 0 <= self._next <= number:
            self._begin()
        try:
            for entry in self._entries:
                self._next += 1
                if self._next > number:
                    yield from _content(entry)
                    return
        except self._library.ArchiveError as error:
            raise _told(error) from error

    def close(self) -> None:
        """Let go of the archive."""
        self._stack.close()

    def _all(self, most: int) -> Iterator[tuple[int, Any]]:
        self._begin()
        try:
            for number, entry in enumerate(self._entries):
                yield number, entry
                if number >= most:
                    break
        except self._library.ArchiveError as error:
            raise _told(error) from error
        self._next = -1

    def _begin(self) -> None:
        self._stack.close()
        self._file.seek(0)
        try:
            reader = self._stack.enter_context(self._library.stream_reader(self._file))
        except self._library.ArchiveError as error:
            raise _told(error) from error
        self._entries, self._next = iter(reader), 0


def _content(entry: Any) -> Iterator[bytes]:
    empty = True
    for block in entry.get_blocks():
        empty = False
        yield block
    if empty and entry.size is None:
        raise ValueError("it is only told to be a copy of another file")


def _library() -> Any:
    try:
        import libarchive
    except Exception as error:  # where the system has none, the package fails in several ways
        raise ImportError(_HELP) from error
    return libarchive


def _told(error: Exception) -> Exception:
    said = " ".join(str(getattr(error, "msg", None) or "it is cut off or damaged").split())
    if "encrypt" in said.lower() or "passphrase" in said.lower():
        return RuntimeError("encrypted")
    return ValueError(said[:200])
