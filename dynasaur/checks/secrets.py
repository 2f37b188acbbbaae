"""No secrets: none written down, none read from the environment."""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from collections.abc import Iterator

from dynasaur.checks.subject import ActionText, Finding
from dynasaur.source.walk import nodes
from dynasaur.tokens import ENVIRONMENT_NAME, token_in

_NAME = re.compile(
    r"(?:^|_)(?:passw(?:or)?d|passphrase|pwd|secret|secret_?key|api_?key|access_?key|private_?key"
    r"|auth_?key|api_?secret|client_?secret|credentials?)(?:_?\d+)?$",
    re.IGNORECASE,
)
_TOKEN_NAME = re.compile(r"(?:^|_)(?:token|auth|bearer|key|access_?token)$", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"(?:your|my|the|some|any|an?|test|fake|dummy|example|sample|default|change|insert|enter|put)"
    r"(?:[_\- ].*|me.*|here.*)?|.*(?:example|placeholder|redacted|your[_-]|xxxx|\*\*\*|\.\.\.).*"
    r"|\D*(?:passw(?:or)?d|secret|credential|api[_-]?key|token)\D*"  # a label, a header's name
    r"|[<{\[$%].*|(?:pass(?:word|wd|phrase)?|secret|token|none|null|empty|todo|string|str|api_?key)",
    re.IGNORECASE,
)
_NAMING = ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.keyword | ast.Dict | ast.arguments
_ASKING = ast.Subscript | ast.Call
"""The nodes that can give a name a value, and that can ask the environment."""

_SHORTEST_PASSWORD = 6
_SHORTEST_TOKEN = 16
_LEAST_BITS = 3.0


def check(subject: ActionText) -> Iterator[Finding]:
    """No token, key or password in text, and no reading of one from the environment."""
    told: set[tuple[int, str]] = set()
    for line, text in _texts(subject):
        if kind := token_in(text):
            told.add((line, f"it holds what looks like {kind}; take it out, and revoke it"))
    for node in nodes(subject.tree):
        if isinstance(node, _NAMING):
            told.update(_named(node))
        if isinstance(node, _ASKING):
            told.update(_from_environment(node))
    for line, message in sorted(told):
        yield Finding("secrets", line, message)


def _texts(subject: ActionText) -> Iterator[tuple[int, str]]:
    """Lines as written, comments and head with them, and strings joined as Python joins them."""
    yield from enumerate(subject.lines, start=1)
    for node in nodes(subject.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            value = node.value
            text = value if isinstance(value, str) else value.decode("latin-1")
            if node.end_lineno != node.lineno or len(text) > 15:
                yield node.lineno, text


# --- strings under telling names ----------------------------------------------------------------


def _named(node: ast.AST) -> Iterator[tuple[int, str]]:
    for name, value in _pairs(node):
        text = value.value if isinstance(value, ast.Constant) else None
        if value is not None and isinstance(text, str) and _is_secret(name, text):
            yield value.lineno, f"`{name}` is written down; take it out, and change it"


def _pairs(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """Names with the values that a node gives them."""
    match node:
        case ast.Assign():
            for target in node.targets:
                yield _name(target), node.value
        case ast.AnnAssign() | ast.NamedExpr():
            yield _name(node.target), node.value
        case ast.keyword():
            yield node.arg or "", node.value
        case ast.Dict():
            for key, value in zip(node.keys, node.values, strict=True):
                yield _name(key), value
        case ast.arguments():
            positional = [*node.posonlyargs, *node.args][::-1]
            for argument, value in zip(positional, node.defaults[::-1], strict=False):
                yield argument.arg, value
            for argument, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
                yield argument.arg, default


def _name(node: ast.expr | None) -> str:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
        case ast.Constant(value=str(key)):
            return key.replace("-", "_")
        case ast.Subscript():
            return _name(node.slice)
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(key)), *_]):
            return key
    return ""


def _is_secret(name: str, value: str) -> bool:
    if any(character.isspace() for character in value) or _PLACEHOLDER.fullmatch(value):
        return False
    if _NAME.search(name):
        return len(value) >= _SHORTEST_PASSWORD and value.casefold() != name.casefold()
    if not _TOKEN_NAME.search(name) or len(value) < _SHORTEST_TOKEN:
        return False
    mixed = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    return bool(mixed) and re.fullmatch(r"[\w.+/=~-]+", value) is not None and _bits(value)


def _bits(text: str) -> bool:
    """Whether it looks drawn at random: Shannon's entropy of its characters."""
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts) >= _LEAST_BITS


# --- the environment ----------------------------------------------------------------------------


def _from_environment(node: ast.AST) -> Iterator[tuple[int, str]]:
    asked: ast.expr | None = None
    if isinstance(node, ast.Subscript) and _name(node.value) == "environ":
        asked = node.slice
    elif isinstance(node, ast.Call) and node.args and _reads_environment(node.func):
        asked = node.args[0]
    name = asked.value if isinstance(asked, ast.Constant) else None
    if asked is not None and isinstance(name, str) and ENVIRONMENT_NAME.search(name):
        said = f"it reads the secret `{name}` from the environment; actions run without secrets"
        yield asked.lineno, said


def _reads_environment(callee: ast.expr) -> bool:
    if _name(callee) in {"getenv", "getenvb"}:
        return True
    methods = {"get", "pop", "setdefault"}
    return (
        isinstance(callee, ast.Attribute)
        and callee.attr in methods
        and _name(callee.value) in {"environ", "environb"}
    )
