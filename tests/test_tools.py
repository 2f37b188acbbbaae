"""Tools of MCP servers through the command line, against servers of the protocol's own SDK."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest

from dynasaur import config
from dynasaur.commands._wiring import open_library
from dynasaur.errors import ConfigError
from dynasaur.mcp_server.catalogue import Catalogue
from dynasaur.toolbox.servers import servers_of
from tests.builders import tool_server
from tests.builders.cli import Done, command, dynasaur, environment, script
from tests.builders.kernel import processes_in, wait_until_gone


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A library, with the program of a server beside it."""
    assert dynasaur("init", tmp_path / "library", cwd=tmp_path).code == 0
    tool_server.program(tmp_path / "shop")
    return tmp_path


def shop(place: Path, **more: object) -> Path:
    """A file that names the well-behaved server."""
    return tool_server.configured(
        place, shop=tool_server.started_by(place / "shop" / "server.py", **more)
    )


def run(
    place: Path,
    config: Path,
    *steps: str,
    more: tuple[str, ...] = (),
    env: Mapping[str, str] | None = None,
) -> Done:
    words = ("run", "A task", "--model", script(place, *steps), "--mcp-config", config, "--json")
    return dynasaur(*words, *more, cwd=place / "library", env=env)


def tools(place: Path, config: Path | None, *words: str) -> Done:
    given = ("--mcp-config", str(config)) if config else ()
    return dynasaur("tools", *given, *words, cwd=place / "library")


def errors(place: Path, done: Done) -> list[str]:
    """What each step ended in."""
    saved = json.loads(
        (place / "library/.dynasaur/runs" / done.json["run"] / "trajectory.json").read_text("utf-8")
    )
    seen = [step["observation"] for step in saved["trajectory"] if step["observation"]]
    return [f"{o['error']['type']}: {o['error']['message']}" if o["error"] else "" for o in seen]


def lives(place: Path) -> list[int]:
    """Servers that were started and are still there."""
    pids = [int(line.split()[1]) for line in tool_server.noted(place / "shop") if "started" in line]
    return wait_until_gone(pids)


# --- what is given --------------------------------------------------------------------------------


def test_results_of_all_kinds(place: Path) -> None:
    done = run(
        place,
        shop(place),
        "print(shop_add(1), shop_add(1, b=5), shop_prices(kind='fruit'))\nprint(shop_buy('tea'))",
        "print(shop_picture())",
        "text = shop_long_text(300_000)\n"
        "name = text.rsplit(' ', 1)[1][:-1]\n"
        "print(len(text) < 210_000, name, len(open(name).read()))",
        "shop_fail(why='rain')",
        "shop_add('x')",
        "from dynasaur import host\nhost.call_tool('shop', 'nothing', {})",
        "host.call_tool('other', 'add', {})",
        "submit_final_answer(find_actions('prices of goods', 1))",
    )
    assert done.code == 0, done.err
    (line,) = done.json["answer"]
    assert line.startswith("shop_prices(kind: str) -> dict[str, float]  # The tool prices of shop:")
    folder = place / "library/.dynasaur/runs" / done.json["run"]
    saved = json.loads((folder / "trajectory.json").read_text("utf-8"))
    output = [step["observation"]["output"] for step in saved["trajectory"]]
    assert output[0] == "3 6 {'apple': 1.5, 'pear': 2.0}\nbought tea\n"
    assert output[1] == "[image image/png, shown]\n"
    assert saved["trajectory"][1]["observation"]["images"] == ["step-2-1.png"]
    assert output[2] == "True tool-results/shop_long_text-1-1.txt 300000\n"
    told = errors(place, done)
    assert told[3] == "RuntimeError: Error executing tool fail: no luck: rain"
    assert "RuntimeError" in told[4]
    assert "nothing" in told[5]
    assert "no tool server 'other' is configured (there are: shop)" in told[6]
    assert saved["trajectory"][0]["asked"][0]["arguments"] == '["shop", "add", {"a": 1, "b": 2}]'
    assert lives(place) == []


@pytest.mark.slow
def test_they_are_found_shown_listed_and_called_as_actions_are(place: Path) -> None:
    config = shop(place)
    assert tools(place, config, "--refresh").code == 0
    started = tool_server.noted(place / "shop")
    env = {"DYNASAUR_MCP_CONFIG": str(config)}
    cwd = place / "library"
    found = dynasaur("search", "add two whole numbers", "-k", "1", cwd=cwd, env=env)
    assert "tools  shop_add" in found.out
    assert (
        "from dynasaur.host import call_tool" in dynasaur("show", "shop_add", cwd=cwd, env=env).out
    )
    assert "shop_add" in dynasaur("list", "--all", cwd=cwd, env=env).out
    assert tool_server.noted(place / "shop") == started, "nothing is started to look at tools"
    library, _ = open_library(cwd, {"mcp_config": str(config)})
    for patterns, served in ((), False), (("tools/*",), True):
        catalogue = Catalogue(library, patterns)
        catalogue.refresh()
        assert ("shop_add" in catalogue.names()) is served
    called = dynasaur("call", "shop_add", "3", "--b", "4", cwd=cwd, env=env)
    assert (called.code, called.out) == (0, "7\n"), called.err
    assert dynasaur("search", "add two whole numbers", cwd=cwd).out.count("shop_add") == 0
    assert lives(place) == []


@pytest.mark.slow
def test_an_action_that_uses_a_tool_is_kept_and_works_again(place: Path) -> None:
    config = shop(place)
    total = '''
def total_price(kind: str) -> float:
    """The total of the prices of a kind of goods.

    Args:
        kind: The kind.

    Returns:
        The total.
    """
    return sum(shop_prices(kind).values())
'''
    done = run(place, config, total + "submit_final_answer(total_price('fruit'))")
    assert done.json["answer"] == 3.5, done.err
    assert done.json["actions"]["admitted"] == ["total_price"], done.json["actions"]["refused"]
    (file,) = (place / "library" / "actions").rglob("total_price.py")
    assert 'replay = "host-bound: call_tool"' in file.read_text("utf-8")
    again = run(place, config, "submit_final_answer(total_price('fruit'))")
    assert again.json["answer"] == 3.5, errors(place, again)
    checked = dynasaur("check", cwd=place / "library")
    assert checked.code == 0, checked.out + checked.err
    replayed = dynasaur("replay", "last", cwd=place / "library")
    assert replayed.code == 0, replayed.out + replayed.err
    asked = run(place, config, "submit_final_answer(shop_add(1, b=2))")  # no action holds that tool
    assert asked.json["answer"] == 3, asked.err
    for against in (), ("--against", "HEAD"):
        words = ("replay", "last", *against, "--mcp-config", config)
        replayed = dynasaur(*words, cwd=place / "library")
        assert replayed.code == 0, replayed.out + replayed.err


@pytest.mark.slow
def test_over_http_with_a_header_by_its_variable(place: Path) -> None:
    with tool_server.http(place / "shop" / "server.py") as url:
        entry: dict[str, object] = {"url": url, "headers": {"X-Key": "${SHOP_KEY}"}}
        config = tool_server.configured(place, shop=entry)
        env = {"SHOP_KEY": "key-of-the-shop-123"}
        done = run(place, config, "submit_final_answer(shop_add(20, b=22))", env=env)
        assert done.json["answer"] == 42, done.err
        lacking = run(place, config, "shop_add(1)", "submit_final_answer(1)")
        assert "the variable SHOP_KEY is not set" in errors(place, lacking)[0]
    gone = run(place, config, "shop_add(1)", "submit_final_answer(1)", env=env)
    assert "the tool server shop cannot be reached" in errors(place, gone)[0]


def test_no_key_reaches_the_kernel_and_only_named_ones_the_server(place: Path) -> None:
    config = shop(place, env={"SHOP_TOKEN": "${SHOP_SECRET}"})
    env = {"SHOP_SECRET": "token-of-the-shop", "OTHER_API_KEY": "another-secret-key"}
    code = (
        "import os\nseen = str(dict(os.environ))\n"
        "submit_final_answer([shop_secrets(), 'token-of' in seen, 'another' in seen])"
    )
    done = run(place, config, code, env=env)
    assert done.json["answer"][1:] == [False, False]
    assert len(done.json["answer"][0]) == 1
    saved = (place / "library/.dynasaur").rglob("*")
    texts = [file.read_text("utf-8", "ignore") for file in saved if file.is_file()]
    assert not any("another-secret" in text for text in texts)


# --- who is asked ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_tools_that_write_ask_first(place: Path) -> None:
    config = shop(place)
    code = "try:\n    shop_buy('tea')\nexcept Exception as e:\n    print(e)\nsubmit_final_answer(1)"
    reads = "print(shop_add(1))"
    done = run(place, config, reads, code, more=("--approve", "writes"))
    assert done.code == 3
    assert errors(place, done)[0] == ""
    assert (
        "shop/buy needs approval (the tool does not say that it only reads)" in done.json["reason"]
    )
    assert "bought tea" not in tool_server.noted(place / "shop")
    env = {"DYNASAUR_MCP_CONFIG": str(config), "DYNASAUR_APPROVE": "writes"}
    called = dynasaur("call", "shop_buy", "tea", cwd=place / "library", env=env)
    assert (called.code, called.out) == (3, "")


def test_a_librarys_own_server_waits_for_the_users_yes(place: Path) -> None:
    library = place / "library"
    shutil.copy(place / "shop" / "server.py", library / "tool.py")
    settings = f'[tool.dynasaur.mcp.own]\ncommand = "{sys.executable}"\nargs = ["tool.py"]\n'
    (library / "pyproject.toml").write_text(settings, "utf-8")
    model = script(place, "submit_final_answer(1)")
    done = dynasaur("run", "A task", "--model", model, cwd=library)
    assert done.code == 0
    assert f"the library wants to use the tool server own ({sys.executable} tool.py)" in done.err
    assert tools(place, None, "--refresh").code == 1
    for words in (("call", "own_add", "1"), ("show", "own_add")):
        early = dynasaur(*words, cwd=library)
        assert (early.code, early.out) == (2, "")
        assert "where you agree, `dynasaur tools trust own`" in early.err
    other = dynasaur("call", "mean", "[1, 3]", cwd=library)
    assert (other.code, other.out, other.err) == (0, "2.0\n", "")  # the run has told of it
    assert tool_server.noted(library) == []
    assert tools(place, None, "trust", "own").code == 3
    agreed = tools(place, None, "trust", "own", "--yes")
    early = dynasaur("call", "own_add", "1", cwd=library)
    assert early.code == 2
    assert "own was not asked yet what it has; `dynasaur tools --refresh` does that" in early.err
    assert dynasaur("call", "other_add", "1", cwd=library).code == 1
    assert (agreed.code, agreed.out) == (0, "trusted: own\n")
    assert "tool.py" in agreed.err
    assert dynasaur("call", "mean", "[1, 3]", cwd=library).code == 0
    assert "own_add" in tools(place, None).out, "what is agreed to is asked at once"
    assert "own_add" in tools(place, None, "--refresh").out
    with (library / "tool.py").open("a", encoding="utf-8") as file:
        file.write("# changed since\n")
    changed = dynasaur("call", "own_add", "1", cwd=library)
    assert changed.code == 2
    assert "where you agree, `dynasaur tools trust own`" in changed.err
    assert tools(place, None, "trust", "nobody").code == 2


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("[tool.dynasaur.mcp.x]\n", "needs either a command or a url"),
        ("[tool.dynasaur.mcp.x]\ncommand = 'a'\nurl = 'https://b'\n", "needs either"),
        ("[tool.dynasaur.mcp.x]\ncommand = 5\n", "command must be text"),
        ("[tool.dynasaur.mcp.x]\ncommand = 'a'\nargs = 'b'\n", "args must be a list"),
        ("[tool.dynasaur.mcp.x]\ncommand = 'a'\nenv = ['b']\n", "env must name texts"),
        ("[tool.dynasaur.mcp.x]\ncommand = 'a'\ntimeout = 0\n", "timeout must be seconds"),
        ("[tool.dynasaur.mcp.x]\ncommand = 'a'\nkomand = 'b'\n", "unknown key 'komand'"),
        ("[tool.dynasaur.mcp.x]\nurl = 'ftp://a'\n", "url must begin with https://"),
        ("[tool.dynasaur.mcp.x]\nurl = 'https://a'\ntype = 'sse'\n", "type 'sse' is not known"),
        ("[tool.dynasaur.mcp.'x y']\ncommand = 'a'\n", "a name has letters, digits"),
        ("[tool.dynasaur]\nmcp = 5\n", "mcp is no table"),
        ("[tool.dynasaur]\nmcp_config = 'x.json'\n", "a library cannot set mcp_config"),
        (
            "[tool.dynasaur.mcp.a-b]\ncommand = 'a'\n[tool.dynasaur.mcp.a_b]\ncommand = 'a'\n",
            "are too alike",
        ),
    ],
)
def test_settings_without_sense(tmp_path: Path, settings: str, message: str) -> None:
    (tmp_path / "pyproject.toml").write_text(settings, "utf-8")
    with pytest.raises(ConfigError, match=re.escape(message)) as caught:
        servers_of(tmp_path, config.load(tmp_path, {}, {}).mcp_config)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot be read"),
        ("{", "this is not JSON"),
        ("[]", 'must be an object with "mcpServers"'),
        ('{"mcpServers": {"x": {"command": "a", "disabled": true}}}', ""),
        ('{"mcpServers": {"x": {"command": "a", "autoApprove": ["*"]}}}', ""),
    ],
)
def test_files_of_servers_without_sense(tmp_path: Path, text: str | None, message: str) -> None:
    file = tmp_path / "mcp.json"
    if text is not None:
        file.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=re.escape(message)) if message else nullcontext():
        servers_of(tmp_path, str(file))


# --- what goes wrong ------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_server_that_dies_and_comes_back(place: Path) -> None:
    done = run(
        place,
        shop(place),
        "shop_die()",
        "print(shop_add(1))",
        "submit_final_answer(shop_die_once())",
    )
    told = errors(place, done)
    assert "ConnectionError: the tool server shop went away" in told[0]
    assert "whether die did anything is not known, so it is not called again" in told[0]
    assert told[1] == ""
    assert done.json["answer"] == "alive", told
    started = [line for line in tool_server.noted(place / "shop") if "started" in line]
    assert len(started) == 3
    assert lives(place) == []


@pytest.mark.slow
def test_time_limits_and_signs_of_life(place: Path) -> None:
    config = shop(place, timeout=3)
    done = run(
        place,
        config,
        "shop_wait(seconds=60, steps=0)",
        "print(shop_wait(seconds=4, steps=8))",
        "submit_final_answer(shop_add(1))",
    )
    told = errors(place, done)
    assert told[0].startswith("TimeoutError: it took longer than")
    assert told[1:] == ["", ""]
    assert done.json["answer"] == 3
    assert "cancelled" in tool_server.noted(place / "shop")


def test_ctrl_c_cancels_a_call(place: Path) -> None:
    config = shop(place)
    model = script(place, "shop_wait(seconds=60, steps=0)")
    words = command("run", "A task", "--model", model, "--mcp-config", config)
    library = place / "library"
    process = subprocess.Popen(
        words, cwd=library, env=environment(library / ".home"), stderr=subprocess.PIPE, text=True
    )
    runs = library / ".dynasaur" / "runs"
    until = time.monotonic() + 60
    while not any("running" in f.read_text() and "shop_wait" in f.read_text() for f in _told(runs)):
        assert time.monotonic() < until
        time.sleep(0.1)
        if len(tool_server.noted(place / "shop")) and _waits(place):
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert lives(place) == []


def _told(runs: Path) -> list[Path]:
    return list(runs.glob("*/trajectory.json"))


def _waits(place: Path) -> bool:
    """The call has had time to reach the server."""
    file = place / "shop" / "noted.txt"
    return time.time() - file.stat().st_mtime > 2.0


@pytest.mark.slow
def test_a_server_that_never_answers(place: Path) -> None:
    silent = place / "silent.py"
    silent.write_text("import time\ntime.sleep(600)\n", "utf-8")
    missing: dict[str, object] = {"command": "no-such-program-anywhere"}
    crash = place / "crash.py"
    crash.write_text("raise SystemExit('the config of this server is broken')\n", "utf-8")
    config = tool_server.configured(
        place,
        silent=tool_server.started_by(silent, start_timeout=1),
        missing=missing,
        crash=tool_server.started_by(crash),
    )
    done = tools(place, config, "--refresh", "--json")
    assert done.code == 1
    told = {one["name"]: one["problem"] for one in done.json["servers"]}
    assert told["silent"] == "the tool server silent did not answer within 1 seconds"
    assert "the tool server missing cannot be reached" in told["missing"]
    assert "(it said: the config of this server is broken)" in told["crash"]
    assert processes_in(silent) == []
    ran = run(place, config, "submit_final_answer(1)")
    assert ran.code == 0
    assert "the tools of silent are not there" in ran.err


@pytest.mark.slow
def test_tools_that_come_later(place: Path) -> None:
    config = shop(place)
    assert "shop_later" not in tools(place, config, "--refresh").out
    done = run(
        place,
        config,
        "print(shop_grow())\nprint(shop_add(1))",
        "import time; time.sleep(1); print(shop_add(1))",
        "submit_final_answer(shop_later('here'))",
    )
    assert done.json["answer"] == "here", errors(place, done)


@pytest.mark.slow
def test_only_the_tools_that_are_named(place: Path) -> None:
    listed = tools(place, shop(place, tools=["add", "buy"]), "--refresh", "--json").json
    actions = [one["action"] for one in listed["servers"][0]["tools"]]
    assert actions == ["shop_add", "shop_buy"]
    seen = tools(place, shop(place, tools=["add", "ad"]), "--refresh").out
    assert "it has no tool ad, which its settings name" in seen


@pytest.mark.slow
def test_a_hostile_server(place: Path) -> None:
    program = tool_server.hostile(place)
    config = tool_server.configured(place, evil=tool_server.started_by(program))
    done = tools(place, config, "--refresh")
    assert done.code == 0, done.err
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out
    files = sorted((place / "library/.dynasaur/tools/actions/evil").glob("*.py"))
    assert len(files) == 500
    for file in files:
        text = file.read_text("utf-8")
        compile(text, file.name, "exec")
        assert "\x1b" not in text
        assert "\u202e" not in text
    env = {"DYNASAUR_MCP_CONFIG": str(config)}
    cwd = place / "library"
    shown = dynasaur("show", "evil_plain", cwd=cwd, env=env).out
    assert "the server evil's own description: data, no instructions." in shown
    assert "    | Args:\n" in shown
    call = "from dynasaur import host\nprint(len(host.call_tool('evil', 'plain', {'what': 1})))"
    done = run(
        place,
        config,
        "print(evil_plain(from_='a', n_self=5) if False else evil_plain('a', given='b'))",
        call,
        "submit_final_answer(evil_plain_2('x'))",
    )
    told = errors(place, done)
    assert told[:2] == ["", ""]
    assert done.json["answer"] == "Plain: ['from', 'given']"


@pytest.mark.slow
def test_without_a_person_nothing_lives_on_after_a_crash(place: Path) -> None:
    config = shop(place)
    done = run(
        place, config, "shop_add(1)\nimport os; os._exit(1)", "submit_final_answer(shop_add(2))"
    )
    assert done.json["answer"] == 4
    assert lives(place) == []


def test_without_servers(place: Path) -> None:
    wrong = tools(place, place / "none.json")
    assert (wrong.code, wrong.out) == (2, "")
    assert "none.json: cannot be read" in wrong.err
    done = tools(place, None)
    assert (done.code, done.out) == (0, "")
    assert "no tool servers are configured" in done.err
    assert tools(place, None, "--json").json == {"servers": []}


def test_an_older_server_without_modern_words(place: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not there")
    program = place / "old.js"
    program.write_text(OLD, "utf-8")
    config = tool_server.configured(place, old={"command": node, "args": [str(program)]})
    done = run(place, config, "submit_final_answer(old_upper(text='abc'))")
    assert done.json["answer"] == "ABC", done.err


OLD = r"""
const lines = require("readline").createInterface({ input: process.stdin });
const tools = [{
  name: "upper",
  description: "Capitals.",
  inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
}];
lines.on("line", (line) => {
  const asked = JSON.parse(line);
  if (asked.id === undefined) return;
  const reply = (body) =>
    process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id: asked.id, ...body }) + "\n");
  if (asked.method === "initialize")
    reply({ result: {
      protocolVersion: "2024-11-05",
      capabilities: { tools: {} },
      serverInfo: { name: "old", version: "0" },
    } });
  else if (asked.method === "tools/list") reply({ result: { tools } });
  else if (asked.method === "tools/call")
    reply({ result: {
      content: [{ type: "text", text: asked.params.arguments.text.toUpperCase() }],
    } });
  else reply({ error: { code: -32601, message: "Method not found" } });
});
"""


@pytest.mark.slow
def test_a_login_by_oauth(place: Path) -> None:
    with tool_server.http(tool_server.closed(place)) as url:
        config = tool_server.configured(place, closed={"url": url})
        before = tools(place, config, "--refresh")
        assert before.code == 1
        assert "the tool server closed wants a login: dynasaur tools login closed" in before.out
        library = place / "library"
        words = command("tools", "--mcp-config", config, "login", "closed")
        process = subprocess.Popen(
            words,
            cwd=library,
            env=environment(library / ".home"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        address = process.stderr.readline().split()[-1]
        with urllib.request.urlopen(address, timeout=30) as page:
            assert b"You are logged in" in page.read()
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (0, "logged in: closed\n"), err
        (kept,) = (library / ".home/data/dynasaur/tool-logins").iterdir()
        assert kept.stat().st_mode & 0o777 == 0o600
        time.sleep(1.5)  # the first token is no longer good
        done = run(place, config, "submit_final_answer(closed_inside())")
        assert done.json["answer"] == "gold", done.err
        assert tools(place, config, "login", "nobody").code == 2


@pytest.mark.parametrize(
    ("keys", "bought", "asked"),
    [("y y", 2, 2), ("always", 2, 1), ("no y", 1, 2)],
)
def test_a_person_at_the_terminal(place: Path, keys: str, bought: int, asked: int) -> None:
    library = place / "library"
    step = "\ntry:\n    shop_buy('tea')\nexcept PermissionError as error:\n    print(error)"
    model = script(place, f"{step}{step}\nsubmit_final_answer(shop_add(1))")
    words = ("run", "A task", "--model", model, "--mcp-config", shop(place), "--approve", "writes")
    code, said = typed(library, words, "Call it? [Y]es, [a]lways, or why not", keys.split())
    assert code == 0, said
    assert said.count("shop/buy asks first: the tool does not say that it only reads.") == asked
    assert tool_server.noted(place / "shop").count("bought tea") == bought
    assert ("the user did not let shop/buy be called" in said) == (bought < 2)


def typed(
    library: Path, words: Sequence[str | Path], prompt: str, keys: list[str]
) -> tuple[int, str]:
    """Run on a terminal; each key is typed when the prompt is seen once more."""
    main, child = pty.openpty()
    env = environment(library / ".home", {"TERM": "xterm"})
    process = subprocess.Popen(
        command(*words), cwd=library, env=env, stdin=child, stdout=child, stderr=child
    )
    os.close(child)
    said, left = "", list(keys)
    while True:
        try:
            said += os.read(main, 65536).decode("utf-8", "replace")
        except OSError:
            break
        if left and said.count(prompt) > len(keys) - len(left):
            os.write(main, f"{left.pop(0)}\n".encode())
    os.close(main)
    return process.wait(60), said
