"""A run as Markdown, and text of strangers that says in Markdown just what it says."""

from __future__ import annotations

import re

from dynasaur.export.parts import answer_text, facts, outcome, remarks, solved, title
from dynasaur.record import Step, Trajectory

_SPECIAL = re.compile(r"([\\`*_\[\]#|~$!])")
_LEADING = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s|$)", re.MULTILINE)
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def markdown(run: Trajectory) -> str:
    """The run as one Markdown text, its images inside."""
    parts = [f"# {plain(title(run))}"]
    if run.task.strip() != title(run):
        parts.append(plain(run.task.strip()))
    parts.append("\n".join(f"- {name}: {plain(value)}" for name, value in facts(run)))
    for step in run.steps:
        parts += _step(step)
    if solved(run):
        parts += ["## Answer", fenced(answer_text(run), "")]
    for one in run.actions.refused:
        parts.append(f"Not kept: `{one.name}`: {plain(one.reason)}")
    return "\n\n".join(parts) + "\n"


def plain(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no HTML, no image that is fetched."""
    text = "".join(_HTML.get(character, character) for character in text)
    text = _SPECIAL.sub(r"\\\1", text)
    return _LEADING.sub(lambda found: f"{found[1]}{_escaped(found[2])}", text)


def _escaped(mark: str) -> str:
    return f"{mark[:-1]}\\{mark[-1]}"


def fenced(text: str, language: str) -> str:
    """A block of code that nothing in the text can end."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _step(step: Step) -> list[str]:
    parts = [f"## Step {step.number}"]
    if step.thought.strip():
        parts.append(plain(step.thought.strip()))
    if step.code.strip():
        parts.append(fenced(step.code, "python"))
    parts += [f"*{plain(remark)}*" for remark in remarks(step)]
    seen = step.observation
    if seen is None:
        return parts
    said = seen.output.strip("\n")
    if seen.error:
        said += f"\n{seen.error.traceback.strip() or seen.error.type}"
    if said.strip():
        parts += [f"Observation ({outcome(step)}):", fenced(said.strip("\n"), "")]
    for at, image in enumerate(seen.images, 1):
        parts.append(f"![image {at} of step {step.number}]({image.url})")
    return parts
