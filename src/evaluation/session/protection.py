"""What may be shown of a series, weighed once against everything that the pages of a study print of it."""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

import numpy as np

from evaluation.disclosure import (
    Protected,
    Total,
    coarse_protection,
    every_total,
    limit_of,
    members_of,
    protect_indicator,
    total_name,
    with_stand_ins,
)
from evaluation.evaluate import coarser, evaluated_on
from evaluation.series import Bools, Grain, TimeSeries
from evaluation.study.model import Indicator, Study


def protect_pages(study: Study, indicator: Indicator, series: TimeSeries) -> Protected:
    """Protect a series against its points, its sums by agreement and baseline, and its coarser forms together.

    The page of trends prints the points as they are; an agreement whose points are thin prints quarters or years and
    the sums of these. A month hidden on one page must not follow from the quarter on another.
    """
    if study.source(indicator.source).official:
        return protect_indicator(study, indicator, series)
    coarse = printed_grids(study, series)
    return protect_indicator(study, indicator, series, coarse=coarse, others=tuple(_coarse_sums(study, series)))


def modelled_series(study: Study, indicator: Indicator, series: TimeSeries, protected: Protected) -> TimeSeries:
    """Return the series that models may see: stand-ins for hidden counts, agreeing with every sum that is printed."""
    if not protected.hidden.any():
        return series
    totals = every_total(study, series, printed_grids(study, series), tuple(_coarse_sums(study, series)))
    limit = limit_of(study.thresholds, sensitive=indicator.sensitive)
    seed = study.plan.seed + crc32(f"{indicator.id}/{series.area}".encode())
    return with_stand_ins(series, protected, totals, limit, seed)


def printed_grids(study: Study, series: TimeSeries) -> tuple[TimeSeries, ...]:
    """Return the coarser forms of a series on which agreements are evaluated, each once."""
    every = (evaluated_on(study, agreement, series)[0] for agreement in study.agreements)
    return tuple({one.grain: one for one in every if one is not series}.values())


def on_grid(protected: Protected, series: TimeSeries, grain: Grain) -> Protected:
    """Say what a series may show on the grid of an evaluation: its own, or the coarser one it was added together to."""
    coarse: TimeSeries | None = series
    while coarse is not None and coarse.grain != grain:
        coarse = coarser(coarse)
    return protected if coarse is None or coarse is series else coarse_protection(protected, coarse)


def _coarse_sums(study: Study, series: TimeSeries) -> Iterator[Total]:
    """Give the sums that evaluations on a coarser grid print: whole coarse points inside period and baseline."""
    for agreement in study.agreements:
        coarse, windows = evaluated_on(study, agreement, series)
        if coarse is series:
            continue
        members = members_of(series, coarse)
        for window in windows:
            sides = {"period": window.period, "baseline": window.baseline, "used": window.used}
            for side, mask in sides.items():
                inside: Bools = np.asarray(members[mask].any(axis=0), dtype=np.bool_)
                yield Total(total_name(agreement.id, window.baseline_kind, side), inside)
