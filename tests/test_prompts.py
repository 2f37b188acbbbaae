from __future__ import annotations

from pathlib import Path

from dynasaur import prompts
from dynasaur.types import Action, CellError, Ending, Hit, Observation, Reply, Task


def action(name: str = "mean", summary: str = "Arithmetic mean.") -> Action:
    signature = f"{name}(numbers: list[float]) -> float"
    return Action(
        name, "stats", "base", f"actions.{name}", signature, (), "", summary, summary, "", Path()
    )


def test_the_opening_holds_task_files_and_actions() -> None:
    said = prompts.opening(Task("Do it.\nNow."), [("a.csv", 1234)], [Hit(action(), 1.0)])
    assert said == (
        "Task:\nDo it.\nNow.\n\n"
        "Files in the working folder:\n- a.csv (1,234 bytes)\n\n"
        "Actions you can call, best first (they are imported when you use them by name):\n"
        "- mean(numbers: list[float]) -> float  # Arithmetic mean."
    )


def test_a_file_is_one_line_whatever_its_name() -> None:
    said = prompts.opening(Task("Do it."), [("a (1 bytes)\n- b.csv", 5), ("\udcff.csv", 1)], [])
    assert said.splitlines()[4:6] == [
        "- 'a (1 bytes)\\n- b.csv' (5 bytes)",
        "- '\\udcff.csv' (1 bytes)",
    ]


def test_form_instructions_and_budget_stand_last() -> None:
    said = prompts.opening(
        Task("Do it."), [], [], form="a number", instructions="Use metres.\n", note="3 steps."
    )
    assert said.endswith(
        "Form of the answer: a number\n\n"
        "Instructions of this project (AGENTS.md):\nUse metres.\n\n3 steps."
    )


def test_the_opening_is_short() -> None:
    """Target: under 1,500 tokens with ten actions offered; a token is about four characters."""
    hits = [
        Hit(action(f"action_number_{n}", "A summary of the usual length, in words."), 1.0)
        for n in range(10)
    ]
    said = prompts.opening(Task("What is the mean of the column?"), [], hits)
    assert len(prompts.system().content) + len(said) < 1500 * 4


def test_an_observation_tells_output_error_and_notice() -> None:
    seen = Observation(
        Ending.ERROR,
        output="one\n",
        late="from before\n",
        error=CellError("KeyError", "'x'", "Traceback ...\nKeyError: 'x'"),
        notice="Your variables are gone.",
    )
    assert prompts.observed(seen, ["a note"]).content == (
        "Observation:\n(late output of earlier steps)\nfrom before\none\n"
        "Error: KeyError: 'x'\nTraceback ...\nKeyError: 'x'\nYour variables are gone.\n"
        "Note: a note"
    )


def test_silence_is_said() -> None:
    assert prompts.observed(Observation()).content == "Observation:\n(no output)"


def test_long_output_is_cut_in_the_middle_with_a_note() -> None:
    text = prompts.observed(Observation(output="a" * 50_000 + "b" * 50_000)).content
    assert len(text) < prompts.OBSERVATION_LIMIT + 200
    assert text.startswith("Observation:\naaa")
    assert text.endswith("bbb")
    assert "(90,000 characters left out of the middle)" in text


def test_text_at_the_limit_is_left_alone() -> None:
    assert prompts.cut("x" * 100, 100) == "x" * 100
    assert "1 characters left out" in prompts.cut("x" * 101, 100)


def test_a_reply_is_remembered_as_it_was() -> None:
    assert prompts.assistant(Reply(" why ", "x = 1\n")).content == "why\n\n```python\nx = 1\n```"
    assert prompts.assistant(Reply("only words", "")).content == "only words"
    assert prompts.assistant(Reply("", "x")).content == "```python\nx\n```"
