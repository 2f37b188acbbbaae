"""What texts are compared by, found out once for each: in a large range they meet often."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from dynasaur.fingerprint import fingerprint
from dynasaur.fingerprint.shingles import shingles
from dynasaur.review.sides import module_of


@dataclass(frozen=True, slots=True)
class Form:
    """What a text is compared by.

    Attributes:
        exact: Its fingerprint.
        lifted: The same, constants aside.
        packed: Its features, in little memory.
    """

    exact: str
    lifted: str
    packed: array[int]

    @property
    def features(self) -> frozenset[int]:
        """Its features."""
        return frozenset(self.packed)


@dataclass(slots=True)
class Likes:
    """What some changed files are to be compared with.

    Attributes:
        near: For each of them the paths of others, those that share the most words first.
        texts: The texts of all of these.
        forms: What all of them, and the changed ones, are compared by.
    """

    near: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)


def form(path: str, text: str) -> Form:
    """What an action's file is compared by.

    Args:
        path: The file.
        text: Its text, line ends normal.
    """
    name = path.rpartition("/")[2].removesuffix(".py")
    module = module_of(path)
    exact = fingerprint(text, name=name, module=module)
    lifted = fingerprint(text, "lifted", name, module=module)
    return Form(exact, lifted, array("I", shingles(text, name)))
