"""`evaluation estimate`: the whole analysis of any series in one command, in words or as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    import datetime as dt

    from evaluation.cli.series_file import SeriesColumns
    from evaluation.evaluate.single import SeriesEvaluation
    from evaluation.models.panel import Panel
    from evaluation.series import Bools, TimeSeries, Window


def estimate(
    file: Annotated[Path, typer.Argument(help="CSV, TSV or XLSX with one row per point (and area).")],
    date: Annotated[str, typer.Option(help="Column with dates, months, quarters or years; two as YEAR+MONTH.")],
    start: Annotated[str, typer.Option(help="First day of the period: 2023-03-28, 2023-04, 2023K2 or 2023.")],
    count: Annotated[str | None, typer.Option(help="Column with cases: effects are rate ratios.")] = None,
    exposure: Annotated[str | None, typer.Option(help="Column with person-years or inhabitants.")] = None,
    value: Annotated[str | None, typer.Option(help="Column with any other quantity: effects are differences.")] = None,
    end: Annotated[str | None, typer.Option(help="Last day of the period, inclusive; default: the last point.")] = None,
    baseline_start: Annotated[str | None, typer.Option(help="First day of the baseline; default: the first.")] = None,
    harmonics: Annotated[
        int | None, typer.Option(min=0, max=6, help="Pairs of seasonal waves in every own-trend design.")
    ] = None,
    area: Annotated[str | None, typer.Option(help="Column with areas; goes with --treated.")] = None,
    treated: Annotated[str | None, typer.Option(help="The area with the agreement; all others compare.")] = None,
    decimal: Annotated[Literal[".", ","] | None, typer.Option(help="Decimal sign, where the file is unclear.")] = None,
    language: Annotated[Literal["sv", "en"], typer.Option(help="Language of the words.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Estimate what changed in a period against the continuation of its baseline, by every design that applies.

    Example: evaluation estimate aces.csv --date year+month --count aces --exposure stdpop --start 2005-01 --json
    """
    from evaluation.cli.series_file import SeriesColumns
    from evaluation.wording import wording

    columns = SeriesColumns(date, count, value, exposure, area, decimal)
    evaluation = estimate_file(
        file, columns, start, end=end, baseline_start=baseline_start, harmonics=harmonics, treated=treated
    )
    if as_json:
        typer.echo(json.dumps(report_of(evaluation), ensure_ascii=False, indent=2, allow_nan=False))
        return
    from evaluation.cli.estimate_words import lines_of

    typer.echo("\n".join(lines_of(evaluation, wording(language))))


def estimate_file(
    file: Path,
    columns: SeriesColumns,
    start: str,
    *,
    end: str | None = None,
    baseline_start: str | None = None,
    harmonics: int | None = None,
    treated: str | None = None,
) -> SeriesEvaluation:
    """Read a file and evaluate its series; the other areas, if any, are the comparison pool.

    Raises
    ------
    InputError, ParameterError
        The file or the choices cannot be used as they stand.
    """
    from evaluation.cli.series_file import day_of, read_series
    from evaluation.errors import ParameterError
    from evaluation.evaluate.single import evaluate_series

    if (columns.area is None) != (treated is None):
        raise ParameterError(
            "--area, --treated", found="one of them", expected="both or neither", todo="name the column and the area"
        )
    every = read_series(file, columns)
    name = treated if treated is not None else "all"
    if name not in every:
        known = ", ".join(sorted(every)[:30])
        raise ParameterError("--treated", found=repr(name), expected=f"one of {known}", todo="name an area of the file")
    series = every.pop(name)
    window = window_between(
        series,
        day_of(start, "--start"),
        day_of(end, "--end", last=True) if end else None,
        day_of(baseline_start, "--baseline-start") if baseline_start else None,
    )
    panel = _panel([series, *every.values()])
    return evaluate_series(series, window, panel, harmonics=harmonics)


def window_between(
    series: TimeSeries, start: dt.date, end: dt.date | None = None, baseline_start: dt.date | None = None
) -> Window:
    """Cut a series: points wholly from `start` to `end` (inclusive) against those wholly before `start`.

    Raises
    ------
    ParameterError
        The period lies outside the series, or ends before it starts.
    """
    import numpy as np

    from evaluation.errors import ParameterError
    from evaluation.indicators import point_end
    from evaluation.models import published
    from evaluation.series import Window

    ends, usable = point_end(series.start, series.grain), published(series)
    first = np.datetime64(start, "D")
    if not (series.start.min() < first <= ends.max()) or (end is not None and end < start):
        raise ParameterError(
            "--start, --end",
            found=f"{start} to {end or ends.max()}",
            expected=f"days between {series.start.min()} and {ends.max()}, the end after the start",
            todo="choose a period inside the series, with points before it",
        )
    period = (series.start >= first) & usable
    if end is not None:
        period &= ends <= np.datetime64(end, "D")
    baseline = (ends < first) & usable
    if baseline_start is not None:
        baseline &= series.start >= np.datetime64(baseline_start, "D")
    return Window(
        agreement="period",
        baseline_kind="fixed",
        baseline=baseline,
        period=period,
        transition=np.zeros(series.n, dtype=bool),
        period_start=first,
        share_observed=1.0,
    )


def report_of(evaluation: SeriesEvaluation) -> dict[str, Any]:
    """Return the evaluation as plain values ready for JSON; numbers that do not exist are null."""
    from evaluation.evaluate.record import against_record, number

    against, judgement, window = evaluation.against, evaluation.judgement, evaluation.against.window
    record = against_record(against)
    series = evaluation.series
    return {
        "series": {"name": series.indicator, "area": series.area, "grain": series.grain, "scale": series.scale},
        "aggregated_to": evaluation.aggregated_to,
        "baseline": _span(series, window.baseline),
        "period": _span(series, window.period),
        "description": record["description"],
        "designs": record["designs"],
        "smallest_detectable_change": record["smallest_detectable_change"],
        "refusals": record["refusals"],
        "checks": record["checks"],
        "specification_curve": _curve(evaluation),
        "verdict": judgement.verdict,
        "direction": judgement.direction,
        "rule": judgement.rule,
        "evidence_grade": judgement.grade,
        "p": number(judgement.p_adjusted),
        "detectable_per_cent": number(judgement.detectable),
    }


def _curve(evaluation: SeriesEvaluation) -> dict[str, Any] | None:
    from evaluation.evaluate.record import number

    curve = evaluation.curve
    if curve is None:
        return None
    names = ("estimate", "low", "high", "p")
    low, middle, high = curve.quartiles
    return {
        "stated": curve.stated,
        "estimated": len(curve.variants),
        "refused": [dict(refused.choices) | {"reason": refused.reason} for refused in curve.refused],
        "same_direction": number(curve.same_direction),
        "same_conclusion": number(curve.same_conclusion),
        "clear_decrease": number(curve.clear_decrease),
        "clear_increase": number(curve.clear_increase),
        "quartiles": [number(value) for value in (low, middle, high)],
        "planned": curve.primary,
        "variants": [
            dict(variant.choices) | {name: number(getattr(variant.estimate, name)) for name in names}
            for variant in curve.variants
        ],
    }


def _span(series: TimeSeries, mask: Bools) -> dict[str, Any]:
    from evaluation.indicators import point_end

    if not mask.any():
        return {"points": 0, "first_day": None, "last_day": None}
    last = point_end(series.start[mask], series.grain).max()
    return {"points": int(mask.sum()), "first_day": str(series.start[mask].min()), "last_day": str(last)}


def _panel(every: list[TimeSeries]) -> Panel | None:
    from evaluation.models.panel import panel_from_series

    return panel_from_series(every) if len(every) >= 3 else None
