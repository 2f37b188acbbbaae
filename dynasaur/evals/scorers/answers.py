"""What every scorer needs: an answer as text, the numbers and the box in it."""

from __future__ import annotations

import json
import math
import re

from dynasaur.types import Json

_BOX = re.compile(r"\\(?:boxed|fbox)\s*")
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?|[-+]?\.\d+")


def as_text(answer: Json) -> str:
    """An answer as the text that a person would write for it.

    A whole float loses its `.0`, the items of a list stand between commas, an object is JSON.
    """
    if isinstance(answer, str):
        return answer
    if isinstance(answer, float) and math.isfinite(answer) and answer == int(answer):
        return str(int(answer)) if abs(answer) < 1e15 else repr(answer)
    if isinstance(answer, list):
        return ", ".join(as_text(item) for item in answer)
    if isinstance(answer, dict):
        return json.dumps(answer, ensure_ascii=False)
    return str(answer)


def boxed(text: str) -> str | None:
    r"""What stands in the last `\boxed{}` of a text; None where there is none.

    Braces inside are kept; `\boxed 7`, without braces, holds what follows up to a space or `$`.
    """
    last = None
    for last in _BOX.finditer(text):  # noqa: B007 - the last one counts
        pass
    if last is None:
        return None
    rest = text[last.end() :]
    if not rest.startswith("{"):
        return re.split(r"[\s$]", rest, maxsplit=1)[0] or None
    depth = 0
    for at, letter in enumerate(rest):
        depth += (letter == "{") - (letter == "}")
        if depth == 0:
            return rest[1:at]
    return None


def number_in(text: str) -> float | None:
    """The one number that a text holds; None where it holds none or several different ones.

    Thousands may be parted by commas. `$`, `%` and words around it do not matter.
    """
    text = text.replace("\N{MINUS SIGN}", "-")
    found = {float(one.replace(",", "")) for one in _NUMBER.findall(text)}
    return found.pop() if len(found) == 1 else None
