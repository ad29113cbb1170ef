"""The specification curve: what is stated, what agrees, and a planted effect in every variant."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from evaluation.checks import Variant, curve_choices, curve_sentence, specification_curve, subject_of
from evaluation.checks.specification import DRAWS, curve_of
from evaluation.models import own_trend
from evaluation.results import Estimate
from evaluation.study.model import AnalysisPlan
from evaluation.wording import wording


@pytest.fixture(scope="module")
def curve(subject_from, counts_of):
    place = np.arange(84)
    subject = subject_from(counts_of(51, 84, factor=np.where(place >= 48, 0.75, 1.0)), 48, first=12)
    shock, batch = (place >= 40) & (place < 44), place == 60
    return subject, specification_curve(subject, pandemic=shock, batches=batch)


def test_every_combination_is_stated_once(curve):
    subject, found = curve
    # 4 designs × 2 seasons × 2 slopes × 3 transitions × 6 sets of points (planned, ± 1 year, without each and both)
    assert found.stated == 4 * 2 * 2 * 3 * 6
    assert len({tuple(sorted(v.choices.items())) for v in found.variants}) == len(found.variants)
    assert found.variants[found.primary].estimate is subject.estimate


def test_every_variant_finds_the_planted_fall(curve):
    _, found = curve
    assert (found.same_direction, found.clear_increase) == (1.0, 0.0)
    assert found.same_conclusion > 0.9
    low, middle, high = found.quartiles
    assert low <= middle <= high
    assert middle == pytest.approx(0.75, abs=0.05)


def test_a_variant_is_the_estimate_of_its_own_choices(curve):
    subject, found = curve
    wanted = {"design": "own_trend_quasi_poisson", "season": "1", "slope": "slope", "transition": "0"}
    variant = next(v for v in found.variants if dict(v.choices) == wanted | {"points": "registered"})
    alone = own_trend(subject.series, subject.window, harmonics=1, slope_change=True, design="own_trend_quasi_poisson")
    assert variant.estimate == alone
    wanted |= {"design": "own_trend_reml"}
    variant = next(v for v in found.variants if dict(v.choices) == wanted | {"points": "registered"})
    reml = own_trend(
        subject.series, subject.window, harmonics=1, slope_change=True, draws=DRAWS, seed=subject.settings.seed
    )
    assert (variant.estimate.estimate, variant.estimate.p) == (reml.estimate, reml.p)


def test_transition_and_left_out_points_leave_the_period(curve):
    _, found = curve
    size = {(v.choices["transition"], v.choices["points"]): v.estimate.n_period for v in found.variants}
    before = {v.choices["points"]: v.estimate.n_baseline for v in found.variants}
    assert [size[points, "registered"] for points in ("0", "1", "3")] == [36, 35, 33]
    assert size["3", "without_batches"] == 32
    assert before == {
        "registered": 36,
        "baseline_plus_1": 48,
        "baseline_minus_1": 24,
        "without_pandemic": 32,
        "without_batches": 36,
        "without_both": 32,
    }


@pytest.mark.parametrize(
    ("grain", "n", "start", "scale"),
    [("month", 60, 40, "count"), ("quarter", 24, 12, "count"), ("year", 24, 12, "count"), ("year", 30, 15, "value")],
)
def test_at_least_48_variants_are_stated(series_of, window_of, counts_of, grain, n, start, scale):
    series = series_of(counts_of(52, n), grain=grain, scale=scale)
    found = specification_curve(subject_of(series, window_of(series, start), plan=AnalysisPlan(draws=399)))
    assert found.stated >= 48


def test_refused_variants_keep_their_reason(subject_from, counts_of):
    found = specification_curve(subject_from(counts_of(53, 24, points=4), 16, grain="quarter"))
    # 8 points of agreement; 6 may carry a check, so a transition of 3 is refused in every design
    short = {tuple(r.choices.items()) for r in found.refused if r.choices["transition"] == "3"}
    reasons = {r.reason for r in found.refused if r.choices["transition"] == "3"}
    assert reasons == {"too_few_points"}
    assert len(short) == found.stated / 3


def test_no_variant_reaches_before_a_registered_break(subject_from, counts_of):
    subject = subject_from(counts_of(54, 60), 40, first=12)
    bound = specification_curve(subject, earliest=date(2012, 2, 1))
    assert "baseline_plus_1" not in {variant.choices["points"] for variant in bound.variants}


def made(estimate: float, p: float) -> Variant:
    low, high = (0.9 * estimate, 1.1 * estimate)
    return Variant({}, Estimate("d", "ratio", estimate, low, high, p, 0.1, 1, 1, 9, 9, "m"))


def test_shares_by_hand():
    variants = [made(0.8, 0.01), made(0.9, 0.04), made(0.95, 0.3), made(1.1, 0.6), made(1.3, 0.01)]
    found = curve_of(variants, ())
    assert found.same_direction == 3 / 5
    assert found.same_conclusion == 2 / 5
    assert (found.clear_decrease, found.clear_increase) == (2 / 5, 1 / 5)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_choices_are_said_in_words(curve, language):
    _, found = curve
    words = wording(language)
    said = curve_choices(found, words)
    assert len(said) == len(found.variants)
    assert len({frozenset(choice.items()) for choice in said}) == len(said)
    assert str(len(found.variants)) in curve_sentence(found, words)
