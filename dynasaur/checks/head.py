"""The head is valid: metadata that other tools can read, evidence that is one of the levels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dynasaur import source
from dynasaur.checks.subject import ActionText, Finding
from dynasaur.errors import ActionError
from dynasaur.types import Evidence

_NAME = r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?"
_VERSION = r"(?:~=|===?|!=|<=?|>=?)\s*[\w.*+!-]+"
_VERSIONS = rf"{_VERSION}(?:\s*,\s*{_VERSION})*"
_REQUIREMENT = re.compile(
    rf"{_NAME}\s*(?:\[[^\]]*\])?\s*(?:(?:\(?\s*{_VERSIONS}\s*,?\s*\)?)?|@\s*\S+\s*)\s*(?:;.+)?",
    re.ASCII,
)
"""PEP 508, as far as its shape goes."""
_PYTHON = re.compile(_VERSIONS, re.ASCII)


def check(subject: ActionText) -> Iterator[Finding]:
    """The block parses, its requirements have the shape of requirements."""
    try:
        head = source.read_head(subject.action.text)
    except ActionError as error:
        yield Finding("head", 1, str(error))
        return
    if head.requires_python and not _PYTHON.fullmatch(head.requires_python):
        yield Finding(
            "head", 1, f"`requires-python` is no version specifier: {head.requires_python!r}"
        )
    for dependency in head.dependencies:
        if not _REQUIREMENT.fullmatch(dependency.strip()):
            yield Finding("head", 1, f"no requirement that an installer can read: {dependency!r}")
    evidence = head.provenance.evidence
    if evidence and evidence not in set(Evidence):
        levels = ", ".join(Evidence)
        yield Finding("head", 1, f"`evidence` is {evidence!r}; it must be one of {levels}")
