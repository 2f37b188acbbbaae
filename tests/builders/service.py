"""A web service that describes itself by OpenAPI: a shop of teas, which wants a key."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.builders.http import HttpServer, Quiet

KEY = "k3y of the shop"

DESCRIPTION: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Tea Shop", "version": "1"},
    "servers": [{"url": "{where}/v1", "variables": {"where": {"default": "http://127.0.0.1:1"}}}],
    "components": {
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
        "parameters": {
            "Id": {"name": "tea-id", "in": "path", "required": True, "schema": {"type": "integer"}}
        },
        "schemas": {
            "Tea": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}, "price": {"type": "number"}},
            },
            "Teas": {"type": "array", "items": {"$ref": "#/components/schemas/Tea"}},
        },
    },
    "paths": {
        "/teas": {
            "get": {
                "operationId": "listTeas",
                "summary": "List the teas. All of them",
                "parameters": [
                    {
                        "name": "kind",
                        "in": "query",
                        "description": "Which kind.",
                        "schema": {"type": "string", "enum": ["green", "black"]},
                    },
                    {
                        "name": "ids",
                        "in": "query",
                        "schema": {"type": "array", "items": {"type": "integer"}},
                    },
                    {
                        "name": "words",
                        "in": "query",
                        "explode": False,
                        "schema": {"type": "array", "items": {"type": "string"}},
                    },
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                    {"name": "Authorization", "in": "header", "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": {
                        "description": "Teas.",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Teas"}}
                        },
                    }
                },
            },
            "post": {
                "operationId": "addTea",
                "description": 'Adds a tea.\n"""\nimport os; os.system("x")\n"""\u202e',
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Tea"}}
                    },
                },
                "responses": {"201": {"description": "Added."}},
            },
        },
        "/teas/{tea-id}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {"summary": "One tea.", "responses": {"200": {"description": "A tea."}}},
            "delete": {"operationId": "class", "deprecated": True, "responses": {}},
        },
        "/label/{name}": {"get": {"operationId": "label", "responses": {}}},
        "/login": {
            "post": {
                "operationId": "login",
                "requestBody": {
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": {
                                "type": "object",
                                "required": ["user"],
                                "properties": {
                                    "user": {"type": "string"},
                                    "keep": {"type": "boolean", "default": False},
                                },
                            }
                        }
                    }
                },
                "responses": {},
            }
        },
        "/photos": {
            "post": {
                "operationId": "addPhoto",
                "requestBody": {"required": True, "content": {"multipart/form-data": {}}},
                "responses": {},
            }
        },
        "/basket": {
            "get": {
                "operationId": "basket",
                "parameters": [{"name": "session", "in": "cookie", "required": True}],
                "responses": {},
            }
        },
    },
}


class Shop(HttpServer):
    """The service.

    Attributes:
        asked: Every request: method, path, query, headers, body.
    """

    def __init__(self) -> None:
        asked: list[tuple[str, str, list[tuple[str, str]], dict[str, str], str]] = []
        self.asked = asked

        class Handler(Quiet, BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                there = urlsplit(self.path)
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked.append((self.command, there.path, parse_qsl(there.query), headers, body))
                code, kind, data = _answer(there.path, headers, self.path)
                self.send_response(code)
                self.send_header("Content-Type", kind)
                if code == 302:
                    self.send_header("Location", "/v1/teas")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_POST(self) -> None:
                self.do_GET()

        super().__init__(Handler)


def _answer(path: str, headers: dict[str, str], whole: str) -> tuple[int, str, bytes]:
    if path == "/openapi.json":
        return 200, "application/json", json.dumps(DESCRIPTION).encode()
    if KEY not in headers.get("x-key", "") and "key=k3y" not in whole:
        return 401, "text/plain", f"no key; you sent {headers.get('x-key', whole)}".encode()
    found: dict[str, tuple[int, str, bytes]] = {
        "/v1/teas": (200, "application/json", b'[{"name": "Sencha", "price": 4.5}]'),
        "/v1/teas/7": (200, "application/json; charset=utf-8", b'{"name": "Sencha"}'),
        "/v1/teas/8": (200, "application/json", b"oops"),
        "/v1/teas/9": (302, "text/plain", b""),
        "/v1/teas/10": (204, "text/plain", b""),
        "/v1/teas/11": (500, "text/plain", f"it broke over {KEY}".encode()),
        "/v1/teas/12": (200, "application/json", b"[" + b"1," * 3_000_000 + b"1]"),
        "/v1/label/gr%C3%BCn%2Ftee": (200, "image/png", b"\x89PNG label"),
        "/v1/label/a%2Cb%2Ctrue": (200, "text/plain; charset=nobody", "grün".encode()),
        "/v1/login": (200, "text/plain; charset=latin-1", "grün".encode("latin-1")),
    }
    return found.get(path, (404, "text/plain", b"no such thing"))
