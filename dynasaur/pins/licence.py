"""Under which licence a source is given: its legal files, and what they say in SPDX's words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

LEGAL = re.compile(
    r"(?:licen[cs]es?|copying|copyright|notices?|unlicense)(?:[.-][a-z0-9.-]+)?", re.IGNORECASE
)
"""Names of files that travel with what is taken: at a source's root, or beside its actions."""

UNKNOWN = "LicenseRef-unknown"

_SPDX = re.compile(r"SPDX-License-Identifier:\s*([A-Za-z0-9.+() -]{1,100})")
_TEXTS = (
    ("AGPL-3.0-only", ("gnu affero general public license", "version 3")),
    ("LGPL-3.0-only", ("gnu lesser general public license", "version 3")),
    ("LGPL-2.1-only", ("gnu lesser general public license", "version 2.1")),
    ("GPL-3.0-only", ("gnu general public license", "version 3")),
    ("GPL-2.0-only", ("gnu general public license", "version 2")),
    ("Apache-2.0", ("apache license", "version 2.0")),
    ("MPL-2.0", ("mozilla public license", "2.0")),
    ("MIT", ("permission is hereby granted, free of charge", "the software is provided")),
    ("ISC", ("permission to use, copy, modify, and/or distribute",)),
    ("ISC", ("permission to use, copy, modify, and distribute",)),
    ("BSD-3-Clause", ("redistribution and use in source and binary", "neither the name")),
    ("BSD-2-Clause", ("redistribution and use in source and binary",)),
    ("Unlicense", ("this is free and unencumbered software",)),
    ("CC0-1.0", ("cc0 1.0 universal",)),
)


def licence_of(texts: Mapping[str, str]) -> str:
    """The licence that legal files give.

    Args:
        texts: File name to content; those in folders do not count.

    Returns:
        An SPDX expression; `LicenseRef-unknown` where there is a licence that is not known;
        empty where there is none.
    """
    licences = {name: text for name, text in texts.items() if is_licence(name) and "/" not in name}
    found = dict.fromkeys(_spdx(text) for _, text in sorted(licences.items()))
    known = [one for one in found if one != UNKNOWN]
    return " OR ".join(known) if known else UNKNOWN if found else ""


def holding(legal: Iterable[str], paths: Collection[str]) -> list[str]:
    """The legal files that hold for some modules.

    Args:
        legal: Paths of legal files below the source's folder: its own have no folder.
        paths: The modules' paths there.

    Returns:
        The source's own, and those in a folder that one of the modules lies in; none for none.
    """
    folders = {"/".join(one.split("/")[:end]) for one in paths for end in range(one.count("/") + 1)}
    return sorted(one for one in legal if one.rpartition("/")[0] in folders)


def is_licence(name: str) -> bool:
    """Whether a legal file's name says that a licence is in it."""
    return not re.match(r"notice|copyright", name, re.IGNORECASE)


def _spdx(text: str) -> str:
    if told := _SPDX.search(text):
        return " ".join(told[1].split())
    words = " ".join(text.lower().split())
    for name, marks in _TEXTS:
        if all(mark in words for mark in marks):
            return name
    return UNKNOWN
