"""`dynasaur run`, as a user sees it: a real process, a real kernel, a real repository."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.builders.cli import Done, command, dynasaur, environment, script
from tests.builders.repos import is_noted

CSV = "region,price\nNorth,1.5\nSouth,4\nNorth,2.5\n"

MEAN_WHERE = '''
def mean_where(path: str, column: str, key: str, value: str) -> float:
    """Mean of one column over the rows where another equals a value.

    Args:
        path: The table file.
        column: The column to average.
        key: The column to compare.
        value: What it must equal.

    Returns:
        The arithmetic mean.
    """
    return mean(numeric_column(filter_rows(read_table(path), key, value), column))
'''


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "my library ö"
    assert dynasaur("init", folder, cwd=tmp_path).code == 0
    (folder / "sales.csv").write_text(CSV, encoding="utf-8")
    return folder


def run(library: Path, *steps: str | tuple[str, str], more: tuple[str, ...] = ()) -> Done:
    model = script(library, *steps)
    return dynasaur("run", "Do the task", "--model", model, "--json", *more, cwd=library)


def git(library: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=library, capture_output=True, text=True, check=True
    )
    return done.stdout


def saved(library: Path, done: Done) -> dict[str, Any]:
    file = library / ".dynasaur" / "runs" / done.json["run"] / "trajectory.json"
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document


def observations(library: Path, done: Done) -> list[dict[str, Any]]:
    steps = saved(library, done)["trajectory"]
    return [step["observation"] for step in steps]


def test_a_function_that_proved_itself_is_committed_and_reused(library: Path) -> None:
    first = run(
        library,
        MEAN_WHERE + "answer = mean_where('sales.csv', 'price', 'region', 'North')\nanswer",
        "submit_final_answer(answer)",
        more=("--file", "sales.csv"),
    )
    assert first.code == 0, first.err
    assert first.json["status"] == "solved"
    assert first.json["answer"] == 2.0
    assert first.json["actions"]["admitted"] == ["mean_where"]
    assert is_noted(library)
    assert first.json["actions"]["loaded"] == [
        "filter_rows",
        "mean",
        "numeric_column",
        "read_table",
    ]
    assert {"filter_rows", "mean", "read_table"} <= set(first.json["actions"]["called"])

    text = (library / "actions/tables/mean_where.py").read_text(encoding="utf-8")
    assert MEAN_WHERE.strip() in text
    assert "from ..vendor.base.tables.read_table import read_table" in text
    assert f'run = "{first.json["run"]}"' in text
    message = git(library, "log", "-1", "--format=%an <%ae>%n%B")
    assert message.startswith("dynasaur <dynasaur@localhost>\nadd tables/mean_where: Mean of one")
    assert f"Dynasaur-Run: {first.json['run']}" in message
    assert git(library, "status", "--porcelain", "--", ":!.home").split() == [
        "??",
        "sales.csv",
        "??",
        "script-0.json",
    ]

    (library / "other.csv").write_text("station,temperature\nOslo,3\nBergen,9\n", encoding="utf-8")
    second = run(
        library,
        "submit_final_answer(mean_where('other.csv', 'temperature', 'station', 'Oslo'))",
        more=("--file", "other.csv"),
    )
    assert second.json["answer"] == 3.0
    assert second.json["actions"]["loaded"] == ["mean_where"]
    assert second.json["actions"]["called"][0] == "mean_where"
    assert second.json["actions"]["admitted"] == []


def test_what_a_task_gives_away_is_neither_kept_nor_committed(library: Path) -> None:
    key = f"sk{'-'}qL9xT2vB7nM4kR8wZ3yH6jD1"
    code = (
        'def tripled(number: float) -> float:\n    """Three times a number.\n\n'
        "    Args:\n        number: The number.\n\n    Returns:\n        It, three times.\n"
        '    """\n    return number + number + number\n'
    )
    model = script(library, code + "x = tripled(14.0)", "submit_final_answer(x)")
    task = f"With the key {key}, triple what /home/{'alice'}/n.txt says."
    done = dynasaur("run", task, "--model", model, "--json", cwd=library)
    assert done.json["actions"]["admitted"] == ["tripled"]
    (path,) = (library / "actions").glob("*/tripled.py")
    for kept in (path.read_text(encoding="utf-8"), git(library, "log", "-1", "--format=%B")):
        assert "With the key [secret], triple what ~/n.txt says." in kept


def test_the_saved_module_stands_alone(library: Path) -> None:
    done = run(
        library,
        MEAN_WHERE + "submit_final_answer(mean_where('sales.csv', 'price', 'region', 'South'))",
        more=("--file", "sales.csv"),
    )
    assert done.json["actions"]["admitted"] == ["mean_where"]
    code = (
        "from actions.tables.mean_where import mean_where;"
        "print(mean_where('sales.csv', 'price', 'region', 'South'))"
    )
    alone = subprocess.run(
        [sys.executable, "-c", code],
        cwd=library,
        capture_output=True,
        text=True,
        check=True,
    )
    assert alone.stdout == "4.0\n"


def test_each_run_has_its_own_kernel_and_folder(library: Path) -> None:
    first = run(library, "left = 1\nopen('left.txt', 'w').close()\nsubmit_final_answer('done')")
    second = run(
        library,
        "import os\nsubmit_final_answer([sorted(os.listdir()), 'left' in globals()])",
    )
    assert first.json["answer"] == "done"
    assert second.json["answer"] == [[], False]


def test_variables_last_from_step_to_step(library: Path) -> None:
    assert run(library, "x = 20", "y = x + 1", "submit_final_answer(y)").json["answer"] == 21


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("None", None),
        ("'text'", "text"),
        ("{'b': (1, 2), 'a': {3}}", {"b": [1, 2], "a": [3]}),
        ("__import__('datetime').date(2026, 1, 2)", "2026-01-02"),
        ("__import__('decimal').Decimal('1.50')", 1.5),
        ("2**70", 2**70),
        ("'ö\\u202e'", "ö\u202e"),
    ],
)
def test_answers_become_json(library: Path, expression: str, answer: object) -> None:
    assert run(library, f"submit_final_answer({expression})").json["answer"] == answer


def test_errors_come_back_as_observations(library: Path) -> None:
    done = run(library, "1/0", "submit_final_answer('went on')")
    assert done.json["answer"] == "went on"
    error = observations(library, done)[0]["error"]
    assert error["type"] == "ZeroDivisionError"
    assert error["message"] == "division by zero"
    assert "1/0" in error["traceback"]
    assert "\x1b" not in error["traceback"]


def test_a_cell_that_loops_for_ever_is_stopped_and_the_run_goes_on(library: Path) -> None:
    done = run(
        library, "x = 1\nwhile True: pass", "submit_final_answer(x)", more=("--cell-timeout", "1")
    )
    assert done.json["answer"] == 1
    assert observations(library, done)[0]["ended"] == "timeout"
    assert observations(library, done)[0]["notice"]


def test_a_cell_that_prints_100_mb_is_cut(library: Path) -> None:
    done = run(library, "print('x' * 100_000_000)", "submit_final_answer('fine')")
    assert done.json["answer"] == "fine"
    seen = observations(library, done)[0]
    assert 1_000 < len(str(seen["output"])) < 3_000_000


def test_a_cell_that_kills_its_kernel_is_noticed(library: Path) -> None:
    done = run(library, "x = 1\nimport os; os._exit(3)", "submit_final_answer('x' in globals())")
    assert done.json["answer"] is False
    seen = observations(library, done)[0]
    assert (seen["ended"], seen["state_kept"]) == ("died", False)
    assert seen["notice"]


def test_actions_are_loaded_again_after_the_kernel_died(library: Path) -> None:
    done = run(library, "mean([1])", "import os; os._exit(3)", "submit_final_answer(mean([1, 2]))")
    assert done.json["answer"] == 1.5


def test_find_actions_gives_lines_and_marks_them_offered(library: Path) -> None:
    done = run(library, "submit_final_answer(find_actions('prime factors of a number', k=2))")
    assert done.json["answer"][0].startswith("prime_factors(")
    assert "  # " in done.json["answer"][0]
    assert "prime_factors" in done.json["actions"]["offered"]


@pytest.mark.parametrize("stream", ["None", "__import__('io').StringIO()"])
def test_streams_that_a_cell_replaced_are_put_back(library: Path, stream: str) -> None:
    done = run(
        library,
        f"import sys\nsys.stdout = sys.stderr = {stream}",
        "print('heard')",
        "%%capture kept\nprint('captured')",
        "submit_final_answer(kept.stdout)",
    )
    assert observations(library, done)[1]["output"] == "heard\n"
    assert done.json["answer"] == "captured\n"


def test_a_wrong_call_of_a_host_function_is_told_plainly(library: Path) -> None:
    done = run(library, "submit_final_answer()", "submit_final_answer(1)")
    message = observations(library, done)[0]["error"]["message"]
    assert "missing a required argument: 'answer'" in message
    assert "Run." not in message


def test_calls_of_host_functions_are_recorded(library: Path) -> None:
    done = run(
        library,
        "find_actions('mean', k=2)\ntry:\n    show_action('nobody')\nexcept Exception:\n    pass",
        "submit_final_answer([1])",
    )
    first, second = saved(library, done)["trajectory"]
    told = [(one["name"], one["arguments"], one["error"]) for one in first["asked"]]
    assert told == [
        ("find_actions", '["mean", {"k": 2}]', ""),
        ("show_action", '["nobody"]', "ActionError"),
    ]
    assert json.loads(first["asked"][0]["result"])[0].startswith("mean(numbers")
    assert "no action 'nobody'" in first["asked"][1]["message"]
    (last,) = second["asked"]
    assert (last["name"], last["arguments"], last["result"]) == (
        "submit_final_answer",
        "[[1]]",
        "null",
    )


def test_show_action_gives_the_source(library: Path) -> None:
    done = run(
        library,
        "submit_final_answer(show_action('mean'))",
    )
    assert "def mean(numbers: list[float]) -> float:" in done.json["answer"]
    missing = run(library, "show_action('meen')", "submit_final_answer(1)")
    error = observations(library, missing)[0]["error"]
    assert "no action 'meen'" in error["message"]


def test_three_replies_without_code_end_the_run(library: Path) -> None:
    done = run(library, "", "def (", "x ==== 1", "submit_final_answer(1)")
    assert done.code == 1
    assert done.json["status"] == "failed"
    assert "no valid code 3 times in a row" in done.json["reason"]
    assert done.json["steps"] == 3


def test_a_reply_without_code_is_told_and_may_be_mended(library: Path) -> None:
    done = run(library, "", "", "submit_final_answer(1)")
    assert done.code == 0
    assert saved(library, done)["trajectory"][0]["problem"] == "its code is empty"


@pytest.mark.parametrize(
    "code",
    [
        "'\\d'\nsubmit_final_answer(1)",
        "import asyncio\nawait asyncio.sleep(0)\nsubmit_final_answer(1)",
        "!true\nsubmit_final_answer(1)",
    ],
)
def test_what_the_kernel_takes_is_left_to_it(library: Path, code: str) -> None:
    done = run(library, code, more=("-q",))
    assert (done.json["answer"], done.err) == (1, "")


def test_code_nested_too_deeply_is_told(library: Path) -> None:
    done = run(library, "(" * 5000 + ")" * 5000, "submit_final_answer(1)")
    assert done.json["answer"] == 1


def test_magics_are_no_syntax_errors(library: Path) -> None:
    assert run(library, "%time x = 3\nsubmit_final_answer(x)").json["answer"] == 3


def test_running_out_of_steps_is_a_limit(library: Path) -> None:
    done = run(library, "x = 1", "x = 2", "x = 3", more=("--max-steps", "2"))
    assert done.code == 4
    assert done.json["status"] == "unsolved"
    assert "no answer after 2 steps" in done.json["reason"]


def test_a_model_that_gives_up_leaves_the_task_unsolved(library: Path) -> None:
    done = run(library, "x = 1")
    assert done.code == 1
    assert done.json["status"] == "unsolved"
    assert done.json["reason"]


def test_what_is_refused_is_told_with_its_reason(library: Path) -> None:
    done = run(
        library,
        "def double(x):\n    return 2 * x\n\n"
        "def never(x: int) -> int:\n    '''Not called.'''\n    return x\n\n"
        "submit_final_answer(double(2))",
    )
    refused = {one["name"]: one["reason"] for one in done.json["actions"]["refused"]}
    assert set(refused) == {"double", "never"}
    assert "never called" in refused["never"]
    assert git(library, "log", "--format=%s").count("\n") == 1


def test_the_model_is_told_what_would_be_refused_and_can_mend_it(library: Path) -> None:
    done = run(
        library,
        "def double(x):\n    return 2 * x",
        "def double(x: float) -> float:\n"
        "    '''Twice a number.\n\n    Args:\n        x: The number.\n\n"
        "    Returns:\n        Two times it.\n    '''\n    return 2 * x",
        "submit_final_answer(double(2))",
    )
    first, second, _ = saved(library, done)["trajectory"]
    assert "`double` works, but could not be kept as an action" in first["notes"][0]
    assert "the parameter `x` has no type" in first["notes"][0]
    assert second["notes"] == []
    assert done.json["actions"]["admitted"] == ["double"]


def test_what_was_tried_in_an_unsolved_run_is_not_kept(library: Path) -> None:
    done = run(
        library,
        MEAN_WHERE + "mean_where('sales.csv', 'price', 'region', 'North')",
        more=("--file", "sales.csv"),
    )
    assert done.json["actions"]["admitted"] == []
    assert done.json["actions"]["refused"] == [
        {"name": "mean_where", "reason": "the run was not solved"}
    ]


def test_the_bar_can_be_moved(library: Path) -> None:
    done = run(library, MEAN_WHERE, more=("--accept", "executed"))
    assert done.json["actions"]["admitted"] == ["mean_where"]
    shown = dynasaur("show", "mean_where", "--json", cwd=library).json
    assert shown["provenance"]["evidence"] == "executed"


def test_a_clone_is_refused_and_points_at_what_exists(library: Path) -> None:
    run(library, MEAN_WHERE, more=("--accept", "executed"))
    clone = MEAN_WHERE.replace("mean_where", "average_if").replace("value", "wanted")
    done = run(library, clone, more=("--accept", "executed"))
    assert done.json["actions"]["refused"] == [
        {"name": "average_if", "reason": "it is the same as tables/mean_where: call that instead"}
    ]


def test_without_json_stdout_is_the_answer_alone(library: Path) -> None:
    model = script(library, "submit_final_answer([1, 'ö'])")
    done = dynasaur("run", "Task", "--model", model, cwd=library)
    assert done.out == '[1, "ö"]\n'
    assert "Step 1" in done.err
    quiet = dynasaur("run", "Task", "--model", model, "-q", cwd=library)
    assert (quiet.out, quiet.err) == ('[1, "ö"]\n', "")


def test_the_task_may_come_from_standard_input(library: Path) -> None:
    model = script(library, "submit_final_answer(1)")
    done = dynasaur("run", "-", "--model", model, "--json", cwd=library, stdin="From a pipe\n")
    assert saved(library, done)["task"] == "From a pipe\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", ""), "the task is empty"),
        (("run", "x", "--file", "none.csv"), "--file none.csv: no such file"),
        (("run", "x", "--file", "."), "--file .: a folder"),
        (("run", "x", "--file", "/dev/null"), "--file /dev/null: a pipe or a device"),
        (("run", "x", "--max-steps", "0"), "max_steps = 0: must be above zero"),
        (("run", "x", "--cell-timeout", "nan"), "cell_timeout = nan"),
        (("run", "x", "--model", "scripted:none.json"), "none.json"),
        (("run", "x", "--library", "sales.csv"), "is a file"),
        (("run", "x", "--library", "nowhere"), "dynasaur init"),
        (("run",), "name a TASK, or `-`"),
        (("run", "x", "--jobs", "2"), "go with --tasks FILE"),
        (("run", "x", "--accept", "always"), "always"),
        (("rnu", "x"), "No such command 'rnu': did you mean run?"),
        (("zzzzzz",), "No such command 'zzzzzz'."),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    library: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = dynasaur(*arguments, cwd=library)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert not list((library / ".dynasaur" / "runs").glob("*"))


def interrupted(library: Path, said: str, *steps: str, more: tuple[str, ...] = ()) -> Done:
    """A run that gets Ctrl-C as soon as its record says this."""
    process = subprocess.Popen(
        command("run", "Task", "--model", script(library, *steps), "-q", *more),
        cwd=library,
        env=environment(library / ".home"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    runs = library / ".dynasaur" / "runs"
    for _ in range(600):
        if any(said in path.read_text() for path in runs.glob("*/trajectory.json")):
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return Done(process.returncode, out, err)


SLEEPS = "print('here', flush=True)\nimport time; time.sleep(60)"

SLOW_ELSEWHERE = '''
import os
import time
def doubled_when_seen(number: int) -> int:
    """Twice a number, at once where it was seen before.

    Args:
        number: The number.

    Returns:
        Twice the number.
    """
    if not os.path.exists("seen"):
        time.sleep(60)
    return 2 * number
open("seen", "w").close()
submit_final_answer(doubled_when_seen(4))
'''


def test_ctrl_c_ends_the_run_and_records_it(library: Path) -> None:
    done = interrupted(library, '"number": 1', "x = 1", SLEEPS)
    assert done.code == 130
    assert (done.out, done.err.strip()) == ("", "dynasaur: interrupted")
    (recorded,) = dynasaur("runs", "--json", cwd=library).json
    assert recorded["status"] == "failed"


def test_an_interrupted_run_gives_its_document(library: Path) -> None:
    done = interrupted(library, '"number": 1', "x = 1", SLEEPS, more=("--json",))
    assert done.code == 130
    assert (done.json["status"], done.json["answer"], done.json["steps"]) == ("failed", None, 1)
    assert done.json["reason"] == "interrupted by the user"


@pytest.mark.slow
def test_ctrl_c_while_functions_are_judged_loses_no_answer(library: Path) -> None:
    done = interrupted(library, '"status": "solved"', SLOW_ELSEWHERE)
    assert (done.code, done.out) == (130, "8\n")
    (run,) = (library / ".dynasaur" / "runs").glob("*/trajectory.json")
    document = json.loads(run.read_text())
    assert document["status"] == "solved"
    assert document["note"].startswith("interrupted while its functions were judged")
    assert dynasaur("list", "--json", cwd=library).json == []


def test_killed_in_the_middle_the_library_is_intact(library: Path) -> None:
    model = script(library, "x = 1", "import time; time.sleep(60)")
    process = subprocess.Popen(
        command("run", "Task", "--model", model, "-q"),
        cwd=library,
        env=environment(library / ".home"),
        start_new_session=True,
    )
    runs = library / ".dynasaur" / "runs"
    for _ in range(300):
        if [p for p in runs.glob("*/trajectory.json") if '"number": 1' in p.read_text()]:
            break
        time.sleep(0.1)
    process.kill()
    process.wait()
    (recorded,) = dynasaur("runs", "--json", cwd=library).json
    assert (recorded["status"], recorded["steps"]) == ("killed", 1)
    assert git(library, "fsck") == ""
    assert run(library, "submit_final_answer(1)").code == 0


def test_the_users_own_library_is_made_on_first_use(tmp_path: Path) -> None:
    done = dynasaur(
        "run", "x", "--model", script(tmp_path, "submit_final_answer(1)"), "--json", cwd=tmp_path
    )
    assert done.json["answer"] == 1
    assert "made the library" in done.err
    own = tmp_path / ".home" / "data" / "dynasaur" / "library"
    assert (own / "actions" / "__init__.py").is_file()
    assert git(own, "log", "--format=%an <%ae>") == "dynasaur <dynasaur@localhost>\n"


def test_a_broken_action_is_told_and_costs_no_run(library: Path) -> None:
    (library / "actions" / "broken.py").write_text("def (")
    (library / "actions" / "raises.py").write_text(
        "def raises() -> int:\n    '''Never comes that far.'''\n    return 1\n\n\n1 / 0\n"
    )
    done = run(
        library, "try:\n    raises(); broken()\nexcept NameError:\n    submit_final_answer(1)"
    )
    assert done.json["answer"] == 1
    notes = "\n".join(saved(library, done)["trajectory"][0]["notes"])
    assert "The action broken could not be loaded: " in notes
    assert "The action raises could not be loaded: " in notes
    assert "ZeroDivisionError" in notes


def test_an_action_can_be_imported_by_its_full_name(library: Path) -> None:
    done = run(
        library,
        "from actions.vendor.base.stats.mean import mean as average\n"
        "submit_final_answer(average([1, 2]))",
    )
    assert done.json["answer"] == 1.5


def test_a_variable_is_not_replaced_by_an_action_of_its_name(library: Path) -> None:
    assert run(library, "mean = 3", "submit_final_answer(mean)").json["answer"] == 3


def test_what_is_not_delivered_can_be_admitted_later(library: Path) -> None:
    done = run(
        library,
        MEAN_WHERE,
        "submit_final_answer(1)",
        more=("--deliver", "none", "--accept", "executed"),
    )
    (refused,) = done.json["actions"]["refused"]
    assert refused["reason"].endswith(f"`dynasaur admit {done.json['run']}` admits it")
    assert git(library, "log", "--format=%s").count("\n") == 1
    later = dynasaur("admit", done.json["run"], "--accept", "executed", cwd=library)
    assert (later.code, later.out) == (0, "kept: mean_where\n")
    assert is_noted(library)
    trailers = git(library, "log", "-1", "--format=%(trailers:key=Dynasaur-Run,valueonly)")
    assert trailers.strip() == done.json["run"]
    again = dynasaur("admit", done.json["run"], "--accept", "executed", "--json", cwd=library)
    assert again.code == 1
    assert "call that instead" in again.json["refused"][0]["reason"]


def test_delivery_may_leave_a_branch(library: Path) -> None:
    done = run(
        library,
        MEAN_WHERE,
        "submit_final_answer(1)",
        more=("--deliver", "branch", "--accept", "executed"),
    )
    assert done.json["actions"]["admitted"] == ["mean_where"]
    assert not (library / "actions" / "tables").exists()
    branch = f"dynasaur/{done.json['run']}"
    assert "actions/tables/mean_where.py" in git(library, "ls-tree", "-r", "--name-only", branch)


@pytest.mark.parametrize("run_id", ["nowhere", "..", ".", "../runs", ""])
def test_admit_of_no_run_says_so(library: Path, run_id: str) -> None:
    done = dynasaur("admit", run_id, cwd=library)
    assert (done.code, done.out) == (2, "")
    assert "no run" in done.err
