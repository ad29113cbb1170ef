"""The dirt that the description promises is in the reports, in the promised share."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from evaluation.synthetic.log import months_of_reports
from evaluation.synthetic.moments import DAY, EXACT
from evaluation.synthetic.reports import INVENTORY, SECOND, Columns
from evaluation.synthetic.world import exempelkoping

WORLD = exempelkoping()
EVENTS = 200_000


@pytest.fixture(scope="module")
def made() -> tuple[Columns, Counter[str]]:
    months = list(months_of_reports(WORLD, 11, EVENTS))
    planted: Counter[str] = Counter()
    for at, month in enumerate(months):
        planted.update(month.planted)
        month.columns["month"] = np.full(month.columns["area"].size, at)
    return {name: np.concatenate([month.columns[name] for month in months]) for name in months[0].columns}, planted


def test_rows_are_true_events_and_planted_rows(made: tuple[Columns, Counter[str]]) -> None:
    columns, planted = made
    assert planted["true_events"] == EVENTS
    kept = EVENTS - planted["not_yet_registered"] + planted["second_reports"] + planted["inventory"]
    assert columns["area"].size == kept + planted["exact_duplicates"]


@pytest.mark.parametrize(
    ("kind", "share"),
    [
        ("exact_duplicates", 0.012),
        ("swapped_axes", 0.006),
        ("outside_box", 0.002),
        ("missing_coordinate", 0.015),
        ("typing_errors", 0.0015),
        ("date_only", 0.10),
        ("late", 0.0255),
    ],
)
def test_planted_shares(made: tuple[Columns, Counter[str]], kind: str, share: float) -> None:
    planted = made[1]
    sd = np.sqrt(share * EVENTS)
    slack = 0.15 * share * EVENTS if kind == "late" else 0.02 * share * EVENTS  # batches are late as well
    assert abs(planted[kind] - share * EVENTS) < 4 * sd + slack


def test_second_reports_are_near_the_first_and_from_somebody_else(made: tuple[Columns, Counter[str]]) -> None:
    columns, planted = made
    second = np.flatnonzero(columns["origin"] == SECOND)
    exact_share = np.mean(columns["known"] == EXACT)
    assert planted["second_reports"] == pytest.approx(0.016 * exact_share * EVENTS, rel=0.08)
    first = np.flatnonzero((columns["origin"] == 0) & (columns["known"] == EXACT))
    for row in second[:60]:
        same = [columns[key][first] == columns[key][row] for key in ("month", "area", "place", "category")]
        apart = np.abs(columns["from"][first] - columns["from"][row])
        near = first[np.all(same, axis=0) & (apart <= 20)]
        assert np.any(columns["reporter"][near] != columns["reporter"][row])


def test_copies_are_equal_in_everything(made: tuple[Columns, Counter[str]]) -> None:
    columns, planted = made
    key = columns["reporter"] * 10_000_000 + columns["number"]
    order = np.argsort(key, kind="stable")
    again = order[1:][np.diff(key[order]) == 0]
    assert again.size == planted["exact_duplicates"]
    earlier = order[:-1][np.diff(key[order]) == 0]
    assert all(np.array_equal(values[again], values[earlier]) for values in columns.values())


def test_batches_are_registered_on_one_day(made: tuple[Columns, Counter[str]]) -> None:
    columns, _ = made
    for batch in WORLD.batches:
        months = WORLD.months[columns["month"]]
        mine = (columns["reporter"] == batch.reporter) & (months >= batch.first_month) & (months <= batch.last_month)
        day = batch.registered.astype(int)
        before = mine & (columns["to"] // DAY < day)
        assert set(columns["reported"][before] // DAY) == {day}
        assert np.sum(before) > 0.9 * np.sum(mine)


def test_the_inventory_is_one_day_in_one_area(made: tuple[Columns, Counter[str]]) -> None:
    columns, planted = made
    rows = columns["origin"] == INVENTORY
    assert set(columns["from"][rows] // DAY) == {np.datetime64("2024-05-14").astype(int)}
    assert set(columns["area"][rows]) == {WORLD.area_index("0110")}
    assert planted["inventory"] > 200


def test_nothing_is_registered_after_the_export(made: tuple[Columns, Counter[str]]) -> None:
    assert made[0]["reported"].max() < WORLD.exported.astype(int) * DAY


def test_the_last_month_lacks_more_than_the_ones_before() -> None:
    lost = [month.planted["not_yet_registered"] for month in months_of_reports(WORLD, 11, EVENTS)]
    assert lost[-1] > 3 * lost[-3] > 0
    assert sum(lost[:100]) == 0


def test_the_guards_begin_in_their_month(made: tuple[Columns, Counter[str]]) -> None:
    columns, _ = made
    guards = columns["reporter"] == WORLD.reporter_index("guards")
    assert str(WORLD.months[columns["month"][guards].min()]) == "2021-09"


def test_a_month_does_not_depend_on_the_months_before_but_for_its_numbers() -> None:
    from evaluation.synthetic.log import true_counts
    from evaluation.synthetic.reports import month_of_reports

    counts = true_counts(WORLD, 5, 20_000)[70]
    low, high = (month_of_reports(WORLD, counts, 70, 5, np.full(5, start)).columns for start in (0, 100))
    assert np.array_equal(high["number"], low["number"] + 100)
    assert all(np.array_equal(low[name], high[name]) for name in low if name != "number")
