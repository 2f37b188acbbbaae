"""A report from JSON: what another job found, as data that nobody has to trust."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from dynasaur.capabilities import Capability
from dynasaur.capabilities import Kind as Can
from dynasaur.errors import UsageError
from dynasaur.review.formats.json_format import VERSION
from dynasaur.review.rules import RULES
from dynasaur.review.values import (
    LEVELS,
    Blob,
    Caller,
    Change,
    Examples,
    Finding,
    Kind,
    Report,
    Side,
    Unread,
)
from dynasaur.types import Action, Provenance


def read(text: str, where: str) -> Report:
    """The report; texts and diffs are not part of it.

    Args:
        text: What `--format json` wrote.
        where: Its name for the message.

    Raises:
        UsageError: It is none, or one of another version.
    """
    try:
        document = json.loads(text)
        if document["schema"] != VERSION:
            raise UsageError(f"{where} is {document['schema']!r}, and {VERSION} is known")
        return _report(document)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(f"{where} is no report of `dynasaur review --format json`") from error


def _report(told: dict[str, Any]) -> Report:
    ran = told["summary"]["examples"]
    return Report(
        base=_hex(told["base"]),
        head=_hex(told["head"]),
        range=str(told["range"]),
        changes=tuple(_change(one) for one in told["actions"]),
        findings=tuple(_finding(one) for one in told["findings"]),
        unread=tuple(Unread(str(one["path"]), str(one["reason"])) for one in told["notReviewed"]),
        outside=int(told["summary"]["outside"]),
        root=str(told["root"]),
        examples=Examples(int(ran["ran"]), int(ran["held"])) if ran else None,
    )


def _hex(text: object) -> str:
    found = str(text)
    if len(found) not in {0, 40, 64} or set(found) - set("0123456789abcdef"):
        raise ValueError(found)
    return found


def _change(told: dict[str, Any]) -> Change:
    name = str(told["name"])
    can = told["capabilities"]
    return Change(
        kind=Kind(told["change"]),
        name=name,
        before=_side(told["before"], name, can["before"]),
        after=_side(told["after"], name, can["after"]),
        also=Kind(told["also"]) if told["also"] else None,
        vendored=bool(told["vendored"]),
        callers=tuple(
            Caller(
                "actions." + str(one["name"]).replace("/", "."),
                str(one["path"]),
                int(one["line"]),
                int(one["column"]),
                str(one["problem"] or ""),
            )
            for one in told["callers"]
        ),
    )


def _side(told: dict[str, Any] | None, name: str, kinds: list[str]) -> Side | None:
    if told is None:
        return None
    path = str(told["path"])
    module = path.removesuffix(".py").replace("/", ".")
    can = tuple(Capability(1, 1, Can(one), str(one), 1, 2) for one in kinds)
    action = None
    if told["signature"]:
        action = Action(
            name=name.rpartition("/")[2],
            category="",
            source="",
            module=module,
            signature=str(told["signature"]),
            parameters=(),
            returns="",
            summary="",
            docstring="",
            text="",
            path=Path(path),
            provenance=Provenance(
                evidence=str(told["evidence"] or ""),
                run=str(told["run"] or ""),
                model=str(told["model"] or ""),
            ),
        )
    return Side(
        Blob(path, "100644", str(told["blob"] or "")),
        module,
        "",
        action,
        capabilities=can,
        exact=str(told["fingerprint"] or ""),
    )


def _finding(told: dict[str, Any]) -> Finding:
    rule = RULES[told["id"]]
    if told["level"] not in LEVELS or told["confidence"] not in {"high", "medium", "low"}:
        raise ValueError(told["level"])
    return Finding(
        id=rule.id,
        name=rule.name,
        level=told["level"],
        confidence=cast("Any", told["confidence"]),
        action=str(told["action"]),
        path=str(told["path"]),
        line=int(told["line"]),
        column=int(told["column"]),
        end_line=int(told["endLine"]),
        end_column=int(told["endColumn"]),
        message=str(told["message"]),
        detail="",
        known=str(told["fingerprint"]),
        accepted=str(told["accepted"] or ""),
    )
