"""What went wrong in a cell: type, message and the useful frames, short and without colours."""

from __future__ import annotations

import errno
import socket
import sys
import sysconfig
import traceback
from typing import Any

MESSAGE = 2_000
"""Characters of a message."""

TEXT = 6_000
"""Characters of a traceback."""

_FRAMES = 12
_FRAMES_OF_CAUSE = 4
_CHAIN = 3
_NO_NETWORK = {
    errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EAFNOSUPPORT,
}  # fmt: skip


def message_of(error: BaseException) -> str:
    """What `str` gives, bounded; an error whose `str` fails is said to have no message."""
    try:
        text = str(error)
    except Exception as fault:  # noqa: BLE001 - the cell's own __str__ may raise anything
        return f"<the message cannot be shown: str() of it raised {type(fault).__name__}>"
    text = _sendable(text)
    return text if len(text) <= MESSAGE else text[: MESSAGE - 20] + " [... cut ...]"


def name_of(error: BaseException) -> str:
    """The class's name; for a private one of Python itself, that of the public class above it."""
    for kind in _of_type("__mro__", type(error)):
        name = _of_type("__name__", kind)
        if _of_type("__module__", kind) != "builtins" or not name.startswith("_"):
            return _sendable(str(name))
    return "Exception"


def _of_type(attribute: str, kind: type) -> Any:
    """What a class is, whatever its metaclass says."""
    return type.__dict__[attribute].__get__(kind)


def _sendable(text: str) -> str:
    """Without what no message can hold: halves of characters, as in odd file names."""
    return text.encode("utf-8", "replace").decode("utf-8")


def describe(shell: Any, error: BaseException) -> dict[str, str]:
    """Type, message and traceback of the error, and of those that led to it."""
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(parts) < _CHAIN:
        seen.add(id(current))
        parts.insert(0, _one(shell, current, _FRAMES_OF_CAUSE if parts else _FRAMES))
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )
    text = "\n\nled to:\n\n".join(parts)
    text = _sendable(text)
    if len(text) > TEXT:
        text = "[... cut ...]\n" + text[-TEXT:]
    return {"type": name_of(error), "message": message_of(error), "traceback": text}


def _one(shell: Any, error: BaseException, most: int) -> str:
    lines = _frames(shell, error, most)
    if isinstance(error, SyntaxError) and error.text is not None:
        lines += _syntax(shell, error)
    message = error.msg if isinstance(error, SyntaxError) else message_of(error)
    lines.append(f"{name_of(error)}: {message}" if message else name_of(error))
    if isinstance(error, BaseExceptionGroup):
        lines += [f"  - {name_of(sub)}: {message_of(sub)}" for sub in error.exceptions[:5]]
    lines += [str(note)[:MESSAGE] for note in getattr(error, "__notes__", [])[:5]]
    return "\n".join(lines)


def _frames(shell: Any, error: BaseException, most: int) -> list[str]:
    frames = list(traceback.walk_tb(error.__traceback__))
    shown = [(frame, line) for frame, line in frames if not _ours(frame.f_code.co_filename)]
    first = most // 3
    left_out = len(shown) - most
    if left_out > 0:
        shown = shown[:first] + shown[first - most :]
    summary = traceback.StackSummary.extract(iter(shown))
    lines = []
    for number, entry in enumerate(summary):
        if left_out > 0 and number == first:
            lines.append(f"  [... {left_out:,} frames left out ...]")
        lines.append(f"  {_place(shell, entry.filename)}, line {entry.lineno}, in {entry.name}")
        if entry.line:
            lines.append(f"    {entry.line[:200]}")
    return lines


def _syntax(shell: Any, error: SyntaxError) -> list[str]:
    text = (error.text or "").rstrip("\n")[:200]
    lines = [f"  {_place(shell, error.filename or '')}, line {error.lineno}", f"    {text}"]
    if error.offset and error.offset <= len(text) + 1:
        lines.append("    " + " " * (error.offset - 1) + "^")
    return lines


def _ours(filename: str) -> bool:
    """A frame of this package or of IPython's own way to the cell."""
    return filename.startswith("<dynasaur") or "/IPython/core/" in filename


def _place(shell: Any, filename: str) -> str:
    """Where a frame is, in words: the cell, the library's file, or the path."""
    cell = getattr(shell.compile, "format_code_name", lambda _: None)(filename)
    if cell:
        return "cell " + str(cell[1]).removeprefix("In[").removesuffix("]")
    for name in ("purelib", "platlib", "stdlib"):
        folder = sysconfig.get_path(name) + "/"
        if filename.startswith(folder):
            return filename[len(folder) :]
    return filename


def for_want_of_network(error: BaseException | None) -> bool | str:
    """The error, or one that led to it, is what code meets that has no network.

    Returns:
        The host that was wanted, True where that cannot be seen; False for another error.
    """
    for _ in range(10):
        if error is None:
            return False
        if isinstance(error, socket.gaierror):
            return _host_wanted(error) or True
        if isinstance(error, OSError) and error.errno in _NO_NETWORK:
            return _host_wanted(error) or True
        error = error.__cause__ or error.__context__
    return False


def _host_wanted(error: BaseException) -> str:
    """What the standard library was asked to connect to, as its own frames hold it."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == socket.__file__:
            address = frame.f_locals.get("address")
            host = frame.f_locals.get("host") or (
                address[0] if isinstance(address, tuple) and address else None
            )
            if isinstance(host, str):
                return host[:300]
    return ""


def _can_be_sent(error: BaseException) -> bool:
    try:
        str(error).encode("utf-8")
        type(error).__name__.encode("utf-8")
    except Exception:  # noqa: BLE001 - the cell's own __str__ may raise anything
        return False
    return True


class Failures:
    """Shows errors our way, and keeps the last one for the cell's report."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._last: dict[str, str] | None = None
        shell.showtraceback = self.show
        shell.showsyntaxerror = self.show

    def take(self) -> dict[str, str] | None:
        """The last error shown since the last call."""
        last, self._last = self._last, None
        return last

    def show(self, exc_tuple: Any = None, *_: object, **__: object) -> None:
        """Stand in for IPython's `showtraceback` and `showsyntaxerror`."""
        error = exc_tuple[1] if isinstance(exc_tuple, tuple) else sys.exc_info()[1]
        if error is None:
            return
        self._last = described = describe(self._shell, error)
        lines = described["traceback"].splitlines()
        kind = type(error) if _can_be_sent(error) else type(described["type"], (Exception,), {})
        self._shell._showtraceback(kind, described["message"], lines)  # noqa: SLF001

    def make_printable(self, result: Any) -> None:
        """Keep ipykernel from failing on an error that it cannot send: its reply would be lost."""
        for name in ("error_before_exec", "error_in_exec"):
            error = getattr(result, name, None)
            if error is not None and not _can_be_sent(error):
                stand_in = type(name_of(error), (Exception,), {})(message_of(error))
                setattr(result, name, stand_in)
