"""Hours, days, intervals, registration and the hours of the clock change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from evaluation.synthetic import moments
from evaluation.synthetic.moments import DATE_ONLY, DAY, EXACT, INTERVAL
from evaluation.synthetic.world import exempelkoping

WORLD = exempelkoping()
STOCKHOLM = ZoneInfo("Europe/Stockholm")
JULY = np.datetime64("2019-07", "M")


def as_datetime(minute: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(minutes=int(minute))


@pytest.mark.parametrize("year", range(2015, 2027))
def test_the_autumn_hour_exists_twice(year: int) -> None:
    minute = moments.changed_hour(np.datetime64(f"{year}-10", "M"))
    assert minute is not None
    local = as_datetime(minute).replace(tzinfo=STOCKHOLM)
    assert local.utcoffset() != local.replace(fold=1).utcoffset()


@pytest.mark.parametrize("year", range(2015, 2027))
def test_the_spring_hour_does_not_exist(year: int) -> None:
    minute = moments.changed_hour(np.datetime64(f"{year}-03", "M"))
    assert minute is not None
    local = as_datetime(minute).replace(tzinfo=STOCKHOLM)
    assert local.astimezone(UTC).astimezone(STOCKHOLM).hour == 3


def test_other_months_have_no_such_hour() -> None:
    assert moments.changed_hour(JULY) is None


def test_moments_lie_in_their_month() -> None:
    drawn = moments.draw_moments(WORLD, JULY, np.zeros(5000, dtype=np.int64), np.random.default_rng(1))
    assert as_datetime(drawn.min()) >= datetime(2019, 7, 1)
    assert as_datetime(drawn.max()) < datetime(2019, 8, 1)


@pytest.mark.parametrize("category", ["public_violence", "theft"])
def test_the_night_has_its_share(category: str) -> None:
    at = WORLD.category_index(category)
    drawn = moments.draw_moments(WORLD, JULY, np.full(40_000, at), np.random.default_rng(2))
    night = np.isin(drawn % DAY // 60, moments.NIGHT).mean()
    assert night == pytest.approx(WORLD.categories[at].night, abs=0.01)  # standard deviation 0.0025


def test_weekend_evenings_weigh_more() -> None:
    shares = moments.day_shares(WORLD, JULY)[WORLD.category_index("public_violence")]
    # 5 July 2019 was a Friday, 4 July a Thursday; the weight of Friday and Saturday is 2.2
    assert shares[4] / shares[3] == pytest.approx(2.2)


def test_hours_and_days_are_shares() -> None:
    np.testing.assert_allclose(moments.hour_shares(WORLD).sum(axis=1), 1.0)
    np.testing.assert_allclose(moments.day_shares(WORLD, JULY).sum(axis=1), 1.0)


def test_what_is_known_has_the_planted_shares() -> None:
    vandalism = np.full(40_000, WORLD.category_index("vandalism"))
    known = moments.draw_knowledge(WORLD, vandalism, np.random.default_rng(3))
    # unknown 0.10; of the rest 0.65 intervals: 0.585; exact 0.315
    shares = [(known == kind).mean() for kind in (DATE_ONLY, INTERVAL, EXACT)]
    assert shares == pytest.approx([0.10, 0.585, 0.315], abs=0.01)


def test_intervals_hold_the_true_moment() -> None:
    minute = np.arange(20_000_000, 20_003_000)
    start, end = moments.widen(minute, np.full(minute.size, INTERVAL), np.random.default_rng(4))
    assert np.all((start < minute) & (minute < end))
    start, end = moments.widen(minute, np.full(minute.size, DATE_ONLY), np.random.default_rng(4))
    assert np.all((start % DAY == 0) & (end - start == DAY - 1) & (start <= minute) & (minute <= end))


def test_registration_comes_after_the_event_and_sometimes_weeks_after() -> None:
    end = np.zeros(50_000, dtype=np.int64)
    delay = moments.draw_registration(WORLD, end, np.random.default_rng(5))
    assert delay.min() >= 5
    # 0.06 * exp(-30/35) = 0.0255 late; of prompt ones exp(-30/0.8) is nothing
    assert np.mean(delay > 30 * DAY) == pytest.approx(0.0255, abs=0.003)
