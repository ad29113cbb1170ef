"""Time and memory against size: our own contender of a row at growing sizes, with a figure and the exponents."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.measure import NoTimesError, Reading, child, reading
from benchmarks.row import Given, Row, one
from benchmarks.rows import row_named

TIMES = 3


@dataclass(frozen=True, slots=True)
class Growth:
    """What grows.

    Attributes
    ----------
    row
        Name of the row whose own contender is measured.
    title, unit
        In words; `unit` names what is counted.
    sizes
        Sizes that are measured every time, median of three.
    top
        Sizes that are measured once, and left out by `--short` and `--quick` (which leaves out two more).
    counted
        From the size of the row to the number that is shown.
    amount
        Seconds are multiplied by it: from one unit of work to the whole.
    """

    row: str
    title: str
    unit: str
    sizes: tuple[int, ...]
    top: tuple[int, ...] = ()
    counted: Callable[[int], int] = int
    amount: Callable[[int], float] = one


@dataclass(frozen=True, slots=True)
class Point:
    """One size: CPU seconds and peak memory in MB."""

    size: int
    cpu: float
    peak: float


@dataclass(frozen=True, slots=True)
class Grown:
    """A measured series of growth, with the exponents of time and memory over the upper half of the sizes."""

    name: str
    title: str
    unit: str
    points: tuple[Point, ...]
    of_time: float
    of_memory: float
    fault: str = ""


def four(size: int) -> int:
    """Each municipality has four agreements."""
    return 4 * size


GROWTHS = {
    "growth-incidents": Growth(
        "clean-incidents-large",
        "Incident rows, cleaned in batches to Parquet (whole process)",
        "rows",
        (10_000, 30_000, 100_000, 300_000, 1_000_000),
        (3_000_000, 10_000_000),
    ),
    "growth-series": Growth(
        "count-models",
        "Series, a count model with HAC each",
        "series",
        (10, 30, 100, 300, 1_000, 3_000, 10_000, 29_000),
        amount=float,
    ),
    "growth-donors": Growth(
        "synthetic-control", "Donors of one synthetic control", "units", (10, 20, 40, 80, 160, 290)
    ),
    "growth-survey": Growth(
        "survey-by-area",
        "Survey answers in 1 160 strata (with fewer, some strata hold one answer), 290 shares with standard errors",
        "answers",
        (20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000),
    ),
    "growth-jobs": Growth(
        "national", "Jobs of the runner, one report each", "jobs", (1, 4), (12, 290), counted=four, amount=four
    ),
}


def grow(name: str, growth: Growth, folder: Path | None, *, quick: bool, top: bool) -> Grown:
    """Measure every size and draw the figure into the folder, if there is one."""
    row = row_named(growth.row)
    sizes = growth.sizes[:-2] or growth.sizes if quick else (*growth.sizes, *(growth.top if top else ()))
    try:
        points = tuple(point(row, growth, size) for size in sizes)
    except NoTimesError as error:
        return Grown(name, growth.title, growth.unit, (), float("nan"), float("nan"), str(error))
    grown = Grown(name, growth.title, growth.unit, points, *exponents(points))
    if folder is not None:
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.svg").write_text(figure(grown), encoding="utf-8")
    return grown


def point(row: Row, growth: Growth, size: int) -> Point:
    """Measure one size; the largest once."""
    with tempfile.TemporaryDirectory(prefix=f"growth-{row.name}-") as folder:
        given = Given(size, Path(folder))
        child("inputs", row, given)
        times = 1 if size in growth.top else TIMES
        found: list[Reading] = [reading(row, given, row.ours) for _ in range(times)]
    cpu, peak = (median(getattr(one, name) for one in found) for name in ("cpu", "peak"))
    return Point(growth.counted(size), cpu * growth.amount(size), peak)


def exponents(points: Sequence[Point]) -> tuple[float, float]:
    """Slopes of log time and log memory on log size, over the upper half of the sizes."""
    import numpy as np

    upper = points[len(points) // 2 - 1 :]
    size = np.log([p.size for p in upper])
    return tuple(float(np.polyfit(size, np.log([getattr(p, name) for p in upper]), 1)[0]) for name in ("cpu", "peak"))


def figure(grown: Grown) -> str:
    """Draw time and memory side by side in the house style, as SVG."""
    from evaluation.figures.picture import WIDTH, house_style, svg

    with house_style():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        canvas = Figure(figsize=(2 * WIDTH / 72, 300 / 72), dpi=72)
        FigureCanvasAgg(canvas)
        axes = canvas.subplots(1, 2)
        canvas.subplots_adjust(left=0.07, right=0.99, top=0.85, bottom=0.17, wspace=0.18)
        panel(axes[0], grown, "cpu", f"CPU seconds; exponent {grown.of_time:.2f}")
        panel(axes[1], grown, "peak", f"Peak memory, MB; exponent {grown.of_memory:.2f}")
        return svg(canvas)


def panel(ax: object, grown: Grown, name: str, title: str) -> None:
    """Draw one quantity on logarithmic axes, with a linear line through the last point."""
    from evaluation.figures.palette import EXPECTED, OBSERVED

    sizes, values = [p.size for p in grown.points], [getattr(p, name) for p in grown.points]
    linear = [values[-1] * size / sizes[-1] for size in sizes]
    ax.plot(sizes, linear, color=EXPECTED.colour, linestyle=EXPECTED.dash, label="linear")  # type: ignore[attr-defined]
    ax.plot(sizes, values, color=OBSERVED.colour, marker=OBSERVED.marker, label="measured")  # type: ignore[attr-defined]
    ax.set(xscale="log", yscale="log", xlabel=grown.unit, title=title)  # type: ignore[attr-defined]
    ax.set_ylim(bottom=min(values) / 3)  # type: ignore[attr-defined]
    ax.legend()  # type: ignore[attr-defined]
