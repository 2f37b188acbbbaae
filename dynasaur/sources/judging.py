"""Whether what is given may go: by every rule, and tried alone in the layout of its source."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from dynasaur.checks import rules
from dynasaur.config import PACKAGE
from dynasaur.errors import ActionError
from dynasaur.registry import Registry
from dynasaur.registry.docstring import docstrings
from dynasaur.registry.trial import Sample
from dynasaur.snapshot import Snapshot
from dynasaur.source import gather
from dynasaur.sources.packing import Given
from dynasaur.types import Action, Module

_INSIDE = re.compile(
    r"\b(?:[\w-]+\.)+(?:internal|corp|intranet|lan|local)\b"
    r"|\b(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}\b"
)
"""Names and numbers of machines that nobody outside can reach."""


def judge(registry: Registry, tip: Snapshot, actions: Sequence[Given], mount: str) -> None:
    """Refuse what would not be let into the source by its own gate, or tells too much.

    Args:
        registry: The gate that tries them.
        tip: The source's newest commit.
        actions: What is given.
        mount: What names of the source's modules begin with in this library.

    Raises:
        ActionError: Names the action, the line and what is wrong.
    """
    texts = {one.action.module: one.action.text for one in actions}
    for one in actions:
        for finding in rules.findings(one.action):
            raise ActionError(f"{one.title}:{finding.line}: {finding.message}")
        for number, line in enumerate(one.action.text.splitlines(), 1):
            if found := _INSIDE.search(line):
                raise ActionError(f"{one.title}:{number}: `{found[0]}` is a machine of yours alone")
    own = {one.action.module for one in actions if not one.here.startswith(mount)}
    samples = [
        _sample(one.action, lambda name: _text_there(name, texts, tip), own, mount)
        for one in actions
    ]
    with registry.trial() as trial:
        for one, outcome in zip(actions, trial.run(samples), strict=True):
            failed = [f"{line}: {what}" for line, what in outcome.failures]
            if problem := outcome.problem or "; ".join(failed) or outcome.stopped:
                raise ActionError(f"{one.title}: {problem}")


def _text_there(name: str, texts: Mapping[str, str], tip: Snapshot) -> str | None:
    path = name.removeprefix(f"{PACKAGE}.").replace(".", "/")
    module = tip.modules.get(path)
    return texts.get(name) or (module.text if module else None)


def _sample(
    action: Action, text_of: Callable[[str], str | None], own: set[str], mount: str
) -> Sample:
    """What is tried of an action, in the source's own layout.

    Args:
        action: The action as it would be there.
        text_of: The text of a module there.
        own: The modules there that are this library's work alone.
        mount: What names of the source's modules begin with in this library.
    """
    modules: tuple[Module, ...] = gather([action.module], text_of)
    others = tuple(
        Module(mount + one.name.removeprefix(f"{PACKAGE}."), one.text)
        for one in modules
        if one.name not in own
    )
    return Sample(modules, documents=tuple(docstrings(action.text)), others=others)
