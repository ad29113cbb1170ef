"""All checks together: their order, what each needs, and words for everything they can say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from evaluation.checks import check_rows, check_sentence, epoc_items, run_checks
from evaluation.models import NotEstimableError
from evaluation.models.panel import panel_from_series
from evaluation.results import CheckResult, CheckVerdict
from evaluation.series import TimeSeries
from evaluation.study.model import AnalysisPlan, ContextEvent
from evaluation.wording import fields_of, wording

PLAN = AnalysisPlan(draws=399)
EVENTS = tuple(
    ContextEvent(date=first, end=last, kind=kind, effect="caution", text={"sv": "x"}, source="here")
    for kind, first, last in (
        ("shock", date(2016, 3, 1), date(2016, 6, 30)),
        ("recording", date(2014, 5, 1), date(2014, 5, 31)),
    )
)
ALWAYS = [
    "ljung_box",
    "dispersion",
    "single_point",
    "leave_one_out",
    "placebo_dates",
    "break_date",
    "baseline_length",
    "pandemic",
    "batches",
]


def in_area(series: TimeSeries, area: str) -> TimeSeries:
    return TimeSeries("i", area, series.grain, series.start, series.count, series.exposure, series.preliminary)


@pytest.fixture(scope="module")
def everything(series_of, window_of, counts_of):
    series = series_of(counts_of(61, 72))
    window = window_of(series, 48, first=12)
    panel = panel_from_series([series, *(in_area(series_of(counts_of(70 + k, 72)), f"a{k}") for k in range(22))])
    reporting = CheckResult("reported_versus_victimised", "passed", 0.4, 0.7, 1.5)
    control = series_of(counts_of(62, 72))
    checks = run_checks(
        series, window, plan=PLAN, events=EVENTS, panel=panel, negative_control=control, reporting=reporting
    )
    return series, window, checks


def test_checks_come_in_the_order_in_which_they_are_asked(everything):
    _, _, checks = everything
    assert [c.check for c in checks] == [*ALWAYS, "pre_trend", "negative_control", "reported_versus_victimised"]


def test_checks_that_lack_their_data_are_not_run(series_of, window_of, counts_of):
    series = series_of(counts_of(63, 60))
    found = [c.check for c in run_checks(series, window_of(series, 40), plan=PLAN)]
    assert found == [name for name in ALWAYS if name != "pandemic"], "nobody has said when it was"
    early = EVENTS[0].model_copy(update={"date": date(1918, 9, 1), "end": date(1919, 6, 30)})
    assert [c.check for c in run_checks(series, window_of(series, 40), plan=PLAN, events=[early])] == ALWAYS
    values = series_of(np.random.default_rng(64).normal(10, 1, 60), scale="value")
    names = [c.check for c in run_checks(values, window_of(values, 40), plan=PLAN, events=EVENTS)]
    assert names == [name for name in ALWAYS if name != "dispersion"]


def test_equal_input_gives_equal_checks(everything):
    series, window, checks = everything
    again = run_checks(series, window, plan=PLAN, events=EVENTS)
    assert repr(again) == repr(checks[: len(ALWAYS)])


def test_without_an_estimate_there_is_nothing_to_check(series_of, window_of):
    series = series_of(np.full(40, 50.0))
    with pytest.raises(NotEstimableError):
        run_checks(series, window_of(series, 24), plan=PLAN)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_check_is_said_in_words(everything, language):
    series, window, checks = everything
    words = wording(language)
    rows = check_rows((*checks, *epoc_items(series, window, plan_registered=True)), words)
    assert all(name and verdict and sentence for name, verdict, sentence in rows)
    assert not any("{" in cell for row in rows for cell in row)


def test_a_point_is_written_in_the_step_of_its_series_and_large_factors_without_decimals(everything):
    _, _, checks = everything
    (single,) = [check for check in checks if check.check == "single_point"]
    moved = replace(single, verdict="passed", values={**single.values, "year": 2026.0, "month": 4.0})
    assert "quarter 2 2026" in check_sentence(moved, wording("en"), "quarter").replace("\u00a0", " ")
    assert "April 2026" in check_sentence(moved, wording("en"), "month")
    (spread,) = [check for check in checks if check.check == "dispersion"]
    for dispersion, written in ((52.01, " 52 "), (1.52, " 1,52 ")):
        told = replace(spread, verdict="informational", values={"dispersion": dispersion})
        assert written in check_sentence(told, wording("sv"))


VERDICTS: tuple[CheckVerdict, ...] = ("passed", "failed", "too_little_data", "informational")


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_of_every_check_has_its_fields(everything, verdict):
    """A phrase may use only numbers that its check always brings; bare results get the general phrase."""
    _, _, checks = everything
    words = wording("en")
    for check in checks:
        key = f"check.{check.check}.{verdict}"
        if words.has(key):
            brought = {*check.values, "p", "statistic", "when"}
            brought |= {"without_effect"} if check.check in ("pandemic", "batches") else set()
            assert fields_of(words.phrases[key]) <= brought, key
    assert fields_of(words.phrases[f"check.{verdict}"]) <= {"p"}
