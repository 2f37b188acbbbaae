"""From the text of a model's reply to its thought and its code.

Models are asked for JSON or for a fenced block, and give whatever they like. The rules, first
match wins:

1. a JSON object with `code` (and `thought`), alone or with text after it;
2. blocks fenced as Python, joined in order;
3. a JSON object with `code` in a fence of its own;
4. blocks in bare fences, joined in order;
5. `<code>` tags;
6. a JSON object with `code` behind some prose;
7. the whole text, where it is Python and cannot be prose.
"""

from __future__ import annotations

import ast
import json
import re
import textwrap
import warnings
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

NO_CODE = "it has no Python code block"
EMPTY = "it is empty"
CUT_OFF = "it was cut off at the length limit before the code was complete; do less in one step"

_PYTHON = frozenset({"python", "python3", "py", "py3", "ipython", "ipython3", "tool_code"})
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([^`\n]*)$")
_ONE_LINE = re.compile(r"^[ \t]*```(?:python3?|py)?[ \t]*([^`\n]+)```[ \t]*$", re.MULTILINE)
_TAGS = re.compile(r"<code>(.*?)(?:</code>|\Z)", re.DOTALL)
_OBJECT = re.compile(r'\{\s*"')
_THINKING = re.compile(r"\s*<(think|thinking|reasoning)>(.*?)(?:</\1>|\Z)", re.DOTALL)
_THOUGHT_ENDS = "</think>"

_THOUGHT_LIMIT = 4_000
_TRIES = 40
_PARSE_LIMIT = 200_000
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class ReplyText:
    """What a reply's text says.

    Attributes:
        thought: The words around the code, or the model's thinking where there are none.
        code: The Python; empty when `problem` says why there is none.
        problem: A clause about the reply that the model can act on.
    """

    thought: str
    code: str
    problem: str = ""


class _Block(NamedTuple):
    language: str
    code: str
    closed: bool


def parse(text: str, *, cut_off: bool = False) -> ReplyText:
    """The thought and the code of a reply, or what is wrong with it. Never raises.

    Args:
        text: The reply, as the model gave it.
        cut_off: The endpoint says that the reply ended at its length limit.
    """
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")
    thinking, said = _split_thinking(text)
    found = _object_at(said, 0) if said.startswith("{") else None
    if found is None:
        found = _from_fences(said, cut_off) or _from_tags(said, cut_off) or _from_prose(said)
    if found is None:
        found = ReplyText(said, "", _why_nothing(said, cut_off))
    return ReplyText(shortened(found.thought or thinking), found.code, found.problem)


def is_object(text: str) -> bool:
    """The text is a JSON object with `code`: what a JSON schema would have made of it."""
    text = text.strip()
    return text.startswith("{") and _object_at(text, 0) is not None


def shortened(thought: str) -> str:
    """The thought, bounded: it is sent back to the model with every later request."""
    thought = thought.strip()
    return thought if len(thought) <= _THOUGHT_LIMIT else thought[:_THOUGHT_LIMIT] + " ..."


def _split_thinking(text: str) -> tuple[str, str]:
    """The reasoning that stands in tags before the reply, and the reply."""
    if match := _THINKING.match(text):
        return match[2].strip(), text[match.end() :].strip()
    head, ends, rest = text.partition(_THOUGHT_ENDS)  # some chat templates open the tag themselves
    if ends and not head.lstrip().startswith("{") and "```" not in head:
        return head.strip(), rest.strip()
    return "", text.strip()


def _why_nothing(said: str, cut_off: bool) -> str:
    if cut_off:
        return CUT_OFF
    return NO_CODE if said else EMPTY


def _code_or_problem(thought: str, code: str) -> ReplyText:
    code = textwrap.dedent(code).strip("\n").rstrip()
    return ReplyText(thought.strip(), code, "" if code.strip() else "its code is empty")


# --- JSON -----------------------------------------------------------------------------------


def _object_at(text: str, start: int) -> ReplyText | None:
    """The JSON object that starts at `start`, when it holds code."""
    try:
        value, _ = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or not isinstance(value.get("code"), str):
        return None
    thought = value.get("thought")
    code = value["code"].encode("utf-8", "replace").decode("utf-8")
    blocks, _ = _blocks(code)
    if len(blocks) == 1 and code.lstrip().startswith(("```", "~~~")):
        code = blocks[0].code
    said = thought.encode("utf-8", "replace").decode("utf-8") if isinstance(thought, str) else ""
    return _code_or_problem(said, code)


def _object_in(text: str) -> ReplyText | None:
    """The first JSON object with code anywhere in the text."""
    starts = [match.start() for match in _OBJECT.finditer(text)][:_TRIES]
    return next((found for start in starts if (found := _object_at(text, start))), None)


# --- fences ---------------------------------------------------------------------------------


def _from_fences(text: str, cut_off: bool) -> ReplyText | None:
    blocks, outside = _blocks(text)
    python = [block for block in blocks if block.language in _PYTHON]
    if not python:
        for block in blocks:
            if found := _object_at(block.code.strip(), 0):
                return ReplyText(found.thought or outside, found.code, found.problem)
        python = [block for block in blocks if not block.language]
    if not python:
        return _from_one_line(text)
    if cut_off and not blocks[-1].closed:
        return ReplyText(text, "", CUT_OFF)
    return _code_or_problem(outside, "\n\n".join(textwrap.dedent(b.code) for b in python))


def _blocks(text: str) -> tuple[list[_Block], str]:
    """The fenced blocks, and the text outside them."""
    lines = text.split("\n")
    blocks: list[_Block] = []
    outside: list[str] = []
    at = 0
    while at < len(lines):
        opening = _FENCE.match(lines[at])
        if not opening:
            outside.append(lines[at])
            at += 1
            continue
        mark, info = opening[1], opening[2]
        end = _closing(lines, at, mark)
        body = lines[at + 1 : end]
        closed = end < len(lines)
        if not closed and body and body[-1].rstrip().endswith(mark):
            body[-1] = body[-1].rstrip().removesuffix(mark)
            closed = True
        blocks.append(_Block(_language(info), "\n".join(body), closed))
        at = end + 1
    return blocks, "\n".join(outside).strip()


def _closing(lines: list[str], opening: int, mark: str) -> int:
    """The line that closes a block: the first that leaves whole Python, else just the first.

    A line of backticks may stand inside a string of the code.
    """
    closes = re.compile(rf"[ \t]*{mark[0]}{{{len(mark)},}}[ \t]*")
    ends = (at for at in range(opening + 1, len(lines)) if closes.fullmatch(lines[at]))
    possible = list(islice(ends, _TRIES))
    for end in possible:
        if _parsed("\n".join(lines[opening + 1 : end])) is not None:
            return end
    return possible[0] if possible else len(lines)


def _language(info: str) -> str:
    """The first word of a fence's line: `python` in `{python}`, `Python title=x`, `python:x.py`."""
    words = re.split(r"[\s:,{}.]+", info.strip("{}., \t"), maxsplit=1)
    return words[0].lower()


def _from_one_line(text: str) -> ReplyText | None:
    """Code between fences on one line, as small models write it."""
    code = [match[1] for match in _ONE_LINE.finditer(text) if _parsed(match[1]) is not None]
    if not code:
        return None
    return _code_or_problem(_ONE_LINE.sub("", text), "\n".join(code))


# --- tags, prose, bare code -----------------------------------------------------------------


def _from_tags(text: str, cut_off: bool) -> ReplyText | None:
    found = [match[1] for match in _TAGS.finditer(text)]
    if not found:
        return None
    if cut_off and text.count("<code>") > text.count("</code>"):
        return ReplyText(text, "", CUT_OFF)
    return _code_or_problem(_TAGS.sub("", text), "\n\n".join(textwrap.dedent(c) for c in found))


def _from_prose(text: str) -> ReplyText | None:
    if found := _object_in(text):
        return found
    tree = _parsed(text)
    if tree is None or not _is_code(text, tree):
        return None
    return _code_or_problem("", text)


def _parsed(code: str) -> ast.Module | None:
    if len(code) > _PARSE_LIMIT:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(textwrap.dedent(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_code(text: str, tree: ast.Module) -> bool:
    """Not prose that happens to parse: `Done`, `Note: fine`, `Sorry (again)` are Python too."""
    does = (ast.Assign, ast.AugAssign, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    if any(isinstance(node, does) for node in ast.walk(tree)):
        return True
    calls = any(isinstance(node, ast.Call) for node in ast.walk(tree))
    return calls and re.search(r"\w\(", text) is not None
