"""Time on the axis, agreements and events behind the series."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.figures.axes import (
    Band,
    Event,
    date_axis,
    decimals,
    draw_bands,
    draw_events,
    event_notes,
    middles,
    seen,
    years,
)
from evaluation.figures.picture import blank, text_room, wrapped
from evaluation.wording import wording

SV = wording("sv")
DAY = np.datetime64


def test_days_become_years() -> None:
    # 1 January is the year itself; 1 July is six months on; 16 May is 4 months and 15/31 of one
    days = np.array(["2020-01-01", "2020-07-01", "2021-05-16"], dtype="datetime64[D]")
    assert years(days) == pytest.approx([2020.0, 2020.5, 2021 + (4 + 15 / 31) / 12])


def test_points_stand_in_the_middle_of_the_time_they_cover() -> None:
    quarter = np.array(["2020-01-01"], dtype="datetime64[D]")
    assert middles(quarter, "quarter") == pytest.approx([2020.125])
    assert middles(quarter, "year") == pytest.approx([2020.5])


def ticks(low: float, high: float) -> list[str]:
    _, ax = blank(300, left=30)
    date_axis(ax, low, high, SV)
    return [label.get_text() for label in ax.get_xticklabels()]


def test_long_spans_get_few_years_and_short_ones_swedish_months() -> None:
    assert ticks(2015, 2026.5) == ["2016", "2018", "2020", "2022", "2024", "2026"]
    assert ticks(1996, 2026) == ["2000", "2005", "2010", "2015", "2020", "2025"]
    assert ticks(1790, 2026) == ["1800", "1850", "1900", "1950", "2000"]
    assert ticks(2021, 2022.4) == ["jan 2021", "apr 2021", "juli 2021", "okt 2021", "jan 2022", "apr 2022"]


def test_bands_end_with_the_day_after_the_last_and_inside_the_axis() -> None:
    _, ax = blank(300, left=30)
    bands = [Band("1", DAY("2017-01-01"), DAY("2018-12-31")), Band("2", DAY("2030-01-01"), None)]
    draw_bands(ax, bands, 2018.0, 2020.0)
    (patch,) = ax.patches  # the second lies outside
    box = patch.get_extents().transformed(ax.transData.inverted())
    assert (box.x0, box.x1) == pytest.approx((2018.0, 2019.0))


def test_events_inside_the_axis_are_numbered_in_order_of_time() -> None:
    events = [Event("sen.", DAY("2020-03-01")), Event("tidig", DAY("2018-01-01")), Event("för sen", DAY("2030-01-01"))]
    visible = seen(events, 2015, 2026)
    assert event_notes(visible, SV) == ("1 = tidig (januari 2018)", "2 = sen (mars 2020)")


def test_numbers_of_events_that_would_meet_are_raised() -> None:
    _, ax = blank(300, left=30)
    events = [Event(str(day), DAY(day)) for day in ("2018-01-01", "2020-03-01", "2020-04-01")]
    draw_events(ax, events, 2015, 2026)
    assert [text.xyann[1] for text in ax.texts] == [3, 3, 14]


def test_a_long_quantity_is_wrapped_to_a_phone() -> None:
    assert wrapped("Antal händelser") == ["Antal händelser"]
    lines = wrapped("Otrygghetsskapande samlingar per månad: antal per 100 000 invånare och år")
    assert len(lines) == 2
    assert max(map(text_room, lines)) < 480
    assert wrapped("x" * 100) == ["x" * 100]  # one word is never cut


@pytest.mark.parametrize(("values", "digits"), [([0, 5, 10], 0), ([0, 2.5, 5], 1), ([0, 0.25], 2), ([0, 1 / 3], 3)])
def test_ticks_get_the_decimals_they_need(values: list[float], digits: int) -> None:
    assert decimals(values) == digits
