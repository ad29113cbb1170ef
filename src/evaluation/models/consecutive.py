"""Several consecutive agreements in one model of the whole series: a step for each, and what remained after."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from evaluation.models.bootstrap import DRAWS, SEED, bootstrap_t
from evaluation.models.design import points_spanned, published, season_frequencies, stack
from evaluation.models.effects import scaled_estimate
from evaluation.models.refusal import NotEstimableError
from evaluation.models.reml_trend import fitted
from evaluation.results import Estimate
from evaluation.series import Bools, TimeSeries, Window

REMAINDER_POINTS = 3
AFTER = "after "  # before the name of an agreement: the stretch that follows it


def steps_of(series: TimeSeries, masks: Mapping[str, Bools], *, transition: Bools | None = None) -> dict[str, Bools]:
    """Give the steps of the joint model: each agreement with a published point, then the stretches after.

    A stretch that no agreement covers, between two agreements or after the last one, is named "after 3" when it follows
    agreement "3"; one of fewer than three published points is left out. What precedes the first agreement is baseline.

    Parameters
    ----------
    masks
        Points of each agreement, shape (n,), disjoint, in any order.
    transition
        Points left out (transition windows), shape (n,).
    """
    usable = published(series) if transition is None else published(series) & ~transition
    agreements = {name: mask & usable for name, mask in masks.items() if (mask & usable).any()}
    uncovered = usable & ~np.logical_or.reduce([*masks.values(), np.zeros(series.n, dtype=bool)])
    place = np.arange(series.n)
    ends = {name: int(np.flatnonzero(masks[name])[-1]) for name in agreements}
    remainders = {}
    for name, end in ends.items():
        following = [int(mask.argmax()) for mask in agreements.values() if mask.argmax() > end]
        after = uncovered & (place > end) & (place < min(following, default=series.n))
        if after.sum() >= REMAINDER_POINTS:
            remainders[f"{AFTER}{name}"] = after
    return agreements | remainders


def consecutive_steps(
    series: TimeSeries,
    masks: Mapping[str, Bools],
    *,
    harmonics: int | None = None,
    transition: Bools | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> tuple[Estimate, ...]:
    """Estimate all agreements in one REML-AR(1) model, each against the continuation of what preceded the first.

    Parameters
    ----------
    masks, transition
        As in `steps_of`.

    Returns
    -------
    tuple of Estimate
        One per step, in the order and under the names of `steps_of`.

    Raises
    ------
    NotEstimableError
        As `own_trend`; also when no point precedes the first agreement.
    """
    steps = steps_of(series, masks, transition=transition)
    baseline = before_the_first(series, steps, transition)
    extra = {f"step {name}": mask.astype(float) for name, mask in steps.items()}
    used = np.logical_or.reduce([baseline, *steps.values()])
    design = stack(series, used, extra, season_frequencies(series.grain, points_spanned(baseline), harmonics))
    fit = fitted(series, design)
    contrasts = np.stack([design.contrast({name: 1.0}) for name in extra])
    inference = bootstrap_t(fit.reml, contrasts, draws=draws, seed=seed)
    details = {
        "rho": float(fit.reml.rho[0]),
        "sigma": float(fit.reml.sigma[0]),
        "harmonics": float(design.harmonics),
        "draws": float(draws),
        "steps": float(len(steps)),
    }
    return tuple(
        scaled_estimate(
            series,
            _window(series, name, baseline, mask),
            "own_trend_reml",
            float(inference.effect[row]),
            float(inference.low[row]),
            float(inference.high[row]),
            p=float(inference.p[row]),
            error=float(inference.error[row]),
            method=f"step {name!r} of {len(steps)} in one model: trend, {design.harmonics} seasonal frequencies; "
            f"AR(1) errors by REML; parametric bootstrap-t, {draws} draws",
            details=details,
        )
        for row, (name, mask) in enumerate(steps.items())
    )


def before_the_first(series: TimeSeries, steps: Mapping[str, Bools], transition: Bools | None = None) -> Bools:
    """Give the published points before the first step: the common baseline.

    Raises
    ------
    NotEstimableError
        When there is no step or no point before the first.
    """
    usable = published(series) if transition is None else published(series) & ~transition
    first = min((int(mask.argmax()) for mask in steps.values()), default=0)
    baseline = usable & (np.arange(series.n) < first)
    if not baseline.any():
        raise NotEstimableError("too_few_points", found="no point before the first agreement", expected="a baseline")
    return baseline


def _window(series: TimeSeries, name: str, baseline: Bools, period: Bools) -> Window:
    return Window(
        agreement=name,
        baseline_kind="fixed",
        baseline=baseline,
        period=period,
        transition=np.zeros(series.n, dtype=bool),
        period_start=series.start[period.argmax()],
        share_observed=1.0,
    )
