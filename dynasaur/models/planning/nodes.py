"""One composition of actions: a tree of calls whose leaves are the task's literals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dynasaur.models.planning.binding import role
from dynasaur.models.planning.literals import Literal
from dynasaur.models.planning.signatures import Offer, Slot


@dataclass(frozen=True, slots=True)
class Node:
    """One call of an offered action, its arguments bound.

    Attributes:
        offer: The action.
        arguments: What is given for its parameters, in their order; defaults are left out.
        type: What it returns, as far as the bound literals tell more than the annotation.
        calls: How many calls it and its arguments make.
        literals: The literals used in it and below.
        table: The file and the JSON path of the table that its rows come from.
    """

    offer: Offer
    arguments: tuple[tuple[Slot, Node | Literal], ...]
    type: str
    calls: int
    literals: tuple[Literal, ...]
    table: tuple[str, str]

    def walk(self) -> Iterator[Node]:
        """This call and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def children(self) -> tuple[Node, ...]:
        """The calls whose results it is given."""
        return tuple(argument for _, argument in self.arguments if isinstance(argument, Node))

    @property
    def own(self) -> tuple[tuple[Slot, Literal], ...]:
        """The literals that it is given itself."""
        return tuple((slot, one) for slot, one in self.arguments if isinstance(one, Literal))

    @property
    def is_rows_to_rows(self) -> bool:
        """It takes a table and gives a table."""
        return is_rows(self.type) and any(is_rows(child.type) for child in self.children)

    @property
    def is_filter(self) -> bool:
        """It leaves out rows by a value that it is given."""
        roles = {role(slot) for slot, _ in self.own}
        return self.is_rows_to_rows and bool(roles & {"value", "start", "end", "phrase"})

    @property
    def picks(self) -> bool:
        """It keeps as many things as a number says, by default one, and was given no number."""
        counts = [slot for slot in self.offer.slots if slot.default == "1"]
        return bool(counts) and not any(slot in counts for slot, _ in self.arguments)

    @property
    def is_ranking(self) -> bool:
        """It keeps the first or last rows by a column."""
        return self.is_rows_to_rows and bool({"max", "min"} & set(self.offer.heads))


def is_rows(annotation: str) -> bool:
    """The annotation is that of a table's rows."""
    return annotation.startswith("list[dict")
