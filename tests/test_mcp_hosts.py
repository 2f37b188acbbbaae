"""The MCP server met by programs of others: the protocol's inspector, and a host for models."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp", reason="the extra mcp is not installed")

from tests.builders.chat_server import ChatServer, Raw, Request, completion
from tests.builders.cli import environment
from tests.builders.mcp import library_of, words_of

pytestmark = pytest.mark.slow

INSPECTOR = "@modelcontextprotocol/inspector@2.12.0"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return library_of(tmp_path_factory.mktemp("hosts") / "library")


def test_the_inspector_lists_and_calls(library: Path, tmp_path: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("there is no npm")
    words = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(tmp_path), INSPECTOR]
    if subprocess.run(words, capture_output=True, timeout=300).returncode:
        pytest.skip("the inspector cannot be installed from here")
    program = tmp_path / "node_modules" / ".bin" / "mcp-inspector"

    def inspect(*words: str) -> Any:
        done = subprocess.run(
            [program, "--cli", *words_of(library, "--take", "greet"), *words],
            capture_output=True,
            text=True,
            cwd=library,
            env=environment(library / ".home"),
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    listed = inspect("--method", "tools/list")
    names = [tool["name"] for tool in listed["tools"]]
    assert names == ["search_actions", "show_action", "run_task", "greet"]
    given = ("--tool-name", "greet", "--tool-arg", 'names=["Ann", "B"]', "--tool-arg", "loud=true")
    called = inspect("--method", "tools/call", *given)
    assert called["structuredContent"] == {"result": "HELLO ANN AND B"}


def test_a_host_gives_its_tools_to_a_model(library: Path, tmp_path: Path) -> None:
    """The program `llm` with its plugin for MCP, which is built on the SDK's first version."""
    home = tmp_path / "home"
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    programs = tmp_path / "venv" / "bin"
    wanted = ("llm==0.36", "llm-tools-mcp==0.4", "mcp<2")
    pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", *wanted]
    if subprocess.run(pip, capture_output=True, timeout=600).returncode:
        pytest.skip("the host cannot be installed from here")

    offered: list[str] = []
    heard: list[str] = []

    def calls(request: Request) -> Raw:
        offered.extend(one["function"]["name"] for one in request.body["tools"])
        function = {"name": "greet", "arguments": json.dumps({"names": ["Ann"]})}
        call = {"id": "call-1", "type": "function", "function": function}
        return completion(None, "tool_calls", tool_calls=[call])

    def answers(request: Request) -> Raw:
        heard.append(str(request.body["messages"][-1]["content"]))
        return completion("Said.")

    with ChatServer([calls, answers], output="tools") as server:
        model = {"model_id": "here", "model_name": "test", "api_base": server.url}
        model |= {"supports_tools": "true", "can_stream": "false"}
        (home / "llm").mkdir(parents=True)
        lines = [f"{'- ' if key == 'model_id' else '  '}{key}: {model[key]}\n" for key in model]
        (home / "llm" / "extra-openai-models.yaml").write_text("".join(lines))
        program, *words = words_of(library, "--take", "greet")
        config = {"mcpServers": {"own": {"type": "stdio", "command": program, "args": words}}}
        (home / ".llm-tools-mcp").mkdir()
        (home / ".llm-tools-mcp" / "mcp.json").write_text(json.dumps(config))
        done = subprocess.run(
            [programs / "llm", "-m", "here", "--no-stream", "-T", "MCP", "Greet Ann"],
            capture_output=True,
            text=True,
            cwd=library,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(home),
                "LLM_USER_PATH": str(home / "llm"),
                "OPENAI_API_KEY": "none",
            },
            timeout=120,
        )
    assert (done.returncode, done.stdout.strip()) == (0, "Said."), done.stderr
    assert {"greet", "search_actions", "run_task"} <= set(offered)
    assert "hello Ann" in heard[0]
