"""The report's pictures, as SVG that stands in a page; matplotlib draws them."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dynasaur.errors import UsageError
from dynasaur.evals.finished import Finished

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 7.0, 3.2
"""Inches."""

COLOURS = ("#2563a8", "#c2571a", "#2e7d4f", "#8a3ffc", "#b0892b", "#555555")
"""Told apart by people who see few colours; the markers differ, too."""

MARKERS = "osD^vP"


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
        return [
            ("Right answers", _draw(_accuracy, all_of)),
            ("Right answers as problems go by", _draw(_running, all_of)),
            ("Coverage as the library grows", _draw(_coverage, all_of)),
            ("Problems that reuse a generated action", _draw(_reuse, all_of)),
            ("From admitted to succeeded", _draw(_funnel, all_of)),
            ("Categories of generated actions", _draw(_categories, all_of)),
        ]


def _draw(draw: Any, all_of: Sequence[Finished]) -> str:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
    axes = figure.subplots()
    draw(axes, all_of)
    axes.spines[["top", "right"]].set_visible(False)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, fontsize=8)
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return re.sub(r"^.*?(?=<svg)", "", out.getvalue(), flags=re.DOTALL)


def _style(at: int) -> dict[str, Any]:
    return {"color": COLOURS[at % len(COLOURS)], "marker": MARKERS[at % len(MARKERS)]}


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
        right, shares = 0, []
        for count, one in enumerate(each.scored, start=1):
            right += bool(one.right)
            shares.append(right / count)
        axes.plot(range(1, len(shares) + 1), shares, label=each.name, color=_style(at)["color"])
    axes.set_ylim(0, 1)
    axes.set_xlabel("problems")
    axes.set_ylabel("right so far")


def _coverage(axes: Axes, all_of: Sequence[Finished]) -> None:
    for at, each in enumerate(all_of):
        points = list(each.points())
        sizes = [point.library for point in points]
        axes.plot(sizes, [p.paper for p in points], label=f"{each.name}, paper's", **_style(at))
        known = [(p.library, p.plain) for p in points if p.plain is not None]
        if known:
            axes.plot(*zip(*known, strict=True), "--", label=f"{each.name}, plain", **_style(at))
    axes.set_ylim(0, 1.05)
    axes.set_xlabel("generated actions in the library")
    axes.set_ylabel("coverage")


def _reuse(axes: Axes, all_of: Sequence[Finished]) -> None:
    for at, each in enumerate(all_of):
        points = list(each.points())
        shares = [point.reused / point.problems for point in points]
        axes.plot([point.batch for point in points], shares, label=each.name, **_style(at))
    axes.set_ylim(0, 1.05)
    axes.set_xlabel("batch")
    axes.set_ylabel("share of problems")


def _funnel(axes: Axes, all_of: Sequence[Finished]) -> None:
    stages = ("admitted", "offered", "loaded", "called", "succeeded")
    for at, each in enumerate(all_of):
        counts = [getattr(each.funnel, stage) for stage in stages]
        axes.plot(stages, counts, label=each.name, **_style(at))
    axes.set_ylim(bottom=0)
    axes.set_ylabel("actions")


def _categories(axes: Axes, all_of: Sequence[Finished]) -> None:
    names = sorted({name for each in all_of for name in each.categories})
    width = min(0.3, 0.8 / max(1, len(all_of)))
    for at, each in enumerate(all_of):
        places = [place + at * width for place in range(len(names))]
        counts = [each.categories[name] for name in names]
        axes.bar(places, counts, width, label=each.name, color=_style(at)["color"])
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axes.set_xlim(-1, max(1, len(names)))
    axes.set_ylabel("actions")
