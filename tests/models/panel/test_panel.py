"""The panel: what is kept, what is dropped and said, and which points a design gets."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.errors import ParameterError
from evaluation.models.panel import difference_in_differences, panel_from_series
from evaluation.models.panel.panel import DesignPoints, design_points
from evaluation.models.refusal import NotEstimableError
from evaluation.series import TimeSeries


def quarterly(area: str, count: list[float], first: str = "2015-01", scale: str = "count") -> TimeSeries:
    n = len(count)
    start = (np.datetime64(first, "M") + 3 * np.arange(n)).astype("datetime64[D]")
    exposure = np.full(n, 1000.0 if scale == "count" else 1.0)
    return TimeSeries("x", area, "quarter", start, np.array(count, float), exposure, np.zeros(n, bool), scale)


def test_outcome_is_the_log_rate_with_half_a_case() -> None:
    panel = panel_from_series([quarterly(area, [9.5, 99.5]) for area in "ABC"])
    assert panel.outcome[0] == pytest.approx([np.log(10 / 1000), np.log(100 / 1000)])
    assert panel.scale == "ratio"


def test_values_stand_as_they_are() -> None:
    panel = panel_from_series([quarterly(area, [1.0, -2.0], scale="value") for area in "ABC"])
    assert panel.outcome[2].tolist() == [1.0, -2.0]
    assert (panel.scale, panel.exposure) == ("additive", None)


def test_series_are_laid_on_the_points_of_the_first() -> None:
    series = [quarterly("A", [1, 2, 3], "2015-04"), quarterly("B", [0, 1, 2, 3, 4]), quarterly("C", [5, 6, 7, 8])]
    assert panel_from_series(series).count.tolist() == [[1, 2, 3], [1, 2, 3], [6, 7, 8]]


def test_a_missing_point_leaves_every_design_and_is_named() -> None:
    holed = [1.0] * 12
    holed[3] = np.nan
    panel = panel_from_series([quarterly("A", [1.0] * 12), quarterly("B", holed), quarterly("C", [2.0] * 12)])
    assert np.flatnonzero(~panel.complete).tolist() == [3]
    assert panel.dropped_points == (np.datetime64("2015-10-01"),)


def test_an_area_that_lacks_too_much_leaves_and_is_named() -> None:
    series = [quarterly(area, [1.0] * 12) for area in "ABC"] + [quarterly("late", [1.0] * 4, "2017-01")]
    panel = panel_from_series(series)
    assert panel.areas == ("A", "B", "C")
    assert panel.dropped_areas == ("late",)
    assert panel.complete.all()


def test_what_the_treated_area_never_published_is_no_loss_of_others(cut) -> None:
    series = [quarterly("A", [np.nan, *[1.0] * 11]), quarterly("B", [1.0] * 12), quarterly("C", [1.0] * 12)]
    panel = panel_from_series(series)
    assert (panel.dropped_areas, panel.dropped_points) == ((), ())
    assert design_points(panel, cut(12, 8)).baseline.tolist() == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    "series",
    [
        [quarterly("A", [1.0]), quarterly("B", [1.0])],
        [quarterly("A", [1.0]), quarterly("B", [1.0]), quarterly("A", [1.0])],
        [quarterly("A", [1.0]), quarterly("B", [1.0]), quarterly("C", [1.0], scale="value")],
    ],
    ids=["two areas", "an area twice", "two scales"],
)
def test_series_that_make_no_panel_are_refused(series: list[TimeSeries]) -> None:
    with pytest.raises(ParameterError, match="three different areas of one indicator"):
        panel_from_series(series)


def test_the_last_quarter_of_the_baseline_is_held_out_at_least_two_points() -> None:
    for baseline, held_out in ((6, 2), (8, 2), (12, 3), (40, 10)):
        cut_in_two = DesignPoints(np.arange(baseline), np.array([99])).held_out
        assert cut_in_two.period.tolist() == list(range(baseline - held_out, baseline))
        assert cut_in_two.baseline.tolist() == list(range(baseline - held_out))


def test_pool_without_neighbours(value_panel) -> None:
    panel = value_panel(np.arange(12.0).reshape(4, 3))
    smaller = panel.without(["area 01", "elsewhere"])
    assert smaller.areas == ("area 00", "area 02", "area 03")
    assert smaller.outcome.tolist() == [[0, 1, 2], [6, 7, 8], [9, 10, 11]]


def test_an_unknown_treated_area_is_named_with_the_choices(value_panel, cut) -> None:
    with pytest.raises(ParameterError, match="'0114'; expected one of area 00, area 01"):
        difference_in_differences(value_panel(np.zeros((3, 12))), "0114", cut(12, 8))


def test_a_window_of_another_series_is_refused(value_panel, cut) -> None:
    with pytest.raises(ParameterError, match="11 points; expected 12"):
        difference_in_differences(value_panel(np.zeros((3, 12))), "area 00", cut(11, 8))


def test_too_little_to_compare_is_an_error_not_a_number(value_panel, cut) -> None:
    with pytest.raises(NotEstimableError, match="3 baseline points, 9 period points, 3 areas"):
        difference_in_differences(value_panel(np.zeros((3, 12))), "area 00", cut(12, 3))


def test_a_panel_cannot_be_changed(value_panel) -> None:
    with pytest.raises(ValueError, match="read-only"):
        value_panel(np.zeros((3, 4))).outcome[0, 0] = 1.0
