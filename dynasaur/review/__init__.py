"""What changed between two states of a library, judged: nothing of it is imported or run.

What judges is imported when it is first asked for: a review begins to read before.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dynasaur.review.judge import review_span, review_texts
    from dynasaur.review.options import Options
    from dynasaur.review.span import Span, default_range
    from dynasaur.review.start import review
    from dynasaur.review.values import Change, Finding, Kind, Report

__all__ = [
    "Change",
    "Finding",
    "Kind",
    "Options",
    "Report",
    "Span",
    "default_range",
    "review",
    "review_span",
    "review_texts",
]

_HOMES = {
    "judge": ("review_span", "review_texts"),
    "options": ("Options",),
    "span": ("Span", "default_range"),
    "start": ("review",),
    "values": ("Change", "Finding", "Kind", "Report"),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            found = getattr(import_module(f"dynasaur.review.{home}"), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
