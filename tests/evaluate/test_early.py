"""An effect that begins before the first measure is pointed out; one that begins after is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from evaluation.evaluate import AgainstBaseline, AgreementEvaluation, Judgement, evaluate_indicator
from evaluation.evaluate.early import early_effect
from evaluation.evaluate.measures import EarliestEffect, Measure
from evaluation.results import CheckResult
from evaluation.series import TimeSeries, Window
from evaluation.study import load_study

STUDY = load_study(Path(__file__).parents[2] / "studies" / "exempelkoping.toml")
NOBODY = np.zeros(60, dtype=bool)
NONE = float("nan")
FIELD = Measure(2, "a", "3", "public_places", {}, None, None, date(2021, 7, 1), None, "ongoing", "", NONE, NONE, {}, "", "", "r")  # fmt: skip  # noqa: E501
SUMMER = EarliestEffect(date(2021, 7, 1), FIELD)


@pytest.fixture
def evaluation_of(
    series_of: Callable[..., TimeSeries], window_of: Callable[..., Window]
) -> Callable[..., AgreementEvaluation]:
    """Monthly counts 2018–2022, agreement from January 2021; 30 expected within 20 to 40 in every month."""

    def build(
        low_from: int, verdict: str = "clear_decrease", checks: tuple[CheckResult, ...] = ()
    ) -> AgreementEvaluation:
        count = np.full(60, 30.0)
        count[low_from:] = 15.0
        series = series_of(count, first="2018-01", exposure=100_000.0)
        limits = SimpleNamespace(low_rate=np.full(60, 20.0), high_rate=np.full(60, 40.0))
        main = AgainstBaseline(window_of(series, 36), None, (), None, limits, (), (), checks)  # type: ignore[arg-type]
        judgement = Judgement(verdict, "decrease", 2, "own_trend", 0.01, 20.0)  # type: ignore[arg-type]
        return AgreementEvaluation(STUDY.agreement("3"), STUDY.indicator("vandalism_month"), series, (main,), judgement)

    return build


def break_from(year: int, month: int, verdict: str = "failed") -> CheckResult:
    return CheckResult("break_date", verdict, 9.0, 0.01, 0.05, {"year": float(year), "month": float(month)})  # type: ignore[arg-type]


def test_low_from_the_start_of_the_agreement_is_pointed_out(evaluation_of) -> None:
    """January to June 2021 are six whole months before 1 July, all of them under 20."""
    found = early_effect(evaluation_of(36), SUMMER, hidden=NOBODY)
    assert found is not None
    assert (found.first_measure, found.points, found.beyond, found.break_from) == (date(2021, 7, 1), 6, 6, None)


def test_half_of_the_points_is_enough_and_fewer_are_not(evaluation_of) -> None:
    half = early_effect(evaluation_of(39), SUMMER, hidden=NOBODY)  # April, May and June of six
    assert half is not None
    assert (half.points, half.beyond) == (6, 3)
    assert early_effect(evaluation_of(40), SUMMER, hidden=NOBODY) is None  # May and June of six


def test_low_from_the_measure_on_is_not(evaluation_of) -> None:
    assert early_effect(evaluation_of(42), SUMMER, hidden=NOBODY) is None


def test_a_point_that_the_measure_begins_in_is_not_before_it(evaluation_of) -> None:
    middle = EarliestEffect(date(2021, 2, 15), replace(FIELD, start=date(2021, 2, 15)))
    found = early_effect(evaluation_of(36), middle, hidden=NOBODY)
    assert found is not None
    assert found.points == 1  # January alone


@pytest.mark.parametrize("verdict", ["no_clear_change", "direction_only", "cannot_be_assessed"])
def test_only_clear_effects_are_asked(evaluation_of, verdict: str) -> None:
    assert early_effect(evaluation_of(36, verdict), SUMMER, hidden=NOBODY) is None


def test_without_a_measure_there_is_nothing_to_be_before(evaluation_of) -> None:
    assert early_effect(evaluation_of(36), EarliestEffect(date(2021, 1, 1), None), hidden=NOBODY) is None


def test_the_break_that_the_series_shows_speaks_too(evaluation_of) -> None:
    found = early_effect(evaluation_of(42, checks=(break_from(2021, 3),)), SUMMER, hidden=NOBODY)
    assert found is not None
    assert (found.points, found.break_from) == (0, date(2021, 3, 1))
    assert early_effect(evaluation_of(42, checks=(break_from(2021, 7),)), SUMMER, hidden=NOBODY) is None
    quiet = (break_from(2021, 3, "informational"),)  # no break stands out
    assert early_effect(evaluation_of(42, checks=quiet), SUMMER, hidden=NOBODY) is None


def test_a_measure_from_before_the_agreement_is_asked_about_by_its_own_day(evaluation_of) -> None:
    """Begun in September 2020: what breaks in November comes after it, though before the agreement (January 2021)."""
    begun = EarliestEffect(date(2021, 1, 1), replace(FIELD, start=date(2020, 9, 1)))
    assert early_effect(evaluation_of(36, checks=(break_from(2020, 11),)), begun, hidden=NOBODY) is None
    found = early_effect(evaluation_of(36, checks=(break_from(2020, 8),)), begun, hidden=NOBODY)
    assert found is not None
    assert (found.first_measure, found.points, found.break_from) == (date(2020, 9, 1), 0, date(2020, 8, 1))


def test_hidden_points_are_not_counted_aloud(evaluation_of) -> None:
    hidden = np.zeros(60, dtype=bool)
    hidden[37] = True
    assert early_effect(evaluation_of(36), SUMMER, hidden=hidden) is None
    hidden[37], hidden[50] = False, True  # a point after the measure is not asked about
    assert early_effect(evaluation_of(36), SUMMER, hidden=hidden) is not None


def test_the_verdict_and_the_window_stay(series_of) -> None:
    """Estimates, windows and verdict are computed without measures: the caution only reads them."""
    rng = np.random.default_rng(7)
    series = series_of(rng.poisson(np.where(np.arange(96) < 72, 60, 30)), first="2015-01", exposure=2000.0)
    study = STUDY.model_copy(update={"plan": STUDY.plan.model_copy(update={"draws": 199})})
    found = evaluate_indicator(
        study, study.agreement("3"), study.indicator("vandalism_month"), series, None, with_checks=False
    )
    assert found.judgement.verdict == "clear_decrease"
    before = (found.judgement, found.main.window.period.copy())
    late = EarliestEffect(date(2022, 1, 1), replace(FIELD, start=date(2022, 1, 1)))
    early = early_effect(found, late, hidden=np.zeros(96, dtype=bool))
    assert early is not None
    assert early.points == 12
    assert found.judgement == before[0]
    assert (found.main.window.period == before[1]).all()
    assert found.main.window.period_start == np.datetime64("2021-01-01")
