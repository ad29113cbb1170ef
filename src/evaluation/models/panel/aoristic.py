"""Aoristic weights: incidents known only as "between these two times", spread over the hours they may belong to."""

from __future__ import annotations

from typing import Literal

import numpy as np

from evaluation.errors import ParameterError
from evaluation.series import Dates, Floats

Cycle = Literal["hour_of_day", "hour_of_week"]
HOURS: dict[Cycle, int] = {"hour_of_day": 24, "hour_of_week": 168}
_HOUR = 3600
_MONDAY = 72  # 1970-01-01 was a Thursday: three days after Monday


def aoristic_weights(start: Dates, end: Dates, cycle: Cycle = "hour_of_week") -> Floats:
    """Sum over incidents of the share of each incident's interval that falls in each hour of the cycle.

    Every moment of an interval is equally likely (Ratcliffe 2002, *J. Quant. Criminol.* 18:23–43). An incident weighs
    one in total, so the weights add up to the number of incidents with both times. Work grows with the number of
    incidents, not with the length of their intervals.

    Parameters
    ----------
    start, end
        Earliest and latest local time (wall clock, naive), datetime64, shape (n,). The start is inclusive, the end
        exclusive; equal times are a known moment. NaT on either side: the incident is left out.
    cycle
        "hour_of_day" (24, from midnight) or "hour_of_week" (168, from Monday midnight).

    Returns
    -------
    Floats
        Incidents per hour of the cycle, shape (24,) or (168,).

    Raises
    ------
    ParameterError
        An interval ends before it starts.
    """
    known = ~(np.isnat(start) | np.isnat(end))
    first, last = (times[known].astype("datetime64[s]").astype(np.int64) for times in (start, end))
    _require_forward(first, last)
    last = np.maximum(last, first + 1)  # a known moment lies in its hour whole
    hours, length = HOURS[cycle], (last - first).astype(np.float64)
    from_hour, to_hour = first // _HOUR, (last - 1) // _HOUR
    at_start = np.minimum((from_hour + 1) * _HOUR, last) - first
    at_end = np.where(to_hour > from_hour, last - to_hour * _HOUR, 0)
    weights = _summed(from_hour, at_start / length, hours) + _summed(to_hour, at_end / length, hours)
    between = np.maximum(to_hour - from_hour - 1, 0)
    return np.roll(weights + _full_hours(from_hour + 1, between, _HOUR / length, hours), _MONDAY % hours)


def _summed(hour: np.ndarray[tuple[int], np.dtype[np.int64]], share: Floats, hours: int) -> Floats:
    return np.asarray(np.bincount(hour % hours, weights=share, minlength=hours), dtype=np.float64)


def _full_hours(
    first: np.ndarray[tuple[int], np.dtype[np.int64]],
    number: np.ndarray[tuple[int], np.dtype[np.int64]],
    share: Floats,
    hours: int,
) -> Floats:
    """Add `share` to `number` consecutive hours: whole cycles evenly, the rest as steps up and down, cumulated."""
    begin, rest = first % hours, number % hours
    share = np.where(number > 0, share, 0.0)
    steps = np.bincount(begin, weights=share, minlength=2 * hours + 1)
    steps -= np.bincount(begin + rest, weights=share, minlength=2 * hours + 1)
    unrolled = np.cumsum(steps)[: 2 * hours]
    return np.asarray(unrolled[:hours] + unrolled[hours:] + float((share * (number // hours)).sum()))


def _require_forward(
    first: np.ndarray[tuple[int], np.dtype[np.int64]], last: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> None:
    backward = np.flatnonzero(last < first)
    if backward.size:
        raise ParameterError(
            "aoristic weights",
            found=f"{backward.size} intervals that end before they start, the first one {first[backward[0]]} to "
            f"{last[backward[0]]} (seconds since 1970)",
            expected="end at or after start",
            todo="set such incidents aside in the cleaning, with a ledger row",
        )
