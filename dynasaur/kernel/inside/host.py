"""Host functions: small stubs that ask the host over the stdin channel and wait for its answer."""

from __future__ import annotations

import base64
import builtins
import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dynasaur.kernel.inside.parcels import Parcels
from dynasaur.kernel.inside.plain import to_json

MARK = "dynasaur-host-function:"
"""A prompt that begins so is a call of a host function, in JSON; the reply is its outcome."""

ROOM = 1_000_000
"""Characters that the arguments of one call may take."""

PART = 700_000
"""Bytes of a file that go over at once."""


class Host:
    """The way out of the kernel.

    Args:
        kernel: The running ipykernel; its stdin channel carries the calls.
        parcels: Knows the work folder, where files from the host are put, and which of its files
            the host does not see.
    """

    def __init__(self, kernel: Any, parcels: Parcels) -> None:
        self._ask = kernel.raw_input
        self._shell = kernel.shell
        self._parcels = parcels
        # Threads of a cell may call at once, and there is one channel.
        self._lock = threading.RLock()
        kernel.raw_input = _nobody
        kernel.getpass = _nobody
        builtins.input = _nobody

    def function(self, name: str, doc: str = "") -> Callable[..., Any]:
        """The stub of one host function, which need not be there."""

        def stub(*args: Any, **kwargs: Any) -> Any:
            return self._call(name, args, kwargs)

        stub.__name__ = stub.__qualname__ = name
        stub.__doc__ = doc
        return stub

    def _call(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        call = {"function": name, "args": to_json(args), "kwargs": to_json(kwargs)}
        text = json.dumps(call, allow_nan=False)
        if len(text) > ROOM:
            raise ValueError(
                f"{name}() was given {len(text):,} characters; the most it takes is {ROOM:,}"
            )
        with self._lock:
            for one in (*args, *kwargs.values()):
                if isinstance(one, str | Path) and (file := self._parcels.fresh(str(one))):
                    self._send(*file)
            answer = self._answer(text)
        self._take(answer)
        return answer.get("result")

    def _send(self, name: str, content: bytes) -> None:
        """Give the host a file that it does not see, before it is asked about it."""
        for start in range(0, max(len(content), 1), PART):
            part = base64.b64encode(content[start : start + PART]).decode()
            self._answer(json.dumps({"file": name, "part": part, "first": start == 0}))

    def _answer(self, text: str) -> Mapping[str, Any]:
        """What the host answers; raises the error that it tells of."""
        nothing = '{"error": {"type": "", "message": ""}}'
        answer: Mapping[str, Any] = json.loads(self._ask(MARK + text) or nothing)
        if (error := answer.get("error")) is not None:
            raise _exception(error.get("type", ""), error.get("message", ""))
        return answer

    def _take(self, answer: Mapping[str, Any]) -> None:
        """Write the files and display the pictures that came with a result."""
        for name, content in answer.get("files", {}).items():
            path = self._parcels.folder() / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(content))
        for mime, picture in answer.get("images", ()):
            self._shell.display_pub.publish({mime: picture, "text/plain": "[a picture]"})


def _exception(kind: str, message: str) -> Exception:
    """The host's error as the builtin exception of that name, else as RuntimeError."""
    builtin = getattr(builtins, kind, None)
    if isinstance(builtin, type) and issubclass(builtin, Exception):
        try:
            return builtin(message)
        except TypeError:
            pass
    return RuntimeError(f"{kind}: {message}" if kind else message or "the host did not answer")


def _nobody(*_: object, **__: object) -> str:
    raise EOFError(
        "input() has no one to answer it: nobody is at the keyboard; use the task and its files"
    )
