"""A run as an executed Jupyter notebook that runs again where the library is."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from dynasaur.export.markdown import fenced, plain
from dynasaur.export.parts import answer_text, facts, remarks, solved, title
from dynasaur.record import Step, Trajectory
from dynasaur.types import Ending, Observation

WARNING = (
    "What follows was written by a language model. The run that it is the record of had a sandbox;"
    " a notebook has none."
)

_FATAL = {Ending.TIMEOUT, Ending.DIED}


def notebook(run: Trajectory, library: Path) -> str:
    """The notebook as JSON.

    Args:
        run: The run.
        library: The library's root.
    """
    import nbformat

    v4: Any = nbformat.v4
    write: Any = nbformat.writes

    head = "\n".join(f"- {name}: {plain(value)}" for name, value in facts(run))
    task = plain(run.task.strip())
    cells = [
        v4.new_markdown_cell(f"# {plain(title(run))}\n\n{task}\n\n{head}\n\n> {WARNING}"),
        v4.new_code_cell(_setup(run, library)),
    ]
    for step in run.steps:
        cells += _cells(step, v4)
    if solved(run):
        cells.append(v4.new_markdown_cell(f"## Answer\n\n{fenced(answer_text(run), '')}"))
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    made = v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python", "file_extension": ".py"},
            "title": title(run),
            "dynasaur": {"run": run.run, "model": run.model, "status": str(run.status)},
        },
    )
    text: str = write(made)
    return text + "\n"


def _setup(run: Trajectory, library: Path) -> str:
    """The first cell: a fresh folder with the task's files, and the actions that the run used."""
    names = sorted({*run.actions.loaded})
    return (
        "# Binds the actions that the run used, and works in a copy of the task's files.\n"
        "from dynasaur.notebook import prepare\n\n"
        f"prepare(globals(), {_at_home(library)!r}, run={run.run!r}, actions={names!r})"
    )


def _at_home(path: Path) -> str:
    """A path that tells nothing of whose home it lies in."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def _cells(step: Step, v4: Any) -> list[Any]:
    thought = plain(step.thought.strip())
    said = "\n".join(f"- *{plain(remark)}*" for remark in remarks(step))
    parts = [f"## Step {step.number}", thought, said]
    seen = step.observation
    if seen is None or seen.ended in _FATAL:
        # Run again, it would do that again: it is shown, not run.
        code = fenced(step.code, "python") if step.code.strip() else ""
        shown = fenced(seen.output, "") if seen and seen.output.strip() else ""
        return [v4.new_markdown_cell(_joined([*parts, code, shown]))]
    cell = v4.new_code_cell(
        step.code, execution_count=step.number, outputs=_outputs(seen, step.number, v4)
    )
    if not seen.ok:
        cell["metadata"]["tags"] = ["raises-exception"]
    return [v4.new_markdown_cell(_joined(parts)), cell]


def _outputs(seen: Observation, number: int, v4: Any) -> list[Any]:
    outputs = []
    if seen.output:
        outputs.append(v4.new_output("stream", name="stdout", text=seen.output))
    for at, image in enumerate(seen.images, 1):
        data = base64.b64encode(image.data).decode()
        alternative = f"image {at} of step {number}"
        outputs.append(v4.new_output("display_data", {image.mime: data, "text/plain": alternative}))
    if error := seen.error:
        outputs.append(
            v4.new_output(
                "error",
                ename=error.type,
                evalue=error.message,
                traceback=error.traceback.splitlines() or [f"{error.type}: {error.message}"],
            )
        )
    return outputs


def _joined(parts: list[str]) -> str:
    return "\n\n".join(part for part in parts if part)
