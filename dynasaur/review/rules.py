"""The rules of a review: ids, names, levels and what they mean. Ids are never given twice."""

# ruff: noqa: E501 - a table's row stands on one line

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dynasaur.capabilities import Confidence
from dynasaur.capabilities import Kind as Can
from dynasaur.review.values import Level


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        id: Its id.
        name: Its name.
        level: How bad a finding of it is.
        title: What a finding of it says, in a few words.
        help: What to do about one.
        severity: How much of a risk to security it is, from 0 to 10; None for what is none.
        confidence: How sure a finding of it is, where nothing else says.
    """

    id: str
    name: str
    level: Level
    title: str
    help: str
    severity: float | None = None
    confidence: Confidence = "high"


_LIFE = """
DYN101 info    action-added        An action was added | Read it whole: nobody has used it yet.
DYN102 warning action-removed      An action was removed | See that nothing outside of this library uses it.
DYN103 warning action-renamed      An action was renamed or moved | Callers outside of this library have to be changed.
DYN104 error   unparsable          A file is no Python, or holds no action | Mend it: what cannot be read is not reviewed.
DYN105 error   not-reviewed        A changed file was not reviewed | Links, submodules, binary and huge files do not belong among actions.
DYN106 info    action-deprecated   An action was marked as deprecated | See that what replaces it does the same.
"""
_SIGNATURES = """
DYN201 error   parameter-moved             A positional parameter was moved | Add new parameters at the end, or as keyword-only ones.
DYN202 error   parameter-removed           A parameter was removed | Keep it, or give the action a new name.
DYN203 error   parameter-kind-changed      A parameter can be given in other ways than before | Keep the ways that there were.
DYN204 warning parameter-default-changed   A parameter's default was changed | Callers that rely on it get something else.
DYN205 error   parameter-now-required      A parameter lost its default | Keep a default.
DYN206 error   parameter-added-required    A required parameter was added | Give it a default.
DYN207 warning return-incompatible         Return types are incompatible | Keep what callers rely on.
DYN208 error   object-removed              A name that callers can import was removed | Keep it, or change its callers.
DYN209 error   object-kind-changed         A name stands for another kind of thing | Keep the kind, or choose another name.
DYN210 warning attribute-type-changed      An attribute has another type | Keep what callers rely on.
DYN211 error   base-removed                A class lost a base | Keep it.
DYN212 warning attribute-value-changed     An attribute has another value | Callers that rely on it get something else.
DYN213 warning return-type-changed         The return type was changed | Callers get something else: look at them.
DYN214 warning parameter-type-changed      A parameter's type was changed | See that what callers give still fits.
DYN215 error   async-changed               A function became async, or ceased to be | Every caller has to be changed.
"""
_CLONES = """
DYN301 warning near-duplicate   It is much like an existing action | Use that one, or say in the docstring how they differ.
DYN302 info    same-body        It differs from an existing action in constants only | One action with a parameter could do both.
DYN303 error   clone            It is the same as an existing action | Use that one.
"""
_DEPENDENCIES = """
DYN501 warning dependency-added        A dependency was added | See that it is needed, kept well, and the one that is meant.
DYN502 warning dependency-unpinned     A dependency has no version | Write the lowest that works, such as `pandas>=2.2`.
DYN503 error   dependency-unknown      The package index does not know a dependency | Names that models make up can be taken by anyone: take it out.
DYN504 info    dependency-undeclared   It imports what its head does not name | Add it to `dependencies` in the head.
DYN505 warning vendored-unlicensed     What is vendored comes without a licence | Put the source's licence beside it.
DYN506 info    vendored-licence        The licence of what is vendored | See that it fits your own.
DYN507 warning vendored-relicensed     What is vendored is under another licence than before | See that it fits your own.
"""
_EVIDENCE = """
DYN601 error   example-failed      An example does not hold | Mend the action, or the example.
DYN602 warning no-example          It has no example | Add one that runs to its docstring.
DYN603 warning evidence-voided     Its evidence is of code that has since been edited | Run it again, or take `evidence` out of the head.
DYN604 error   evidence-claimed    Its evidence was raised by hand | Only a run gives evidence: put back what it was.
DYN605 warning no-evidence         It was written by a model, and nothing backs it | Run it, or review it as if it were wrong.
"""
_CALLERS = """
DYN701 error   caller-broken       A caller does not fit any more | Change the caller, or keep what it relies on.
"""
_KEPT = """
DYN801 error   head                The head is not as it must be | See the message.
DYN802 error   names               The name is not as it must be | See the message.
DYN803 error   documented          The documentation is not as it must be | See the message.
DYN804 error   secrets             It holds or reads a secret | Take it out, and revoke it.
DYN805 error   paths               It holds a path of one machine | Pass it as a parameter.
DYN806 error   answer              It holds a task's answer | Compute it.
DYN807 error   place               The file lies where no action is found | Move it to actions/<category>/<name>.py.
DYN808 error   unique              Its name is taken | Rename one of the two.
DYN809 error   requires            It imports what is not there | Import what exists, relatively.
DYN811 error   size                It is larger than an action may be | Cut it into several.
DYN810 error   rule                It breaks a rule of `dynasaur check` | See the message.
"""
_WAIVERS = """
DYN901 info    accepted-here         The range accepts its own findings | See whether the reasons hold.
DYN902 warning waiver-without-reason A waiver gives no reason | Write `# dynasaur: accept[DYN401] why`.
DYN903 warning tombstone-removed     A rejected action is no longer refused | See that whoever rejected it agrees.
"""

_CAPABILITIES: dict[Can, tuple[str, Level, float, str, str]] = {
    Can.NETWORK: ("DYN401", "warning", 6.0, "network", "It reaches the network"),
    Can.SUBPROCESS: ("DYN402", "warning", 7.5, "subprocess", "It runs or stops other programs"),
    Can.FILE_WRITE: ("DYN403", "warning", 5.0, "file-write", "It writes, moves or removes files"),
    Can.EVAL: ("DYN404", "error", 8.5, "eval-exec", "It runs text as code"),
    Can.ENVIRONMENT: ("DYN405", "error", 7.0, "environment", "It reads or sets the environment"),
    Can.NATIVE: ("DYN406", "warning", 7.0, "native", "It calls native code"),
    Can.DESERIALISATION: ("DYN407", "warning", 8.0, "deserialisation", "It runs what data says"),
    Can.DYNAMIC_IMPORT: ("DYN408", "warning", 6.5, "dynamic-import", "Names are made at run time"),
    Can.OBFUSCATION: ("DYN409", "error", 9.5, "obfuscation", "It hides what it does"),
    Can.IMPORT_EFFECTS: ("DYN410", "error", 7.0, "import-effects", "Importing it runs something"),
    Can.SECRETS: ("DYN411", "error", 8.5, "secret-read", "It reaches for secrets"),
    Can.HOST: ("DYN412", "warning", 6.0, "host", "It asks the host of the run"),
}
_WHAT_TO_DO = (
    "See that the action needs it, and that nothing a stranger says decides what it does. The"
    " sandbox is what holds code back; this only tells people."
)


def _read(table: str) -> dict[str, Rule]:
    found = {}
    for line in table.strip().splitlines():
        told, _, helps = line.partition(" | ")
        number, level, name, title = told.split(None, 3)
        assert level in {"error", "warning", "info"}
        severity = 8.0 if name in {"secrets", "not-reviewed", "dependency-unknown"} else None
        found[number] = Rule(number, name, level, title, helps, severity)  # type: ignore[arg-type]
    return found


RULES: dict[str, Rule] = {
    **_read(_LIFE),
    **_read(_SIGNATURES),
    **_read(_CLONES),
    **{
        number: Rule(number, name, level, title, _WHAT_TO_DO, severity)
        for number, level, severity, name, title in _CAPABILITIES.values()
    },
    **_read(_DEPENDENCIES),
    **_read(_EVIDENCE),
    **_read(_CALLERS),
    **_read(_KEPT),
    **_read(_WAIVERS),
}
"""Every rule, by id."""

OF_CAPABILITY = {kind: number for kind, (number, *_) in _CAPABILITIES.items()}
_UNREAD = frozenset({"DYN104", "DYN105"})
OF_CHECK = {rule.name: rule.id for rule in RULES.values() if rule.id.startswith("DYN8")}
"""The rules of `dynasaur check`, by their names."""


def among(number: str, patterns: Iterable[str]) -> bool:
    """Whether a rule is one of some: ids, starts of ids (`DYN4`) and names count."""
    return any(number.startswith(one) or RULES[number].name == one for one in patterns)


def chosen(number: str, select: tuple[str, ...], ignore: tuple[str, ...]) -> bool:
    """Whether a rule is wanted: what is `among` those of `select`, of which there may be none.

    `ignore` wins. What could not be reviewed is wanted with every choice: no other rule had a look
    at it.
    """
    wanted = not select or number in _UNREAD or among(number, select)
    return wanted and not among(number, ignore)
