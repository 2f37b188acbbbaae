"""The report's pictures, as SVG that stands in a page; matplotlib draws them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeAlias

from dynasaur.errors import UsageError
from dynasaur.evals.finished import Finished
from dynasaur.evals.missed import KINDS, missed
from dynasaur.evals.statistics import Share
from dynasaur.evals.tables import complexities

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_Draw: TypeAlias = "Callable[[Axes, Sequence[Finished]], None]"

WIDTH, HEIGHT = 7.0, 3.2
"""Inches."""

COLOURS = (
    "#2563a8", "#c2571a", "#2e7d4f", "#8a3ffc", "#b0892b", "#555555", "#d0367f", "#0f8b8d",
    "#7a5230",
)  # fmt: skip
"""Told apart by people who see few colours; the markers differ, too."""

MARKERS = "osD^vP<>X"


def pictures(all_of: Sequence[Finished]) -> list[tuple[str, str]]:
    """Title and SVG of each picture that the evaluations give.

    Raises:
        UsageError: matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
    except ImportError:
        raise UsageError(
            "the report's plots need matplotlib; pip install 'dynasaur[eval]'"
        ) from None
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "dynasaur", "font.size": 9}):
        return [(title, _draw(draw, all_of)) for title, draw in _wanted(all_of)]


def _wanted(all_of: Sequence[Finished]) -> Iterator[tuple[str, _Draw]]:
    yield "Right answers", _accuracy
    yield "Right answers as problems go by", _running
    if sum(each.frozen is not None for each in all_of) > 1:
        yield "Right answers with the library frozen", _frozen_right
        yield "Tokens with the library frozen", _frozen_tokens
    yield "Coverage as the library grows", _coverage
    yield "Problems that reuse a generated action", _reuse
    yield "From admitted to succeeded", _funnel
    if any(each.categories for each in all_of):
        yield "Categories of generated actions", _categories
    if any("generated" in each.complexities() for each in all_of):
        yield "Complexity of generated and initial actions", _complexity
    if any(missed(each.results) for each in all_of):
        yield "Why answers were missed", _missed


def _draw(draw: _Draw, all_of: Sequence[Finished]) -> str:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
    axes = figure.subplots()
    draw(axes, all_of)
    axes.spines[["top", "right"]].set_visible(False)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return re.sub(r"^.*?(?=<svg)", "", out.getvalue(), flags=re.DOTALL)


def _style(at: int) -> dict[str, Any]:
    return {"color": COLOURS[at % len(COLOURS)], "marker": MARKERS[at % len(MARKERS)]}


def _width(at: int) -> float:
    """Later lines are thinner: one that another lies on is still seen."""
    return max(1.2, 3.6 - 1.2 * at)


def _accuracy(axes: Axes, all_of: Sequence[Finished]) -> None:
    for at, each in enumerate(all_of):
        share = each.accuracy()
        low, high = share.interval
        middle = share.value if share.whole else 0.0
        axes.errorbar(
            [middle], [at], xerr=[[middle - low], [high - middle]], capsize=4, **_style(at)
        )
    axes.set_yticks(range(len(all_of)), [each.name for each in all_of])
    axes.set_ylim(-0.6, len(all_of) - 0.4)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of right answers, 95 % interval")


def _running(axes: Axes, all_of: Sequence[Finished]) -> None:
    for at, each in enumerate(all_of):
        right = list(accumulate(bool(one.right) for one in each.scored))
        shares = [Share(part, whole) for whole, part in enumerate(right, start=1)]
        _line(axes, range(1, len(shares) + 1), shares, each.name, at)
    axes.set_ylim(0, 1)
    axes.set_xlabel("problems")
    axes.set_ylabel("right so far, 95 % interval")


def _line(axes: Axes, places: Sequence[int], shares: Sequence[Share], label: str, at: int) -> None:
    """Shares as a line in the band of their intervals."""
    if not shares:
        return
    lows, highs = zip(*(share.interval for share in shares), strict=True)
    style = _style(at)
    values = [share.value for share in shares]
    axes.plot(places, values, label=label, color=style["color"], linewidth=_width(at))
    axes.fill_between(places, lows, highs, color=style["color"], alpha=0.08, linewidth=0)


def _coverage(axes: Axes, all_of: Sequence[Finished]) -> None:
    for at, each in enumerate(all_of):
        points = list(each.points())
        sizes = [point.library for point in points]
        style = {**_style(at), "linewidth": _width(at), "markersize": 4 + _width(at)}
        axes.plot(sizes, [p.paper for p in points], label=f"{each.name}, paper's", **style)
        known = [(p.library, p.plain) for p in points if p.plain is not None]
        if known:
            axes.plot(*zip(*known, strict=True), "--", label=f"{each.name}, plain", **style)
    axes.set_ylim(0, 1.05)
    axes.locator_params(axis="x", integer=True)
    axes.set_xlabel("generated actions in the library")
    axes.set_ylabel("coverage")


def _reuse(axes: Axes, all_of: Sequence[Finished]) -> None:
    for at, each in enumerate(all_of):
        points = list(each.points())
        shares = [Share(point.reused, point.problems) for point in points]
        _line(axes, [point.batch for point in points], shares, each.name, at)
    axes.set_ylim(0, 1.05)
    axes.locator_params(axis="x", integer=True)
    axes.set_xlabel("batch")
    axes.set_ylabel("share of problems, 95 % interval")


def _funnel(axes: Axes, all_of: Sequence[Finished]) -> None:
    stages = ("admitted", "offered", "loaded", "called", "succeeded")
    _bars(axes, stages, {each.name: asdict(each.funnel) for each in all_of})
    axes.set_ylabel("actions")


def _categories(axes: Axes, all_of: Sequence[Finished]) -> None:
    names = sorted({name for each in all_of for name in each.categories})
    _bars(axes, names, {each.name: each.categories for each in all_of})
    axes.set_ylabel("actions")


def _missed(axes: Axes, all_of: Sequence[Finished]) -> None:
    _bars(axes, KINDS, {each.name: missed(each.results) for each in all_of})
    axes.set_ylabel("problems")


def _bars(axes: Axes, names: Sequence[str], counts: Mapping[str, Mapping[str, int]]) -> None:
    """Groups of bars: one group a name, one bar in it a label."""
    width = min(0.3, 0.8 / max(1, len(counts)))
    for at, (label, of) in enumerate(counts.items()):
        places = [place + (at - (len(counts) - 1) / 2) * width for place in range(len(names))]
        axes.bar(
            places, [of.get(one, 0) for one in names], width, label=label, color=_style(at)["color"]
        )
    axes.set_xticks(range(len(names)), names, rotation=20 if len(names) > 4 else 0)
    axes.set_xlim(-0.7, max(1, len(names)) - 0.3)
    axes.locator_params(axis="y", integer=True)


def _complexity(axes: Axes, all_of: Sequence[Finished]) -> None:
    rows = complexities(all_of)
    nodes = [[one.nodes for one in found] for found in rows.values()]
    axes.boxplot(nodes, orientation="horizontal", widths=0.6)
    axes.set_yticks(range(1, len(rows) + 1), list(rows))
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("")
    axes.set_xlabel("nodes of the syntax tree")


def _frozen_right(axes: Axes, all_of: Sequence[Finished]) -> None:
    def share(each: Finished) -> tuple[float, float, float]:
        accuracy = each.accuracy()
        return (accuracy.value, *accuracy.interval)

    _by_share(axes, all_of, share)
    axes.set_ylim(0, 1)
    axes.set_ylabel("share of right answers")


def _frozen_tokens(axes: Axes, all_of: Sequence[Finished]) -> None:
    def tokens(each: Finished) -> tuple[float, float, float]:
        mean = each.mean("tokens")
        return mean, mean, mean

    _by_share(axes, all_of, tokens)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("tokens a problem")


def _by_share(
    axes: Axes,
    all_of: Sequence[Finished],
    measure: Callable[[Finished], tuple[float, float, float]],
) -> None:
    """A value with its interval over the share of the library."""
    points = sorted((each.frozen.share, *measure(each)) for each in all_of if each.frozen)
    shares, values, lows, highs = zip(*points, strict=True)
    below = [value - low for value, low in zip(values, lows, strict=True)]
    above = [high - value for value, high in zip(values, highs, strict=True)]
    axes.errorbar(shares, values, yerr=[below, above], capsize=4, **_style(0))
    axes.set_xlabel("share of the library, %")
