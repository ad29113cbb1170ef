"""Protected evaluations: with a withheld sum goes what follows from it, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evaluation.disclosure import Protected, protect_evaluation, protect_indicator, protect_record, total_name
from evaluation.evaluate import AgreementEvaluation, evaluate_indicator
from evaluation.evaluate.record import against_record, series_record
from evaluation.results import Refusal
from evaluation.series import TimeSeries
from evaluation.study import load_study

WHOLE = load_study(Path(__file__).parents[2] / "studies" / "exempelkoping.toml")
STUDY = WHOLE.model_copy(update={"plan": WHOLE.plan.model_copy(update={"draws": 199})})
INDICATOR = STUDY.indicator("public_violence_month")


def series_of(counts: np.ndarray) -> TimeSeries:
    start = (np.datetime64("2015-01") + np.arange(counts.size)).astype("datetime64[D]")
    exposure, none = np.full(counts.size, 2012.0), np.zeros(counts.size, dtype=bool)
    return TimeSeries(INDICATOR.id, "9999", "month", start, counts, exposure, none)


SERIES = series_of(np.random.default_rng(4).poisson(13, 138).clip(5).astype(float))
NONE = np.zeros(138, dtype=bool)


@pytest.fixture(scope="module")
def evaluation() -> AgreementEvaluation:
    return evaluate_indicator(STUDY, STUDY.agreement("2"), INDICATOR, SERIES, None)


def withholding(*names: str) -> Protected:
    return Protected(NONE, NONE, frozenset(names), NONE)


def test_nothing_withheld_nothing_changed(evaluation: AgreementEvaluation) -> None:
    same = protect_evaluation(evaluation, withholding())
    assert [against_record(one) for one in same.against] == [against_record(one) for one in evaluation.against]


def test_a_withheld_period_takes_ratio_observed_expected_and_excess(evaluation: AgreementEvaluation) -> None:
    found = protect_evaluation(evaluation, withholding(total_name("2", "previous", "period")))
    assert evaluation.main.description is not None
    assert found.main.description is None
    for before, after in zip(evaluation.main.estimates, found.main.estimates, strict=True):
        assert np.isnan([after.observed, after.expected, *after.excess]).all()
        assert (after.estimate, after.low, after.high, after.p) == (before.estimate, before.low, before.high, before.p)
    assert found.judgement == evaluation.judgement
    assert found.against[1].description is not None  # the other baseline prints its own sums


def test_a_withheld_mean_is_taken_out_of_the_refusal(evaluation: AgreementEvaluation) -> None:
    refusal = Refusal("too_few_cases", "no_estimate", {"mean": 2.5, "limit": 5.0})
    main = replace(evaluation.main, refusals=(refusal, Refusal("high_start", "warning", {"per_cent": 12.0})))
    changed = replace(evaluation, against=(main, *evaluation.against[1:]))
    found = protect_evaluation(changed, withholding(total_name("2", "previous", "used")))
    assert np.isnan(found.main.refusals[0].values["mean"])
    assert found.main.refusals[0].values["limit"] == 5.0
    assert found.main.refusals[1].values == {"per_cent": 12.0}


def test_a_record_has_nulls_where_points_are_hidden() -> None:
    counts = np.array(SERIES.count)
    counts[56] = 3
    series = series_of(counts)
    protected = protect_indicator(STUDY, INDICATOR, series)
    record = {"indicator": INDICATOR.id, "series": series_record(series), "seasonally_adjusted": counts.tolist()}
    found = protect_record(record, protected)
    for values in (found["series"]["count"], found["series"]["rate"], found["seasonally_adjusted"]):
        assert [value is None for value in values] == protected.hidden.tolist()
    assert found["series"]["hidden"] == protected.hidden.tolist()
    assert found["series"]["exposure"] == record["series"]["exposure"]
    assert record["series"]["count"][56] == 3  # the argument is as it was


def test_a_trend_that_was_not_estimated_has_no_adjusted_points() -> None:
    record = {"series": series_record(SERIES), "seasonally_adjusted": []}
    assert protect_record(record, withholding())["seasonally_adjusted"] == []
