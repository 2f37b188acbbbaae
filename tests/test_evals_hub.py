"""Data from the Hugging Face hub: a real HTTP server in its place, a real client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.builders.cli import dynasaur
from tests.builders.http import HttpServer, Quiet

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
