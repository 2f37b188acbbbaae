"""The part of the gate that runs something: replays, a request for documentation, the last trial.

What is saved is what the last trial imported, and whose examples it ran.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dynasaur.errors import ActionError
from dynasaur.places import title
from dynasaur.record import Ask, Undocumented
from dynasaur.registry import evidence, placing
from dynasaur.registry.case import Case
from dynasaur.registry.docstring import Example, docstrings, examples_of
from dynasaur.registry.documents import documented, function_text
from dynasaur.registry.judged import Judged, refuse_dependents
from dynasaur.registry.known import Prints
from dynasaur.registry.trial import TRIAL_SECONDS, Outcome, Sample, Trial
from dynasaur.types import Evidence

REPLAY_SEEDS = (1, 2)
"""Replays are done in two processes, which order the elements of sets in different ways; the second
makes the calls in the opposite order, so that none of them may count on the ones before."""

LAST_SEED = 3

INITIAL = "initial"
"""The origin of what people wrote."""

RENAME = "choose another name"
"""What can be done about a revision that is refused."""


@dataclass(slots=True)
class Proof:
    """Proves the candidates of one case, all of them together.

    Args:
        case: The case, all its readings done.
        trial: Where modules are tried.
        ask: Asks the model for documentation; None where nobody can be asked.
    """

    case: Case
    trial: Trial
    ask: Ask | None = None

    def run(self) -> None:
        """Replay, mend, and try the very texts that will be saved.

        Raises:
            KernelError: Nothing can be tried.
        """
        self._replay()
        self._mend()
        while self._seal():
            pass
        for one in self._open():
            one.reason = evidence.shortfall(one.level, self.case.gate.accept, one.replay)

    def _open(self) -> list[Judged]:
        """Those that have not been refused."""
        refuse_dependents(self.case.judged)
        return [one for one in self.case.judged if not one.reason]

    # --- replays ------------------------------------------------------------------------------

    def _replay(self) -> None:
        """Import each, run its recorded calls again, and the examples that it brought along."""
        tried = self._open()
        for one in tried:
            one.requires = self.case.closure(one.module)
        calls = {one.name: evidence.replayable(one.name, self.case.harvest) for one in tried}
        samples = [
            Sample(
                one.requires,
                tuple(call.arguments or "" for call in calls[one.name]),
                tuple(docstrings(one.text)),
                seconds=evidence.patience(calls[one.name], TRIAL_SECONDS),
            )
            for one in tried
        ]
        first = self.trial.run(samples, REPLAY_SEEDS[0])
        again = [
            number
            for number, one in enumerate(tried)
            if calls[one.name] and len(first[number].results) == len(calls[one.name])
        ]
        second = self.trial.run(
            [
                replace(samples[number], calls=samples[number].calls[::-1], documents=())
                for number in again
            ],
            REPLAY_SEEDS[1],
        )
        others = {
            number: replace(outcome, results=outcome.results[::-1])
            for number, outcome in zip(again, second, strict=True)
            if len(outcome.results) == len(samples[number].calls)
        }
        for number, one in enumerate(tried):
            self._compare(one, first[number], others.get(number, Outcome()))
            self._look_at_examples(one, first[number])

    def _compare(self, one: Judged, first: Outcome, second: Outcome) -> None:
        """Raise its evidence where both replays gave what was recorded; else note why not."""
        if first.problem:
            one.reason = f"it does not import alone: {first.problem}"
        if first.problem or one.level is not Evidence.SOLVED:
            return
        assert one.action is not None
        calls = evidence.replayable(one.name, self.case.harvest)
        one.replay = evidence.unreplayed(calls, first.results, second.results)
        one.level = one.level if one.replay else Evidence.REPLAYED
        awaited = one.action.signature.startswith("async ")
        shown: tuple[Example, ...] = ()
        if self.case.harvest.private is None:  # what was passed may come from the task's data
            shown = evidence.examples(
                one.name, calls, first.results, second.results, awaited=awaited
            )
        one.examples = tuple(dict.fromkeys([*_kept(one), *shown]))[: evidence.EXAMPLES + awaited]

    def _look_at_examples(self, one: Judged, outcome: Outcome) -> None:
        """Wrong examples are wrong documentation: that can be mended while it can be asked for."""
        if not outcome.failures or one.reason:
            return
        said = [f"its example {what}; mend it, or take it out" for _, what in outcome.failures]
        if self.ask is None:
            one.reason = "; ".join(said)
        else:
            one.wanting += tuple(said)

    # --- documentation ------------------------------------------------------------------------

    def _mend(self) -> None:
        """Ask once for all that is missing: documentation and categories."""
        wanting = [one for one in self._open() if one.wanting or one.unplaced]
        if not wanting or self.ask is None:
            return
        known = self.case.shelf.categories
        lacks = [
            (*one.wanting, *([placing.wanted(one.name, known)] if one.unplaced else ()))
            for one in wanting
        ]
        reply = self.ask(
            [
                Undocumented(one.name, function_text(one.candidate), lacking)
                for one, lacking in zip(wanting, lacks, strict=True)
            ]
        )
        if given := placing.categories(reply, known):
            self.case.move(given)
        for one in [one for one in wanting if one.wanting]:
            if not reply.strip():
                one.reason = "; ".join(one.wanting)
            else:
                self._take(one, reply)

    def _take(self, one: Judged, reply: str) -> None:
        """Put in the documentation that the reply has for it, or refuse it."""
        try:
            new = documented(one.candidate, reply)
        except ActionError as error:
            one.reason = f"{'; '.join(one.wanting)} (asked: {error})"
            return
        prints = []
        for candidate in (replace(one.candidate, imports=new.imports), new):
            one.candidate = candidate
            self.case.write(one)
            if one.reason:
                return
            prints.append(Prints.of(one.text, one.module).exact)
        if prints[0] != prints[1]:
            one.reason = "the model's documentation changed what it does"
        else:
            one.reason = "; ".join(finding.message for finding in self.case.findings(one))

    # --- the last trial -----------------------------------------------------------------------

    def _seal(self) -> bool:
        """Sign all texts and try these; whether one had to be written anew after that."""
        sealed = self._open()
        for one in sealed:
            self.case.sign(one)
        for one in sealed:
            one.requires = self.case.closure(one.module)
        samples = [Sample(one.requires, documents=tuple(docstrings(one.text))) for one in sealed]
        outcomes = self.trial.run(samples, LAST_SEED)
        revisions = [one for one in sealed if one.revises]
        for one in revisions:
            one.reason = self._lets_down(one)
        again = [_rewrite(*pair) for pair in zip(sealed, outcomes, strict=True)]
        return any(again) or any(one.reason for one in revisions)

    def _lets_down(self, one: Judged) -> str:
        """Whom a revision lets down: the action whose place it takes, or the users of that.

        Where that action has no example to run, nothing speaks against a revision, and nothing
        for it: a person may answer for it, a model may not.
        """
        assert one.revises is not None
        place = title(one.revises.module)
        own = Sample(one.requires, documents=((1, one.revises.docstring),))
        users = self.case.shelf.dependents(one.module)
        closures = [self.case.closure(user) for user in users]
        theirs = [Sample(c, documents=tuple(docstrings(c[-1].text))) for c in closures]
        first, *others = self.trial.run([own, *theirs], LAST_SEED)
        if first.problem:
            return f"it does not import alone: {first.problem}"
        if wrong := _wrong(first):
            return f"it cannot take the place of {place}, whose example {wrong}; {RENAME}"
        one.vouched = not first.tried and self.case.gate.origin == INITIAL
        if not first.tried and not one.vouched:
            return (
                f"it cannot take the place of {place}, which has no example that could show"
                f" whether it still does the same; {RENAME}, or let a person add it"
            )
        for user, outcome in zip(users, others, strict=True):
            if wrong := outcome.problem or _wrong(outcome):
                return f"with it in place of {place}, {title(user)} fails: {wrong}; {RENAME}"
        return ""


def _rewrite(one: Judged, outcome: Outcome) -> bool:
    """Judge a signed text; whether it has to be signed again, without the examples it was given."""
    if one.reason:
        return False
    if outcome.problem:
        one.reason = f"it does not import alone: {outcome.problem}"
        return False
    wrong = _wrong(outcome)
    if wrong and one.examples and not one.revises:
        one.examples, one.replay, one.level = (), "non-deterministic", Evidence.SOLVED
        return True
    one.reason = f"its example {wrong}; mend it, or take it out" if wrong else ""
    return False


def _wrong(outcome: Outcome) -> str:
    """The first example that failed, and how; empty when none did."""
    cut = f"was not run to its end: {outcome.stopped}" if outcome.stopped else ""
    return next((what for _, what in outcome.failures), cut)


def _kept(one: Judged) -> tuple[Example, ...]:
    """The examples of the action whose place it takes, where a docstring can show them all."""
    found = examples_of(one.revises.docstring) if one.revises else ()
    return found if all(example.is_plain for example in found) else ()
