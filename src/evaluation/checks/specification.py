"""The specification curve: the same effect in every reasonable way, stated beforehand (Simonsohn et al. 2020).

Simonsohn, Simmons and Nelson (2020), *Nature Human Behaviour* 4:1208–1214.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from types import MappingProxyType

import numpy as np

from evaluation.checks.conclusion import conclusion, distance
from evaluation.checks.subject import Settings, Subject, reestimate
from evaluation.checks.windows import shifted_baseline, with_transition, without_points
from evaluation.models import NotEstimableError, own_trend
from evaluation.models.own_trend import DESIGNS, OwnTrendDesign
from evaluation.results import Estimate
from evaluation.series import Bools, TimeSeries, Window

# Fewer draws than the primary estimate: p to the third decimal is enough to say on which side of 0.05 a variant lies.
DRAWS = 399
TRANSITIONS = (0, 1, 3)
BASELINE_SHIFTS = (1, -1)
DIMENSIONS = ("design", "season", "slope", "transition", "points")

Choices = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to estimate the effect.

    Attributes
    ----------
    choices
        Dimension (`DIMENSIONS`) → chosen option: design name; seasonal frequencies; "level" or "slope"; points of
        transition left out; "registered", "baseline_plus_1", "baseline_minus_1", "without_pandemic", "without_batches"
        or "without_both".
    estimate
        What it gives.
    """

    choices: Choices
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class RefusedVariant:
    """One way that has no answer, and the reason as in `NotEstimableError` (or too_few_points)."""

    choices: Choices
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class SpecificationCurve:
    """All stated variants of one effect.

    Attributes
    ----------
    variants
        Those that have an answer, in the order in which they were stated; the planned one among them.
    refused
        Those that have none.
    primary
        Place of the planned variant in `variants`.
    same_direction
        Share of the variants on the same side of no change as the planned one, 0–1.
    same_conclusion
        Share that says the same as the planned one: clear decrease, clear increase or no clear change (p < 0.05).
    clear_decrease, clear_increase
        Share with a clear change in either direction.
    """

    variants: tuple[Variant, ...]
    refused: tuple[RefusedVariant, ...]
    primary: int
    same_direction: float
    same_conclusion: float
    clear_decrease: float
    clear_increase: float

    @property
    def stated(self) -> int:
        """Number of variants tried."""
        return len(self.variants) + len(self.refused)

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        """One estimate per variant, as the figure takes them."""
        return tuple(variant.estimate for variant in self.variants)

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """Lower quartile, median and upper quartile of the estimates, on their scale."""
        low, middle, high = np.quantile([estimate.estimate for estimate in self.estimates], [0.25, 0.5, 0.75])
        return float(low), float(middle), float(high)


def specification_curve(
    subject: Subject, *, pandemic: Bools | None = None, batches: Bools | None = None, earliest: date | None = None
) -> SpecificationCurve:
    """Estimate the effect in every combination of the stated choices.

    Design (REML-AR(1), quasi-Poisson, negative binomial, Newey–West; two of them for a value series) × season (as
    planned, and one frequency fewer) × level or level and slope × transition of 0, 1 or 3 points × points used (as
    registered; baseline one year longer and shorter; without pandemic, without batches, without both). Options that
    would choose the same points twice are left out. Yearly value series, which have few options otherwise, also get a
    transition of 2 points and baselines two years longer and shorter. REML variants use 399 bootstrap draws; the
    planned one is `subject.estimate`.

    Parameters
    ----------
    pandemic, batches
        Points to be left out, shape (n,).
    earliest
        No longer baseline reaches before this day.
    """
    planned = planned_choices(subject)
    found: list[Variant] = [Variant(planned, subject.estimate)]
    refused: list[RefusedVariant] = []
    windows = points_used(subject, pandemic, batches, earliest)
    for choices, window in stated_variants(subject, windows):
        if choices == planned:
            continue
        try:
            found.append(Variant(choices, _estimate(subject, choices, window)))
        except NotEstimableError as error:
            refused.append(RefusedVariant(choices, error.reason))
    return curve_of(found, refused)


def curve_of(variants: Sequence[Variant], refused: Sequence[RefusedVariant], primary: int = 0) -> SpecificationCurve:
    """Count how many variants agree with the planned one."""
    planned = variants[primary].estimate
    sides = np.sign([distance(variant.estimate) for variant in variants])
    said = [conclusion(variant.estimate) for variant in variants]
    n = len(variants)
    return SpecificationCurve(
        variants=tuple(variants),
        refused=tuple(refused),
        primary=primary,
        same_direction=float(np.mean(sides == np.sign(distance(planned)))),
        same_conclusion=said.count(conclusion(planned)) / n,
        clear_decrease=said.count("decrease") / n,
        clear_increase=said.count("increase") / n,
    )


def planned_choices(subject: Subject) -> Choices:
    """Say what the planned estimate chose in each dimension."""
    slope = "slope" if subject.settings.slope_change else "level"
    transition = int(subject.window.transition.sum())
    return _choices("own_trend_reml", subject.settings.harmonics, slope, transition, "registered")


def points_used(
    subject: Subject, pandemic: Bools | None, batches: Bools | None, earliest: date | None
) -> Mapping[str, Window]:
    """Give the windows that differ in the points they use, by name."""
    series, window = subject.series, subject.window
    shifts = (*BASELINE_SHIFTS, 2, -2) if _has_few_options(subject) else BASELINE_SHIFTS
    shifted = {
        f"baseline_{'plus' if years > 0 else 'minus'}_{abs(years)}": shifted_baseline(series, window, years, earliest)
        for years in shifts
    }
    masks = {"without_pandemic": pandemic, "without_batches": batches}
    marked = {name: mask for name, mask in masks.items() if mask is not None and np.any(mask & window.used)}
    left_out = {name: without_points(window, mask) for name, mask in marked.items()}
    if len(marked) == 2:
        left_out["without_both"] = without_points(window, np.logical_or(*marked.values()))
    return {"registered": window} | {name: w for name, w in shifted.items() if w is not None} | left_out


def stated_variants(subject: Subject, windows: Mapping[str, Window]) -> list[tuple[Choices, Window]]:
    """List every combination of the choices with the window it uses."""
    planned = subject.settings.harmonics
    seasons = (planned, planned - 1) if planned else (0,)
    also = (2,) if _has_few_options(subject) else ()
    transitions = sorted({*TRANSITIONS, *also, int(subject.window.transition.sum())})
    designs = DESIGNS if subject.series.scale == "count" else (DESIGNS[0], DESIGNS[3])
    cut = {
        (name, points): with_transition_of(subject, window, points)
        for name, window in windows.items()
        for points in transitions
    }
    return [
        (_choices(design, season, slope, points, name), cut[name, points])
        for name, design, season, slope, points in product(windows, designs, seasons, ("level", "slope"), transitions)
    ]


def with_transition_of(subject: Subject, window: Window, points: int) -> Window:
    """Leave out the first points of the agreement from a window that may lack points already."""
    cut = with_transition(subject.series, subject.window, points)
    left_out = subject.window.used & ~window.used
    return replace(cut, baseline=window.baseline, period=cut.period & ~left_out)


def _has_few_options(subject: Subject) -> bool:
    return subject.series.scale == "value" and subject.series.grain == "year"


def _estimate(subject: Subject, choices: Choices, window: Window) -> Estimate:
    if not subject.enough(window):
        raise NotEstimableError(
            "too_few_points",
            found=f"{int(window.baseline.sum())} and {int(window.period.sum())} points",
            expected=f"at least {subject.settings.minimum_points} on either side",
        )
    return estimate_by(
        subject.series, window, subject.settings, choices["design"], int(choices["season"]), choices["slope"] == "slope"
    )


def estimate_by(
    series: TimeSeries, window: Window, settings: Settings, design: str, harmonics: int, slope_change: bool
) -> Estimate:
    """Estimate one variant."""
    if design == "own_trend_reml":
        return reestimate(
            series, window, replace(settings, harmonics=harmonics, slope_change=slope_change, draws=DRAWS)
        )
    name: OwnTrendDesign = next(known for known in DESIGNS if known == design)
    return own_trend(series, window, harmonics=harmonics, slope_change=slope_change, design=name)


def _choices(design: str, season: int, slope: str, transition: int, points: str) -> Choices:
    return MappingProxyType(dict(zip(DIMENSIONS, (design, str(season), slope, str(transition), points), strict=True)))
