"""A run as one page of HTML: nothing is fetched, nothing of a stranger's text is markup."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib.resources import files

from dynasaur.export.parts import answer_text, facts, outcome, remarks, solved, title
from dynasaur.record import Step, Trajectory
from dynasaur.types import Ending, Observation

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'"
"""The browser itself refuses whatever the page might ask of the network."""


def page(run: Trajectory) -> str:
    """The page."""
    return "\n".join([*_head(run), *_body(run), "</main></body></html>", ""])


def _head(run: Trajectory) -> Iterator[str]:
    style = files("dynasaur").joinpath("export", "page.css").read_text(encoding="utf-8")
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_text(title(run))}</title>"
    yield f"<style>{style}\n{_colours()}</style></head><body><main>"


def _body(run: Trajectory) -> Iterator[str]:
    yield f"<header><h1>{_text(title(run))}</h1>"
    if run.task.strip() != title(run):
        yield f'<p class="prose">{_text(run.task.strip())}</p>'
    yield "<dl>"
    for name, value in facts(run):
        yield f"<div><dt>{name}</dt><dd>{_text(value)}</dd></div>"
    yield "</dl></header>"
    if solved(run):
        yield '<section class="answer"><h2>Answer</h2>'
        yield f"<pre>{_text(answer_text(run))}</pre></section>"
    yield "<h2>Steps</h2>"
    for step in run.steps:
        yield from _step(step)
    if run.actions.refused:
        yield "<h2>Not kept</h2><ul>"
        for one in run.actions.refused:
            yield f"<li><code>{_text(one.name)}</code>: {_text(one.reason)}</li>"
        yield "</ul>"
    if run.note:
        yield f'<p class="note">{_text(run.note)}</p>'


def _step(step: Step) -> Iterator[str]:
    seen = step.observation
    word = outcome(step)
    kind = "good" if seen and seen.ended is Ending.OK else "bad"
    time = f" &middot; {seen.seconds:.1f} s" if seen and seen.seconds >= 0.05 else ""
    gist = next(iter(step.thought.strip().splitlines()), "")
    yield "<details><summary>"
    yield f'<span class="number">{step.number}</span><span class="gist">{_text(gist)}</span>'
    yield f'<span class="{kind}">{word}{time}</span></summary><div class="inside">'
    if step.thought.strip():
        yield f'<p class="prose">{_text(step.thought.strip())}</p>'
    if step.code.strip():
        yield f'<pre class="code">{_python(step.code)}</pre>'
    if step.loaded:
        yield f'<p class="loaded">loaded: {_text(", ".join(step.loaded))}</p>'
    for remark in remarks(step):
        yield f'<p class="remark">{_text(remark)}</p>'
    if seen:
        yield from _observation(seen, step.number)
    yield "</div></details>"


def _observation(seen: Observation, number: int) -> Iterator[str]:
    if seen.output.strip():
        yield _output(seen.output.strip("\n"))
    for at, image in enumerate(seen.images, 1):
        yield f'<img alt="image {at} of step {number}" src="{image.url}">'
    if error := seen.error:
        told = error.traceback.strip() or f"{error.type}: {error.message}"
        yield f'<pre class="out failed">{_text(told)}</pre>'


LONG = 30
"""Lines of output that are shown unfolded."""


def _output(text: str) -> str:
    lines = text.splitlines()
    block = f'<pre class="out">{_text(text)}</pre>'
    if len(lines) <= LONG:
        return block
    return (
        f'<details class="long"><summary>{len(lines):,} lines of output</summary>{block}</details>'
    )


def _python(code: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    marked: str = highlight(shown(code), PythonLexer(), HtmlFormatter(nowrap=True))
    return marked.rstrip("\n")


def _colours() -> str:
    """The highlighting, for light and dark."""
    from pygments.formatters import HtmlFormatter

    light = HtmlFormatter(style="default").get_token_style_defs([".code"])
    dark = HtmlFormatter(style="github-dark").get_token_style_defs([".code"])
    return "\n".join([*light, "@media (prefers-color-scheme: dark) {", *dark, "}"])


def _text(text: str) -> str:
    return escape(shown(text))


def shown(text: str) -> str:
    """Control characters, and those that turn the direction of text, made visible."""
    return "".join(_VISIBLE.get(ord(character), character) for character in text)


_TURNING = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_CONTROL = [*range(0x09), 0x0B, *range(0x0E, 0x20), *range(0x7F, 0xA0)]
_HIDDEN = [*_TURNING, *_CONTROL, *range(0xD800, 0xE000)]
_VISIBLE = dict.fromkeys(_HIDDEN, "\N{REPLACEMENT CHARACTER}")
