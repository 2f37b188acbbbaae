# /// script
# requires-python = ">=3.11"
# dependencies = ["matplotlib>=3.8"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""A chart of a table as a picture."""

from collections.abc import Callable
from typing import Any

from ..tables._numbers import numbers_of
from ..tables.column_values import column_values

_KINDS = ("bar", "line", "scatter", "pie", "histogram")


def chart_to_png(
    rows: list[dict[str, Any]],
    column: str,
    by: str = "",
    kind: str = "bar",
    title: str = "",
    path: str = "chart.png",
) -> str:
    r"""Draw a chart (plot, graph) of a table's column and keep it as a picture (PNG file).

    Args:
        rows: The table's rows.
        column: The column with the numbers.
        by: The column along the axis, or with the names of the slices; empty: the rows' numbers.
        kind: 'bar', 'line', 'scatter', 'pie' or 'histogram'.
        title: What stands above it.
        path: Where the picture is kept.

    Returns:
        The path of the picture.

    Raises:
        KeyError: The table has no such column.
        ValueError: There is nothing to draw, no such kind of chart, or a cell is no number.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     rows = [{"tea": "green", "price": 2.5}, {"tea": "black", "price": 2}]
        ...     made = chart_to_png(rows, "price", "tea", path=f"{folder}/tea.png")
        ...     Path(made).read_bytes()[1:4]
        b'PNG'
    """
    if kind not in _KINDS:
        raise ValueError(f"there is no chart {kind!r}; there are {', '.join(_KINDS)}")
    along = column_values(rows, by) if by else range(1, len(rows) + 1)
    pairs = zip(numbers_of(rows, column), along, strict=True)
    points = [(number, label) for number, label in pairs if number is not None]
    if not points:
        raise ValueError(f"column {column!r} has no numbers to draw")
    numbers, labels = [number for number, _ in points], [label for _, label in points]
    _draw(numbers, labels, (column, by), kind, title).savefig(path, format="png", dpi=150)
    return path


def _draw(
    numbers: list[float], labels: list[Any], names: tuple[str, str], kind: str, title: str
) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_title(title.replace("$", r"\$"))
    if kind == "pie":
        if min(numbers) < 0:
            raise ValueError("a pie has no slices below zero")
        axes.pie(numbers, labels=[_label(one) for one in labels])
        return figure
    if kind == "histogram":
        axes.hist(numbers, bins="auto")
        axes.set_xlabel(names[0].replace("$", r"\$"))
        return figure
    along = labels if all(isinstance(one, int | float) for one in labels) else _texts(labels)
    draw: dict[str, Callable[..., Any]] = {
        "bar": axes.bar,
        "line": axes.plot,
        "scatter": axes.scatter,
    }
    draw[kind](along, numbers)
    axes.set_ylabel(names[0].replace("$", r"\$"))
    axes.set_xlabel(names[1].replace("$", r"\$"))
    if along is not labels and len(labels) > 6:
        axes.tick_params(axis="x", labelrotation=60)
    return figure


def _texts(labels: list[Any]) -> list[str]:
    return [_label(one) for one in labels]


def _label(value: Any) -> str:
    """A name on the chart: short, and no formula."""
    return str("" if value is None else value)[:40].replace("$", r"\$")
