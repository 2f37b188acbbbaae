"""Judge the examples of docstrings by what running them printed; sent to a trial as source.

Whatever runs them does not see what is expected, and has no say in the verdict.
"""

from __future__ import annotations

import doctest
from collections.abc import Callable, Iterator, Sequence
from typing import Any


def failures(
    documents: Sequence[tuple[int, str]],
    ask: Callable[[dict[str, Any]], dict[str, Any]],
    whole: dict[str, Any],
) -> Iterator[tuple[int, str]]:
    """Have the examples run, one after the other; the line and the failure of each that fails.

    Args:
        documents: Docstrings, each a (line, text); every one has its own variables.
        ask: Runs one example.
        whole: In its `tried` they are counted.
    """
    for number, (line, text) in enumerate(documents):
        try:
            examples = doctest.DocTestParser().get_examples(text)
        except ValueError as error:
            message = " ".join(str(error).split())[:300]
            yield line, f"its examples cannot be read: ValueError: {message}"
            continue
        for example in examples:
            flags = _flags(example)
            if flags & doctest.SKIP:
                continue
            told = ask({"document": number, "example": example.source})
            whole["tried"] += 1
            wrong = _wrong(example, flags, told)
            if wrong:
                yield line + example.lineno, f"`{short(example.source)}` {wrong}"


def _flags(example: doctest.Example) -> int:
    return sum(flag for flag, wanted in example.options.items() if wanted)


def _wrong(example: doctest.Example, flags: int, told: dict[str, Any]) -> str:
    """What an example did that is not what stands there; empty when it is."""
    same = doctest.OutputChecker().check_output
    got = str(told.get("out", ""))
    if told.get("described") is None:
        return "" if same(example.want, got, flags) else _instead(got, example.want)
    raised = str(told.get("raised") or "")
    if example.exc_msg is None:
        return f"raised {told['described']}"
    if same(example.exc_msg, raised, flags):
        return ""
    if flags & doctest.IGNORE_EXCEPTION_DETAIL and _kind(example.exc_msg) == _kind(raised):
        return ""
    return _instead(got + raised, example.want)


def _kind(message: str) -> str:
    """The exception's bare class."""
    return message.partition("\n")[0].partition(":")[0].rpartition(".")[2].strip()


def _instead(got: str, want: str) -> str:
    return f"gave {short(got)}, not {short(want)}"


def short(text: str) -> str:
    """A text on one line, cut."""
    line = " ".join(text.split()) or "nothing"
    return line if len(line) <= 80 else line[:77] + "..."
