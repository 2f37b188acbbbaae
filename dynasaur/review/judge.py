"""A review from its parts: what changed, judged, worst first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache

from dynasaur.config import PACKAGE
from dynasaur.repo.git import Git
from dynasaur.repo.place import Place
from dynasaur.review import waivers
from dynasaur.review.alike import alike, to_compare
from dynasaur.review.backing import backing, requirement_name, requirement_spot
from dynasaur.review.beside import Beside
from dynasaur.review.blobs import Contents, Difference, Objects
from dynasaur.review.callers import mentions, with_callers
from dynasaur.review.changes import changes as changes_of
from dynasaur.review.files import files, lists, unread
from dynasaur.review.kept import kept, named
from dynasaur.review.life import callers, life, signatures
from dynasaur.review.likeness import Looking
from dynasaur.review.options import Options, Steps, TextOf
from dynasaur.review.reach import reach
from dynasaur.review.rules import chosen
from dynasaur.review.say import found, shown
from dynasaur.review.span import Span
from dynasaur.review.texts import Texts
from dynasaur.review.values import LEVELS, Change, Finding, Report, Twin

_ORDER = ("DYN4", "DYN104", "DYN105", "DYN7", "DYN6", "DYN2", "DYN5", "DYN8", "DYN3", "DYN1")
"""Of findings of one level, those of the greater risk first."""


def review_span(
    git: Git,
    place: Place,
    span: Span,
    options: Options | None = None,
    other: Beside | None = None,
) -> Report:
    """Reviews what lies between two commits of any repository, a bare one too.

    Args:
        git: git in the library's root, or in a bare repository.
        place: Where the library lies in it.
        span: The range.
        options: What is asked of it.
        other: The process that looks for clones meanwhile; None: this one does, too.
    """
    report = _judged(Objects(git, place, span), options or Options(), other)
    root = shown(place.prefix)
    return replace(report, base=span.base, head=span.head, range=span.text, root=root)


def review_texts(
    before: Mapping[str, bytes], after: Mapping[str, bytes], options: Options | None = None
) -> Report:
    """Reviews the difference between two sets of files.

    Args:
        before: Path (`actions/text/clean.py`) to content.
        after: The same, afterwards.
        options: What is asked of it.
    """
    return _judged(Texts(before, after), options or Options(), None)


def _judged(contents: Contents, options: Options, other: Beside | None) -> Report:
    with ThreadPoolExecutor(max_workers=2) as ahead:
        try:
            return _judged_ahead(contents, options, ahead, other)
        finally:
            ahead.shutdown(cancel_futures=True)


def _judged_ahead(
    contents: Contents, options: Options, ahead: Executor, other: Beside | None
) -> Report:
    """The same, where git looks through the library while the changes are read."""
    difference = contents.difference()
    listed = difference.paths
    mentioned = ahead.submit(mentions, contents, difference.pairs)
    look = Looking(contents, difference, options.words, ahead, other)
    steps = Steps(options.progress, 3 * len(difference.pairs))
    found_changes = changes_of(steps.over(difference.pairs))
    look.ask(to_compare(found_changes))
    changes = with_callers(found_changes, contents, listed, mentioned.result())
    text_of = _texts(contents, changes, listed)
    findings = [
        *_by_rules(changes, text_of, listed, steps),
        *_licences(changes, difference, contents),
        *callers(changes),
        *files(difference),
        *lists(difference),
        *_strangers(changes, options),
    ]
    twins = list(alike(steps.over(changes), look.found()))  # last: until now its texts are read
    steps.end()
    findings += [finding for finding, _ in twins]
    ran = None
    if options.run_examples:
        ran, more = options.run_examples(changes, text_of)
        findings += more
    own = contents.texts([f"{PACKAGE}/{waivers.FILE}"], listed)
    accepted = {**options.accepted, **waivers.parse("".join(own.values()))}
    texts = {one.after.path: one.after.text for one in changes if one.after}
    users = {caller.path for one in changes for caller in one.callers} - texts.keys()
    texts |= contents.texts(users, listed)
    judged = waivers.waived(_told_once(findings), changes, accepted, texts)
    wanted = [one for one in judged if chosen(one.id, options.select, options.ignore)]
    return Report(
        base="",
        head="",
        range="",
        changes=changes,
        findings=tuple(sorted(wanted, key=_rank)),
        unread=tuple(unread(changes, difference)),
        twins=tuple(_shown_twins(twins, wanted)),
        outside=difference.outside,
        examples=ran,
    )


def _by_rules(
    changes: Sequence[Change],
    text_of: TextOf,
    listed: Mapping[str, tuple[str, str]],
    steps: Steps,
) -> Iterator[Finding]:
    """What all rules say of one module, then of the next: its tree is read once for all of them."""
    changed = {one.after.module for one in changes if one.after}
    names = named(changes, listed)
    for one in steps.over(changes):
        yield from life([one])
        yield from signatures([one])
        yield from reach(one, changed, text_of)
        yield from kept(one, listed, names)
        yield from backing(one)


def _licences(
    changes: Sequence[Change], difference: Difference, contents: Contents
) -> Iterator[Finding]:
    """Of what is vendored; most ranges have nothing of that."""
    blobs = [blob for pair in difference.pairs for blob in (pair.before, pair.after) if blob]
    if any(blob.path.startswith(f"{PACKAGE}/vendor/") for blob in blobs):
        from dynasaur.review.licences import licences

        yield from licences(changes, difference, contents)


def _rank(one: Finding) -> tuple[int, int, str, int, int, str, str]:
    group = next((n for n, start in enumerate(_ORDER) if one.id.startswith(start)), len(_ORDER))
    return LEVELS.index(one.level), group, one.path, one.line, one.column, one.id, one.detail


def _told_once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The same thing in one place is said by one rule: the check's, where it says more."""
    listed = list(dict.fromkeys(findings))
    secret = {(one.path, one.line) for one in listed if one.id == "DYN804"}
    broken = {(one.path, one.line) for one in listed if one.id == "DYN701"}
    for one in listed:
        where = one.path, one.line
        doubled = (one.id in {"DYN411", "DYN405"} and where in secret) or (
            one.id == "DYN809" and where in broken
        )
        if not doubled:
            yield one


def _texts(
    contents: Contents, changes: Sequence[Change], listed: Mapping[str, tuple[str, str]]
) -> TextOf:
    known = {one.after.module: one.after.text for one in changes if one.after}

    @lru_cache(maxsize=1000)
    def text_of(module: str) -> str | None:
        if module in known:
            return known[module]
        path = f"{module.replace('.', '/')}.py"
        return contents.texts([path], listed).get(path)

    return text_of


def _strangers(changes: Sequence[Change], options: Options) -> Iterator[Finding]:
    """Dependencies that are new, and that the package index does not know."""
    if options.unknown is None:
        return
    asked = {
        requirement_name(one): (change, one)
        for change in changes
        if change.after and change.after.action
        for one in change.after.action.dependencies
        if not (change.before and change.before.action)
        or one not in change.before.action.dependencies
    }
    for name in sorted(options.unknown(sorted(asked))):
        change, requirement = asked[name]
        assert change.after is not None
        spot = requirement_spot(change.after, requirement)
        yield found("DYN503", change.name, spot, f"the package index has no `{name}`", name)


def _shown_twins(
    twins: Sequence[tuple[Finding, Twin]], wanted: Sequence[Finding]
) -> Iterator[Twin]:
    kept_ones = {one.fingerprint for one in wanted}
    yield from (twin for finding, twin in twins if finding.fingerprint in kept_ones)
