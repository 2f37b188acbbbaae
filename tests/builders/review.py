"""Actions for reviews: documented ones that keep every rule, changed in one thing at a time."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from dynasaur.review import Report, review_texts
from dynasaur.review.options import Options

Files = Mapping[str, str | bytes]


def action(
    name: str = "shout_text",
    params: str = "text: str, times: int = 1",
    returns: str = "str",
    body: str = "return text.upper() * times + '!'",
    *,
    head: str = "",
    imports: str = "",
    summary: str = "",
    example: str = "",
    start: str = "def",
) -> str:
    """The text of an action that is documented, typed and has an example."""
    told = summary or f"Make {name.replace('_', ' ')}."
    names = [one.split(":")[0].strip().lstrip("*") for one in params.split(", ") if ":" in one]
    listed = "".join(f"        {one}: The {one}.\n" for one in names)
    head = f"# /// script\n{head}\n# ///\n" if head else ""
    above = f"\n{imports}\n" if imports else ""
    shown = example or f">>> {name}('a')  # doctest: +ELLIPSIS\n        ..."
    inside = textwrap.indent(body, "    ")
    return (
        f'{head}"""{told}"""\n{above}\n\n{start} {name}({params}) -> {returns}:\n'
        f'    """{told}\n\n    Args:\n{listed}\n    Returns:\n        What comes of it.\n\n'
        f'    Examples:\n        {shown}\n    """\n{inside}\n'
    )


def reviewed(before: Files, after: Files, options: Options | None = None) -> Report:
    """The review of two sets of files, named by their paths below `actions/`."""
    return review_texts(_library(before), _library(after), options)


def _library(files: Files) -> dict[str, bytes]:
    found = {"actions/__init__.py": b""}
    for name, text in files.items():
        path = f"actions/{name}"
        found[path] = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        parts = name.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            found.setdefault("/".join(["actions", *parts[:depth], "__init__.py"]), b"")
    return found


def told(report: Report) -> list[str]:
    """The open findings, in order: `ID path:line:column`, the path below `actions/`."""
    return [
        f"{one.id} {one.path.removeprefix('actions/')}:{one.line}:{one.column}"
        for one in report.open
    ]
