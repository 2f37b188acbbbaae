"""What came of a call, in the protocol's terms."""

from __future__ import annotations

import base64
import json
import mimetypes
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dynasaur.agent.form import Form
from dynasaur.mcp_server.catalogue import Offer
from dynasaur.mcp_server.pool import Finished
from dynasaur.types import Json

if TYPE_CHECKING:
    from mcp_types import CallToolResult, ContentBlock

PRINTED = 20_000
"""Characters of what an action printed that are given back: its end."""

_IMAGES = {"image/png", "image/jpeg", "image/gif", "image/webp"}


def failed(line: str) -> CallToolResult:
    """A call that failed, with why on one line: the model sees it, and can do better."""
    from mcp_types import CallToolResult, TextContent

    text = TextContent(text=" ".join(line.split())[:4_000] or "it failed")
    return CallToolResult(content=[text], is_error=True)


def told(value: Json) -> CallToolResult:
    """A result that is an object."""
    from mcp_types import CallToolResult, TextContent

    text = json.dumps(value, ensure_ascii=False, indent=1)
    return CallToolResult(content=[TextContent(text=text)], structured_content=value)


def reply(offer: Offer, finished: Finished) -> CallToolResult:
    """What came of an action's call."""
    from mcp_types import CallToolResult, TextContent

    outcome = finished.outcome
    printed = _printed(outcome.seen.output)
    if outcome.failure:
        answer = failed(str(outcome.failure))
        answer.content += [TextContent(text=text) for text in printed]
        return answer
    result = outcome.results[0]
    text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    structured: Json = {"result": result}
    problem = Form(schema=offer.output).problem(structured)
    if problem:
        line = f"{offer.name}: the result is not what it declares: {problem}"
        answer = failed(line)
        answer.content.append(TextContent(text=text))
        return answer
    content: list[ContentBlock] = [TextContent(text=one) for one in (text, *printed)]
    content += [_picture(one.mime, one.data) for one in outcome.seen.images]
    content += _files(finished)
    return CallToolResult(content=content, structured_content=structured)


def _printed(output: str) -> list[str]:
    text = output.strip("\n")
    cut = "..." if len(text) > PRINTED else ""
    return [f"It printed:\n{cut}{text[-PRINTED:]}"] if text else []


def _files(finished: Finished) -> Sequence[ContentBlock]:
    from mcp_types import TextContent

    content = [_file(name, data) for name, data in finished.files]
    if finished.left:
        names = ", ".join(finished.left[:20])
        content.append(TextContent(text=f"It made these files, too, which are gone: {names}"))
    return content


def _file(name: str, data: bytes) -> ContentBlock:
    """A file that the action made, as the picture or the text that it is."""
    from urllib.parse import quote

    from mcp_types import BlobResourceContents, EmbeddedResource, TextResourceContents

    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind in _IMAGES:
        return _picture(kind, data)
    uri = f"dynasaur://made/{quote(name)}"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        blob = base64.b64encode(data).decode()
        return EmbeddedResource(resource=BlobResourceContents(uri=uri, mime_type=kind, blob=blob))
    plain = kind if kind != "application/octet-stream" else "text/plain"
    return EmbeddedResource(resource=TextResourceContents(uri=uri, mime_type=plain, text=text))


def _picture(mime: str, data: bytes) -> ContentBlock:
    from mcp_types import ImageContent

    return ImageContent(data=base64.b64encode(data).decode(), mime_type=mime)
