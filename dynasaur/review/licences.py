"""Under which licence is what a range takes from other sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dynasaur.config import PACKAGE
from dynasaur.pins.licence import LEGAL, UNKNOWN, licence_of
from dynasaur.review.blobs import Contents, Difference
from dynasaur.review.say import Spot, found
from dynasaur.review.values import Blob, Change, Finding, Kind
from dynasaur.types import BASE


def licences(
    changes: Sequence[Change], difference: Difference, contents: Contents
) -> Iterator[Finding]:
    """The licences of sources of which something is newly vendored, and of those that changed it.

    Args:
        changes: What happened to each module.
        difference: The changed files.
        contents: The range's contents.
    """
    before, fresh = _papers(pair.before for pair in difference.pairs), _fresh(changes)
    for source in sorted({*fresh, *before}):
        paths = [path for path in difference.paths if _source_of_paper(path) == source]
        texts = contents.texts(paths, difference.paths)
        now = licence_of({path.rpartition("/")[2]: text for path, text in texts.items()})
        was = licence_of(before.get(source, {}))
        if was and now and was != now:
            message = f"what is taken from {source} was under {_told(was)}, now {_told(now)}"
            yield found("DYN507", source, Spot(paths[0]), message, f"{source} {now}")
        elif source in fresh:
            yield _of_new(fresh[source], source, now)


def _of_new(change: Change, source: str, licence: str) -> Finding:
    assert change.after is not None
    spot = Spot.of_line(change.after, 1)
    if not licence:
        message = f"{_folder(source)} has no LICENSE file beside what was taken from there"
        return found("DYN505", change.name, spot, message, source)
    message = f"what is taken from {source} is under {_told(licence)}"
    level = "warning" if licence == UNKNOWN else None
    return found("DYN506", change.name, spot, message, f"{source} {licence}", level=level)  # type: ignore[arg-type]


def _fresh(changes: Sequence[Change]) -> Mapping[str, Change]:
    """The first action that is added, of each source but the built-in one."""
    fresh: dict[str, Change] = {}
    for change in changes:
        if change.vendored and change.kind is Kind.ADDED and change.after and change.is_action:
            source = change.after.path.split("/")[2]
            if source != BASE and not source.endswith(".py"):
                fresh.setdefault(source, change)
    return fresh


def _papers(blobs: Iterator[Blob | None]) -> dict[str, dict[str, str]]:
    """By source, the legal files among these: name to text."""
    texts: dict[str, dict[str, str]] = {}
    for blob in blobs:
        source = _source_of_paper(blob.path) if blob else ""
        if blob and source and blob.data is not None:
            name = blob.path.rpartition("/")[2]
            texts.setdefault(source, {})[name] = blob.data.decode("utf-8", "replace")
    return texts


def _source_of_paper(path: str) -> str:
    """The source whose own a legal file is; empty for any other file."""
    parts = path.split("/")
    vendored = parts[:2] == [PACKAGE, "vendor"] and len(parts) == 4
    return parts[2] if vendored and LEGAL.fullmatch(parts[-1]) else ""


def _folder(source: str) -> str:
    return f"{PACKAGE}/vendor/{source}/"


def _told(licence: str) -> str:
    return "a licence that is not known here: read it" if licence == UNKNOWN else licence
