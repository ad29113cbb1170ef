"""Verdicts chosen by rule: properties that hold for any designs, and Holm and Benjamini–Hochberg by hand."""

from __future__ import annotations

from itertools import pairwise
from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.evaluate.verdict import (
    benjamini_hochberg,
    detectable_by_comparison,
    direction_of,
    holm,
    judge,
)
from evaluation.results import Estimate


def ratio(effect: float, reach: float, design="own_trend_reml", detectable: float = 0.7) -> Estimate:
    """An estimate whose p and interval come from one normal distribution, on the log scale."""
    from scipy.stats import norm

    p = float(2 * norm.sf(abs(effect) / reach * 1.959963984540054))
    details = {"detectable_decrease": detectable, "smallest_p": 0.01}
    low, high = exp(effect - reach), exp(effect + reach)
    return Estimate(
        design, "ratio", exp(effect), low, high, p, reach / 1.96, 90, 90 / exp(effect), 24, 24, "m", details
    )


effects = st.floats(-1.5, 1.5)
reaches = st.floats(0.02, 1.2)
estimates = st.builds(ratio, effects, reaches)
comparisons = st.lists(st.builds(ratio, effects, reaches, st.just("synthetic_did"), st.floats(0.0, 0.99)), max_size=3)
detectables = st.floats(1, 120)
families = st.integers(1, 8)


@given(estimates, comparisons, detectables, families)
def test_no_clear_verdict_without_significance_and_none_against_its_interval(own, others, detectable, family):
    judgement = judge(own, min(1.0, own.p * family), detectable, others, described=True, family=family)
    clear = judgement.verdict in ("clear_decrease", "clear_increase")
    if clear and judgement.rule.startswith("own_trend"):
        assert own.p < 0.05
        assert judgement.p_adjusted < 0.05
        assert own.high < 1 if judgement.verdict == "clear_decrease" else own.low > 1
    if clear and judgement.rule == "comparison_alone":
        assert all(other.p * family < 0.05 for other in others)
    if clear:
        assert judgement.verdict == f"clear_{judgement.direction}"


@given(estimates, comparisons, detectables, families)
def test_no_clear_change_is_never_said_of_a_blunt_or_excluding_interval(own, others, detectable, family):
    judgement = judge(own, min(1.0, own.p * family), detectable, others, described=True, family=family)
    if judgement.verdict == "no_clear_change":
        assert judgement.detectable <= 50
        if np.isfinite(judgement.p_adjusted):  # decided by the own trend
            assert own.low <= 1 <= own.high


@given(estimates, detectables)
def test_what_was_seen_alone_but_not_together_is_a_direction(own, detectable):
    judgement = judge(own, 0.2, detectable, (), described=True)
    if detectable <= 50 and own.p < 0.05:
        assert (judgement.verdict, judgement.rule) == ("direction_only", "lost_to_multiplicity")
        assert judgement.direction == direction_of(own)


@given(st.one_of(st.none(), estimates), comparisons, detectables, st.booleans())
def test_grades_follow_the_designs(own, others, detectable, described):
    judgement = judge(own, own.p if own else float("nan"), detectable, others, described=described)
    usable = own is not None and detectable <= 50
    if usable:
        assert judgement.grade == (3 if others else 2)
    elif not others:
        assert (judgement.verdict, judgement.grade) == ("cannot_be_assessed", int(described))


@given(estimates, comparisons, families)
def test_mirrored_worlds_get_mirrored_verdicts(own, others, family):
    def mirror(e: Estimate) -> Estimate:
        return Estimate(
            e.design, e.scale, 1 / e.estimate, 1 / e.high, 1 / e.low, e.p, e.standard_error, e.observed,
            e.observed * e.estimate, e.n_baseline, e.n_period, e.method, e.details,
        )  # fmt: skip

    p = min(1.0, own.p * family)
    one = judge(own, p, 20.0, others, described=True, family=family)
    other = judge(mirror(own), p, 20.0, [mirror(e) for e in others], described=True, family=family)
    swap = {"decrease": "increase", "increase": "decrease", "none": "none"}
    assert other.direction == swap[one.direction]
    assert other.rule == one.rule


FALL, RISE, FLAT = ratio(-0.3, 0.1), ratio(0.3, 0.1), ratio(-0.02, 0.15)


@pytest.mark.parametrize(
    ("own", "p", "others", "verdict", "rule"),
    [
        (FALL, 0.001, [], "clear_decrease", "own_trend_alone"),
        (RISE, 0.001, [RISE, RISE, FLAT], "clear_increase", "own_trend_and_comparison"),
        (FALL, 0.001, [RISE], "direction_only", "comparison_contradicts"),
        (FALL, 0.001, [FLAT, ratio(0.05, 0.2)], "direction_only", "not_more_than_comparison"),
        (FALL, 0.08, [RISE], "cannot_be_assessed", "comparison_contradicts"),
        (FALL, 0.08, [], "direction_only", "lost_to_multiplicity"),
        (FLAT, 0.8, [FALL], "direction_only", "only_comparison_sees_it"),
        (FLAT, 0.8, [FALL, RISE], "no_clear_change", "nothing_seen"),
        (FLAT, 0.8, [], "no_clear_change", "nothing_seen"),
        (None, float("nan"), [FALL, FALL], "clear_decrease", "comparison_alone"),
        (None, float("nan"), [FALL, ratio(-0.1, 0.2)], "direction_only", "comparison_alone_in_part"),
        (None, float("nan"), [FLAT], "no_clear_change", "nothing_seen"),
        (None, float("nan"), [ratio(-0.02, 0.15, detectable=0.4)], "cannot_be_assessed", "comparison_too_blunt"),
        (None, float("nan"), [], "cannot_be_assessed", "nothing_usable"),
    ],
)
def test_each_rule(own, p, others, verdict, rule):
    judgement = judge(own, p, 20.0, others, described=True)
    assert (judgement.verdict, judgement.rule) == (verdict, rule)


@pytest.mark.parametrize(("detectable", "verdict"), [(50.0, "no_clear_change"), (50.1, "cannot_be_assessed")])
def test_a_blunt_own_trend_is_not_no_change(detectable, verdict):
    assert judge(FLAT, FLAT.p, detectable, (), described=True).verdict == verdict


def test_detectable_changes_of_comparisons():
    assert detectable_by_comparison(ratio(0, 0.1, detectable=0.75)) == pytest.approx(25)
    assert detectable_by_comparison(ratio(0, 0.1, detectable=0.0)) == float("inf")


def test_holm_by_hand():
    # sorted .01 .02 .03 .04: 4 × .01 = .04; 3 × .02 = .06; 2 × .03 = .06; 1 × .04 → not below .06
    found = holm({"a": 0.04, "b": 0.01, "c": 0.03, "d": 0.02, "e": float("nan")})
    assert {name: round(value, 12) for name, value in found.items() if name != "e"} == {
        "a": 0.06,
        "b": 0.04,
        "c": 0.06,
        "d": 0.06,
    }
    assert np.isnan(found["e"])
    assert holm({"a": 0.6, "b": 0.7}) == {"a": 1.0, "b": 1.0}


def test_benjamini_hochberg_by_hand():
    # 15 p-values of Benjamini and Hochberg (1995), table of section 4: four are rejected at q = .05 (the bound of the
    # fourth is 4/15 × .05 = .013, p .0095)
    p = (0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
         1.0)  # fmt: skip
    found = benjamini_hochberg({str(place): value for place, value in enumerate(p)})
    assert sum(value < 0.05 for value in found.values()) == 4
    assert found["3"] == pytest.approx(0.0095 * 15 / 4)
    assert found["5"] == pytest.approx(min(0.0278 * 15 / 6, 0.0298 * 15 / 7, 0.0344 * 15 / 8))
    assert sum(value < 0.05 for value in holm({str(k): v for k, v in enumerate(p)}).values()) == 3


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.floats(0, 1), min_size=1, max_size=8))
def test_adjusting_never_helps_and_keeps_the_order(p):
    for adjust in (holm, benjamini_hochberg):
        found = adjust(p)
        assert all(value <= found[name] <= 1 for name, value in p.items())
        ordered = sorted(p, key=p.get)
        assert all(found[a] <= found[b] + 1e-15 for a, b in pairwise(ordered))
    assert all(benjamini_hochberg(p)[name] <= holm(p)[name] + 1e-12 for name in p)


def test_family_wise_errors_of_holm_stay_below_five_per_cent():
    """10 000 reports of ten true nulls, a third of them strongly dependent; limit: 5 % + 3 standard errors."""
    random = np.random.default_rng(7)
    shared = random.standard_normal((10_000, 1))
    from scipy.special import ndtr

    z = np.concatenate([random.standard_normal((10_000, 7)), np.sqrt(0.8) * shared + np.sqrt(0.2) *
                        random.standard_normal((10_000, 3))], axis=1)  # fmt: skip
    smallest = np.sort(2 * ndtr(-np.abs(z)), axis=1)[:, 0]
    wrong = np.mean([min(holm({str(k): v for k, v in enumerate(row)}).values()) < 0.05 for row in
                     2 * ndtr(-np.abs(z[:2000]))])  # fmt: skip
    assert wrong == np.mean(smallest[:2000] * 10 < 0.05)  # Holm rejects anything exactly when Bonferroni does
    assert np.mean(smallest * 10 < 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 10_000)
