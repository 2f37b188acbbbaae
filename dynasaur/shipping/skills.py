"""Actions as Agent Skills: a folder with `SKILL.md` and scripts that run by themselves."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dynasaur.kernel.inside import plain
from dynasaur.shipping import runner
from dynasaur.shipping.bundle import Bundle
from dynasaur.shipping.functions import words_of
from dynasaur.source import Head, with_head
from dynasaur.source.docs import read_docs
from dynasaur.syntax.hidden import visible
from dynasaur.types import Action

LONGEST_NAME = 64
LONGEST_DESCRIPTION = 1_024
_PYTHON = ">=3.11"
_BODY = "lib"
"""Below `scripts/`; not the folder of the scripts itself, where one could hide a module of Python's
standard library by its name."""

_HOW = (
    "Run it in this skill's folder, or give the script's path. Arguments stand in order or as "
    "`--name VALUE`; lists and tables are written as JSON. The result is printed on stdout: "
    "text as it is, everything else as JSON. `--help` shows the documentation."
)

_REACH = {
    "network": "reaches the network",
    "subprocess": "starts other programs",
    "file-write": "writes files",
    "eval": "runs code that it is given",
    "secrets": "reads where secrets are kept",
    "environment": "reads the environment",
    "native": "runs native code",
    "deserialisation": "loads pickled data",
    "dynamic-import": "imports modules by name",
    "obfuscation": "holds code that cannot be read",
}


@dataclass(frozen=True, slots=True)
class Skill:
    """One folder.

    Attributes:
        name: The folder's name, which is the skill's.
        files: Its files.
    """

    name: str
    files: Mapping[str, bytes]


def skills_of(bundles: Sequence[Bundle]) -> list[Skill]:
    """A skill for each action."""
    names: set[str] = set()
    found = []
    for bundle in bundles:
        name = skill_name(bundle.actions[0].name)
        number = 2
        while name in names:
            name = f"{skill_name(bundle.actions[0].name)[: LONGEST_NAME - 4]}-{number}"
            number += 1
        names.add(name)
        found.append(Skill(name, _files(name, bundle)))
    return found


def skill_name(name: str) -> str:
    """An action's name as a skill's: lower-case letters, digits, single hyphens."""
    plain_name = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return plain_name[:LONGEST_NAME].strip("-") or "action"


def support(module: str) -> dict[str, str]:
    """The two modules that make a script of a function, by file name.

    Args:
        module: How one imports the other: `_plain` beside it, `._plain` in a package.
    """
    text = inspect.getsource(runner).replace(plain.__name__, module)
    return {"_runner.py": text, "_plain.py": inspect.getsource(plain)}


def _files(name: str, bundle: Bundle) -> dict[str, bytes]:
    action = bundle.actions[0]
    body = {**support("_plain"), **bundle.files()}
    texts = {f"scripts/{_BODY}/{path}": text for path, text in body.items()}
    texts["SKILL.md"] = _markdown(name, bundle)
    texts[f"scripts/{action.name}.py"] = _script(bundle)
    for path, text in bundle.legal.items():
        texts[path if "/" not in path else f"scripts/{_BODY}/{path}"] = text
    return {path: text.encode("utf-8", "replace") for path, text in texts.items()}


def _script(bundle: Bundle) -> str:
    action = bundle.actions[0]
    place, _, _ = action.module.rpartition(".")
    summary = action.summary.replace("\\", "\\\\").replace('"""', "'''") or action.name
    text = f'''"""{summary}"""

import os
import sys

sys.path[0] = os.path.join(os.path.dirname(os.path.abspath(__file__)), "{_BODY}")

from {place}.{action.name} import {action.name}
from _runner import run

if __name__ == "__main__":
    sys.exit(run({action.name}))
'''
    return with_head(text, Head(bundle.python or _PYTHON, bundle.dependencies))


def _markdown(name: str, bundle: Bundle) -> str:
    action = bundle.actions[0]
    script = f"scripts/{action.name}.py"
    parts = [
        _front_matter(name, bundle),
        f"# {name}",
        words_of(action) or f"`{action.signature}`",
        "## How to run it",
        f"```bash\npython {script} {_usage(action)}\n```",
        _HOW,
    ]
    if bundle.dependencies:
        needs = ", ".join(f"`{one}`" for one in bundle.dependencies)
        parts.append(f"It needs {needs}; `uv run {script}` installs them by itself.")
    parts += ["## Arguments", _arguments(action)] if action.parameters else []
    docs = read_docs(action.docstring)
    if docs.returns or action.returns:
        kind = f"`{action.returns}`" if action.returns else ""
        parts += ["## Result", ": ".join(filter(None, (kind, docs.returns)))]
    if docs.raises:
        lines = [f"- `{kind}`: {said}" for kind, said in docs.raises.items()]
        parts += ["## When it fails", "It prints one line on stderr and exits with 1:", *lines]
    reach = [_REACH[kind] for kind in bundle.kinds if kind in _REACH]
    if reach:
        read = f"As far as its code can be read, it {', '.join(reach)}."
        parts += ["## What it may do", f"{read} It runs with the rights of who runs it."]
    return "\n\n".join(visible(part) for part in parts) + "\n"


def _front_matter(name: str, bundle: Bundle) -> str:
    action = bundle.actions[0]
    need = [f"Needs Python {bundle.python or _PYTHON}"]
    if bundle.dependencies:
        need.append(f"the packages {', '.join(bundle.dependencies)}")
    if "network" in bundle.kinds:
        need.append("the network")
    fields = {
        "name": name,
        "description": _quoted(_when(action), LONGEST_DESCRIPTION),
        "license": _quoted(bundle.licence, 200) if bundle.licence else "",
        "compatibility": _quoted(" and ".join(need), 500),
    }
    lines = [f"{key}: {value}" for key, value in fields.items() if value]
    told = {
        "action": action.name,
        "source": action.source,
        "evidence": action.provenance.evidence,
        "origin": action.provenance.origin,
    }
    lines += ["metadata:", *(f"  {key}: {_quoted(one, 200)}" for key, one in told.items() if one)]
    return "\n".join(["---", *lines, "---"])


def _when(action: Action) -> str:
    """What it does, and when to use it."""
    does = action.summary.strip() or action.name.replace("_", " ")
    does = does if does.endswith((".", "!", "?")) else f"{does}."
    words = action.name.replace("_", " ")
    given = ", ".join(one.name.replace("_", " ") for one in action.parameters)
    return f"{does} Use when a task asks for: {words}{f' (given: {given})' if given else ''}."


def _usage(action: Action) -> str:
    shown = []
    for one in action.parameters:
        if one.kind == "variadic":
            shown.append(f"[{one.name.upper()}]...")
        elif one.kind == "keyword":
            option = f"--{one.name.replace('_', '-')} {one.name.upper()}"
            shown.append(option if one.default is None else f"[{option}]")
        elif one.kind != "variadic-keyword":
            shown.append(one.name.upper() if one.default is None else f"[{one.name.upper()}]")
    return " ".join(shown)


def _arguments(action: Action) -> str:
    lines = []
    for one in action.parameters:
        kind = f" (`{one.annotation}`)" if one.annotation else ""
        default = "" if one.default is None else f" Default: `{one.default}`."
        lines.append(f"- `{one.name}`{kind}: {one.doc}{default}".rstrip(": "))
    return "\n".join(lines)


def _quoted(text: str, most: int) -> str:
    """A scalar of YAML on one line, bounded."""
    line = "".join(one for one in " ".join(visible(text).split()) if one.isprintable())
    line = line if len(line) <= most else f"{line[: most - 3]}..."
    return json.dumps(line, ensure_ascii=False)
