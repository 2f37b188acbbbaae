"""What named providers refuse, in their own words: rules for a `ChatServer` in their place."""

from __future__ import annotations

import json
from collections.abc import Iterable

from tests.builders.answers import Raw, Request, failure

COMMON = {"model", "messages", "stream", "stream_options", "temperature", "tools", "tool_choice"}


def anthropic(request: Request) -> Raw | None:
    """Wants the length of a reply, and no temperature above 1; goes past a response format."""
    body = request.body
    if "max_tokens" not in body and "max_completion_tokens" not in body:
        return _claude("max_tokens: Field required")
    if body.get("temperature", 0) > 1:
        return _claude("temperature: range: 0..1")
    if ignored := body.keys() & {"response_format", "seed", "reasoning_effort"}:
        return _claude(f"the test wants nothing sent that would be ignored: {ignored}")
    return None


def _claude(message: str) -> Raw:
    error = {"type": "invalid_request_error", "message": message}
    return Raw(400, json.dumps({"type": "error", "error": error}))


def gemini(request: Request) -> Raw | None:
    """Knows no field that it does not know, `seed` among them; its errors come in a list."""
    known = COMMON | {"response_format", "max_tokens", "reasoning_effort"}
    if not (unknown := sorted(request.body.keys() - known)):
        return None
    message = f'Invalid JSON payload received. Unknown name "{unknown[0]}": Cannot find field.'
    error = {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}
    return Raw(400, json.dumps([{"error": error}]))


def mistral(request: Request) -> Raw | None:
    """Checks every field, as FastAPI does."""
    return _extra(request, COMMON | {"response_format", "max_tokens", "random_seed"})


def deepseek(request: Request) -> Raw | None:
    """Has no JSON schema."""
    if request.body.get("response_format", {}).get("type") == "json_schema":
        return failure(400, "This response_format type is unavailable now")
    return None


def openrouter(request: Request) -> Raw | None:
    """No model behind it has all that is asked for, where that is a schema."""
    if "response_format" in request.body:
        words = "No endpoints found that can handle the requested parameters."
        return Raw(404, json.dumps({"error": {"message": words, "code": 404}}))
    return None


def vllm(request: Request) -> Raw | None:
    """Its model's template has no system role."""
    if any(one["role"] == "system" for one in request.body["messages"]):
        return failure(400, "System role not supported", "BadRequestError")
    return None


def azure(request: Request) -> Raw | None:
    """A reasoning model: the newer name for the length of a reply, and no temperature."""
    if "max_tokens" in request.body:
        words = "Unsupported parameter: 'max_tokens' is not supported with this model."
        return failure(400, words, "unsupported_parameter", param="max_tokens")
    if "temperature" in request.body:
        words = "Unsupported value: 'temperature' does not support 0.3 with this model."
        return failure(400, words, "unsupported_value", param="temperature")
    return None


def _extra(request: Request, known: Iterable[str]) -> Raw | None:
    if not (extra := sorted(request.body.keys() - set(known))):
        return None
    detail = [
        {"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs are not permitted"}
        for name in extra
    ]
    return Raw(422, json.dumps({"detail": detail}))
