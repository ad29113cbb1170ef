"""Measures: status by rule, shares and doses by hand, and the day from which an effect is possible."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from evaluation.evaluate.measures import (
    Measure,
    dose_per_quarter,
    earliest_effect,
    measures_from,
    status_of,
    summary_of,
)
from evaluation.sources.process_tables import examine
from evaluation.study import load_study

STUDY = load_study(Path(__file__).parents[2] / "studies" / "exempelkoping.toml")
DAY = date(2022, 6, 30)
NONE = float("nan")


def measure(**changes: object) -> Measure:
    """A measure of the third agreement (2021-01-01 to 2022-12-31) without days, dose or stated status."""
    plain = Measure(
        2, "a", "3", "public_places", {"": "A"}, None, None, None, None, "planned", "", NONE, NONE, {}, "", "", "r"
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stated", "start", "end", "last_planned", "status"),
    [
        ("", date(2021, 1, 1), date(2021, 2, 1), None, "done"),
        ("", date(2021, 1, 1), None, None, "ongoing"),
        ("", None, None, date(2022, 6, 30), "planned"),  # the last planned day is the day of the table: not over yet
        ("", None, None, date(2022, 6, 29), "not_reported"),
        ("", None, None, None, "planned"),
        ("not_done", None, None, date(2021, 1, 1), "not_done"),
        ("done", None, None, date(2021, 1, 1), "done"),
    ],
)
def test_status_is_stated_or_follows_from_the_days(stated, start, end, last_planned, status) -> None:
    assert status_of(stated, start, end, last_planned, DAY) == status


def test_nobody_derives_not_done() -> None:
    days = (None, date(2020, 1, 1), date(2022, 6, 30), date(2030, 1, 1))
    found = {status_of("", a, b, c, DAY) for a in days for b in days for c in days}
    assert "not_done" not in found


def test_shares_of_a_list_of_measures() -> None:
    """3 done, 1 not done, 1 not reported, 2 ongoing, 1 planned: 5 were due, 3 / 5 = 60 % to 4 / 5 = 80 % were done."""
    states = ("done",) * 3 + ("not_done", "not_reported", "ongoing", "ongoing", "planned")
    summary = summary_of([measure(status=status) for status in states])
    assert (summary.total, summary.due) == (8, 5)
    assert (summary.share_carried_out, summary.share_at_most) == (60.0, 80.0)
    assert np.isnan(summary_of([measure(status="planned")]).share_carried_out)


def test_share_of_a_dose() -> None:
    assert measure(dose=302.0, planned_dose=400.0).share_carried_out == 75.5
    assert np.isnan(measure(dose=3.0, planned_dose=0.0).share_carried_out)
    assert np.isnan(measure(dose=3.0).share_carried_out)


def test_dose_per_quarter_by_hand() -> None:
    """2021-01-01 to 2021-12-31 is 365 days = 365 / 91.3125 = 3.99726 quarters; 40 / 3.99726 = 10.00685."""
    year = measure(dose=40.0, start=date(2021, 1, 1), end=date(2021, 12, 31))
    assert dose_per_quarter(year, DAY) == pytest.approx(10.006849, abs=1e-6)
    # ongoing: up to the day of the table, 2022-06-30: 546 days = 5.97947 quarters; 40 / 5.97947 = 6.68956
    assert dose_per_quarter(replace(year, end=None), DAY) == pytest.approx(6.689560, abs=1e-6)
    # 91 days are less than a quarter of 91.3125: a week's campaign is not thirteen campaigns a quarter
    assert np.isnan(dose_per_quarter(replace(year, end=date(2021, 4, 1)), DAY))
    assert np.isfinite(dose_per_quarter(replace(year, end=date(2021, 4, 2)), DAY))
    assert np.isnan(dose_per_quarter(replace(year, start=None), DAY))


def test_the_first_measure_for_the_aim_names_the_earliest_day() -> None:
    agreement = STUDY.agreement("3")
    measures = [
        measure(id="late", start=date(2021, 9, 1)),
        measure(id="first", start=date(2021, 2, 1)),
        measure(id="other aim", start=date(2021, 1, 5), priority_area="recruitment"),
        measure(id="other agreement", agreement="2", start=date(2020, 3, 1)),
        measure(id="only planned", planned_start=date(2021, 1, 2)),
    ]
    found = earliest_effect(agreement, "public_places", measures)
    assert (found.day, found.measure and found.measure.id) == (date(2021, 2, 1), "first")
    assert earliest_effect(agreement, "recruitment", measures).day == date(2021, 1, 5)


def test_without_a_measure_or_before_the_agreement_its_start_stands() -> None:
    agreement = STUDY.agreement("3")
    assert earliest_effect(agreement, "public_places", []).day == date(2021, 1, 1)
    assert earliest_effect(agreement, "public_places", []).measure is None
    early = earliest_effect(agreement, "public_places", [measure(start=date(2020, 11, 1))])
    assert early.day == date(2021, 1, 1)
    assert early.measure is not None


def test_rows_of_the_synthetic_table_are_typed() -> None:
    file = Path(__file__).parents[2] / "data/raw/exempelkoping/atgarder_syntetiska_exempeldata.csv"
    found = {m.id: m for m in measures_from(examine("measures", file).frame, STUDY, date(2026, 7, 2))}
    assert {key: found[key].status for key in ("patruller", "tillsyn", "klotter", "foraldrar", "skolbesok")} == {
        "patruller": "done",
        "tillsyn": "not_reported",
        "klotter": "ongoing",
        "foraldrar": "not_done",
        "skolbesok": "planned",
    }
    assert found["patruller"].in_language(found["patruller"].name, "en") == "Joint patrols"
    assert found["patruller"].in_language(found["patruller"].name, "sv") == "Gemensamma patruller"
