"""Places inside the municipality: by hand, by identity, against the planted displacement, and what may be shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation import open_study
from evaluation.disclosure import Limit
from evaluation.periods import window_of
from evaluation.series import TimeSeries, Window
from evaluation.session.open import StudySession
from evaluation.session.pages.comparison_record import with_comparisons
from evaluation.session.pages.places import PlacesPart, places_part
from evaluation.session.pages.places_pictures import area_points, middle_points, months_figure
from evaluation.session.places import (
    Displacement,
    PlaceLog,
    ProtectedPlaces,
    Which,
    displacement,
    hottest_places,
    place_log,
    protected_places,
)
from evaluation.session.places_hours import Intervals, block_change, incident_intervals, week_hours
from evaluation.study.model import Area

TRUTH = json.loads((Path(__file__).parents[1] / "synthetic" / "truth.json").read_text(encoding="utf-8"))
ROLES = ("part", "displacement", "control", "control")
PLAIN, STRICT = Limit(5, zeros_are_small=False), Limit(10, zeros_are_small=True)


def areas(roles: tuple[str, ...] = ROLES) -> tuple[Area, ...]:
    reason = {"sv": "skäl", "en": "reason"}
    made = (
        {"code": f"0{at}", "name": f"Area {at}", "role": role, "reason": None if role == "part" else reason}
        for at, role in enumerate(roles)
    )
    return tuple(Area.model_validate(one) for one in made)


def months(number: int) -> np.ndarray:
    return np.arange(np.datetime64("2020-01"), np.datetime64("2020-01") + number).astype("datetime64[D]")


def window(before: int, after: int) -> Window:
    at = np.arange(before + after)
    none = np.zeros(at.size, dtype=bool)
    return Window("1", "fixed", at < before, at >= before, none, np.datetime64("2020-01-01"), 1.0)


def log_of(monthly: list[tuple[float, float]], before: int, after: int) -> PlaceLog:
    """Every area has the same count in each month before, and in each month after."""
    counts = np.array([[b] * before + [a] * after for b, a in monthly], dtype=float)
    return PlaceLog(areas(), months(before + after), counts)


@pytest.fixture(scope="module")
def session() -> StudySession:
    return open_study("exempelkoping", language="en")


def part(session: StudySession, indicator: str, agreement: str) -> PlacesPart:
    found = places_part(session, session.find_indicator(indicator), session.find_agreement(agreement))
    assert found is not None
    return found


# --- Weighted displacement difference ---------------------------------------------------------------------------------


def test_displacement_by_hand() -> None:
    # Two months each. Target 20+20 → 10+10, ring 15+15 → 20+20, controls together 50+50 → 40+40: a fall of a fifth.
    found = displacement(log_of([(20, 10), (15, 20), (30, 24), (20, 16)], 2, 2), window(2, 2))
    target, ring, both = (found.of(which) for which in get_args(Which))
    assert target is not None
    assert ring is not None
    assert both is not None

    assert target.expected == pytest.approx(32)  # 40 × 80/100
    assert target.difference.total == pytest.approx(-12)  # 20 − 32
    assert target.per_cent == pytest.approx(-37.5)  # −12/32
    assert ring.difference.total == pytest.approx(16)  # 40 − 30 × 0.8
    assert both.difference.total == pytest.approx(4)
    # variance: all counts, before times 0.8², controls divided by the squared weight (100/40)²; for both (100/70)²
    control = 80 + 0.8**2 * 100
    assert target.difference.standard_error == pytest.approx(np.sqrt(20 + 0.8**2 * 40 + control / 2.5**2))
    assert both.difference.standard_error == pytest.approx(np.sqrt(20 + 40 + 0.8**2 * 70 + control * 0.7**2))
    assert found.dispersion == 0.0
    assert target.difference.dispersion == 1.0  # less than Poisson does not narrow the interval


def test_a_longer_baseline_counts_by_its_length() -> None:
    short = displacement(log_of([(20, 10), (15, 20), (30, 24), (20, 16)], 2, 2), window(2, 2)).of("target")
    long = displacement(log_of([(20, 10), (15, 20), (30, 24), (20, 16)], 6, 2), window(6, 2)).of("target")
    assert short is not None
    assert long is not None
    assert long.difference.total == pytest.approx(short.difference.total)
    assert long.expected == pytest.approx(short.expected)
    assert long.before == 3 * short.before
    assert long.difference.standard_error < short.difference.standard_error


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 40)), min_size=4, max_size=4))
def test_target_and_ring_add_up_and_every_interval_holds_its_estimate(monthly: list[tuple[float, float]]) -> None:
    found = displacement(log_of(monthly, 3, 2), window(3, 2))
    target, ring, both = (found.of(which) for which in get_args(Which))
    if target is None or ring is None or both is None:
        assert monthly[2][1] + monthly[3][1] == 0  # nothing left in the controls: nothing to scale by
        return
    assert both.difference.total == pytest.approx(target.difference.total + ring.difference.total)
    assert both.expected == pytest.approx(target.expected + ring.expected)
    for place in (target, ring, both):
        estimate = place.difference.estimate
        assert estimate.low <= estimate.estimate <= estimate.high
        assert (place.clear == "none") == (estimate.low <= 0 <= estimate.high)
        assert place.per_cent == pytest.approx(100 * (place.after / place.expected - 1))
        assert place.difference.poisson.high <= place.difference.estimate.high + 1e-9


def test_places_without_incidents_before_are_left_out() -> None:
    found = displacement(log_of([(0, 3), (15, 20), (30, 24), (20, 16)], 2, 2), window(2, 2))
    assert [place.which for place in found.places] == ["ring", "both"]
    assert displacement(log_of([(9, 3), (15, 20), (0, 24), (0, 16)], 2, 2), window(2, 2)).places == ()


@pytest.mark.parametrize("common", [0.6, 1.5])
def test_a_false_alarm_is_as_rare_as_promised(common: float) -> None:
    # 400 logs in which all areas change alike: the 95 % interval misses "no change" in about 1 of 20.
    rng = np.random.default_rng(20260702)
    means = np.array([4.0, 6.0, 12.0, 12.0])
    alarms = 0
    for _ in range(400):
        counts = np.hstack([rng.poisson(means, (24, 4)).T, rng.poisson(common * means, (24, 4)).T]).astype(float)
        target = displacement(PlaceLog(areas(), months(48), counts), window(24, 24)).of("target")
        alarms += target is not None and target.clear != "none"
    assert 6 <= alarms <= 30  # 20 expected, three standard deviations of 4.4; wider intervals only lower it


# --- Against the planted truth ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "agreement", "target_clear", "ring_clear"),
    [("disturbance", "1", "decrease", "none"), ("drugs", "2", "none", "increase")],
)
def test_the_planted_displacement_is_inside_every_interval(
    session: StudySession, category: str, agreement: str, target_clear: str, ring_clear: str
) -> None:
    planted = {
        zone: effect["ratio"]
        for effect in TRUTH["planted_effects"]
        if effect["agreement"] == agreement and effect["category"] == category
        for zone in effect["zones"]
    }
    assert planted
    found = part(session, f"{category}_month", agreement).found[0][0]
    for which in ("target", "ring"):
        place = found.of(which)
        assert place is not None
        estimate = place.difference.estimate
        assert estimate.low < (planted.get(which, 1.0) - 1) * place.expected < estimate.high
    clear = {place.which: place.clear for place in found.places}
    assert (clear["target"], clear["ring"]) == (target_clear, ring_clear)


def test_the_planted_displacement_in_words(session: StudySession) -> None:
    said = part(session, "drugs_month", "2").answer()
    assert said[0].startswith("At the target place no clear difference is seen")
    assert said[1].startswith("In the ring round it there were clearly more")
    assert said[2].startswith("The increase round it may be displacement")
    assert part(session, "disturbance_month", "1").answer()[2].startswith("No clear sign of displacement")


def test_counts_of_the_log_are_those_of_the_frame(session: StudySession) -> None:
    indicator = session.find_indicator("drugs_month")
    frame, series = session.data.frame("incidents"), session.data.series(indicator)
    log = place_log(frame, "drugs", session.study, series.start)
    assert log is not None
    chosen = frame[(frame["offence_type"] == "drugs") & frame["area_code"].isin([area.code for area in log.areas])]
    assert np.nansum(log.counts) == chosen["count"].sum()
    assert np.nansum(log.counts) <= np.nansum(series.count)  # some incidents lie in no area


# --- What may be shown ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [PLAIN, STRICT])
@pytest.mark.parametrize("target", [2.0, 3.0])
def test_no_sum_gives_a_hidden_count_away(limit: Limit, target: float) -> None:
    log = log_of([(target, 30), (60, 40), (30, 24), (12, 16)], 1, 2)  # a control is cheaper to hide than the ring
    protected = protected_places(log, window(1, 2), limit)
    assert protected.hidden[0, 0]
    assert not protected.hidden[:, 1].any()
    assert protected.hidden[:, 0].sum() >= 2  # one hidden count alone follows from the sum of all
    # target and ring stand alone in their groups, so "both" or the ring must go with the target
    assert "target" in protected.sums_hidden
    assert protected.sums_hidden & {"ring", "both"}


def test_nothing_is_hidden_without_small_counts() -> None:
    protected = protected_places(log_of([(20, 30), (25, 20), (30, 24), (20, 16)], 1, 2), window(1, 2), STRICT)
    assert not protected.hidden.any()
    assert protected.sums_hidden == frozenset()


def test_no_difference_is_recorded_that_a_hidden_control_follows_from() -> None:
    """Expected = before × control after / control before: with it stands the change of a control that is hidden."""
    log, laid = log_of([(20, 30), (25, 20), (3, 16), (4, 18)], 1, 2), window(1, 2)
    record, found = {"baselines": [{"baseline": "fixed", "designs": []}]}, displacement(log, laid)

    def recorded(*gone: str) -> set[str]:
        protected = ProtectedPlaces(np.zeros((4, 2)), np.zeros((4, 2), dtype=bool), frozenset(gone))
        (baseline,) = with_comparisons(record, (), ((found, protected),))["baselines"]
        return {one["design"].removeprefix("weighted_displacement_difference_") for one in baseline["designs"]}

    every = {f"{which}{ending}" for which in get_args(Which) for ending in ("", "_poisson")}
    assert recorded() == every
    assert recorded("ring") == every - {"ring", "ring_poisson"}
    assert recorded("control") == set()


def test_hidden_places_are_in_no_table_and_no_figure(session: StudySession) -> None:
    sensitive = part(session, "close_relationship_violence_month", "2")
    assert "target" in sensitive.found[0][1].sums_hidden
    assert len(sensitive.answer()) == 1  # only that nothing can be shown
    table = next(item for item in sensitive.differences() if hasattr(item, "rows") and hasattr(item, "columns"))
    shown = [[cell.state for cell in row] for row in table.rows if row[0].text == "The target place"]
    assert all(set(states[2:]) == {"hidden"} for states in shown)
    assert all(cell.value is None for row in table.rows for cell in row if cell.state == "hidden")


def test_areas_with_a_hidden_count_stand_in_file_order(session: StudySession) -> None:
    names = [area.name for area in part(session, "drugs_month", "2").log.areas]
    for indicator, ordered in (("close_relationship_violence_month", True), ("drugs_month", False)):
        table = next(item for item in part(session, indicator, "2").areas() if hasattr(item, "rows"))
        assert ([row[0].text for row in table.rows] == names) is ordered


# --- Hot places and hours ---------------------------------------------------------------------------------------------


def test_hot_places_by_hand() -> None:
    changes = hottest_places(log_of([(20, 10), (15, 20), (30, 24), (5, 16)], 2, 1), window(2, 1))
    assert changes.places == ("Area 2", "Area 0", "Area 1", "Area 3")
    assert changes.before.tolist() == [30, 20, 15, 5]
    assert changes.after.tolist() == [24, 10, 20, 16]
    assert changes.share_before == pytest.approx(65 / 70)
    assert changes.share_after == pytest.approx(60 / 70)  # 24 + 20 + 16
    assert changes.followed_share == pytest.approx(54 / 70)  # 24 + 10 + 20


def incidents(rows: list[tuple[str, str | None, str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["occurred_from", "occurred_to", "offence_type", "reporter"])
    times = {name: pd.to_datetime(frame[name]) for name in ("occurred_from", "occurred_to")}
    flags = {f"{name}_time": np.where(values.isna(), "missing", "known") for name, values in times.items()}
    return frame.assign(**times, **flags)


def test_hours_of_the_week_by_hand() -> None:
    # 2024-01-01 was a Monday. Ten incidents from 22.00 to 02.00: a quarter each in four hours, two of them on Tuesday.
    night = ("2024-01-01 22:00", "2024-01-02 02:00", "drugs", "police")
    noon = ("2024-01-03 12:30", None, "drugs", "police")
    other = ("2024-01-03 12:30", None, "drugs", "guards")
    known = incident_intervals(incidents([*[night] * 40, *[noon] * 7, other]), "drugs", ["police"])
    week = week_hours(known, PLAIN)
    assert week.counts.sum() == 47
    assert [week.counts[day, hour] for day, hour in ((0, 22), (0, 23), (1, 0), (1, 1))] == [10, 10, 10, 10]
    assert week.counts[2, 12] == 7
    assert not week.hidden.any()
    assert week_hours(known, STRICT).hidden[2, 12]


def test_parts_of_the_day_before_and_after() -> None:
    start = months(2)
    series = TimeSeries("i", "0", "month", start, np.ones(2), np.ones(2), np.zeros(2, dtype=bool))
    moments = np.array(["2020-01-05T01", "2020-01-06T09"] * 10 + ["2020-02-05T09"] * 30, dtype="datetime64[s]")
    found = block_change(Intervals(moments, moments), series, window(1, 1), PLAIN)
    assert found.labels[:3] == ("00–04", "04–08", "08–12")
    assert found.changes.share_before.tolist() == [0.5, 0, 0.5, 0, 0, 0]
    assert found.changes.share_after.tolist() == [0, 0, 1, 0, 0, 0]
    assert found.changes.moved == pytest.approx(0.5)


def test_months_outside_the_window_do_not_count(session: StudySession) -> None:
    indicator, agreement = session.find_indicator("drugs_month"), session.find_agreement("2")
    series = session.data.series(indicator)
    chosen = window_of(session.study, agreement, "previous", series)
    log = place_log(session.data.frame("incidents"), "drugs", session.study, series.start)
    assert log is not None
    found: Displacement = displacement(log, chosen)
    target = found.of("target")
    assert target is not None
    row = int(np.flatnonzero(log.rows("target"))[0])
    assert target.before == log.counts[row, chosen.baseline].sum()
    assert target.after == log.counts[row, chosen.period].sum()
    assert chosen.baseline.sum() == chosen.period.sum() == 24


def test_points_of_the_study_place_the_areas_only_where_all_have_one(session: StudySession) -> None:
    areas = part(session, "drugs_month", "2").log.areas
    assert area_points(areas) == {}  # the study gives its parts no points: the map takes the middle of the incidents
    placed = tuple(area.model_copy(update={"lat": 61.5, "lon": 18.2 + 0.01 * n}) for n, area in enumerate(areas))
    assert area_points(placed)[areas[1].code] == (18.21, 61.5)
    assert area_points((*placed[:-1], areas[-1])) == {}


def test_the_middle_of_incidents_is_their_median_to_a_hundred_metres_and_no_address() -> None:
    east = {"a": [600_010.0, 600_230.0, 600_900.0], "b": [np.nan, 601_000.0, 601_100.0]}
    rows = [(area, one, 6_700_000.0 + one % 1000) for area, found in east.items() for one in found]
    incidents = pd.DataFrame(rows, columns=["area_code", "easting", "northing"])
    # a: medians 600 230 and 6 700 230; b has two located incidents, so its middle would be nearly an address
    assert middle_points(incidents, 3) == {"a": (600_200.0, 6_700_200.0)}


def test_the_calendar_hides_the_months_that_other_pages_hide(session: StudySession) -> None:
    indicator = session.find_indicator("public_violence_month")
    hidden = session.data.protected(indicator).hidden
    figure = months_figure(session, indicator, session.data.series(indicator))
    states = [cell.state for row in figure.table.rows for cell in row[1:]]
    assert states.count("hidden") == hidden.sum() > 0
