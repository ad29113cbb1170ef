"""One indicator in one agreement: which baselines, which checks, judged together, said in words, robust or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from evaluation.evaluate import evaluate_indicator, judge_together
from evaluation.evaluate.record import evaluation_record
from evaluation.evaluate.robustness import curve_of_evaluation, epoc_of_evaluation
from evaluation.evaluate.sentences import cases_sentence, refusal_sentence, seen_sentence, verdict_sentence
from evaluation.results import Estimate, Refusal
from evaluation.study import load_study
from evaluation.study.model import FixedBaseline
from evaluation.wording import wording

STUDY_FILE = Path(__file__).parents[2] / "studies" / "upplands-vasby.toml"


@pytest.fixture(scope="module")
def study():
    study = load_study(STUDY_FILE)
    monthly = FixedBaseline(grain="month", start=date(2012, 1, 1), end=date(2016, 12, 31))
    baselines = (monthly, *(b for b in study.fixed_baselines if b.grain != "month"))
    plan = study.plan.model_copy(update={"draws": 399})
    return study.model_copy(update={"fixed_baselines": baselines, "plan": plan})


@pytest.fixture(scope="module")
def evaluate(study, series_of):
    """Evaluate the first agreement (2017–2018) on monthly counts whose rate changes by a factor in 2017."""

    def run(factor: float, role: str = "primary", seed: int = 1, name: str = "assault_month"):
        t = np.arange(84)
        rate = 150 * np.exp(0.1 * np.sin(2 * np.pi * t / 12)) * np.where(t >= 60, factor, 1.0)
        series = series_of(np.random.default_rng(seed).poisson(rate) * 1.0, first="2012-01")
        indicator = study.indicator("assault_month").model_copy(update={"role": role, "id": name})
        return evaluate_indicator(study, study.agreement("1"), indicator, series, None)

    return run


@pytest.fixture(scope="module")
def fallen(evaluate):
    return evaluate(0.75)


def test_primary_outcomes_are_checked_and_others_are_not(fallen, evaluate):
    assert {check.check for check in fallen.main.checks} >= {"ljung_box", "placebo_dates", "baseline_length"}
    assert evaluate(0.75, role="exploratory").main.checks == ()


def test_a_planted_fall_is_said_with_its_interval(fallen):
    assert fallen.judgement.verdict == "clear_decrease"
    low, high = fallen.main.primary.per_cent[1:]
    for language in ("sv", "en"):
        words = wording(language)
        said = verdict_sentence(fallen, words)
        assert words.interval(low, high, unit="per_cent") in said
        assert "{" not in said


def test_what_would_have_been_seen_is_likely_and_has_two_sides_unless_only_falls_are_wanted():
    # a fall of 40 % is log(0.6); as far the other way lies 1 / 0.6 = 1.667, a rise of 67 %
    words = wording("en")
    one, two = (seen_sentence("page.would_have_been_seen", 40.0, way, "ratio", words) for way in ("decrease", "open"))
    assert one == "A fall of 40% or more would probably have been seen."  # 80 % power: one in five is missed
    assert two == "A fall of 40% or a rise of 67% would probably have been seen."
    values = seen_sentence("page.would_have_been_seen", 40.0, "increase", "difference", words)
    assert values == "A fall of 40% or a rise of 40% would probably have been seen."


def test_the_record_holds_every_check(fallen):
    record = evaluation_record(fallen, {"sv": "a", "en": "b"})
    assert [check["check"] for check in record["baselines"][0]["checks"]] == [c.check for c in fallen.main.checks]
    assert record["aggregated_to"] is None


def test_holm_counts_primary_outcomes_only(study, evaluate):
    every = [evaluate(0.93, seed=k, name=f"p{k}") for k in range(2)]
    every.append(evaluate(0.75, role="exploratory", seed=9, name="x"))
    judged = judge_together(study, every)
    p = sorted(e.main.primary.p for e in every[:2])
    adjusted = sorted(e.judgement.p_adjusted for e in judged[:2])
    assert adjusted == pytest.approx([min(1, 2 * p[0]), min(1, max(2 * p[0], p[1]))])
    assert judged[2].judgement.p_adjusted == every[2].main.primary.p  # alone among the exploratory


def test_a_change_lost_to_multiplicity_says_why(study, fallen):
    weak = replace(fallen.main.estimates[0], p=0.04)
    first = replace(fallen, against=(replace(fallen.main, estimates=(weak, *fallen.main.estimates[1:])),))
    second = replace(first, indicator=first.indicator.model_copy(update={"id": "second"}))
    judged = judge_together(study, [first, second])
    assert {e.judgement.rule for e in judged} == {"lost_to_multiplicity"}  # 2 × 0.04 is above 0.05
    assert wording("en").say("reason.lost_to_multiplicity") in verdict_sentence(judged[0], wording("en"))


def test_the_curve_and_the_items_of_an_evaluation(study, fallen):
    curve = curve_of_evaluation(study, fallen)
    assert curve.stated >= 48
    assert curve.same_direction == 1.0
    assert curve.variants[curve.primary].estimate is fallen.main.estimates[0]
    items = {
        item.check: item.verdict
        for item in epoc_of_evaluation(
            study, fallen, plan_registered=True, plan_deviations=0, outcomes_reported=len(study.indicators)
        )
    }
    assert items["epoc_shape"] == items["epoc_selective"] == items["epoc_points"] == "passed"
    assert items["epoc_recording"] == "failed"  # new codes for assault in 2018


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_refusal_has_its_sentence(language):
    words = wording(language)
    refusals = [
        Refusal("too_few_points", "description_only", {"baseline": 7, "period": 9, "limit": 8}),
        Refusal("short_baseline", "description_only", {"months": 11, "limit": 12}),
        Refusal("too_few_cases", "no_estimate", {"mean": 4.9, "limit": 5}),
        Refusal("not_estimable", "description_only", {"boundary_rho": 1.0}),
        Refusal("insensitive", "no_verdict", {"detectable": 61.0, "limit": 50.0}),
        Refusal("insensitive", "no_verdict", {"detectable": float("inf"), "limit": 50.0}),
        Refusal("no_data", "no_estimate", {"baseline": 0, "period": 3}),
        Refusal("series_broken", "no_estimate", {"year": 2021, "month": 3}),
        Refusal("high_start", "warning", {"per_cent": 23.0}),
    ]
    said = [refusal_sentence(refusal, words) for refusal in refusals]
    assert len(set(said)) == len(said)
    assert not any("{" in sentence for sentence in said)


@pytest.mark.parametrize(
    ("value", "low", "high", "said"),
    [
        # 1200 × (1 − 1/1.2) = 200; 1200 × (1 − 1/0.8) = −300; 1200 × (1 − 1/1.5) = 400
        (1.2, 0.8, 1.5, "skillnaden mot det väntade +200 (osäkerhet −300 till +400)"),
        # 1200 × (1 − 1/0.75) = −400; 1200 × (1 − 1/0.6) = −800; 1200 × (1 − 1/0.96) = −50
        (0.75, 0.6, 0.96, "400 färre fall än väntat under perioden (osäkerhet 50 till 800)"),
    ],
)
def test_cases_that_may_be_none_are_not_counted_as_more_or_fewer(value, low, high, said):
    estimate = Estimate("d", "ratio", value, low, high, 0.2, 0.1, 1200.0, 1200 / value, 24, 12, "m")
    sentence = cases_sentence(estimate, wording("sv")).replace("\u00a0", " ")
    assert said in sentence
    assert ("går inte att skilja från noll" in sentence) == (low < 1 < high)
