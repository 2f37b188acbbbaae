"""A scripted ten-step task against a server on localhost with no delay, beside smolagents.

    python -m tests.benchmarks.loop --smolagents /path/to/venv/bin/python [--rounds 5]

Both run as processes of their own, in turn, in the same round; the medians over the rounds and
their ratio are printed. Ours runs its code in a sandboxed kernel, smolagents' in its own process.
Prompt sizes are characters of the messages' text: the ratio is what counts. `processor` is the
processor time of the agent's process, ours without that of the kernel beside it.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.builders.chat_server import ChatServer, Raw, Request, Step, completion

STEPS = 10
TASK = "Add the numbers from 0 to 9, one at a time."
CODES = [f"total = {n} if {n} == 0 else total + {n}\nprint(total)" for n in range(STEPS - 1)]

SMOLAGENTS = """
import sys
from smolagents import CodeAgent, OpenAIServerModel
model = OpenAIServerModel("test", api_base=sys.argv[1], api_key="none")
print(CodeAgent([], model, max_steps=12).run(sys.argv[2]))
"""

FLOPS = "total = 0\nfor number in range(300_000):\n    total += number * number\n"


class Timed(ChatServer):
    """Notes when each request comes and when it is answered."""

    def __init__(self, answers: Sequence[Step | Raw]) -> None:
        super().__init__(answers, output="ignores")
        self.came: list[float] = []
        self.went: list[float] = []

    def answer(self, request: Request) -> Raw:
        self.came.append(time.perf_counter())
        made = super().answer(request)
        self.went.append(time.perf_counter())
        return made


@dataclass
class Measured:
    """One agent's figures, one of each for a round; seconds, and characters for `prompt`."""

    first: list[float] = field(default_factory=list)
    gap: list[float] = field(default_factory=list)
    exit: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    prompt: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def add(self, server: Timed, began: float, ended: float, processor: float) -> None:
        gaps = [came - went for came, went in zip(server.came[1:], server.went, strict=False)]
        self.first.append(server.came[0] - began)
        self.gap.append(statistics.median(gaps))
        self.exit.append(ended - server.went[-1])
        self.wall.append(ended - began)
        self.processor.append(processor)
        self.prompt.append(sum(_characters(request.body) for request in server.chats))


def _characters(body: dict[str, Any]) -> int:
    """Of the text of all messages."""
    total = 0
    for message in body["messages"]:
        content = message["content"]
        parts = [content] if isinstance(content, str) else [part["text"] for part in content]
        total += sum(map(len, parts))
    return total


def _ours(library: Path, into: Measured) -> None:
    codes = [*CODES, "submit_final_answer(total)"]
    with Timed([Step(f"Step {at}.", code) for at, code in enumerate(codes)]) as server:
        environment = {**os.environ, "OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "none"}
        command = [sys.executable, "-m", "dynasaur", "run", TASK, "--model", "test", "-q"]
        _measure([*command, "--no-agents-md"], library, environment, server, into)


def _theirs(python: Path, folder: Path, into: Measured) -> None:
    codes = [*CODES, "final_answer(total)"]
    answers = [
        completion(f"Thought: step {at}.\n<code>\n{code}\n</code>") for at, code in enumerate(codes)
    ]
    with Timed(answers) as server:
        command = [str(python), "-c", SMOLAGENTS, server.url, TASK]
        _measure(command, folder, dict(os.environ), server, into)


def _measure(
    command: list[str], cwd: Path, env: dict[str, str], server: Timed, into: Measured
) -> None:
    used, began = _processor(), time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=300)
    ended = time.perf_counter()
    if len(server.chats) != STEPS or "36" not in done.stdout:
        raise SystemExit(f"{command[:3]} did not do the task:\n{done.stdout}\n{done.stderr}")
    into.add(server, began, ended, _processor() - used)


def _processor() -> float:
    """Seconds that the processes started so far have used; the server is in this one."""
    use = resource.getrusage(resource.RUSAGE_CHILDREN)
    return use.ru_utime + use.ru_stime


def _loop_of_plain_python(python: Path, rounds: int) -> float:
    """How many times longer a loop takes in smolagents' interpreter than in CPython."""
    code = (
        "import time\n"
        "from smolagents.local_python_executor import LocalPythonExecutor\n"
        f"code = {FLOPS!r}\n"
        "executor = LocalPythonExecutor([])\n"
        "executor.send_tools({})\n"
        "began = time.perf_counter(); executor(code); theirs = time.perf_counter() - began\n"
        "began = time.perf_counter(); exec(code, {}); ours = time.perf_counter() - began\n"
        "print(theirs / ours)\n"
    )
    runs = [
        subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True)
        for _ in range(rounds)
    ]
    return statistics.median(float(run.stdout) for run in runs)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smolagents", type=Path, required=True, help="a Python that has it")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # both run as they do once they are installed
    ours, theirs = Measured(), Measured()
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        init = [sys.executable, "-m", "dynasaur", "init", str(library)]
        subprocess.run(init, check=True, capture_output=True)
        for at in range(chosen.rounds + 1):  # the first round warms the caches
            _ours(library, ours if at else Measured())
            _theirs(chosen.smolagents, Path(folder), theirs if at else Measured())
    print(f"{'':28}{'ours':>12}{'smolagents':>12}{'ratio':>8}   ratios of the rounds")
    for name, words in (
        ("first", "start to first request, s"),
        ("gap", "answer to next request, s"),
        ("exit", "last answer to exit, s"),
        ("wall", "wall, s"),
        ("prompt", "prompt, characters"),
        ("processor", "processor, s"),
    ):
        mine, other = getattr(ours, name), getattr(theirs, name)
        ratios = sorted(a / b for a, b in zip(mine, other, strict=True))
        a, b = statistics.median(mine), statistics.median(other)
        print(
            f"{words:28}{a:12.4g}{b:12.4g}{statistics.median(ratios):8.2f}"
            f"   {ratios[0]:.2f} to {ratios[-1]:.2f}"
        )
    slower = _loop_of_plain_python(chosen.smolagents, 3)
    print(f"a plain loop in smolagents' interpreter takes {slower:.0f} times CPython's time")


if __name__ == "__main__":
    main()
