"""What the page of trends says: a trend only where the figures carry one, each indicator named once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from evaluation.figures import Figure
from evaluation.models import TrendChange
from evaluation.session import StudySession
from evaluation.session.pages.trend_words import IndicatorTrend, is_clear, trend_sentence, turns_sentence
from evaluation.tables import Table
from evaluation.wording import wording

Text = Callable[[Any], str]


@pytest.fixture(scope="module")
def page(real: StudySession) -> Any:
    return real.trends()


def with_overall(found: IndicatorTrend, change: float, low: float, high: float) -> IndicatorTrend:
    assert found.result is not None
    overall = TrendChange("overall", change, low, high, 0.5, 10)
    return replace(found, result=replace(found.result, overall=overall))


def test_the_page_opens_with_where_the_primary_indicators_have_been_heading(page: Any, text_of: Text) -> None:
    said = text_of(page.opening())
    # −2.7 to +0.2 per cent a year and −3.7 to +4.9: both intervals hold zero
    assert "Ingen tydlig trend för alla anmälda brott per kvartal: −1,3 % per år" in said
    assert "Ingen tydlig trend för skadegörelse per år" in said
    assert "Ingen tydlig ändring av takten från en överenskommelse till nästa syns för alla anmälda brott" in said


@pytest.mark.parametrize(
    ("change", "low", "high", "expected"),
    [
        (-4.0, -6.2, -1.8, "minskade med 4,0 % per år"),
        (4.3, 0.5, 8.2, "ökade med 4,3 % per år"),
        (4.3, -0.1, 8.2, "Ingen tydlig trend"),
    ],
)
def test_a_direction_is_said_only_where_the_interval_leaves_out_zero(
    change: float, low: float, high: float, expected: str, page: Any
) -> None:
    said = trend_sentence(with_overall(page.trends[0], change, low, high), wording("sv"))
    assert expected in said.replace("\u00a0", " ")


def test_a_turn_is_named_only_where_its_interval_leaves_out_zero(page: Any) -> None:
    found = page.trends[0]
    turns = (TrendChange("1 → 2", 30.0, 3.0, 60.0, 0.03, 16), TrendChange("2 → 3", -20.0, -45.0, 2.0, 0.07, 16))
    said = turns_sentence(replace(found, result=replace(found.result, turns=turns)), wording("sv"))
    assert "från nr 1 till nr 2" in said
    assert "nr 3" not in said
    assert [is_clear(turn) for turn in turns] == [True, False]


def test_thirty_years_that_follow_no_straight_line_get_no_line_and_are_not_called_short(page: Any) -> None:
    (theft,) = [found for found in page.trends if found.indicator.id == "theft_year"]
    assert theft.series.n == 30
    assert theft.overall is None
    (figure,) = [b for b in page.series() if isinstance(b, Figure) and "Tillgreppsbrott" in b.title]
    assert figure.title == "Tillgreppsbrott per år följer ingen rak linje. Därför anges ingen förändring per år."
    assert [column.label for column in figure.table.columns] == ["År", "Observerat"]


def test_every_indicator_stands_once_in_the_table_and_a_trend_is_no_expectation(page: Any, real: StudySession) -> None:
    (table,) = [b for b in page.table() if isinstance(b, Table)]
    names = [row[0] for row in table.rows]
    assert len(names) == len(set(names)) == len(real.study.indicators)
    figures = [b for b in page.series() if isinstance(b, Figure)]
    headings = {column.label for figure in figures for column in figure.table.columns}
    assert headings == {"Kvartal", "År", "Månad", "Observerat", "Trend"}
