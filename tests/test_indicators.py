"""Rates by area and point: exposure by hand, gaps kept, missing populations refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from evaluation.errors import InputError
from evaluation.indicators import point_end, rate_by_area_point, series_of
from evaluation.series import Grain


@pytest.fixture
def counts() -> pd.DataFrame:
    rows = [
        ("0114", "Upplands Väsby", "2020-04-01", "quarter", "all_offences", 2297, "final"),
        ("0114", "Upplands Väsby", "2020-10-01", "quarter", "all_offences", 1680, "preliminary"),
        ("0114", "Upplands Väsby", "2020-01-01", "quarter", "all_offences", 1714, "final"),
        ("0114", "Upplands Väsby", "2020-01-01", "year", "all_offences", 7338, "final"),
        ("0163", "Sollentuna", "2020-01-01", "quarter", "all_offences", None, "final"),
    ]
    frame = pd.DataFrame(rows, columns=["area_code", "area", "start", "grain", "offence_type", "count", "status"])
    return frame.assign(start=pd.to_datetime(frame["start"]), count=frame["count"].astype("Int64"))


@pytest.fixture
def population() -> pd.DataFrame:
    return pd.DataFrame({"area_code": ["0114"], "year": [2020], "mean_population": [46_984]})


def test_exposure_is_mean_population_times_share_of_year(counts: pd.DataFrame, population: pd.DataFrame) -> None:
    rates = rate_by_area_point(counts, "all_offences", "quarter", population).query("area_code == '0114'")
    assert rates["count"].tolist() == [1714.0, 2297.0, 1680.0]  # sorted by start
    assert rates["exposure"].tolist() == [46_984 / 4] * 3
    # 2 297 / (46 984 / 4) × 100 000 = 19 555.6 a year; Brå prints 4 889 a quarter, and 4 × 4 889 = 19 556
    assert rates["rate"].iloc[1] == pytest.approx(2297 * 4 / 46_984 * 100_000)
    assert rates["rate"].iloc[1] / 4 == pytest.approx(4889, abs=0.5)
    assert rates["preliminary"].tolist() == [False, False, True]


def test_without_population_the_rate_is_cases_a_year(counts: pd.DataFrame) -> None:
    rates = rate_by_area_point(counts, "all_offences", "quarter", None)
    assert rates["rate"].iloc[0] == 1714 * 4


def test_unpublished_points_are_gaps_not_zeros(counts: pd.DataFrame, population: pd.DataFrame) -> None:
    rates = rate_by_area_point(counts, "all_offences", "quarter", population)
    series = series_of(rates, "all", "0114", "quarter")
    assert series.start.astype(str).tolist() == ["2020-01-01", "2020-04-01", "2020-07-01", "2020-10-01"]
    np.testing.assert_array_equal(series.count, [1714, 2297, np.nan, 1680])
    assert series.exposure.tolist() == [46_984 / 4] * 4
    assert series.seasonal_index.tolist() == [0, 1, 2, 3]


def test_a_count_without_population_stops(counts: pd.DataFrame, population: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"area 0114 \(Upplands Väsby\), year 2020.*mean population"):
        rate_by_area_point(counts, "all_offences", "quarter", population.assign(year=2019))


def test_an_unknown_offence_type_names_those_there_are(counts: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"'fraud' by quarter.*all_offences"):
        rate_by_area_point(counts, "fraud", "quarter", None)


def test_a_point_twice_is_refused(counts: pd.DataFrame, population: pd.DataFrame) -> None:
    doubled = pd.concat([counts, counts.iloc[[0]]])
    rates = rate_by_area_point(doubled, "all_offences", "quarter", population)
    with pytest.raises(InputError, match="1 points twice"):
        series_of(rates, "all", "0114", "quarter")


@pytest.mark.parametrize(("grain", "months"), [("month", 1), ("quarter", 3), ("year", 12)])
def test_the_grid_is_the_calendar_that_pandas_steps_through(grain: Grain, months: int) -> None:
    """Eleven steps from 2015 on, with all but the first and the last point missing."""
    calendar = pd.date_range("2015-01-01", periods=12, freq=pd.DateOffset(months=months))
    ends = pd.DataFrame(
        {"area_code": "0114", "start": calendar[[0, 11]], "count": [1.0, 2.0], "exposure": [10.0, 21.0]}
    ).assign(preliminary=False)
    series = series_of(ends, "all", "0114", grain)
    assert series.start.tolist() == [day.date() for day in calendar]
    assert np.flatnonzero(~np.isnan(series.count)).tolist() == [0, 11]
    assert series.exposure.tolist() == [10.0 + step for step in range(12)]  # 10 to 21, one a step


@pytest.mark.parametrize(
    ("grain", "start", "end"),
    [
        ("month", "2024-02-01", "2024-02-29"),
        ("quarter", "2023-10-01", "2023-12-31"),
        ("year", "2023-01-01", "2023-12-31"),
    ],
)
def test_point_end_is_the_last_day(grain: str, start: str, end: str) -> None:
    assert point_end(np.array([start], "datetime64[D]"), grain).astype(str).tolist() == [end]  # type: ignore[arg-type]


def test_the_given_frames_are_not_changed(counts: pd.DataFrame, population: pd.DataFrame) -> None:
    before = counts.copy(deep=True)
    rate_by_area_point(counts, "all_offences", "quarter", population)
    pd.testing.assert_frame_equal(counts, before)


def test_a_rate_published_alone_becomes_cases_by_the_population(population: pd.DataFrame) -> None:
    """Kolada: 15 618 per 100 000 × 46 984 people = 7 337.96, and Brå's table says 7 338."""
    row = {"area_code": "0114", "area": "Upplands Väsby", "start": pd.Timestamp("2020-01-01"), "grain": "year"}
    kolada = pd.DataFrame([{**row, "offence_type": "N07540", "count": pd.NA, "rate": 15_618.0, "status": "final"}])
    assert rate_by_area_point(kolada, "N07540", "year", population)["count"].tolist() == [7338.0]
    with pytest.raises(InputError, match="a rate without a count or a population"):
        rate_by_area_point(kolada, "N07540", "year", None)
    with pytest.raises(InputError, match="a rate without a count or a population"):
        rate_by_area_point(kolada, "N07540", "year", population.assign(year=2019))
