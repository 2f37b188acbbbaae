"""What went wrong with one request, in our words: the map from the endpoint's errors to ours."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import mktime_tz, parsedate_tz
from typing import Literal

from dynasaur.errors import ConfigError, ContextError, DynasaurError, ModelError
from dynasaur.models.wire import Complaint, read_complaint

_MESSAGE_LIMIT = 300

_SHORTEST_KEY = 8
"""Characters of a key that is looked for: shorter ones, such as `x` for a server that wants none,
are in every text."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One request that came to nothing.

    Attributes:
        message: One line for the user.
        kind: The error to raise for it.
        retry: The same request may do better later.
        attempts: The most attempts that make sense; 0 for no bound of its own.
        wait: Seconds the endpoint asks to wait, where it does.
        about: `format`: the endpoint objects to the response format; `unclear`: it objects to
            something in the request and does not say what; `output`: it could not fit what the
            model wrote into the format; `path`: it does not have this API; `responses`: it has
            this model by the Responses API alone.
        window: The model's context window in tokens, where the endpoint says it.
        said: What the endpoint said, where it is `unclear`: its words and its labels.
    """

    message: str
    kind: type[ModelError | ConfigError] = ModelError
    retry: bool = False
    attempts: int = 0
    wait: float | None = None
    about: Literal["", "format", "output", "unclear", "path", "responses"] = ""
    window: int | None = None
    said: str = ""

    def error(self, more: str = "") -> DynasaurError:
        """The error to raise, with `more` at the end of its line."""
        error = self.kind(self.message + more)
        if isinstance(error, ContextError):
            error.window = self.window
        return error


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of whom, for the messages.

    Attributes:
        model: The model's name at the endpoint; empty when none was asked for.
        endpoint: The base URL, without credentials.
        key: The key that was sent, never shown; empty when none was.
        key_variable: The environment variable that holds the key.
        url_variable: The one that holds the base URL.
        wanted: What of it.
        way: The form that was asked for: `schema`, `tool` or `text`; see `apis.api`.
    """

    model: str
    endpoint: str
    key: str = ""
    key_variable: str = "OPENAI_API_KEY"
    url_variable: str = "OPENAI_BASE_URL"
    wanted: str = "chat completion"
    way: str = "text"

    def clean(self, text: str) -> str:
        """`text` on one line, bounded, without the key."""
        if len(self.key) >= _SHORTEST_KEY:
            text = text.replace(self.key, "[key]")
        text = " ".join(text.split())
        return text if len(text) <= _MESSAGE_LIMIT else text[: _MESSAGE_LIMIT - 4] + " ..."


_CONTEXT = re.compile(
    r"context.?length|maximum context|context window|context size|prompt is too long"
    r"|input is too long|too many tokens|reduce the length|max_model_len",
    re.IGNORECASE,
)
_WINDOW = re.compile(
    r"(?:context (?:length|window|size)|limit|maximum)[^0-9]{0,40}([1-9][0-9,]{2,})", re.IGNORECASE
)
_NO_CREDIT = re.compile(r"credit balance|insufficient (?:balance|credit|quota|fund)", re.IGNORECASE)
_BAD_KEY = re.compile(
    r"(?:incorrect|invalid) api.?key|api.?key (?:not valid|is invalid)", re.IGNORECASE
)
_FILTERED = re.compile(r"content.?filter|content management policy|content.policy", re.IGNORECASE)
_NO_MODEL = re.compile(
    r"model\W.{0,200}\b(?:not exist|not found|unknown|not available|not supported)"
    r"|(?:unknown|invalid|no such) model|not a valid model|no models? loaded",
    re.IGNORECASE | re.DOTALL,
)
_FORMATS = {
    "schema": re.compile(
        r"response.?format|text\.format|json.?schema|structured.?output|guided|grammar|json_object"
        r"|requested parameters",
        re.IGNORECASE,
    ),
    "tool": re.compile(
        r"\btools?\b|tool.?(?:choice|call|use)|function.?call|jinja|requested parameters",
        re.IGNORECASE,
    ),
}
"""Words on what asks for a form; of a reply in plain text nothing can be at fault."""

_RESPONSES = re.compile(
    r"only (?:supported|available) (?:in|on|with|through).{0,30}responses", re.IGNORECASE
)
_NO_CREDIT_LABELS = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
_NO_MODEL_LABELS = {"model_not_found", "deploymentnotfound"}
_BAD_KEY_LABELS = {"invalid_api_key", "api_key_invalid"}
_OUTPUT_LABELS = {"json_validate_failed", "tool_use_failed"}
_OUTPUT = re.compile(
    r"output.{0,40}(?:not match|does not|failed|invalid).{0,40}format", re.IGNORECASE
)
_FORMAT_STATUS = {400, 404, 415, 422, 500, 501}
_RETRY_STATUS = {408, 409, 429}


def from_status(status: int, headers: Mapping[str, str], body: str, asked: Asked) -> Failure:
    """The failure that an HTTP error status stands for.

    Args:
        status: The HTTP status.
        headers: The response's headers, looked up in lower case.
        body: The response's text.
        asked: What was asked of whom.
    """
    complaint = read_complaint(body)
    said = asked.clean(complaint.message) or "it gives no reason"
    if status in {400, 404} and _RESPONSES.search(complaint.message):
        line = f"{asked.endpoint} has {asked.model!r} by the Responses API: use --api responses"
        return Failure(f"{line} ({said})", ConfigError, about="responses")
    if complaint.labels & _OUTPUT_LABELS:
        return Failure(_busy(status, said, asked), retry=True, about="output")
    known = _config(status, complaint, said, asked) or _limits(status, complaint, said, asked)
    if known:
        return known
    if status in _FORMAT_STATUS and _about_format(complaint, asked):
        return Failure(f"{asked.endpoint} refuses the response format: {said}", about="format")
    if status == 500 and _OUTPUT.search(complaint.message):
        return Failure(_busy(status, said, asked), retry=True, about="output")
    if status in {404, 405}:
        return _no_path(said, asked)
    if status in _RETRY_STATUS or (status >= 500 and status != 501):
        again = headers.get("x-should-retry", "").lower() != "false"
        return Failure(_busy(status, said, asked), retry=again, wait=retry_after(headers))
    line = f"{asked.endpoint} refuses the request (HTTP {status}): {said}"
    return Failure(line, about="unclear", said=complaint.words)


def _about_format(complaint: Complaint, asked: Asked) -> bool:
    """The endpoint speaks of what asked for the reply's form."""
    pattern = _FORMATS.get(asked.way)
    return bool(pattern and pattern.search(complaint.words))


def _config(status: int, complaint: Complaint, said: str, asked: Asked) -> Failure | None:
    """Keys and model names: what the user has set."""
    text, labels = complaint.message, complaint.labels
    if status == 401 or labels & _BAD_KEY_LABELS or (status < 429 and _BAD_KEY.search(text)):
        do = f"check {asked.key_variable}" if asked.key else f"set {asked.key_variable}"
        what = "does not accept the key" if asked.key else "wants a key"
        return Failure(f"{asked.endpoint} {what}: {do} ({said})", ConfigError)
    missing = (status == 404 and "model" in text.lower()) or (
        status in {400, 422} and _NO_MODEL.search(text)
    )
    if labels & _NO_MODEL_LABELS or (missing and not _about_format(complaint, asked)):
        return Failure(f"{asked.endpoint} has no model {asked.model!r}: {said}", ConfigError)
    if status == 403 and not _FILTERED.search(text):
        line = f"{asked.endpoint} forbids the use of {asked.model or 'this'} with this key: {said}"
        return Failure(line, ConfigError)
    return None


def _limits(status: int, complaint: Complaint, said: str, asked: Asked) -> Failure | None:
    """What the endpoint will not do for this conversation, or this account."""
    text, labels = complaint.message, complaint.labels
    if status == 402 or labels & _NO_CREDIT_LABELS or _NO_CREDIT.search(text):
        return Failure(f"no credit left at {asked.endpoint}: check its billing page ({said})")
    if "context_length_exceeded" in labels or (status < 429 and _CONTEXT.search(text)):
        return Failure(
            f"the conversation is too long for {asked.model}: "
            f"use a model with a larger context window, or fewer steps ({said})",
            ContextError,
            window=_window(text),
        )
    if labels & {"content_filter"} or (status < 429 and _FILTERED.search(text)):
        return Failure(f"the content filter of {asked.endpoint} stopped the request: {said}")
    if status == 413:
        return Failure(f"the conversation is too large for {asked.endpoint}: {said}")
    return None


def _window(text: str) -> int | None:
    """The context window that a complaint names, as in "maximum context length is 8192 tokens"."""
    found = _WINDOW.search(text)
    return int(re.sub(r"\D", "", found[1])) if found else None


def _no_path(said: str, asked: Asked) -> Failure:
    return Failure(
        f"{asked.endpoint} has no {asked.wanted}s there: check {asked.url_variable}, "
        f"which usually ends in /v1, and the model's name ({said})",
        ConfigError,
        about="path",
    )


def _busy(status: int, said: str, asked: Asked) -> str:
    if status == 429:
        return f"{asked.endpoint} limits the rate of requests: {said}"
    if status == 408:
        return f"{asked.endpoint} timed out: {said}"
    return f"{asked.endpoint} failed with HTTP {status}: {said}"


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` asks to wait, as a number or as a date; None without sense."""
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * scale
        except ValueError:
            continue
        return max(0.0, seconds)
    date = parsedate_tz(headers.get("retry-after", ""))
    if date is None:
        return None
    try:
        return max(mktime_tz(date) - time.time(), 0.0)
    except (ValueError, OverflowError):
        return None
