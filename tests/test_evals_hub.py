"""Data from the Hugging Face hub: a real HTTP server in its place, a real client."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.builders.cli import dynasaur, script
from tests.builders.http import HttpServer, Quiet
from tests.builders.suites import GAIA_ROWS

pytest.importorskip("huggingface_hub")


@contextmanager
def hub(status: int, code: str) -> Iterator[str]:
    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b'{"error": "no"}'
            self.send_response(status)
            self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

    with HttpServer(Handler) as server:
        yield server.host


@pytest.mark.parametrize(
    ("status", "code", "exit_code", "said"),
    [
        (403, "GatedRepo", 2, "accept its terms at https://huggingface.co/datasets/gaia-benchmark"),
        (401, "RepoNotFound", 2, "log in with `hf auth login`"),
        (500, "", 1, "--data DIR takes a copy that you have"),
    ],
)
def test_data_that_the_hub_does_not_give(
    tmp_path: Path, status: int, code: str, exit_code: int, said: str
) -> None:
    with hub(status, code) as url:
        env = {"HF_ENDPOINT": url, "PYTHONWARNINGS": "ignore"}
        done = dynasaur("eval", "gaia", "--model", "planner", "-o", "out", cwd=tmp_path, env=env)
    assert (done.code, done.out) == (exit_code, "")
    assert said in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "out").exists()


@contextmanager
def open_hub(repository: str, files: Mapping[str, bytes], tokens: list[str]) -> Iterator[str]:
    """A hub with one data set, as its client asks for it; notes the tokens that it was shown."""
    commit = "a" * 40

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            tokens.append(self.headers.get("Authorization", ""))
            path = unquote(self.path.partition("?")[0])
            body, more = b"{}", {}
            if path.startswith(f"/api/datasets/{repository}"):
                siblings = [{"rfilename": name} for name in files]
                body = json.dumps({"id": repository, "sha": commit, "siblings": siblings}).encode()
                if "/tree/" in path:
                    tree = [
                        {"type": "file", "oid": n, "path": n, "size": len(b)}
                        for n, b in files.items()
                    ]
                    body = json.dumps(tree).encode()
            elif (name := path.partition(f"/resolve/{commit}/")[2]) in files:
                body = files[name]
                digest = hashlib.sha256(body).hexdigest()
                more = {"ETag": f'"{digest}"', "X-Repo-Commit": commit}
            self.send_response(200)
            for key, value in {"Content-Length": str(len(body)), **more}.items():
                self.send_header(key, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

    with HttpServer(Handler) as server:
        yield server.host


def test_data_by_the_users_own_login(tmp_path: Path) -> None:
    rows = [{**row, "file_name": ""} for row in GAIA_ROWS]
    text = "".join(json.dumps(row) + "\n" for row in rows).encode()
    model = script(tmp_path, "submit_final_answer('3')")
    tokens: list[str] = []
    with open_hub("gaia-benchmark/GAIA", {"2023/validation/metadata.jsonl": text}, tokens) as url:
        env = {"HF_ENDPOINT": url, "HF_TOKEN": "hf_secret", "PYTHONWARNINGS": "ignore"}
        words = ("eval", "gaia", "--model", model, "--freeze", "-o", "out")
        done = dynasaur(*words, cwd=tmp_path, env=env)
    assert (done.code, "(1 of 2) right" in done.out) == (0, True), done.err
    assert "Bearer hf_secret" in tokens
    for path in (tmp_path / "out").rglob("*"):
        assert not path.is_file() or b"hf_secret" not in path.read_bytes()
    assert "How many rows has the attached table?" not in (done.out + done.err)
