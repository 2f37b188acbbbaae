"""Findings made of what is known of them: the rule's own words filled in."""

from __future__ import annotations

from dataclasses import dataclass

from dynasaur.capabilities import Capability, Confidence
from dynasaur.review.rules import RULES
from dynasaur.review.values import Finding, Level, Side


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file: lines and columns from 1, columns in characters."""

    path: str
    line: int = 1
    column: int = 1
    end_line: int = 0
    end_column: int = 0

    @classmethod
    def of_line(cls, side: Side, line: int) -> Spot:
        """All that stands on a line."""
        lines = side.text.split("\n")
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        start = len(text) - len(text.lstrip()) + 1
        return cls(side.path, max(line, 1), start, max(line, 1), max(len(text.rstrip()), start) + 1)

    @classmethod
    def of_node(cls, side: Side, place: tuple[int, int, int, int]) -> Spot:
        """A node of the tree: its lines, its columns in UTF-8 bytes from 1."""
        line, column, end_line, end_column = place
        lines = side.text.split("\n")
        return cls(
            side.path,
            line,
            _characters(lines, line, column),
            end_line,
            _characters(lines, end_line, end_column),
        )

    @classmethod
    def of_use(cls, side: Side, use: Capability) -> Spot:
        """The use of a capability."""
        return cls(side.path, use.line, use.column, use.end_line, use.end_column)


def _characters(lines: list[str], line: int, column: int) -> int:
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return len(text.encode("utf-8", "surrogatepass")[: column - 1].decode("utf-8", "replace")) + 1


def found(
    number: str,
    action: str,
    spot: Spot,
    message: str,
    detail: str = "",
    *,
    level: Level | None = None,
    confidence: Confidence | None = None,
) -> Finding:
    """A finding of a rule.

    Args:
        number: The rule's id.
        action: What it concerns.
        spot: Where it is to be seen.
        message: What it is.
        detail: What tells it from others of the same rule and action; never a line.
        level: Where it is not the rule's own.
        confidence: Where it is not the rule's own.
    """
    rule = RULES[number]
    end_line = spot.end_line or spot.line
    end_column = spot.end_column or spot.column + 1
    if end_line == spot.line:
        end_column = max(end_column, spot.column + 1)
    return Finding(
        id=number,
        name=rule.name,
        level=level or rule.level,
        confidence=confidence or rule.confidence,
        action=shown(action),
        path=shown(spot.path),
        line=spot.line,
        column=spot.column,
        end_line=end_line,
        end_column=end_column,
        message=shown(" ".join(message.split())),
        detail=shown(detail),
    )


def shown(text: str) -> str:
    """Text that any encoding can hold: what is none is escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def safe(text: str) -> str:
    """One line or more that cannot steer a terminal: what is hidden is shown by its code."""
    return "".join(
        char if char.isprintable() or char == "\n" else "    " if char == "\t" else _code(char)
        for char in text
    )


def on_a_line(text: str) -> str:
    """The same, where nothing may begin a line of its own: names of files hold line ends, too."""
    return safe(text).replace("\n", _code("\n"))


def _code(char: str) -> str:
    return f"<U+{ord(char):04X}>"
