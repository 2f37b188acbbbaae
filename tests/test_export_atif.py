"""`dynasaur runs export --to atif`: what other tools read."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.builders.chat_server import ChatServer, Step
from tests.builders.cli import dynasaur, script
from tests.builders.kernel import PIXEL

FIELDS = {
    "": "schema_version session_id trajectory_id agent steps final_metrics extra",
    "agent": "name version model_name",
    "step": "step_id timestamp source model_name message tool_calls observation metrics "
    "llm_call_count extra",
    "call": "tool_call_id function_name arguments",
    "result": "source_call_id content",
    "metrics": "prompt_tokens completion_tokens cached_tokens cost_usd extra",
    "total": "total_prompt_tokens total_completion_tokens total_cached_tokens total_cost_usd "
    "total_steps extra",
}
"""What the format knows of what is written here: it forbids every other field."""

AGENT_ONLY = {"model_name", "reasoning_content", "tool_calls", "metrics"}


def check(document: dict[str, Any]) -> None:
    """What the format's own models check."""

    def known(value: dict[str, Any], kind: str) -> None:
        assert value.keys() <= set(FIELDS[kind].split())

    known(document, "")
    known(document["agent"], "agent")
    known(document["final_metrics"], "total")
    steps = document["steps"]
    assert [step["step_id"] for step in steps] == list(range(1, len(steps) + 1))
    for step in steps:
        known(step, "step")
        calls = step.get("tool_calls", [])
        for call in calls:
            known(call, "call")
        for result in step.get("observation", {"results": []})["results"]:
            known(result, "result")
            named = {call["tool_call_id"] for call in calls}
            assert result.get("source_call_id") in {*named, None}
        if step["source"] != "agent":
            assert not step.keys() & AGENT_ONLY
        elif step["llm_call_count"] == 0:
            assert "metrics" not in step
        else:
            known(step["metrics"], "metrics")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    assert dynasaur("init", tmp_path, cwd=tmp_path).code == 0
    return tmp_path


def exported(library: Path) -> dict[str, Any]:
    done = dynasaur("runs", "export", "last", "--to", "atif", "-o", "-", cwd=library)
    assert (done.code, done.err) == (0, "")
    document: dict[str, Any] = done.json
    check(document)
    return document


def test_a_run_as_others_read_it(library: Path) -> None:
    look = Step(
        "I look.",
        "import base64\nfrom IPython.display import Image, display\n"
        f"display(Image(data=base64.b64decode('{PIXEL}')))\nprint('seen')",
        100,
        20,
        cached_tokens=60,
        reasoning_tokens=8,
    )
    fails = Step("It fails.", "1 / 0")
    with ChatServer([look, fails, Step("Done.", "submit_final_answer({'a': 1})")]) as server:
        done = dynasaur("run", "Look", cwd=library, env={"OPENAI_BASE_URL": server.url})
    assert done.code == 0, done.err
    document = exported(library)
    assert document["schema_version"] == "ATIF-v1.7"
    assert document["agent"]["model_name"] == "test"
    assert document["extra"]["answer"] == {"a": 1}
    opening, first, second, last = document["steps"]
    assert opening["message"].startswith("Task:\nLook")
    assert first["message"] == "I look."
    assert first["tool_calls"][0]["arguments"] == {"code": look.code}
    text, image = first["observation"]["results"][0]["content"]
    assert text == {"type": "text", "text": "seen"}
    assert base64.b64decode(image["source"]["path"].partition(",")[2]) == base64.b64decode(PIXEL)
    assert first["metrics"]["cached_tokens"] == 60
    assert first["metrics"]["extra"] == {"requests": 1, "reasoning_tokens": 8}
    assert "ZeroDivisionError" in second["observation"]["results"][0]["content"]
    assert last["tool_calls"][0]["tool_call_id"] == "step-3"
    assert document["final_metrics"]["total_prompt_tokens"] == 120
    assert document["final_metrics"]["total_steps"] == 4


def test_a_run_of_the_planner_is_no_work_of_a_language_model(library: Path) -> None:
    assert dynasaur("run", "What is the gcd of 84 and 36?", cwd=library).code == 0
    steps = exported(library)["steps"][1:]
    assert {step["llm_call_count"] for step in steps} == {0}
    assert {step["model_name"] for step in steps} == {"planner"}


def test_the_file_has_a_name_of_its_own(library: Path) -> None:
    model = script(library, ("", ""), ("Done.", "submit_final_answer(1)"))
    assert dynasaur("run", "One", "--model", model, cwd=library).code == 0
    done = dynasaur("runs", "export", "last", "--to", "atif", cwd=library)
    (file,) = library.glob("*.atif.json")
    assert done.out == f"wrote: {file.name}\n"
    first = exported(library)["steps"][1]
    assert "tool_calls" not in first
    assert "No usable code" in first["observation"]["results"][0]["content"]
