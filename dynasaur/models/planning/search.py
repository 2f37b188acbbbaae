"""All compositions of the offered actions whose parameters the task's literals can bind.

Built from the leaves up: first the calls that need literals alone, then those that take the result
of one that is built. An action takes part only when the task names what it does, so that the
number stays small; a bound holds it in any case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from dynasaur.models.planning.binding import accepts, may_take, refined, takes_results
from dynasaur.models.planning.literals import Literal
from dynasaur.models.planning.nodes import Node
from dynasaur.models.planning.signatures import Offer, Slot
from dynasaur.models.planning.sound import is_sound

MOST_CALLS = 6
MOST_NODES = 20_000


_Arguments = tuple[tuple[Slot, Node | Literal], ...]


def compositions(offers: Sequence[Offer], literals: Sequence[Literal]) -> list[Node]:
    """Every composition, those with fewer calls first, at most `MOST_NODES`."""
    levels: list[list[Node]] = [[]]
    found = 0
    for calls in range(1, MOST_CALLS + 1):
        nodes = chain.from_iterable(
            _calls_of(offer, literals, levels, calls)
            for offer in offers
            if _can_be_bound(offer, literals, first=calls == 1)
        )
        levels.append(list(islice(nodes, MOST_NODES - found)))
        found += len(levels[-1])
    return [node for level in levels for node in level]


def _can_be_bound(offer: Offer, literals: Sequence[Literal], *, first: bool) -> bool:
    """Each parameter that must be given can be: a result will do, unless no call is built yet."""
    return all(
        slot.default is not None
        or (takes_results(slot) and not first)
        or any(accepts(slot, literal) for literal in literals)
        for slot in offer.slots
    )


def _calls_of(
    offer: Offer, literals: Sequence[Literal], levels: Sequence[Sequence[Node]], calls: int
) -> Iterator[Node]:
    """Calls of one action that make exactly so many calls in all."""
    bindings = _bindings(offer.slots, literals, levels, calls - 1, ())
    for arguments in islice(bindings, MOST_NODES):
        nodes = [one for _, one in arguments if isinstance(one, Node)]
        if sum(node.calls for node in nodes) != calls - 1 or not arguments:
            continue
        own = [one for _, one in arguments if isinstance(one, Literal)]
        used = (*own, *(literal for node in nodes for literal in node.literals))
        node = Node(offer, arguments, refined(offer.returns, own), calls, used, _table(arguments))
        if is_sound(node):
            yield node


def _bindings(
    slots: Sequence[Slot],
    literals: Sequence[Literal],
    levels: Sequence[Sequence[Node]],
    budget: int,
    before: _Arguments,
) -> Iterator[_Arguments]:
    """Ways to give arguments for the rest of the parameters."""
    if not slots:
        yield before
        return
    slot, *rest = slots
    for literal in literals:
        if accepts(slot, literal) and _is_free((literal,), before):
            yield from _bindings(rest, literals, levels, budget, (*before, (slot, literal)))
    if takes_results(slot):
        for level in levels[1 : budget + 1]:
            for node in level:
                plain = not node.offer.heads
                if may_take(slot, node.type, node.offer.vocabulary, plain=plain) and _is_free(
                    node.literals, before
                ):
                    yield from _bindings(
                        rest, literals, levels, budget - node.calls, (*before, (slot, node))
                    )
    if slot.default is not None:
        yield from _bindings(rest, literals, levels, budget, before)


def _is_free(wanted: Sequence[Literal], before: _Arguments) -> bool:
    """No token is used twice."""
    taken: set[int] = set()
    for _, argument in before:
        for literal in argument.literals if isinstance(argument, Node) else (argument,):
            taken |= literal.span
    return not any(literal.span & taken for literal in wanted)


def _table(arguments: _Arguments) -> tuple[str, str]:
    """The table that the result comes from."""
    file = at = ""
    for _, argument in arguments:
        if isinstance(argument, Node):
            file, at = (file, at) if file else argument.table
        elif argument.kind == "file":
            file = str(argument.value)
        elif argument.kind == "key":
            at = str(argument.value)
    return file, at
