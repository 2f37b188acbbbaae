"""Tool servers that others publish, as their users start them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.builders import tool_server
from tests.builders.cli import dynasaur, script
from tests.builders.repos import git
from tests.builders.website import WebSite, html

SERVERS = ("time", "git", "fetch")
ABSENT = [name for name in SERVERS if find_spec(f"mcp_server_{name}") is None]
WHO = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
# `git_log` is an initial action, so the tool of that name has its server's once more.
STEPS = """
now = time_get_current_time('UTC')
there = time_convert_time(source_timezone='UTC', target_timezone='Asia/Tokyo', time='12:00')
print('UTC' in str(now), '21:00' in str(there))
---
print(git_git_log(@REPO@, max_count=1))
print(git_show(@REPO@, revision='HEAD'))
---
print(fetch(url=@SITE@))
---
time_get_current_time('Nowhere/Land')
---
git_git_log('/nowhere')
---
submit_final_answer(find_actions('current time in a time zone', 1)[0].split('(')[0])
"""


@pytest.mark.slow
@pytest.mark.skipif(bool(ABSENT), reason=f"not installed: mcp-server-{', -'.join(ABSENT)}")
def test_servers_that_others_publish(tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert dynasaur("init", library, cwd=tmp_path).code == 0
    repo = tmp_path / "repo"
    repo.mkdir()
    git(repo, "init", "-q")
    (repo / "tea.txt").write_text("green\n", "utf-8")
    git(repo, "add", "tea.txt")
    git(repo, *WHO, "commit", "-qm", "Write down the tea")
    entries: dict[str, dict[str, object]] = {
        name: {"command": sys.executable, "args": ["-m", f"mcp_server_{name}"]} for name in SERVERS
    }
    entries["fetch"]["args"] = ["-m", "mcp_server_fetch", "--allow-private-ips"]
    config = tool_server.configured(tmp_path, **entries)
    with WebSite({"/tea": html("<title>Tea</title><h1>Tea</h1><p>Green tea costs 2.</p>")}) as site:
        text = STEPS.replace("@REPO@", repr(str(repo))).replace("@SITE@", repr(f"{site.host}/tea"))
        model = script(tmp_path, *text.split("---"))
        words = ("run", "A task", "--model", model, "--mcp-config", config, "--json")
        done = dynasaur(*words, cwd=library)
    assert done.json["answer"] == "time_get_current_time", done.err
    saved = library / ".dynasaur/runs" / done.json["run"] / "trajectory.json"
    seen = [step["observation"] for step in json.loads(saved.read_text("utf-8"))["trajectory"]]
    output = [one["output"] for one in seen]
    told = [one["error"] and one["error"]["message"] for one in seen]
    assert output[0] == "True True\n", told[0]
    assert "Write down the tea" in output[1], told[1]
    assert "+green" in output[1]
    assert "Green tea costs 2." in output[2]
    assert told[:3] == [None, None, None]
    assert "Nowhere/Land" in told[3]
    assert "/nowhere" in told[4]


FILES = "@modelcontextprotocol/server-filesystem@2026.8.31"


@pytest.mark.slow
def test_the_published_server_of_files(tmp_path: Path) -> None:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("there is no npm")
    words = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(tmp_path / "npm"), FILES]
    if subprocess.run(words, capture_output=True, timeout=300).returncode:
        pytest.skip("the server cannot be installed from here")
    program = tmp_path / "npm" / "node_modules" / ".bin" / "mcp-server-filesystem"
    library, shown = tmp_path / "library", tmp_path / "shown"
    assert dynasaur("init", library, cwd=tmp_path).code == 0
    shown.mkdir()
    (shown / "tea.txt").write_text("green\n", "utf-8")
    config = tool_server.configured(
        tmp_path, files={"command": node, "args": [str(program.resolve()), str(shown)]}
    )
    read = f"print(files_read_text_file(path={str(shown / 'tea.txt')!r}))"
    other = f"files_read_text_file(path={str(tmp_path / 'library' / 'pyproject.toml')!r})"
    write = f"files_write_file(path={str(shown / 'new.txt')!r}, content='x')"
    model = script(tmp_path, read, other, write)
    words = ["run", "A task", "--model", str(model), "--mcp-config", str(config), "--json"]
    done = dynasaur(*words, "--approve", "writes", cwd=library)
    assert done.code == 3, done.err
    assert "files/write_file needs approval" in done.json["reason"]
    assert not (shown / "new.txt").exists()
    saved = library / ".dynasaur/runs" / done.json["run"] / "trajectory.json"
    seen = [step["observation"] for step in json.loads(saved.read_text("utf-8"))["trajectory"]]
    assert "green" in seen[0]["output"], seen[0]["error"]
    assert "outside allowed directories" in seen[1]["error"]["message"]
