"""GPQA and the like: the letter of one of the options (Rein et al., arXiv 2311.12022, 2023)."""

from __future__ import annotations

import re

from dynasaur.evals.problem import Problem, Score
from dynasaur.evals.scorers.answers import as_text, boxed
from dynasaur.types import Json

_ALONE = re.compile(r"\W*([A-Z])\W*", re.IGNORECASE)
_LED = re.compile(r"\(?([A-Z])(?:\)|\.|:)(?:\s|$)")
_SAID = re.compile(r"\b(?:answer|option|choice)\s*(?:is\b)?\s*:?\s*\(?([A-Z])\b\)?", re.IGNORECASE)


def choice(answer: Json, problem: Problem) -> Score:
    """The letter that the answer gives, or the option whose very text it is, against the truth.

    `B`, `(b)`, `B. 12 m`, `The answer is B` give a letter; so does the whole text of an option
    that only one letter has. Several letters are no answer.
    """
    letter = letter_of(as_text(answer).strip(), problem.choices)
    why = f"read as {letter}" if letter else "no option in the answer"
    return Score(letter == problem.truth.strip().upper(), why)


def letter_of(text: str, choices: tuple[str, ...]) -> str | None:
    """The letter that an answer gives; None where it gives none or several."""
    letters = [chr(ord("A") + at) for at in range(len(choices))]
    text = boxed(text) or text
    named = [letter for letter, one in zip(letters, choices, strict=True) if _same(one, text)]
    if len(named) == 1:
        return named[0]
    if found := _ALONE.fullmatch(text) or _LED.match(text):
        said = {found[1].upper()}
    else:
        said = {one.upper() for one in _SAID.findall(text)}
    return said.pop() if len(said) == 1 and said <= set(letters) else None


def _same(a: str, b: str) -> bool:
    return " ".join(a.split()).casefold() == " ".join(b.split()).casefold()
