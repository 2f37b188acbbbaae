"""No secrets: none written down, none read from the environment.

The shapes are those that the issuers publish for their tokens. A table of our own, because the
detectors on PyPI are not kept up, bring an HTTP client along, or scan files only.
"""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from collections.abc import Iterator

from dynasaur.checks.subject import ActionText, Finding

_SHAPES: dict[str, str] = {
    "a private key": (
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|AGE-SECRET-KEY-1[A-Z0-9]{40}"
    ),
    "an AWS key": r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
    "an Azure storage key": r"\bAccountKey=[A-Za-z0-9+/]{60,}={0,2}",
    "a Google key": r"\bAIza[\w-]{35}(?![\w-])|\bya29\.[\w-]{20,}|\bGOCSPX-[\w-]{20,}",
    "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9]{20,}_\w{40,}",
    "a GitLab token": r"\bgl(?:pat|ptt|dt|rt|soat|cbt|ft|imt|agent)-[\w-]{20,}",
    "an Anthropic key": r"\bsk-ant-[\w-]{20,}",
    "an OpenAI key": (
        r"\bsk-(?:proj-|svcacct-|admin-|None-)?(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{20,}"
    ),
    "an OpenRouter, Groq, xAI, Replicate or Perplexity key": (
        r"\b(?:sk-or-v1-[0-9a-f]{32,}|gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{40,}"
        r"|r8_[A-Za-z0-9]{30,}|pplx-[A-Za-z0-9]{40,})"
    ),
    "a Hugging Face token": r"\b(?:hf|api_org)_[A-Za-z]{30,}\b",
    "a Slack token": (
        r"\bxox[abeoprs]-[\w-]{10,}|\bxapp-\d-[\w-]{10,}"
        r"|https://hooks\.slack\.com/(?:services|workflows)/[\w/]{20,}"
    ),
    "a Discord webhook": r"https://discord(?:app)?\.com/api/webhooks/\d{10,}/[\w-]{30,}",
    "a Telegram token": r"\b\d{8,10}:AA[\w-]{32,}",
    "a Stripe key": r"\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9+/]{24,}",
    "an npm token": r"\bnpm_[A-Za-z0-9]{36}\b",
    "a PyPI token": r"\bpypi-AgE[\w-]{40,}",
    "a SendGrid or Mailgun key": r"\bSG\.[\w-]{16,}\.[\w-]{16,}|\bkey-[0-9a-f]{32}\b",
    "a Twilio key": r"\bSK[0-9a-f]{32}\b",
    "a DigitalOcean token": r"\bdo[opr]_v1_[0-9a-f]{60,}",
    "a Databricks token": r"\bdapi[0-9a-f]{32}\b",
    "a Shopify token": r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b",
    "a Notion, Linear or Figma token": (
        r"\b(?:ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}|lin_api_[A-Za-z0-9]{40}|figd_[\w-]{36,})"
    ),
    "a JSON Web Token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
    "a bearer token": r"\b[Bb]earer\s+(?=[\w.~+/-]*\d)[\w.~+/-]{20,}",
    "a password in a URL": (
        r"\b[a-z][a-z0-9+.-]{1,20}://(?![^/\s@]*[{<$%])[^\s:/@'\"]+:"
        r"(?!(?:pass(?:word)?|secret|pw|pwd|x+|\*+)@)[^\s:/@'\"]{3,}@[\w.-]"
    ),
}
_SECRET = re.compile("|".join(f"(?P<_{i}>{shape})" for i, shape in enumerate(_SHAPES.values())))
_KINDS = tuple(_SHAPES)

_NAME = re.compile(
    r"(?:^|_)(?:passw(?:or)?d|passphrase|pwd|secret|secret_?key|api_?key|access_?key|private_?key"
    r"|auth_?key|api_?secret|client_?secret|credentials?)(?:_?\d+)?$",
    re.IGNORECASE,
)
_TOKEN_NAME = re.compile(r"(?:^|_)(?:token|auth|bearer|key|access_?token)$", re.IGNORECASE)
_ENVIRONMENT_NAME = re.compile(
    r"PASSW(?:OR)?D|PASSPHRASE|SECRET|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|TOKEN$|_KEY$|AUTH$",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"(?:your|my|the|some|any|an?|test|fake|dummy|example|sample|default|change|insert|enter|put)"
    r"(?:[_\- ].*|me.*|here.*)?|.*(?:example|placeholder|redacted|your[_-]|xxxx|\*\*\*|\.\.\.).*"
    r"|\D*(?:passw(?:or)?d|secret|credential|api[_-]?key|token)\D*"  # a label, a header's name
    r"|[<{\[$%].*|(?:pass(?:word|wd|phrase)?|secret|token|none|null|empty|todo|string|str|api_?key)",
    re.IGNORECASE,
)
_SHORTEST_PASSWORD = 6
_SHORTEST_TOKEN = 16
_LEAST_BITS = 3.0


def check(subject: ActionText) -> Iterator[Finding]:
    """No token, key or password in text, and no reading of one from the environment."""
    told: set[tuple[int, str]] = set()
    for line, text in _texts(subject):
        found = _SECRET.search(text)
        if found and not re.search(r"(?i)example|xxxx", found.group()):
            kind = _KINDS[int((found.lastgroup or "_0")[1:])]
            told.add((line, f"it holds what looks like {kind}; take it out, and revoke it"))
    for node in ast.walk(subject.tree):
        told.update((line, message) for line, message in _named(node))
        told.update(_from_environment(node))
    for line, message in sorted(told):
        yield Finding("secrets", line, message)


def without_secrets(text: str) -> str:
    """The text with everything that has the shape of a token or key replaced by `[secret]`."""
    return _SECRET.sub("[secret]", text)


def _texts(subject: ActionText) -> Iterator[tuple[int, str]]:
    """Lines as written, comments and head with them, and strings joined as Python joins them."""
    yield from enumerate(subject.lines, start=1)
    for node in ast.walk(subject.tree):
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
    if asked is not None and isinstance(name, str) and _ENVIRONMENT_NAME.search(name):
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
