"""Twenty ways in which a table of measures or costs contradicts its study, each named, all of them at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evaluation.evaluate.costs import Cost
from evaluation.evaluate.measures import Measure
from evaluation.evaluate.process_faults import cost_faults, measure_faults
from evaluation.study import load_study

STUDY = load_study(Path(__file__).parents[2] / "studies" / "exempelkoping.toml")
AS_OF = date(2022, 6, 30)
NONE = float("nan")
# A faultless measure of the third agreement, 2021-01-01 to 2022-12-31.
SOUND = Measure(
    row_number=2,
    id="a",
    agreement="3",
    priority_area="public_places",
    name={"": "Patruller"},
    planned_start=date(2021, 1, 1),
    planned_end=date(2022, 12, 31),
    start=date(2021, 2, 1),
    end=date(2022, 3, 31),
    status="done",
    stated="",
    dose=40.0,
    planned_dose=50.0,
    unit={"": "pass"},
    counts_persons="no",
    area="0100",
    source="rapport",
)
SUM = Cost(2, "3", date(2021, 1, 1), date(2022, 12, 31), 1000.0, "SEK", 2025, {"": "allt"}, "bokslut")

FAULTS: dict[str, tuple[dict[str, object], str]] = {
    "no such agreement": ({"agreement": "9"}, "agreement"),
    "no such priority area": ({"priority_area": "peace"}, "priority_area"),
    "not an aim of this agreement": ({"priority_area": "close_relationships"}, "priority_area"),
    "no such area": ({"area": "0114"}, "area"),
    "ended before it began": ({"end": date(2021, 1, 31)}, "end"),
    "planned end before planned start": ({"planned_end": date(2020, 12, 31)}, "planned_end"),
    "last day without a first": ({"start": None}, "start"),
    "began after the agreement": ({"start": date(2023, 1, 1), "end": None}, "start"),
    "began long before the agreement": ({"start": date(2019, 12, 31)}, "start"),
    "planned after the agreement": ({"planned_start": date(2023, 1, 1), "planned_end": None}, "planned_start"),
    "ended before the agreement": ({"start": date(2020, 6, 1), "end": date(2020, 12, 31)}, "end"),
    "done on a day to come": ({"end": date(2022, 7, 1)}, "end"),
    "planned, yet begun": ({"stated": "planned"}, "status"),
    "not done, yet begun": ({"stated": "not_done"}, "status"),
    "ongoing, yet ended": ({"stated": "ongoing"}, "status"),
    "done without a last day": ({"stated": "done", "end": None}, "status"),
    "a dose of what was not begun": ({"start": None, "end": None, "status": "planned"}, "dose"),
    "a dose without a unit": ({"unit": {"": ""}}, "unit"),
    "people or not is left open": ({"counts_persons": ""}, "counts_persons"),
    "people that are called no people": ({"unit": {"": "unga deltagare"}}, "counts_persons"),
    "half a person": ({"counts_persons": "yes", "dose": 10.5}, "dose"),
}


def columns(faults: object) -> list[str]:
    return [problem.key.split("'")[1] for problem in faults]  # type: ignore[attr-defined]


def test_a_sound_table_has_no_fault() -> None:
    assert measure_faults([SOUND], STUDY, "m.csv", AS_OF) == ()
    assert cost_faults([SUM], STUDY, "k.csv", AS_OF) == ()


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named_with_row_and_column(fault: str) -> None:
    changes, column = FAULTS[fault]
    found = measure_faults([replace(SOUND, row_number=7, **changes)], STUDY, "m.csv", AS_OF)  # type: ignore[arg-type]
    assert column in columns(found)
    assert all(str(problem).startswith("m.csv: row 7, column") for problem in found)


def test_edges_that_are_allowed() -> None:
    """A year of run-up (366 days before 2021-01-01 is 2020-01-01), an end after the agreement, the day of the table."""
    allowed: list[dict[str, object]] = [
        {"start": date(2020, 1, 1)},
        {"planned_end": date(2024, 1, 1)},
        {"end": AS_OF},
        {"start": None, "end": None, "dose": NONE, "status": "not_done", "stated": "not_done"},
        {"start": None, "end": None, "dose": 0.0, "status": "not_done", "stated": "not_done"},
        {"start": None, "end": None, "status": "done", "stated": "done"},
        {"area": "", "dose": NONE, "planned_dose": NONE, "unit": {"": ""}, "counts_persons": ""},
    ]
    for changes in allowed:
        assert measure_faults([replace(SOUND, **changes)], STUDY, "m.csv", AS_OF) == ()  # type: ignore[arg-type]


def test_all_faults_of_all_rows_at_once() -> None:
    rows = [replace(SOUND, row_number=n, id=f"m{n}", **changes) for n, (changes, _) in enumerate(FAULTS.values(), 2)]  # type: ignore[arg-type]
    found = measure_faults(rows, STUDY, "m.csv", AS_OF)
    assert {problem.key.split(",")[0] for problem in found} == {f"row {row.row_number}" for row in rows}


def test_two_rows_with_one_id() -> None:
    found = measure_faults([SOUND, replace(SOUND, row_number=3)], STUDY, "m.csv", AS_OF)
    assert [problem.key for problem in found] == ["row 2, column 'id'", "row 3, column 'id'"]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"agreement": "9"}, "agreement"),
        ({"end": date(2020, 12, 31)}, "end"),
        ({"start": date(2020, 12, 31)}, "start"),
        ({"end": date(2023, 1, 1)}, "end"),
        ({"currency": "kr"}, "currency"),
        ({"amount": 0.0}, "amount"),
    ],
)
def test_each_fault_of_costs(changes: dict[str, object], column: str) -> None:
    assert column in columns(cost_faults([replace(SUM, **changes)], STUDY, "k.csv", AS_OF))  # type: ignore[arg-type]


def test_sums_of_one_agreement_are_in_one_money() -> None:
    other = replace(SUM, row_number=3, currency="EUR", price_year=2024)
    assert columns(cost_faults([SUM, other], STUDY, "k.csv", AS_OF)) == ["currency", "price_year"]
    elsewhere = replace(other, agreement="2", start=date(2019, 1, 1), end=date(2020, 12, 31))
    assert cost_faults([SUM, elsewhere], STUDY, "k.csv", AS_OF) == ()
