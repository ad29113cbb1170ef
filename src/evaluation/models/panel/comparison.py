"""One comparison of a treated area with its control: weights in, effect with placebo inference out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from evaluation.models.panel.gate import FitGate, fit_gate
from evaluation.models.panel.panel import DesignPoints, Panel, design_points
from evaluation.models.panel.placebo import PlaceboTest, placebo_band, placebo_test
from evaluation.models.panel.weighting import Weigh, Weighting, gaps, placebo_pool
from evaluation.results import Estimate, Scale
from evaluation.series import Dates, Floats, Window

SMALLEST_SHARE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class ComparisonPath:
    """The treated area and its control, point by point, over all complete points of the panel.

    Attributes
    ----------
    start
        First day of each point, shape (t,); points that some area lacks are NaN below.
    baseline, period
        Positions of the points used, int64.
    observed, synthetic
        Outcome of the treated area and of its control, on the analysis scale (log rate or value), shape (t,). The
        control includes the level difference of the baseline, so both meet there.
    gap
        observed − synthetic, shape (t,).
    band
        Half-width of the gaps that placebo areas show, pointwise 95 % (rescaled to this area's usual gap), shape (t,).
    scale
        "ratio" or "additive".
    """

    start: Dates
    baseline: np.ndarray[tuple[int], np.dtype[np.int64]]
    period: np.ndarray[tuple[int], np.dtype[np.int64]]
    observed: Floats
    synthetic: Floats
    gap: Floats
    band: Floats
    scale: Scale

    @property
    def observed_rate(self) -> Floats:
        """Cases (+ 0.5) per 100 000 inhabitants and year, or the value, of the treated area; shape (t,)."""
        return _presented(self.observed, self.scale)

    @property
    def synthetic_rate(self) -> Floats:
        """The same of the control, shape (t,)."""
        return _presented(self.synthetic, self.scale)


@dataclass(frozen=True, slots=True, eq=False)
class DonorWeights:
    """What the control is made of.

    Attributes
    ----------
    areas, weights
        Donors by falling weight, all donors of the pool included; weights add up to 1.
    largest
        Largest weight, 0–1.
    effective_number
        1 / Σ weight²: as many equal donors would be as concentrated.
    """

    areas: tuple[str, ...]
    weights: Floats
    largest: float
    effective_number: float


@dataclass(frozen=True, slots=True, eq=False)
class LeaveOneOut:
    """The effect without each donor that carries weight, on the scale of the estimate.

    Attributes
    ----------
    areas, effects
        Donor left out and the effect then, by falling weight of the donor; empty when only one donor is left.
    low, high
        Range of these effects; NaN when empty.
    """

    areas: tuple[str, ...]
    effects: Floats
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class PanelResult:
    """What a comparison design says, with all that its table, figure and checks need.

    Attributes
    ----------
    estimate
        Effect, interval and p from placebo inference; `details` repeats the numbers below by name. When
        `gate.passed` is false the estimate must not be a headline.
    treated, areas
        Treated area, and all areas of the panel in row order.
    path, donors, leave_one_out, gate
        See there.
    time_weights
        Weight of each baseline point in the level subtracted, shape (b,).
    placebos, placebo_gaps
        Test over all areas, and every area's gap path on the analysis scale, shape (areas, t).
    """

    estimate: Estimate
    treated: str
    areas: tuple[str, ...]
    path: ComparisonPath
    donors: DonorWeights
    time_weights: Floats
    placebos: PlaceboTest
    placebo_gaps: Floats
    leave_one_out: LeaveOneOut
    gate: FitGate


def compare(
    panel: Panel, treated: str, window: Window, weigh: Weigh, design: str, method: str, level: float = 0.95
) -> PanelResult:
    """Run one design for the treated area and for every placebo area, and judge the one by the others.

    Designs differ in `weigh` alone; effect, inference, gate and leave-one-out are the same for all of them, so their
    results can stand side by side.

    Raises
    ------
    ParameterError
        The treated area is not in the panel, or the window belongs to another series.
    NotEstimableError
        Too few points or areas.
    EstimationError
        Weights that are not the optimum of their programme.
    """
    row, points = panel.row(treated), design_points(panel, window)
    allowed = placebo_pool(len(panel.areas), row)
    everyone = np.arange(len(panel.areas))
    weighting = weigh(panel.outcome, points, everyone, allowed)
    gap = gaps(panel.outcome, points, everyone, weighting)
    test = placebo_test(gap[:, points.baseline], gap[:, points.period], row, level)
    gate = fit_gate(gap[:, points.baseline], _held_out_gaps(panel, points, weigh, row), row)
    donors = _donor_weights(panel.areas, weighting.unit[row], row)
    leave_one_out = _leave_one_out(panel, points, weigh, row, donors)
    details = _details(test, gate, donors, leave_one_out, weighting, panel.scale)
    return PanelResult(
        estimate=_estimate(panel, points, test, design, method, level, details),
        treated=treated,
        areas=panel.areas,
        path=_path(panel, points, gap, test, row, level),
        donors=donors,
        time_weights=weighting.time[row],
        placebos=test,
        placebo_gaps=gap,
        leave_one_out=leave_one_out,
        gate=gate,
    )


def _held_out_gaps(panel: Panel, points: DesignPoints, weigh: Weigh, row: int) -> Floats:
    held_out, everyone = points.held_out, np.arange(len(panel.areas))
    weighting = weigh(panel.outcome, held_out, everyone, placebo_pool(len(panel.areas), row))
    return gaps(panel.outcome, held_out, everyone, weighting)[:, held_out.period]


def _leave_one_out(panel: Panel, points: DesignPoints, weigh: Weigh, row: int, donors: DonorWeights) -> LeaveOneOut:
    left_out = [area for area, weight in zip(donors.areas, donors.weights, strict=True) if weight > SMALLEST_SHARE]
    if len(panel.areas) < 4:
        return LeaveOneOut((), np.empty(0), np.nan, np.nan)
    targets = np.full(len(left_out), row)
    allowed = np.repeat(placebo_pool(len(panel.areas), row)[[row]], len(left_out), axis=0)
    allowed[np.arange(len(left_out)), [panel.row(area) for area in left_out]] = False
    gap = gaps(panel.outcome, points, targets, weigh(panel.outcome, points, targets, allowed))
    effects = _on_scale(gap[:, points.period].mean(axis=1), panel.scale)
    return LeaveOneOut(tuple(left_out), effects, float(effects.min()), float(effects.max()))


def _donor_weights(areas: tuple[str, ...], weights: Floats, treated: int) -> DonorWeights:
    order = [donor for donor in np.argsort(-weights, kind="stable") if donor != treated]
    sorted_weights = weights[order]
    return DonorWeights(
        tuple(areas[donor] for donor in order),
        sorted_weights,
        float(sorted_weights[0]),
        float(1 / np.sum(sorted_weights**2)),
    )


def _path(panel: Panel, points: DesignPoints, gap: Floats, test: PlaceboTest, row: int, level: float) -> ComparisonPath:
    observed = np.where(panel.complete, panel.outcome[row], np.nan)
    return ComparisonPath(
        panel.start,
        points.baseline,
        points.period,
        observed,
        observed - gap[row],
        gap[row],
        placebo_band(gap, test, level),
        panel.scale,
    )


def _estimate(
    panel: Panel,
    points: DesignPoints,
    test: PlaceboTest,
    design: str,
    method: str,
    level: float,
    details: Mapping[str, float],
) -> Estimate:
    effect, low, high = (
        float(_on_scale(value, panel.scale)) for value in (test.effects[test.treated], test.low, test.high)
    )
    cases = panel.count[test.treated, points.period]
    observed = float(cases.sum()) if panel.scale == "ratio" else float(cases.mean())
    return Estimate(
        design=design,
        scale=panel.scale,
        estimate=effect,
        low=low,
        high=high,
        p=test.p,
        standard_error=float("nan"),
        observed=observed,
        expected=observed / effect if panel.scale == "ratio" else observed - effect,
        n_baseline=int(points.baseline.size),
        n_period=int(points.period.size),
        method=method,
        details=details,
        level=level,
    )


def _details(
    test: PlaceboTest,
    gate: FitGate,
    donors: DonorWeights,
    leave_one_out: LeaveOneOut,
    weighting: Weighting,
    scale: Scale,
) -> Mapping[str, float]:
    return {
        "areas": float(len(test.effects)),
        "donors": float(len(donors.areas)),
        "largest_weight": donors.largest,
        "effective_donors": donors.effective_number,
        "smallest_p": test.smallest_p,
        "attainable_level": test.attainable_level,
        "attainable_low": float(_on_scale(test.attainable_low, scale)),
        "attainable_high": float(_on_scale(test.attainable_high, scale)),
        "detectable_decrease": float(_on_scale(-test.detectable, scale)),
        "detectable_increase": float(_on_scale(test.detectable, scale)),
        "rmspe": gate.rmspe,
        "rmspe_ratio": float(test.rmspe_ratios[test.treated]),
        "rmspe_ratio_p": test.rmspe_ratio_p,
        "gate_passed": float(gate.passed),
        "fit_ratio": gate.fit_ratio,
        "drift_ratio": gate.drift_ratio,
        "leave_one_out_low": leave_one_out.low,
        "leave_one_out_high": leave_one_out.high,
        "kkt": weighting.kkt,
    }


def _on_scale(values: Floats | float, scale: Scale) -> Floats:
    return np.asarray(np.exp(values) if scale == "ratio" else values)


def _presented(outcome: Floats, scale: Scale) -> Floats:
    return np.exp(outcome) * 100_000.0 if scale == "ratio" else outcome
