"""When reports happen, what is known about it, and when they are registered; minutes of local time since 1970."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluation.synthetic.world import Floats, World

DAY = 1440
NIGHT = (21, 22, 23, 0, 1, 2, 3)
EARLY = (4, 5, 6)
EARLY_SHARE = 0.03
EXACT, INTERVAL, DATE_ONLY = 0, 1, 2
FRIDAY, SATURDAY = 4, 5
Ints = NDArray[np.int64]


def hour_shares(world: World) -> Floats:
    """Return the share of each category's events by hour of the day, shape (categories, 24)."""
    day = [hour for hour in range(24) if hour not in NIGHT + EARLY]
    shares = np.empty((len(world.categories), 24))
    for row, category in enumerate(world.categories):
        shares[row, list(NIGHT)] = category.night / len(NIGHT)
        shares[row, list(EARLY)] = EARLY_SHARE / len(EARLY)
        shares[row, day] = (1 - category.night - EARLY_SHARE) / len(day)
    return shares


def day_shares(world: World, month: np.datetime64) -> Floats:
    """Return the share of each category's events by day of this month, shape (categories, days)."""
    days = days_of(month)
    weekday = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    late = (weekday == FRIDAY) | (weekday == SATURDAY)
    weights = np.array([np.where(late, category.weekend, 1.0) for category in world.categories])
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def days_of(month: np.datetime64) -> NDArray[np.datetime64]:
    """Return the days of a month."""
    return np.arange(month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]"), dtype="datetime64[D]")


def draw_moments(world: World, month: np.datetime64, category: Ints, rng: np.random.Generator) -> Ints:
    """Draw the true minute of each event of this month, shape (n,)."""
    first = month.astype("datetime64[D]").astype(np.int64) * DAY
    days, hours = np.cumsum(day_shares(world, month), axis=1), np.cumsum(hour_shares(world), axis=1)
    day = _inverse(days, category, rng.random(category.size))
    hour = _inverse(hours, category, rng.random(category.size))
    return np.asarray(first + day * DAY + hour * 60 + rng.integers(0, 60, category.size))


def _inverse(cumulative: Floats, row: Ints, u: Floats) -> Ints:
    """Invert one cumulative distribution per row index: all rows laid end to end on one line."""
    line = (cumulative / cumulative[:, -1:] + np.arange(cumulative.shape[0])[:, None]).ravel()
    place = np.searchsorted(line, u + row, side="right") - row * cumulative.shape[1]
    return np.asarray(np.minimum(place, cumulative.shape[1] - 1))


def draw_knowledge(world: World, category: Ints, rng: np.random.Generator) -> Ints:
    """Draw what is known of each time: exact, an interval, or only the date; shape (n,)."""
    interval = np.array([entry.interval for entry in world.categories])[category]
    u = rng.random(category.size)
    unknown = world.dirt["unknown_time"]
    return np.select([u < unknown, u < unknown + (1 - unknown) * interval], [DATE_ONLY, INTERVAL], EXACT)


def widen(moment: Ints, known: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return from and to: equal where exact (to five minutes), around the true minute for intervals, else the day."""
    before, after = rng.exponential(200, (2, moment.size)).astype(np.int64) + 10
    exact, day = moment // 5 * 5, moment // DAY * DAY
    start = np.select([known == EXACT, known == INTERVAL], [exact, moment - before], day)
    end = np.select([known == EXACT, known == INTERVAL], [exact, moment + after], day + DAY - 1)
    return start, end


def draw_registration(world: World, end: Ints, rng: np.random.Generator) -> Ints:
    """Draw when each report is registered: mostly within a day or two, a share weeks later; shape (n,)."""
    days = np.where(rng.random(end.size) < world.dirt["late"], world.dirt["late_days"], world.dirt["prompt_days"])
    return np.asarray(end + 5 + (rng.exponential(size=end.size) * days * DAY).astype(np.int64))


def changed_hour(month: np.datetime64) -> int | None:
    """Return the first minute of 02:00-02:59 on the night when the clock changes in this month, if it does."""
    if month.astype(np.int64) % 12 not in (2, 9):
        return None
    days = days_of(month).astype(np.int64)
    return int(days[(days + 3) % 7 == 6][-1]) * DAY + 120
