"""Every format by its name."""

from __future__ import annotations

from collections.abc import Callable

from dynasaur.review.formats import github, gitlab, json_format, markdown, rdjson, sarif, text
from dynasaur.review.values import Report

FORMATS: dict[str, Callable[[Report], str]] = {
    "text": text.render,
    "markdown": markdown.render,
    "json": json_format.render,
    "sarif": sarif.render,
    "github": github.render,
    "rdjson": rdjson.render,
    "gitlab": gitlab.render,
}
