"""What changed between two states of a library, judged: nothing of it is imported or run."""

from dynasaur.review.judge import Options, review, review_span, review_texts
from dynasaur.review.span import Span, default_range
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
