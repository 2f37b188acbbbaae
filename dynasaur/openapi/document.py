"""An OpenAPI document, read from a file or an address: 2.0 (Swagger), 3.0 and 3.1."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from dynasaur.errors import ConfigError, FailureError, UsageError

LARGEST = 50_000_000
"""Bytes of a document."""

SECONDS = 30.0
_HOPS = 20

Node = Mapping[str, Any]


class Document:
    """What a service says of itself; all of it is a stranger's.

    Args:
        root: The document.
        where: The file or address that it came from.

    Raises:
        UsageError: It is no OpenAPI document, or of a version that is not known.
    """

    def __init__(self, root: object, where: str) -> None:
        if not isinstance(root, dict):
            raise UsageError(f"{where} is no OpenAPI document: it is no object")
        version = str(root.get("swagger") or root.get("openapi") or "")
        if not version.startswith(("2.", "3.")):
            raise UsageError(
                f"{where} is no OpenAPI document of version 2 or 3: "
                f"{f'it says {version[:20]!r}' if version else 'it names none'}"
            )
        self.root: Node = root
        self.where = where
        self.old = version.startswith("2.")

    def at(self, node: object) -> Node:
        """A part of the document, its references followed; empty where there is nothing."""
        for _ in range(_HOPS):
            if not isinstance(node, Mapping):
                return {}
            reference = node.get("$ref")
            if not isinstance(reference, str):
                return node
            node = self._referred(reference)
        return {}

    def _referred(self, reference: str) -> object:
        found: object = self.root if reference.startswith("#/") else None
        for part in reference[2:].split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    @property
    def definitions(self) -> Node:
        """What schemas refer to, as it lies beside them."""
        keys = ("definitions", "components")
        return {key: self.root[key] for key in keys if isinstance(self.root.get(key), Mapping)}

    @property
    def title(self) -> str:
        """What the service is called."""
        return str(self.at(self.root.get("info")).get("title") or "")

    @property
    def url(self) -> str:
        """Where the service is: as the document says, else where that is; empty for a file."""
        url = self._old_url() if self.old else self._first_url()
        try:
            return urljoin(self.where, url).rstrip("/") if "://" in f"{url}{self.where}" else ""
        except ValueError:
            return ""

    def _old_url(self) -> str:
        host, path = self.root.get("host"), str(self.root.get("basePath") or "/")
        schemes = self.root.get("schemes")
        scheme = "https" if not isinstance(schemes, list) or "https" in schemes else "http"
        return f"{scheme}://{host}{path}" if isinstance(host, str) else path

    def _first_url(self) -> str:
        servers = self.root.get("servers")
        first = self.at(servers[0]) if isinstance(servers, list) and servers else {}
        url = str(first.get("url") or "/")
        for name, variable in self.at(first.get("variables")).items():
            url = url.replace(f"{{{name}}}", str(self.at(variable).get("default", "")))
        return url


def read(where: str) -> Document:
    """A document from a file or an address.

    Raises:
        UsageError: It cannot be read, or is no OpenAPI document.
        FailureError: The address does not answer with it.
        ConfigError: It is YAML, and what reads that is not installed.
    """
    data = _fetched(where) if where.startswith(("http://", "https://")) else _of_file(where)
    if len(data) > LARGEST:
        raise UsageError(f"{where} is larger than {LARGEST:,} bytes")
    return Document(_parsed(data, where), where)


def _of_file(where: str) -> bytes:
    try:
        with Path(where).expanduser().open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{where} cannot be read: {error.strerror}") from None


def _fetched(where: str) -> bytes:
    request = urllib.request.Request(where, headers={"User-Agent": "dynasaur"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return bytes(answer.read(LARGEST + 1))
    except urllib.error.HTTPError as error:
        error.close()
        raise FailureError(f"{where} answers {error.code}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise FailureError(f"{where} cannot be fetched: {error}") from None


def _parsed(data: bytes, where: str) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        pass
    try:
        import yaml
    except ModuleNotFoundError:
        raise ConfigError(
            f"{where} is no JSON; to read YAML, install PyYAML: pip install 'dynasaur[tools]'"
        ) from None
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return _as_json(yaml.load(data, Loader=loader))  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        said = " ".join(str(error).split())[:200]
        raise UsageError(f"{where} is neither JSON nor YAML: {said}") from None


def _as_json(value: object) -> object:
    """What YAML gave as JSON has it: keys are text, and nothing stands in it more than once.

    Raises:
        ValueError: It holds itself, or a few lines of it mean more than a document may have.
    """
    held = io.StringIO()
    for part in json.JSONEncoder(default=str, skipkeys=True).iterencode(value):
        held.write(part)
        if held.tell() > LARGEST:
            raise ValueError(f"it means more than {LARGEST:,} characters")
    return json.loads(held.getvalue())
