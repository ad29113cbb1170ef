"""Counts with every zero written out, the same total as the incidents, and fractions where time is unsure."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from evaluation.cleaning import CountFrame, incident_counts, uncounted_incidents
from evaluation.errors import ParameterError
from evaluation.sources import schemas


def counted(incidents, rows):
    return incidents(rows).assign(offence_type=lambda frame: frame["category"], area_code=lambda frame: frame["area"])


def as_dict(counts: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    keys = zip(counts["area_code"], counts["offence_type"], counts["start"].dt.strftime("%Y-%m"), strict=True)
    return dict(zip(keys, counts["count"].astype(float), strict=True))


def test_months_areas_and_types_without_incidents_are_zeros(incidents):
    frame = counted(incidents, [
        {"area": "A", "category": "x", "occurred_from": "2024-01-31 23:59"},
        {"area": "A", "category": "x", "occurred_from": "2024-01-01 00:00"},
        {"area": "B", "category": "y", "occurred_from": "2024-03-01 00:00"},
    ])  # fmt: skip
    counts = incident_counts(frame, "month")
    assert len(counts) == 2 * 2 * 3
    assert as_dict(counts) == {
        (area, kind, month): {("A", "x", "2024-01"): 2, ("B", "y", "2024-03"): 1}.get((area, kind, month), 0)
        for area in "AB" for kind in "xy" for month in ("2024-01", "2024-02", "2024-03")
    }  # fmt: skip
    schemas.COUNTS.validate(counts)


def test_named_areas_and_types_have_rows_without_a_single_incident(incidents):
    frame = counted(incidents, [{"area": "A", "category": "x", "occurred_from": "2024-02-10 10:00"}])
    over = CountFrame(
        first=date(2023, 12, 15),
        last=date(2024, 9, 29),
        areas=["A", "Z"],
        offence_types=["x", "q"],
        names={"A": "Torget"},
        whole=("9999", "Hela"),
        preliminary_from=date(2024, 6, 30),
    )
    counts = incident_counts(frame, "quarter", over)
    # December 2023 and the third quarter, which lacks 30 September, are not whole inside the span.
    assert counts["start"].unique().tolist() == [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-04-01")]
    assert as_dict(counts) == {
        (area, kind, month): float(kind == "x" and month == "2024-01" and area != "Z")
        for area in ("A", "Z", "9999") for kind in ("x", "q") for month in ("2024-01", "2024-04")
    }  # fmt: skip
    assert counts.groupby("area_code")["area"].first().to_dict() == {"9999": "Hela", "A": "Torget", "Z": "Z"}
    assert counts.groupby("start")["status"].first().tolist() == ["final", "preliminary"]


def test_incidents_without_an_area_count_in_the_whole_municipality_only(incidents):
    frame = counted(
        incidents, [{"area": area, "category": "x", "occurred_from": "2024-02-10 10:00"} for area in ("A", "", "A")]
    )
    counts = incident_counts(frame, "year", CountFrame(whole=("9999", "Hela")))
    assert as_dict(counts) == {("A", "x", "2024-01"): 2.0, ("9999", "x", "2024-01"): 3.0}


def test_what_is_not_counted_is_said(incidents):
    frame = counted(incidents, [
        {"area": "A", "category": "x", "occurred_from": "2024-02-10 10:00"},
        {"area": "A", "category": "", "occurred_from": "2024-02-10 10:00"},
        {"area": "", "category": "x", "occurred_from": "2024-02-10 10:00"},
        {"area": "A", "category": "x", "occurred_from": "2025-02-10 10:00"},
        {"area": "A", "category": "x"},
    ])  # fmt: skip
    counts = incident_counts(frame, "month", CountFrame(last=date(2024, 12, 31)))
    left_out = uncounted_incidents(frame, counts)
    assert left_out == {"counted": 1, "no_offence_type": 1, "no_area": 1, "outside_span": 1, "no_time": 1}
    assert counts["count"].sum() == left_out["counted"]


def test_aoristic_counts_by_hand(incidents):
    frame = counted(incidents, [
        # 10 hours on 31 January and 20 hours in February: one third and two thirds.
        {"area": "A", "category": "x", "occurred_from": "2024-01-31 14:00", "occurred_to": "2024-02-01 20:00"},
        {"area": "A", "category": "x", "occurred_from": "2024-02-29", "occurred_to": "2024-02-29"},  # the whole day
        {"area": "A", "category": "x", "occurred_from": "2024-02-29 23:59"},
        # The whole quarter: 31 + 29 + 31 = 91 days.
        {"area": "A", "category": "x", "occurred_from": "2024-01-01 00:00", "occurred_to": "2024-04-01 00:00"},
    ])  # fmt: skip
    assert as_dict(incident_counts(frame, "month", aoristic=True)) == pytest.approx(
        {("A", "x", "2024-01"): 1 / 3 + 31 / 91, ("A", "x", "2024-02"): 2 / 3 + 2 + 29 / 91}
    )
    over = CountFrame(last=date(2024, 3, 31))
    assert as_dict(incident_counts(frame, "month", over, aoristic=True))["A", "x", "2024-03"] == pytest.approx(31 / 91)
    assert as_dict(incident_counts(frame, "month")) == {("A", "x", "2024-01"): 2.0, ("A", "x", "2024-02"): 2.0}


@pytest.mark.parametrize("grain", ["month", "quarter", "year"])
@pytest.mark.parametrize("aoristic", [False, True])
def test_totals_equal_the_incidents_and_pandas_agrees(incidents, grain, aoristic):
    rng = np.random.default_rng(4)
    start = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 1_000_000, 500), unit="min")
    end = start + pd.to_timedelta(rng.integers(0, 60_000, 500), unit="min")
    frame = incidents([{"occurred_from": "2022-01-01 10:00"}]).take(np.zeros(500, dtype=int)).reset_index(drop=True)
    frame = frame.assign(
        occurred_from=start.astype("datetime64[us]"),
        occurred_to=end.astype("datetime64[us]"),
        offence_type=pd.Series(rng.choice(list("xyz"), 500), dtype="str"),
        area_code=pd.Series(rng.choice(list("AB"), 500), dtype="str"),
    )
    counts = incident_counts(
        frame, grain, CountFrame(first=date(2022, 1, 1), last=date(2024, 12, 31)), aoristic=aoristic
    )
    assert counts["count"].sum() == pytest.approx(500)
    if not aoristic:
        period = frame["occurred_from"].dt.to_period({"month": "M", "quarter": "Q", "year": "Y"}[grain]).dt.start_time
        expected = frame.groupby([frame["area_code"], frame["offence_type"], period]).size()
        got = counts.set_index(["area_code", "offence_type", "start"])["count"]
        assert got.reindex(expected.index).tolist() == expected.tolist()
        assert got.sum() == expected.sum()


def test_nothing_to_count_needs_a_span(incidents):
    frame = counted(incidents, [{}])
    with pytest.raises(ParameterError, match="give first and last"):
        incident_counts(frame, "month")
    over = CountFrame(date(2024, 1, 1), date(2024, 3, 31))
    assert incident_counts(frame, "month", over)["count"].tolist() == [0, 0, 0]
