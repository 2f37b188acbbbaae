"""How well a composition accounts for the task: what it leaves open, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dynasaur.models.planning.annotations import element
from dynasaur.models.planning.binding import hints
from dynasaur.models.planning.lexicon import CONTEXT, HARMLESS, LISTED
from dynasaur.models.planning.literals import Literal
from dynasaur.models.planning.meaning import (
    given,
    is_additive,
    is_asked,
    is_repetitive,
    leading,
    may_be_passed_over,
    wants_number,
    word_before,
)
from dynasaur.models.planning.nodes import Node, is_rows
from dynasaur.models.planning.signatures import Offer
from dynasaur.models.planning.view import View, row_nouns
from dynasaur.models.planning.words import Mention, operators, stem

_STRONG = frozenset({"file", "url", "number", "quoted", "date", "algorithm", "flag"})
_CONTEXT = frozenset(map(stem, CONTEXT))
_LISTED = frozenset(map(stem, LISTED))
_HARMLESS = frozenset(map(stem, HARMLESS)) | HARMLESS
_FAR = 10


@dataclass(frozen=True, slots=True)
class Fit:
    """A composition and how it fits.

    Attributes:
        node: The composition's outermost call.
        open: Words of the task that it does not account for; empty for a candidate.
        cost: Lower is better; only compared between candidates.
    """

    node: Node
    open: tuple[str, ...]
    cost: float


def fit(node: Node, view: View) -> Fit | None:
    """How a composition fits; None where the task does not ask for what it does."""
    spans = frozenset(place for literal in node.literals for place in literal.span)
    evoked = _evoke(node, view, spans)
    if evoked is None or not is_asked(node, view) or not _is_named_before(node, view):
        return None
    mentioned = [mention for found in evoked for mention in found]
    distance, hinted = _distance(node, evoked, view)
    covered = spans.union(hinted, *(mention.span for mention in mentioned))
    left = _left_open(node, view, covered)
    cost = distance + node.calls + _shape(node, view) + _looseness(node) + _passed_over(node, view)
    return Fit(node, left, cost)


# --- what the task must say -----------------------------------------------------------------


def _evoke(node: Node, view: View, spans: frozenset[int]) -> list[list[Mention]] | None:
    """For each call of the tree, the mentions that ask for it; None where one is not asked for.

    No mention serves two calls, and a word that is a literal asks for nothing.
    """
    evoked: list[list[Mention]] = []
    taken: set[int] = set()
    for call in node.walk():
        found: list[Mention] = []
        known = given(call, view, outermost=call is node)
        for head in call.offer.heads:
            if head in known:
                continue
            mention = next(
                (
                    one
                    for one in view.mentions
                    if one.concept == head
                    and not one.span & taken
                    and (one.shared or not one.span & spans)
                ),
                None,
            )
            if mention is None:
                return None
            found.append(mention)
        taken |= {place for mention in found for place in mention.span}
        evoked.append(found)
    return evoked


def _is_named_before(node: Node, view: View) -> bool:
    """A word before a text that follows a colon says what to do with it.

    Else any task with a colon would be a text to something that no word need ask for.
    """
    texts = [one for one in node.literals if one.kind == "text"]
    said = frozenset[str]().union(*(call.offer.vocabulary for call in node.walk()))
    return all(
        any(view.stems[place] in said for place in range(len(view.parts)) if place not in one.span)
        for one in texts
    )


# --- how near its words stand ---------------------------------------------------------------


def _distance(
    node: Node, evoked: Sequence[Sequence[Mention]], view: View
) -> tuple[float, frozenset[int]]:
    """How far literals stand from the words that ask for their call, and the hints between."""
    cost = 0.0
    hinted: set[int] = set()
    anchors = dict(zip(map(id, node.walk()), _inherited(node, evoked), strict=True))
    for call in node.walk():
        spoken = [(slot, one) for slot, one in call.own if one.span and one.kind != "file"]
        others = frozenset[str]().union(*(hints(slot) for slot, _ in spoken))
        for slot, literal in spoken:
            hint = leading(slot, literal, view)
            hinted |= hint
            wrong = (others - hints(slot)) & {word_before(literal, view)}
            cost += 0.4 * bool(wrong) - 0.2 * bool(hint)
            cost += 0.05 * _gap(literal, call, anchors[id(call)])
        places = [one.place for _, one in spoken]
        cost += 0.2 * sum(later < earlier for earlier, later in pairwise(places))
    return cost, frozenset(hinted)


def _inherited(node: Node, evoked: Sequence[Sequence[Mention]]) -> list[list[Mention]]:
    """The mentions of each call; those of the call above where it has none of its own."""
    own = dict(zip(map(id, node.walk()), evoked, strict=True))
    found: list[list[Mention]] = []

    def visit(call: Node, above: list[Mention]) -> None:
        here = list(own[id(call)]) or above
        found.append(here)
        for child in call.children:
            visit(child, here)

    visit(node, [])
    return found


def _gap(literal: Literal, call: Node, anchors: Sequence[Mention]) -> float:
    """Tokens between a literal and what asks for its call; more where it stands before."""
    values = [
        one.place for _, one in call.own if one.kind in ("cell", "date") and one is not literal
    ]
    places = values or [max(mention.span) for mention in anchors]
    gaps = [
        literal.place - place if literal.place > place else 1.5 * (place - literal.place)
        for place in places
    ]
    return min([*gaps, _FAR])


# --- what stays open ------------------------------------------------------------------------


def _left_open(node: Node, view: View, covered: frozenset[int]) -> tuple[str, ...]:
    """Words of the task that nothing in the composition accounts for."""
    used = {(literal.file, literal.value) for literal in node.literals}
    strict = frozenset(
        place
        for literal in view.literals
        if literal.kind in _STRONG or _is_named(literal, view)
        if (literal.file, literal.value) not in used
        for place in literal.span
    )
    harmless = _harmless(node, view)
    left = [
        token.text
        for place, token in enumerate(view.parts)
        if place not in covered and token.is_word and (place in strict or place not in harmless)
    ]
    if view.files and not _reads(node):
        left.append("the file")
    return tuple(left)


def _is_named(literal: Literal, view: View) -> bool:
    """The words name something of a file, and cannot be passed over."""
    counted = wants_number(view) and is_additive(literal)
    return bool(literal.file) and (not may_be_passed_over(literal) or counted)


def _harmless(node: Node, view: View) -> frozenset[int]:
    """Tokens that need no more than the composition as a whole to account for them."""
    offers = [call.offer for call in node.walk()]
    kinds = frozenset(literal.kind for literal in node.literals)
    return harmless(view, offers, kinds)


def harmless(view: View, offers: Iterable[Offer], kinds: frozenset[str]) -> frozenset[int]:
    """Tokens that the mere presence of some actions and kinds of literals accounts for."""
    heads = {head for offer in offers for head in offer.heads}
    described = frozenset[str]().union(*(offer.vocabulary for offer in offers)) - operators()
    repeated = {place for one in view.mentions if one.concept in heads for place in one.span}
    nouns = row_nouns(view) if "file" in kinds else frozenset()
    context = _CONTEXT if kinds & {"file", "text", "quoted"} else frozenset()
    context |= _LISTED if kinds & {"numbers", "strings"} else frozenset()
    named = {place for one in view.mentions if one.concept in operators() for place in one.span}
    return frozenset(
        place
        for place, token in enumerate(view.parts)
        if token.text.lower() in _HARMLESS
        or view.stems[place] in _HARMLESS | described
        or place in repeated
        or place in nouns
        or (view.stems[place] in context and place not in named)
    ) - _asking_where(view)


def _asking_where(view: View) -> frozenset[int]:
    """`where` only joins, unless the task begins with it."""
    asked = bool(view.parts) and view.parts[0].text.lower() == "where"
    return frozenset({0} if asked else ())


def beyond(view: View, offers: Sequence[Offer]) -> tuple[str, ...]:
    """Words of the task that no composition of these actions could account for."""
    kinds = frozenset(literal.kind for literal in view.literals)
    led = {word for offer in offers for slot in offer.slots for word in hints(slot)}
    covered = harmless(view, offers, kinds)
    covered |= {place for literal in view.literals for place in literal.span}
    return tuple(
        token.text
        for place, token in enumerate(view.parts)
        if token.is_word and place not in covered and token.text.lower() not in led
    )


def _reads(node: Node) -> bool:
    return any(literal.kind == "file" for literal in node.literals)


def _passed_over(node: Node, view: View) -> float:
    """What it costs to leave names of the files unused, and names of a JSON path unsaid."""
    used = {place for literal in node.literals for place in literal.span}
    weak = {
        one.span
        for one in view.literals
        if may_be_passed_over(one) and one.span and not one.span & used
    }
    unsaid = sum(
        max(0, str(one.value).count(".") + 1 - len(one.span))
        for one in node.literals
        if one.kind == "key" and one.span
    )
    return 1.5 * len(weak) + 0.2 * unsaid


def _looseness(node: Node) -> float:
    """What it costs that a result only may be of the type that is wanted."""
    return 0.3 * sum(
        isinstance(one, Node) and one.offer.returns == "list[Any]" and slot.type != "list[Any]"
        for call in node.walk()
        for slot, one in call.arguments
    )


def _shape(node: Node, view: View) -> float:
    """What it costs that the result has another form than the task seems to ask for."""
    words = [token.text.lower() for token in view.parts]
    listed = any(
        word in ("list", "show", "rows", "all", "print", "sort", "sorted") for word in words
    )
    if is_repetitive(node):
        return 2.0
    if is_rows(node.type):
        return 0.5 if listed else 2.5
    if element(node.type) or node.type.startswith("dict"):
        return 0.0 if listed else 0.4
    return 0.6 if listed else 0.0
