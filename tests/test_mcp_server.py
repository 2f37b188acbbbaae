"""`dynasaur mcp`: the library as an MCP server, met by the protocol's own client."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

pytest.importorskip("mcp", reason="the extra mcp is not installed")

from dynasaur.kernel.private import held_folder, remove
from tests.builders.cli import dynasaur, environment, script
from tests.builders.kernel import processes_in, wait_until_gone
from tests.builders.mcp import (
    Raw,
    Served,
    by_http,
    by_stdio,
    client_of,
    library_of,
    text_of,
    words_of,
)

OWN = {"greet", "make_files", "content_of", "wait_for", "next_day", "odd_result", "fetch_text"}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return library_of(tmp_path_factory.mktemp("mcp") / "my library ö")


@pytest.fixture(scope="module")
def served(library: Path) -> Iterator[Served]:
    (library / "shown").mkdir()
    (library / "shown" / "in.txt").write_text("seen")
    (library / "secret.txt").write_text("not for strangers")
    (library / "shown" / "link.txt").symlink_to(library / "secret.txt")
    with by_http(library, "--files", "shown", "--jobs", "2") as server:
        yield server


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(work, 90))


async def call(at: Any, tool: str, **arguments: Any) -> Any:
    async with client_of(at) as client:
        return await client.call_tool(tool, arguments)


def test_a_client_of_older_versions_starts_it_and_calls_actions(library: Path) -> None:
    heard: list[tuple[float, str | None]] = []

    async def progress(progress: float, total: float | None, message: str | None) -> None:
        heard.append((progress, message))

    async def talk() -> None:
        at = by_stdio(library, "--take", "[gmn]*", "--no-run-task")
        async with client_of(at, mode="legacy") as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert {"greet", "mean", "search_actions", "show_action"} <= set(tools)
            assert not {"run_task", "call_action", "wait_for"} & set(tools)
            greet = tools["greet"]
            assert greet.description == "A greeting.\n\nReturns: The greeting."
            assert greet.input_schema["required"] == ["names"]
            assert greet.input_schema["properties"]["names"]["description"] == "Whom to greet."
            assert greet.output_schema is not None
            assert greet.output_schema["properties"]["result"]["type"] == "string"
            given = {"names": ["Ann", "B"], "loud": True}
            result = await client.call_tool("greet", given, progress_callback=progress)
            assert result.structured_content == {"result": "HELLO ANN AND B"}
            assert text_of(result) == "HELLO ANN AND B"
            made = await client.call_tool("make_files", {"count": 1})
            assert made.structured_content == {"result": 1}
            day = await client.call_tool("next_day", {"day": "2026-02-28"})
            assert day.structured_content == {"result": "2026-03-01"}

    run(talk())
    assert heard[0] == (0.0, "started")


def test_what_an_action_prints_and_makes_comes_with_its_result(served: Served) -> None:
    result = run(call(served.url, "make_files", count=2))
    kinds = [one.type for one in result.content]
    assert kinds == ["text", "text", "image", "resource", "resource"]
    assert "written 2" in result.content[1].text
    assert result.content[2].mime_type == "image/png"
    assert result.content[4].resource.text == "content 1"
    many = run(call(served.url, "make_files", count=12))
    assert "which are gone: made-" in many.content[-1].text


def test_only_files_below_the_named_folders_are_shown(served: Served, library: Path) -> None:
    assert text_of(run(call(served.url, "content_of", file="in.txt"))) == "seen"
    absolute = str(library / "shown" / "in.txt")
    assert text_of(run(call(served.url, "content_of", file=absolute))) == "seen"
    for outside in ("../secret.txt", "link.txt", "secret.txt"):
        result = run(call(served.url, "content_of", file=outside))
        assert (result.is_error, "not for strangers" in text_of(result)) == (True, False)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("greet", {"names": "Ann"}, "greet: $.names: 'Ann' is not of type 'array'"),
    ("greet", {}, "greet: $: 'names' is a required property"),
    ("greet", {"names": [], "x": 1}, "greet: $: Additional properties are not allowed"),
    ("greet", {"names": ["a" * 1_100_000]}, "greet: the arguments have 1,100,0"),
    ("nothing", {}, "there is no action 'nothing': search_actions finds"),
    ("mean", {"numbers": []}, "mean: ValueError: there are no numbers to average"),
    ("next_day", {"day": "soon"}, "next_day: ValueError: Invalid isoformat string"),
    ("odd_result", {"kind": "text"}, "odd_result: the result is not what it declares: $.resul"),
    ("odd_result", {"kind": "large"}, "odd_result: ValueError: give_result_of_call() was giv"),
    ("odd_result", {"kind": "thing"}, "odd_result: TypeError: a value of type 'object' cann"),
    ("search_actions", {"query": "x", "k": 0}, "search_actions: $.k: 0 is less than the mini"),
    ("show_action", {"name": "nothing"}, "there is no action 'nothing'"),
    ("run_task", {"task": ""}, "run_task: $.task: '' should be non-empty"),
]


def test_what_is_wrong_is_one_line(served: Served) -> None:
    async def talk() -> None:
        async with client_of(served.url) as client:
            for tool, arguments, said in WRONG:
                result = await client.call_tool(tool, arguments)
                assert result.is_error, tool
                assert text_of(result).startswith(said), text_of(result)
                assert "\n" not in text_of(result)

    run(talk())


def test_actions_are_found_and_shown(served: Served) -> None:
    found = run(call(served.url, "search_actions", query="a greeting in capitals", k=3))
    assert found.structured_content["actions"][0]["name"] == "greet"
    shown = run(call(served.url, "show_action", name="greet")).structured_content
    assert shown["inputs"]["required"] == ["names"]
    assert "def greet(" in shown["text"]


def test_hints_come_from_what_the_code_can_do(served: Served) -> None:
    async def hints() -> dict[str, Any]:
        async with client_of(served.url) as client:
            return {tool.name: tool.annotations for tool in (await client.list_tools()).tools}

    told = run(hints())
    seen = {
        name: (told[name].read_only_hint, told[name].destructive_hint, told[name].open_world_hint)
        for name in ("greet", "make_files", "fetch_text", "run_task", "search_actions")
    }
    assert seen == {
        "greet": (True, False, False),
        "make_files": (False, False, False),
        "fetch_text": (False, True, True),
        "run_task": (False, False, True),
        "search_actions": (True, None, False),
    }


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_clients_hear_of_changes_of_the_library(library: Path, served: Served, mode: str) -> None:
    new = library / "actions" / f"shout_{mode}.py"
    text = (
        f'"""Shout."""\n\n\ndef shout_{mode}(word: str) -> str:\n    """Shout."""\n    return word'
    )

    async def talk() -> str:
        heard = asyncio.Event()

        async def message(one: Any) -> None:
            if "list_changed" in str(getattr(one, "method", "")):
                heard.set()

        async with client_of(served.url, mode=mode, message_handler=message) as client:
            if mode == "legacy":
                await client.list_tools()
                new.write_text(text)
                await asyncio.wait_for(heard.wait(), 30)
            else:
                async with client.listen(tools_list_changed=True) as changes:
                    new.write_text(text)
                    await asyncio.wait_for(anext(aiter(changes)), 30)
            assert f"shout_{mode}" in {tool.name for tool in (await client.list_tools()).tools}
            new.write_text(text.replace("return word", "return word.upper()"))
            first = await client.call_tool(f"shout_{mode}", {"word": "a"})
            new.unlink()
            gone = await client.call_tool(f"shout_{mode}", {"word": "a"})
            assert gone.is_error
            return text_of(first)

    assert run(talk()) == "A"


@pytest.mark.slow
def test_a_large_library_is_searched_and_called_by_name(library: Path) -> None:
    async def talk() -> None:
        at = by_stdio(library, "--max-tools", "3", "--cell-timeout", "3")
        async with client_of(at) as client:
            tools = [tool.name for tool in (await client.list_tools()).tools]
            assert tools == ["search_actions", "show_action", "call_action", "run_task"]
            given = {"name": "greet", "arguments": {"names": ["Ann"]}}
            result = await client.call_tool("call_action", given)
            assert result.structured_content == {"result": "hello Ann"}
            wrong = await client.call_tool("call_action", {"name": "greet", "arguments": {}})
            assert text_of(wrong) == "greet: $: 'names' is a required property"
            straight = await client.call_tool("greet", {"names": []})
            assert straight.structured_content == {"result": "hello "}
            late = await client.call_tool("wait_for", {"seconds": 60})
            assert late.is_error
            assert "stopped after 3 s" in text_of(late)

    run(talk())


@pytest.mark.slow
def test_a_cancelled_call_is_stopped(library: Path, tmp_path: Path) -> None:
    async def talk() -> None:
        at = by_stdio(library, "--jobs", "1", env={"TMPDIR": str(tmp_path)})
        async with client_of(at) as client:
            for stubborn in (False, True):
                given = {"seconds": 600, "stubborn": stubborn}
                waiting = asyncio.ensure_future(client.call_tool("wait_for", given))
                await asyncio.sleep(2)
                assert not waiting.done()
                waiting.cancel()
                # There is one worker: it is free again only when that call is over.
                result = await client.call_tool("greet", {"names": ["x"]})
                assert result.structured_content == {"result": "hello x"}

    run(talk())
    assert wait_until_gone(processes_in(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_call_that_is_cancelled_over_http_is_stopped(served: Served, mode: str) -> None:
    async def talk() -> Any:
        async with client_of(served.url, mode=mode) as client:
            both = [
                asyncio.ensure_future(client.call_tool("wait_for", {"seconds": 600}))
                for _ in range(2)  # as many as there are workers
            ]
            await asyncio.sleep(2)
            for one in both:
                one.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            return await client.call_tool("greet", {"names": ["x"]})

    assert run(talk()).structured_content == {"result": "hello x"}


@pytest.mark.parametrize(
    "how", ["closes", "crashes", "SIGTERM", pytest.param("SIGINT", marks=pytest.mark.slow)]
)
def test_nothing_is_left_when_the_client_or_the_server_ends(
    library: Path, tmp_path: Path, how: str
) -> None:
    raw = Raw(library, env={"TMPDIR": str(tmp_path)})
    raw.initialize()
    raw.ask(1, "tools/call", name="wait_for", arguments={"seconds": 600})
    _until(lambda: any(tmp_path.glob("dynasaur-mcp-*/work")))
    time.sleep(1)
    if how == "crashes":
        raw.kill()
    elif how == "closes":
        assert raw.end()[0] == 0
    else:
        raw.process.send_signal(getattr(signal, how))
        assert raw.process.wait(30) == 0
        raw.end()
    assert wait_until_gone(processes_in(tmp_path)) == []
    if how == "crashes":
        remove(held_folder("mcp", tmp_path))  # whatever is started next sweeps up
    assert list(tmp_path.iterdir()) == []


def test_hostile_lines_end_neither_it_nor_its_protocol(library: Path) -> None:
    raw = Raw(library, "--no-run-task")
    raw.initialize()
    for line in (
        b"",
        b"\xff\xfe\x00 not text",
        b"{",
        b"[" * 100_000,
        b'{"jsonrpc": "2.0", "id": 1, "method": ' + b'{"a":' * 5_000,
        b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": 7}',
        b'{"jsonrpc": "2.0", "id": null, "method": "tools/call"}',
        b'{"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "greet"}}',
        b'{"jsonrpc": "2.0", "id": {"a": 1}, "method": "ping"}',
        b'{"jsonrpc": "1.0", "id": 2, "method": "ping"}',
        b'{"jsonrpc": "2.0", "id": 3, "method": "ping", "params": {"a": "\\ud800"}}',
        b'"' + b"x" * 5_000_000 + b'"',
    ):
        raw.write(line)
    hostile = {"name": "../../etc/passwd\x1b[31m", "arguments": {"__class__": "x"}}
    raw.ask(5, "tools/call", **hostile)
    assert raw.answer(5)["result"]["isError"]
    raw.ask(6, "tools/list", cursor="-1")
    assert raw.answer(6)["error"]["message"] == "this cursor is none of ours"
    code = {"names": ["']); import os; os._exit(3)  #", "\x00 ö"]}
    raw.ask(7, "tools/call", name="greet", arguments=code)
    said = raw.answer(7)["result"]["structuredContent"]["result"]
    assert said == f"hello {' and '.join(code['names'])}"
    raw.ask(8, "tools/call", name="greet", arguments={"names": ["B"]})
    assert raw.answer(8)["result"]["structuredContent"] == {"result": "hello B"}
    assert raw.end()[0] == 0


def test_calls_at_once_share_nothing(served: Served) -> None:
    async def talk() -> list[Any]:
        async with client_of(served.url) as client:
            calls = (client.call_tool("greet", {"names": [str(n)]}) for n in range(8))
            return await asyncio.gather(*calls)

    answers = [one.structured_content for one in run(talk())]
    assert answers == [{"result": f"hello {number}"} for number in range(8)]


def test_http_takes_no_request_from_elsewhere(served: Served) -> None:
    def ask(**headers: str) -> int:
        told = {"accept": "application/json, text/event-stream", **headers}
        body = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
        status: int = httpx.post(served.url, json=body, headers=told, timeout=60).status_code
        return status

    assert ask(host="evil.example:80") == 421
    assert ask(origin="https://evil.example") == 403
    assert ask(origin="http://localhost.evil.example:8765") == 403
    port = served.url.split(":")[2].split("/")[0]
    assert ask(origin=f"http://127.0.0.1:{port}") not in {401, 403, 421}
    huge = httpx.post(
        served.url, content=b"x" * 5_000_000, headers={"content-type": "a/json"}, timeout=60
    )
    assert huge.status_code == 413


def test_http_asks_for_the_token(library: Path) -> None:
    with by_http(library, env={"DYNASAUR_MCP_TOKEN": "s3cret ö"}) as server:
        for given in ({}, {"authorization": "Bearer no"}, {"authorization": "s3cret"}):
            answer = httpx.post(server.url, json={}, headers=given, timeout=60)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        bearer = [(b"authorization", "Bearer s3cret ö".encode())]
        right = httpx.post(server.url, json={}, headers=bearer, timeout=60)
        assert right.status_code != 401


def test_a_task_is_run_and_its_steps_are_heard(library: Path) -> None:
    model = script(library, "numbers = [1, 2]", "submit_final_answer({'sum': sum(numbers)})")
    heard = []

    async def progress(progress: float, total: float | None, message: str | None) -> None:
        heard.append((int(progress), total, message))

    async def talk() -> tuple[Any, Any]:
        at = by_stdio(library, "--model", model, "--max-steps", "4")
        async with client_of(at) as client:
            given = {"task": "-- Add the numbers"}
            done = await client.call_tool("run_task", given, progress_callback=progress)
            return done, await client.call_tool("run_task", {"task": "Again", "max_steps": 1})

    solved, unsolved = run(talk())
    assert (solved.is_error, solved.structured_content["answer"]) == (False, {"sum": 3})
    assert {(1, 4.0, "step 1"), (2, 4.0, "step 2")} <= set(heard)
    assert unsolved.is_error
    assert text_of(unsolved).startswith("run_task: unsolved: ")


def test_a_cancelled_task_is_interrupted(library: Path, tmp_path: Path) -> None:
    model = script(library, "import time\ntime.sleep(600)")
    before = set((library / ".dynasaur" / "runs").glob("*"))

    async def talk() -> None:
        at = by_stdio(library, "--model", model, env={"TMPDIR": str(tmp_path)})
        async with client_of(at) as client:
            work = asyncio.ensure_future(client.call_tool("run_task", {"task": "Wait"}))
            runs = library / ".dynasaur" / "runs"
            await asyncio.to_thread(_until, lambda: len(set(runs.glob("*")) - before) == 1)
            await asyncio.sleep(2)
            work.cancel()
            (new,) = set(runs.glob("*")) - before
            record = new / "trajectory.json"
            await asyncio.to_thread(_until, lambda: '"interrupted"' in record.read_text())

    run(talk())
    (new,) = set((library / ".dynasaur" / "runs").glob("*")) - before
    assert wait_until_gone(processes_in(new)) == []


def test_a_users_mistake_is_one_line(library: Path, served: Served) -> None:
    port = served.url.split(":")[2].split("/")[0]
    for words, code, said in (
        (("--take", "no_such_*"), 2, "has no action that no_such_* means; see `dynasaur list"),
        (("--transport", "http", "--port", port), 1, f"cannot listen at 127.0.0.1:{port}: "),
        (("--transport", "http", "--host", "0.0.0.0"), 2, "set DYNASAUR_MCP_TOKEN to a secret"),
        (("--files", "nowhere"), 2, "Directory 'nowhere' does not exist"),
        (("--library", "nowhere"), 2, "is no library"),
    ):
        done = dynasaur("mcp", *words, cwd=library)
        assert (done.code, done.out, said in done.err) == (code, "", True), done.err


def test_the_missing_extra_is_named(library: Path) -> None:
    program, *_ = words_of(library)
    code = (
        "import sys; sys.modules['mcp'] = None; from dynasaur.cli import run; "
        "sys.exit(run(['mcp']))"
    )
    done = subprocess.run(
        [program, "-c", code],
        cwd=library,
        env=environment(library / ".home"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "dynasaur: error: the MCP server needs more packages: pip install 'dynasaur[mcp]'\n"
    )


@pytest.mark.slow
def test_a_hundred_calls_at_once_in_the_sandbox(library: Path, tmp_path: Path) -> None:
    async def talk() -> list[Any]:
        at = by_stdio(library, "--sandbox", "auto", env={"TMPDIR": str(tmp_path)})
        async with client_of(at) as client:
            calls = (client.call_tool("greet", {"names": [str(n)]}) for n in range(100))
            return await asyncio.gather(*calls)

    answers = asyncio.run(talk())
    assert {one.structured_content["result"] for one in answers} == {
        f"hello {number}" for number in range(100)
    }
    assert list(tmp_path.iterdir()) == []


def _until(holds: Any, seconds: float = 60.0) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.05)
